"""Repairs of a device that come no further: it is said at which step and why, and nothing after it is done."""

from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.protocol import Gateway
from custom_components.utility_han.procedures.device_commissioning import DeviceMethod
from custom_components.utility_han.procedures.registration import RegistrationRun
from custom_components.utility_han.procedures.repair import Tools, repair_device
from custom_components.utility_han.procedures.step import Outcome, Step
from custom_components.utility_han.procedures.verdict import Repair
from custom_components.utility_han.utility import Portal, Utility, UtilityError, UtilityReason
from custom_components.utility_han.utility.protocol import Feature

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"


def tools(utility: Utility, *, gateway: Gateway | None = None, **run: Any) -> Tools:
    """Return what a repair works with."""
    told: dict[str, Any] = {
        "lfdi": LFDI,
        "kind": "thermostat",
        "model_id": "any",
        "premise_id": "",
        "gateway_lfdi": "",
    }
    return Tools(gateway, utility, RegistrationRun(**told | run), DeviceMethod.IN_BAND, AsyncMock(), AsyncMock())


def with_api() -> Any:
    """Return a utility that registers devices."""
    utility = create_autospec(Utility, instance=True)
    utility.offers.side_effect = lambda feature: feature is Feature.REGISTRATION
    return utility


async def done(repair: Repair, what: Tools) -> list[tuple[Step, Outcome, Any]]:
    """Return the steps that were taken, with their outcomes and reasons."""
    results = [each async for each in repair_device(repair, what)]
    return [(each.step, each.outcome, each.reason) for each in results if each.outcome is not Outcome.RUNNING]


@pytest.mark.use_case("RD-12")
async def test_device_of_a_portal_is_registered_there_by_a_person() -> None:
    what = tools(Portal(AsyncMock()))
    assert await done(Repair.REREGISTER, what) == [(Step.RD_12, Outcome.WAITING, Reason.PORTAL_PENDING)]
    assert what.run.registration_id is None


@pytest.mark.use_case("RD-12")
async def test_device_that_is_not_registered_is_enrolled_in_nothing() -> None:
    what = tools(with_api())
    assert await done(Repair.CORRECT_ENROLLMENT, what) == [(Step.RD_12, Outcome.NOT_OFFERED, None)]


@pytest.mark.use_case("RD-12")
async def test_utility_that_does_not_enroll_says_why() -> None:
    utility = with_api()
    utility.set_programs.side_effect = UtilityError(UtilityReason.UTILITY_BUSY, "later")
    what = tools(utility, registration_id="r", consents=[], dr_programs=[{"href": "/dr/1"}])
    assert await done(Repair.CORRECT_ENROLLMENT, what) == [(Step.RD_12, Outcome.FAILED, UtilityReason.UTILITY_BUSY)]
    assert what.run.dr_programs, "what the gateway assigns is as it was"


@pytest.mark.use_case("RD-12")
async def test_registration_of_which_no_step_is_left_is_not_called_done() -> None:
    what = tools(with_api(), registration_id="r")
    what.take_pass = AsyncMock(return_value=None)
    assert await done(Repair.CORRECT_ENROLLMENT, what) == [(Step.RD_12, Outcome.NOT_OFFERED, None)]


@pytest.mark.use_case("RD-8b")
@pytest.mark.parametrize("repair", [Repair.RE_ANNOUNCE, Repair.REREGISTER])
async def test_gateway_that_does_not_list_the_device_ends_the_repair(repair: Repair) -> None:
    gateway = create_autospec(Gateway, instance=True)
    gateway.announce.side_effect = GatewayError(Reason.REGISTRATION_REFUSED, "the list is full")
    utility = with_api()
    what = tools(utility, gateway=gateway, key="111115", registration_id="r")
    what.take_pass = taken = AsyncMock()
    assert await done(repair, what) == [(Step.RD_8, Outcome.FAILED, Reason.REGISTRATION_REFUSED)]
    assert what.run.registration_id == "r", "it is registered as it was"
    taken.assert_not_awaited()
