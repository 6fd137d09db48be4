"""What a meter lists of its events: what it does not list is called off, and what was not heard is not."""

from datetime import UTC, datetime
from typing import Any

import pytest
from zigpy.zcl.foundation import GeneralCommand, Status, ZCLHeader

from custom_components.utility_han.esi import ControlStatus, DemandResponseProgram
from custom_components.utility_han.gateway.clock import GatewayClock
from custom_components.utility_han.gateway.zigbee import load_control
from custom_components.utility_han.gateway.zigbee.clusters import Drlc
from custom_components.utility_han.gateway.zigbee.load_control import MeterControls
from custom_components.utility_han.gateway.zigbee.times import utc_time
from tests.helpers.said_meter import SaidMeter, from_meter, impatient

pytestmark = pytest.mark.use_case("UR-P")

PROGRAMS = [DemandResponseProgram("drlc/1", None, 1, "drlc/1")]
NUMBERS = (1, 2)


def event(number: int) -> bytes:
    """Return a Load Control Event (annex D.2.2.3.1) that lasts for an hour from now on."""
    command = Drlc.ClientCommandDefs.load_control_event
    fields: dict[str, Any] = {
        "issuer_event_id": number,
        "device_class": 1 << number,
        "utility_enrollment_group": 1,
        "start_time": utc_time(datetime.now(UTC)),
        "duration_minutes": 60,
        "criticality": 1,
        "cooling_offset": 0xFF,
        "heating_offset": 0xFF,
        "cooling_setpoint": -0x8000,
        "heating_setpoint": -0x8000,
        "load_adjustment": -10,
        "duty_cycle": 0xFF,
        "event_control": 0,
    }
    return bytes(command.schema(**fields).serialize())


class Listing:
    """A meter with two events, which answers Get Scheduled Events as it is told to, then in full."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, ...] | Status] = []
        self.asked = 0
        self._events = {number: event(number) for number in NUMBERS}
        self.meter = SaidMeter(self._answer)

    def _answer(self, _cluster: int, asked: bytes) -> list[bytes]:
        header, _ = ZCLHeader.deserialize(asked)
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else NUMBERS
        if isinstance(answer, Status):
            said = bytes([header.command_id, answer])
            return [from_meter(header.tsn, GeneralCommand.Default_Response, said, general=True)]
        return [from_meter(header.tsn, 0, self._events[number]) for number in answer]


async def listed(*answers: tuple[int, ...] | Status, monkeypatch: pytest.MonkeyPatch) -> list[ControlStatus]:
    """Return how events stand by their number, once the meter has listed both and then answered as it is told to."""
    monkeypatch.setattr(load_control, "_REFRESH_SECONDS", -1.0)
    listing = Listing()
    controls = MeterControls(listing.meter.messenger, GatewayClock())
    with impatient():
        assert len(await controls.controls(PROGRAMS, [1])) == len(NUMBERS)
        listing.answers = list(answers)
        found = await controls.controls(PROGRAMS, [1])
    assert not listing.answers
    assert listing.meter.well
    return [each.status for each in sorted(found, key=lambda each: each.id)]


@pytest.mark.parametrize("status", [Status.FAILURE, Status.SUCCESS, Status.TIMEOUT, Status.INSUFFICIENT_SPACE])
async def test_meter_that_does_not_say_what_it_has_calls_nothing_off(
    status: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That there are none, a meter says with NOT_FOUND."""
    found = await listed(status, monkeypatch=monkeypatch)
    assert found == [ControlStatus.ACTIVE, ControlStatus.ACTIVE]


async def test_event_that_was_lost_on_the_way_is_not_called_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await listed((1,), monkeypatch=monkeypatch) == [ControlStatus.ACTIVE, ControlStatus.ACTIVE]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (((1,), (1,)), [ControlStatus.ACTIVE, ControlStatus.CANCELLED]),
        ((Status.NOT_FOUND, Status.NOT_FOUND), [ControlStatus.CANCELLED, ControlStatus.CANCELLED]),
    ],
)
async def test_event_that_is_listed_no_more_is_called_off(
    answers: tuple[tuple[int, ...] | Status, ...],
    expected: list[ControlStatus],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await listed(*answers, monkeypatch=monkeypatch) == expected
