"""What Home Assistant's device registry knows of the home's own vehicles."""

from collections.abc import Container
from dataclasses import dataclass

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ...procedures import VinError, parse_vin
from .sources import VEHICLE_INTEGRATIONS


@dataclass(frozen=True, slots=True)
class KnownVehicle:
    """A vehicle as its maker's integration has it."""

    vin: str
    make: str | None
    model: str | None
    name: str | None


@callback
def async_known_vehicle(hass: HomeAssistant, bound: Container[str | None]) -> KnownVehicle | None:
    """Return the one vehicle whose VIN is not among those ``bound``; None where there is none, or several.

    Integrations of vehicles identify the device by its VIN (``tesla_fleet``, ``renault``, ``volvo`` and others).
    """
    found = {
        each.vin: each
        for device in dr.async_get(hass).devices
        if (each := _vehicle(device)) is not None and each.vin not in bound
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _vehicle(device: dr.DeviceEntry) -> KnownVehicle | None:
    for domain, identifier, *_ in device.identifiers:
        if domain not in VEHICLE_INTEGRATIONS:
            continue
        try:
            vin = parse_vin(str(identifier))
        except VinError:
            continue
        return KnownVehicle(vin, device.manufacturer, device.model, device.name_by_user or device.name)
    return None
