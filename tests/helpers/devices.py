"""A person describes a device that Home Assistant controls already."""

from collections.abc import Mapping
from typing import Any

from tests.helpers.subentries import SubentryFlow


async def describe(flow: SubentryFlow, kind: str, name: str, control: Mapping[str, Any]) -> None:
    """Choose the entity of ``control`` and say what it is; what only its kind is asked for comes on the page then."""
    said = {"kind": kind, "name": name, **control}
    assert flow.page == "entity"
    await flow.submit({"entities": [said.pop("entity_id")]})
    while flow.page == "device" and not flow.errors:
        asked = flow.asked
        await flow.submit({key: value for key, value in said.items() if key in asked})
        if flow.page == "device" and flow.asked == asked:
            break
