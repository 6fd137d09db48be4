"""A plug with a radio of its own, as another integration would bring it."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.devices.manager import Registrar
from tests.helpers.health import Patient

_WELL = {"signal_strength": -60, "battery": 80}


class Radio:
    """What a plug tells of itself."""

    def __init__(self, hass: HomeAssistant, entity_id: str, sensors: dict[str, str]) -> None:
        self._hass = hass
        self.entity_id = entity_id
        self.sensors = sensors

    def switch(self, state: str) -> None:
        """Have the plug itself be in a state."""
        self._hass.states.async_set(self.entity_id, state)

    def tell(self, what: str, value: float | None) -> None:
        """Have the sensor of that device class say something; None is nothing."""
        self._hass.states.async_set(self.sensors[what], str(value) if value is not None else "unavailable")


def link_radio(hass: HomeAssistant, patient: Patient) -> Radio:
    """Have a device be such a plug, which is well."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    entry = MockConfigEntry(domain="radio")
    entry.add_to_hass(hass)
    plug = devices.async_get_or_create(config_entry_id=entry.entry_id, identifiers={("radio", "plug")})
    made = entities.async_get_or_create(
        "input_boolean", "radio", "pump", object_id_base="pump", config_entry=entry, device_id=plug.id
    )
    device = patient.entry.runtime_data.manager(Registrar).devices[patient.key]
    device.control = {**device.control, "entity_id": made.entity_id}
    sensors = {
        kind: entities.async_get_or_create(
            "sensor", "radio", kind, config_entry=entry, device_id=plug.id, original_device_class=kind
        ).entity_id
        for kind in _WELL
    }
    radio = Radio(hass, made.entity_id, sensors)
    radio.switch("on")
    for kind, value in _WELL.items():
        radio.tell(kind, value)
    return radio
