"""What is said to people of the load controls of a device."""

from ..devices.device import HanDevice
from ..hub.wording import Said, Wording
from ..procedures import ControlRecord
from .asked import what_is_asked
from .entities import ACTIVE
from .manager import LoadControlManager


def about_controls(controls: LoadControlManager, device: HanDevice, wording: Wording) -> Said:
    """Say which control lasts, else which comes next, and whether the device takes part."""
    active = controls.active(device)
    record = active or next(controls.upcoming(device), None)
    if record is None:
        return Said("control_none", {"device": device.title})
    key = "control_left" if record.out is not None else "control_running" if active else "control_announced"
    return Said(key, _values(device, record, wording))


def about_control(device: HanDevice, record: ControlRecord, wording: Wording) -> Said:
    """Say that one control is announced."""
    return Said("control_announced", _values(device, record, wording))


def _values(device: HanDevice, record: ControlRecord, wording: Wording) -> dict[str, str]:
    program = next((each.description for each in device.dr_programs if each.href == record.control.program), None)
    return {
        "device": device.title,
        "what": wording.state("sensor", ACTIVE, what_is_asked(record.control)),
        "program": program or "–",
        "start": wording.time(record.start),
        "end": wording.time(record.end),
    }
