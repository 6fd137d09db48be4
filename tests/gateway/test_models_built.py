"""What reads and writes the resources of IEEE 2030.5 is built once, however many hubs begin at the same time."""

import asyncio
from unittest.mock import patch

from py20305.xml import from_xml

from custom_components.utility_han.gateway.ieee2030_5 import resources


async def test_hubs_that_begin_at_once_do_not_disturb_each_other() -> None:
    """Two threads that build a model at once take parts of it away from each other."""
    resources._build.cache_clear()
    with patch.object(resources, "from_xml", wraps=from_xml) as read:
        await asyncio.gather(*(asyncio.to_thread(resources.warm_up) for _ in range(4)))
    assert [call.args[1] for call in read.call_args_list] == list(resources.USED)
