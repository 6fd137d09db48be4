"""A vehicle as the subject of entities."""

from collections.abc import Mapping
from typing import override

from homeassistant.helpers.device_registry import DeviceInfo

from ..const import DOMAIN
from ..hub.subject import DeviceSubject
from .store import VehicleRecord

_SHOWN = 4
"""Characters of a VIN that tell two vehicles of a household apart, and nobody whose it is."""


def masked(vin: str) -> str:
    """Return a VIN for all to see: the device registry is read by every integration, and shown to every user."""
    return "…" + vin[-_SHOWN:]


class VehicleSubject(DeviceSubject):
    """A vehicle that is shown; it hangs off the gateway."""

    def __init__(self, record: VehicleRecord, gateway: DeviceSubject) -> None:
        """``record`` has a subentry."""
        super().__init__(str(record.subentry_id), record.title, subentry_id=record.subentry_id)
        self._gateway = gateway
        self.record = record

    @property
    @override
    def numbers(self) -> Mapping[str, str]:
        return {"vin": self.record.run.vin}

    @property
    @override
    def device_info(self) -> DeviceInfo:
        run = self.record.run
        return DeviceInfo(
            identifiers={(DOMAIN, self.key)},
            name=self.title,
            manufacturer=run.make,
            model=run.model,
            serial_number=masked(run.vin),
            via_device_id=self._gateway.registry_id or "",
        )
