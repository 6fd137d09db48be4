"""What reads and writes the resources of IEEE 2030.5 is built once, however many hubs begin at the same time."""

import asyncio
from typing import Any
from unittest.mock import patch

from custom_components.utility_han.gateway.ieee2030_5 import resources


async def test_hubs_that_begin_at_once_do_not_disturb_each_other() -> None:
    """Two threads that build a model at once take parts of it away from each other."""
    read = resources.from_xml
    built: list[type[Any]] = []

    def from_xml(text: str, model: type[Any]) -> Any:
        built.append(model)
        return read(text, model)

    resources._build.cache_clear()
    with patch.object(resources, "from_xml", from_xml):
        await asyncio.gather(*(asyncio.to_thread(resources.warm_up) for _ in range(4)))
    assert built == list(resources.USED)
