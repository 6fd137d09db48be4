"""The meter's Demand Response and Load Control cluster: which endpoint has which events."""

from __future__ import annotations

from simulator.gateway.demand_response import NotKnownError
from simulator.gateway.load_controls import EventStatus, LoadControl
from simulator.gateway.state import GatewayState
from simulator.zigbee import zcl
from simulator.zigbee.commands import CancelLoadControlEvent, LoadControlEvent, ReportEventStatus
from simulator.zigbee.identifiers import lfdi_of

NO_GROUP, ALL_GROUPS = 0xFF, 0x00

# DeviceCategoryType of IEEE 2030.5 to the device classes of Smart Energy (table D.2), by bit.
_CLASSES = {
    0: 0, 1: 1, 2: 1, 3: 2, 4: 3, 5: 3, 6: 3, 7: 4, 8: 5, 9: 6, 10: 7, 11: 8, 12: 9, 13: 7, 16: 10, 17: 10, 21: 11,
}  # fmt: skip
_RANDOMIZE_START, _RANDOMIZE_END = 1, 2
_STATUSES = frozenset({*range(0x01, 0x0B), 0xF8, 0xF9, 0xFB, 0xFD, 0xFE})
"""Event Status, as NXP's ``teSE_DRLCEventStatus`` has it."""
_EMERGENCY, _VOLUNTARY = 7, 1
_NOT_GIVEN_8, _NOT_GIVEN_16, _NOT_GIVEN_ADJUSTMENT = 0xFF, -0x8000, -0x80


def group_of(gateway: GatewayState, lfdi: str) -> int:
    """The utility enrollment group of a device: the number of its program."""
    programs = gateway.demand_response.enrolments(lfdi)
    if not programs:
        return NO_GROUP
    return programs[0].number if len(programs) == 1 else ALL_GROUPS


def events_for(gateway: GatewayState, lfdi: str) -> list[LoadControlEvent]:
    """The events to come or on, for a device."""
    events = gateway.demand_response
    return [
        event(control)
        for program in events.enrolments(lfdi)
        for control in events.listed(program.number)
        if control.cancelled_at is None
        and events.now() < control.start + control.duration
        and events.standing(control).status is not EventStatus.SUPERSEDED
    ]


def event(control: LoadControl) -> LoadControlEvent:
    """A control as an event."""

    def given(value: int | None, missing: int) -> int:
        return missing if value is None else value

    randomized = (_RANDOMIZE_START if control.randomize_start else 0) | (
        _RANDOMIZE_END if control.randomize_duration else 0
    )
    # An event has no shift forward; its load adjustment has a sign, and less is negative.
    adjustment, sign = control.load_adjustment, 1 if control.load_shift_forward else -1
    return LoadControlEvent(
        event_id=control.event_id,
        device_class=device_class(control.device_category),
        group=control.program,
        start=max(control.start - zcl.EPOCH, 0),
        duration=min(-(-control.duration // 60), 1440),
        criticality=_EMERGENCY if control.mandatory else _VOLUNTARY,
        cooling_offset=given(control.cooling_offset, _NOT_GIVEN_8),
        heating_offset=given(control.heating_offset, _NOT_GIVEN_8),
        cooling_setpoint=given(control.cooling_setpoint, _NOT_GIVEN_16),
        heating_setpoint=given(control.heating_setpoint, _NOT_GIVEN_16),
        load_adjustment=_NOT_GIVEN_ADJUSTMENT if adjustment is None else sign * round(adjustment / 100),
        duty_cycle=given(control.duty_cycle, _NOT_GIVEN_8),
        event_control=randomized,
    )


def cancellation(control: LoadControl) -> CancelLoadControlEvent:
    """The end of an event before its time."""
    return CancelLoadControlEvent(
        event_id=control.event_id,
        device_class=device_class(control.device_category),
        group=control.program,
        cancel_control=int(control.cancelled_randomized),
        effective=0,
    )


def device_class(category: int) -> int:
    """The classes of devices that a category means."""
    return sum(1 << bit for bit in {to for of, to in _CLASSES.items() if category >> of & 1})


def report(gateway: GatewayState, eui64: bytes, endpoint: int, said: ReportEventStatus) -> bool:
    """Take up what a device says became of an event; False where device, event or status is unknown."""
    if said.status not in _STATUSES:
        return False
    lfdi = lfdi_of(eui64, endpoint)
    try:
        control = gateway.demand_response.control(said.event_id)
    except NotKnownError:
        return False
    if not gateway.registrations.accepted(lfdi):
        return False
    gateway.demand_response.respond(
        control.subject, lfdi, int(said.status), int(said.time) + zcl.EPOCH, lfdi_of(eui64), _applied(said)
    )
    gateway.contacts.heard(lfdi, lfdi_of(eui64), "Report Event Status")
    return True


def _applied(said: ReportEventStatus) -> dict[str, int]:
    """What a report says was done, in the units of Smart Energy; what is "not used" is left out."""
    done = {
        "cooling_setpoint": (said.cooling_setpoint, _NOT_GIVEN_16),
        "heating_setpoint": (said.heating_setpoint, _NOT_GIVEN_16),
        "load_adjustment": (said.load_adjustment, _NOT_GIVEN_ADJUSTMENT),
        "duty_cycle": (said.duty_cycle, _NOT_GIVEN_8),
    }
    return {
        "criticality": int(said.criticality),
        "event_control": int(said.event_control),
        **{name: int(value) for name, (value, missing) in done.items() if value != missing},
    }
