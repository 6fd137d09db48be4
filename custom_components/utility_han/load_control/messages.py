"""What is said to people of the load controls of a device."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..devices.device import HanDevice
from ..hub.telling.wording import Said, Wording
from ..procedures import ControlRecord, asked
from .asked import ANYTHING, SET_POINT
from .entities import ACTIVE
from .manager import LoadControlManager


def about_controls(
    controls: LoadControlManager, device: HanDevice, wording: Wording, control_id: str | None = None
) -> Said:
    """Say which control lasts, else which comes next, and whether the device takes part; or so of one of them."""
    active = controls.active(device)
    known = (each for each in (active, *controls.upcoming(device)) if each is not None)
    record = next((each for each in known if control_id in (None, each.control.id)), None)
    if record is None:
        return Said("control_none", {"device": device.title})
    key = "control_left" if record.out is not None else "control_running" if record is active else "control_announced"
    return Said(key, _values(controls, [device], record, wording))


def about_control(
    controls: LoadControlManager, devices: Sequence[HanDevice], record: ControlRecord, wording: Wording
) -> Said:
    """Say that one control of some devices is announced; of the first, but for what they do."""
    return Said("control_announced", _values(controls, devices, record, wording))


def about_outcome(
    controls: LoadControlManager,
    device: HanDevice,
    record: ControlRecord,
    used: float,
    saved: float | None,
    wording: Wording,
) -> Said:
    """Say what a control came to: what was used (kWh), and where that is known what was saved."""
    values = _values(controls, [device], record, wording, record.applied) | {"energy": wording.energy(used)}
    if saved is None or saved <= 0:
        return Said("control_used", values)
    return Said("control_saved", values | {"saved": wording.energy(saved)})


def _values(
    controls: LoadControlManager,
    devices: Sequence[HanDevice],
    record: ControlRecord,
    wording: Wording,
    done: Mapping[str, float] | None = None,
) -> dict[str, str]:
    device = devices[0]
    words = {controls.what_is_done(each, record.control) for each in devices}
    word = words.pop() if len(words) == 1 else ANYTHING
    program = next((each.description for each in device.dr_programs if each.href == record.control.program), None)
    return {
        "device": device.title,
        "what": _what(word, asked(record.control) if done is None else done, wording),
        "program": program or "–",
        "start": wording.time(record.start),
        "end": wording.time(record.end),
    }


def _what(what: str, values: Mapping[str, Any], wording: Wording) -> str:
    """Return what a control asks for, or did; with the temperature where it is one."""
    word = wording.state("sensor", ACTIVE, what)
    if what != SET_POINT:
        return word
    held = next((values[name] for name in ("heating_setpoint", "cooling_setpoint") if name in values), None)
    return word if held is None else f"{word} {wording.temperature(held)}"
