"""A HAN device as what load controls are about."""

from ..devices.device import HanDevice
from ..hub.subject import Subject


class ControlledSubject(Subject):
    """A device whose controls are carried out here."""

    def __init__(self, device: HanDevice) -> None:
        """``device`` has a linked entity."""
        super().__init__(device.key, device.title, subentry_id=device.subentry_id)
        self.device = device
