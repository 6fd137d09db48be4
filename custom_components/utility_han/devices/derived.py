"""What a device that Home Assistant controls already is, read from its registries and states (UR-1, UR-2)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfElectricCurrent
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from ..hub.naming import name_of
from ..procedures import DeviceKind
from ..utility import CompatibleDevice
from .linked_entity import sensors_beside
from .models import is_ours, model_name, with_maker

_DOMAINS: Mapping[str, DeviceKind] = {
    "climate": DeviceKind.THERMOSTAT,
    "water_heater": DeviceKind.WATER_HEATER,
}
_WORDS: Mapping[DeviceKind, re.Pattern[str]] = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        DeviceKind.EVSE: r"\bevse\b|charg|wall ?box|wandladestation|ladestation|borne|recarga|cargador",
        DeviceKind.POOL_PUMP: r"\bpool|piscin|schwimmbad",
        DeviceKind.WATER_HEATER: r"water.?heater|boiler|warmwasser|chauffe.?eau|calentador|termo",
        DeviceKind.THERMOSTAT: r"thermostat|termostato|heizung|heat.?pump|wärmepumpe",
        DeviceKind.SMART_APPLIANCE: r"dryer|washer|dishwasher|trockner|waschmaschine|spülmaschine"
        r"|lave|sèche|lavadora|lavavajillas|secadora",
    }.items()
}
"""What people call such devices, in the languages of the texts; the first that is found counts."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What is suggested for an entity; a person may say otherwise."""

    entity_id: str
    kind: DeviceKind
    name: str
    area_id: str | None
    manufacturer: str | None
    model: str | None
    serial: str | None


@callback
def derive(hass: HomeAssistant, entity_id: str) -> Derived:
    """Return what Home Assistant knows of the device that an entity is."""
    entity = er.async_get(hass).async_get(entity_id)
    device = dr.async_get(hass).async_get(entity.device_id) if entity is not None and entity.device_id else None
    name = name_of(hass, entity_id)
    described = device if isinstance(device, dr.DeviceEntry) else None
    return Derived(
        entity_id=entity_id,
        kind=_kind(hass, entity_id, " ".join(_said(name, described))),
        name=name,
        area_id=(entity.area_id if entity else None) or (described.area_id if described else None),
        manufacturer=described.manufacturer if described else None,
        model=described.model if described else None,
        serial=described.serial_number if described else None,
    )


def _said(name: str, device: dr.DeviceEntry | None) -> Iterator[str]:
    yield name
    if device is not None:
        yield from filter(None, (device.name_by_user or device.name, device.model))


def _kind(hass: HomeAssistant, entity_id: str, said: str) -> DeviceKind:
    domain = entity_id.partition(".")[0]
    if domain in _DOMAINS:
        return _DOMAINS[domain]
    for kind, words in _WORDS.items():
        if words.search(said):
            return kind
    state = hass.states.get(entity_id)
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) if state is not None else None
    charges = unit == UnitOfElectricCurrent.AMPERE or any(sensors_beside(hass, entity_id, [SensorDeviceClass.BATTERY]))
    return DeviceKind.EVSE if charges and domain in ("number", "input_number") else DeviceKind.LOAD_SWITCH


def fitting_model(models: Sequence[CompatibleDevice], derived: Derived) -> CompatibleDevice | None:
    """Return the model as which the utility supports the device, None where it lists none that is known to be it.

    What takes part through Home Assistant is that to the utility, whoever made it.
    """
    made_by = (derived.manufacturer or "").casefold(), (derived.model or "").casefold()
    for model in models:
        if is_ours(model.manufacturer):
            return model
    return next((each for each in models if (each.manufacturer.casefold(), each.name.casefold()) == made_by), None)


def labelled(model: CompatibleDevice) -> str:
    """Return what a model is called; whose it is goes without saying of what takes part through Home Assistant."""
    return with_maker(model.manufacturer, model_name(model.manufacturer, model.name))
