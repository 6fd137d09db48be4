"""A person describes a device that Home Assistant controls already, or has it act otherwise."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant

from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.hub.hub import UtilityHanConfigEntry
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


def link_otherwise(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, subentry: ConfigSubentry, control: Mapping[str, Any]
) -> None:
    """Have a device act by ``control`` from now on, as its dialog does: the record knows of it first."""
    assert subentry.unique_id is not None
    data = {**subentry.data, "control": dict(control)}
    entry.runtime_data.manager(Registrar).registrations.records[subentry.unique_id].data = data
    hass.config_entries.async_update_subentry(entry, subentry, data=MappingProxyType(data))
