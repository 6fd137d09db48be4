"""Which vehicles may have been charged in a session at a charging point (UR-EV)."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from custom_components.utility_han.procedures import VehicleRun
from custom_components.utility_han.utility import BindingStatus
from custom_components.utility_han.vehicles.chargers.points import candidates_of
from custom_components.utility_han.vehicles.store import Charging, VehicleRecord
from tests.procedures.test_charging_pricing import steady
from tests.procedures.test_charging_sessions import NOON, binding

pytestmark = pytest.mark.use_case("UR-EV")

POINT = "sensor.garage_energy"


@pytest.mark.parametrize(
    ("statuses", "bound"),
    [
        ([], False),
        ([BindingStatus.REFUSED], False),
        ([BindingStatus.PENDING], True),
        ([BindingStatus.ENDED], True),
        ([BindingStatus.REFUSED, BindingStatus.IN_FORCE], True),
    ],
)
def test_vehicle_whose_binding_was_refused_is_not_taken_for_the_one_that_was_charged(
    statuses: list[BindingStatus], *, bound: bool
) -> None:
    """One that nobody is billed for may have been charged too: a person is asked."""
    run = VehicleRun("WVWZZZ1JZXW000001", "Voltline", "One", "premise")
    run.bindings = {f"{number}": replace(binding(), status=each) for number, each in enumerate(statuses)}
    record = VehicleRecord(run, "Car", {"energy": POINT})
    record.note_use(POINT, NOON)
    charging = cast("Charging", SimpleNamespace(vehicles={record.key: record}))
    (candidate,) = candidates_of(charging, POINT, steady(NOON, 1))
    assert (candidate.id, candidate.bound, candidate.guest, candidate.tells) == (record.key, bound, False, False)
    assert candidates_of(charging, "sensor.another", steady(NOON, 1)) == []
