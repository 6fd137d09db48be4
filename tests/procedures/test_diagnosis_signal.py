"""RD-10: a test signal is waited for as long as its device may need, and looked for more than once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, override
from unittest.mock import AsyncMock, patch

import pytest

from custom_components.utility_han.esi import DemandResponseProgram
from custom_components.utility_han.procedures import diagnosis
from custom_components.utility_han.procedures.diagnosis import DiagnosisSubject, Local
from custom_components.utility_han.procedures.health import HealthReason
from custom_components.utility_han.utility.model import Registration
from custom_components.utility_han.utility.protocol import Feature, Utility
from custom_components.utility_han.utility.service_model import TestSignal

pytestmark = pytest.mark.use_case("RD-10")


class Clock:
    """Goes on by a second whenever it is looked at: what is waited for is counted, not timed."""

    def __init__(self) -> None:
        self.began = self.now = 86_400.0

    @property
    def passed(self) -> float:
        """Seconds since it was made, or set back."""
        return self.now - self.began

    def monotonic(self) -> float:
        self.now += 1.0
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Time that passes by being asked for."""
    clock = Clock()
    with patch.object(diagnosis, "time", clock), patch.object(diagnosis, "_ASK_EVERY", 0):
        yield clock


@dataclass
class Home(Utility):
    """A utility with one device enrolled, which answers a test signal once ``answers(looks of the home)``."""

    answers: Callable[[int], bool]
    looks: int = 0
    asked: int = 0
    features = frozenset(Feature)

    async def look(self, _clock_offset: timedelta | None) -> None:
        self.looks += 1

    @override
    async def send_test_signal(self, registration_id: str, idempotency_key: str) -> TestSignal:
        return TestSignal("sig-1", "AB" * 16, (), "sent")

    @override
    async def test_signal(self, signal_id: str) -> TestSignal:
        self.asked += 1
        return TestSignal(signal_id, "AB" * 16, (1,), "answered") if self.answers(self.looks) else SENT


SENT = TestSignal("sig-1", "AB" * 16, (), "sent")
ACTIVE = Registration.from_json(
    {
        "id": "reg-1",
        "version": 1,
        "stage": "active",
        "premise_id": "prem-1",
        "gateway_lfdi": "CD" * 20,
        "device": {"kind": "thermostat", "lfdi": "AB" * 20, "model_id": None, "serial": None, "name": "Hall"},
        "discovery": "found",
        "identified": True,
        "programs": [],
        "link": {"status": "linked", "stages": []},
        "messages": [],
        "record_id": None,
        "reason": None,
    }
)


async def sent_to(home: Home, polls_every: timedelta = timedelta(0)) -> tuple[list[Any], dict[str, Any]]:
    """Send a test signal to a device that looks for controls so often; reasons and evidence."""
    checks = diagnosis._Checks(None, home, DiagnosisSubject((), Local, home.look, polls_every=polls_every))
    checks.current, checks.programs = ACTIVE, [DemandResponseProgram("/dr/1", "Peak Saver", 1, "/dr/1/edc")]
    reasons: list[Any] = []
    evidence: dict[str, Any] = {}
    assert await diagnosis._signal(checks, reasons, evidence)
    return reasons, evidence


async def test_what_the_first_look_missed_is_found_by_another(clock: Clock) -> None:
    home = Home(lambda looks: looks >= 3)
    with patch(f"{diagnosis.__name__}.asyncio.sleep", AsyncMock()) as slept:
        reasons, evidence = await sent_to(home)
    assert slept.await_count == home.asked, "it is left alone between two questions"
    assert (reasons, evidence["status"], home.looks) == ([], "answered", 3)
    assert home.asked > home.looks, "the utility is asked more often than the gateway"
    assert 10 <= evidence["seconds"] <= 20, "five seconds lie between two looks"


async def test_a_device_that_looks_seldom_is_given_the_time_to(clock: Clock) -> None:
    reasons, _ = await sent_to(Home(lambda _: clock.passed > 60), timedelta(minutes=1))
    assert reasons == []
    clock.began = clock.now
    reasons, _ = await sent_to(Home(lambda _: clock.passed > 60))
    assert reasons == [HealthReason.NO_ANSWER], "what the home itself answers is no slower than the home"


async def test_silence_is_told_in_the_end_however_seldom_a_device_looks(clock: Clock) -> None:
    reasons, evidence = await sent_to(Home(lambda _: False), timedelta(days=1))
    assert reasons == [HealthReason.NO_ANSWER]
    assert evidence["seconds"] < diagnosis.MOST_PATIENCE + 10
