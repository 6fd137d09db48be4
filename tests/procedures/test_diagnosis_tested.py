"""What diagnoses found before, as one that comes after them takes it."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.utility_han.gateway.model import Battery, SelfReport
from custom_components.utility_han.procedures.health import HealthReason
from custom_components.utility_han.procedures.step import Step
from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.service_model import Reachability
from tests.procedures.test_diagnosis_causes import ACTIVE, BUSY, FLAT, OFFLINE, Told, device, found, meter

pytestmark = pytest.mark.use_case("DM-4a", "RD-9", "RD-10", "RD-11")

R = HealthReason
LOW = SelfReport(Battery.LOW, ())
UNREACHED = Reachability(reachable=False, commissioned=True, detail="silent")
NO_PROGRAMS = replace(ACTIVE, programs={})
UNDER_WAY = UtilityError(UtilityReason.CONTROL_UNDER_WAY, "until 13:00")


@pytest.mark.parametrize(
    ("gateway", "utility", "before", "after"),
    [
        # Looked for again, and not found.
        ({}, {}, {R.NO_ANSWER: Step.RD_10}, {}),
        ({}, {}, {R.NO_ANSWER: Step.RD_9, R.CONTROL_MISSED: Step.RD_10, R.BATTERY_LOW: Step.DM_3}, {}),
        ({"report": LOW}, {}, {R.NO_ANSWER: Step.RD_10}, {R.BATTERY_LOW: Step.DM_3}),
        # Something was in the way.
        ({"silent": OFFLINE}, {}, {R.NO_ANSWER: Step.RD_10}, {R.NO_ANSWER: Step.RD_10}),
        ({"silent": OFFLINE}, {"reach": UNREACHED}, {R.NO_ANSWER: Step.RD_9}, {R.NO_ANSWER: Step.RD_9}),
        ({"silent": OFFLINE}, {}, {R.BATTERY_LOW: Step.DM_3}, {R.BATTERY_LOW: Step.DM_3}),
        ({}, {"answer": UNDER_WAY}, {R.NO_ANSWER: Step.RD_10}, {R.NO_ANSWER: Step.RD_10}),
        ({}, {"account": BUSY}, {R.ACCOUNT_DIFFERS: Step.RD_3}, {R.ACCOUNT_DIFFERS: Step.RD_3}),
        ({}, {"registered": BUSY}, {R.PROGRAMS_DIFFER: Step.RD_12}, {R.PROGRAMS_DIFFER: Step.RD_12}),
        ({"listed": ()}, {}, {R.NO_ANSWER: Step.RD_10}, {R.NO_ANSWER: Step.RD_10}),
        # It was found now.
        ({}, {"reach": UNREACHED}, {}, {R.NO_ANSWER: Step.RD_9}),
        ({}, {"registered": NO_PROGRAMS}, {R.NOT_ASSIGNED: Step.RD_12}, {R.PROGRAMS_DIFFER: Step.RD_12}),
    ],
)  # fmt: skip
async def test_what_was_tested_holds_until_it_is_looked_for_again(
    gateway: dict[str, Any], utility: dict[str, Any], before: dict[HealthReason, Step], after: dict[HealthReason, Step]
) -> None:
    diagnosis = await found(meter(**gateway), Told(**utility), device(tested=before))
    assert diagnosis.tested == after
    assert set(after) <= set(diagnosis.reasons), "it is of its findings too"
    assert not (set(before) - set(after)) & set(diagnosis.reasons)


async def test_what_shows_without_a_diagnosis_is_not_held_by_one() -> None:
    diagnosis = await found(meter(), Told(), device(FLAT))
    assert (diagnosis.tested, "battery_low" in diagnosis.codes) == ({}, True)


async def test_nothing_is_held_that_there_is_no_check_for_any_more() -> None:
    """Who has left every program is sent no test signal."""
    utility = Told(registered=replace(ACTIVE, programs={}, messages=()))
    subject = device(tested={R.NO_ANSWER: Step.RD_10})
    assert subject.registration is not None
    subject.registration.consents = []
    diagnosis = await found(meter(programs=()), utility, subject)
    assert (diagnosis.codes, diagnosis.tested) == ([], {})
