"""Repairs of a device that come no further: it is said at which step and why, and nothing after it is done."""

from dataclasses import replace
from typing import Any
from unittest.mock import AsyncMock, create_autospec, patch

import pytest

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.model import ListedDevice
from custom_components.utility_han.gateway.protocol import Gateway
from custom_components.utility_han.procedures import repair
from custom_components.utility_han.procedures.device_commissioning import DeviceMethod
from custom_components.utility_han.procedures.registration_run import RegistrationRun
from custom_components.utility_han.procedures.repair import Tools, commission_again, repair_device
from custom_components.utility_han.procedures.step import Outcome, Step, StepResult
from custom_components.utility_han.procedures.verdict import Repair
from custom_components.utility_han.utility import Portal, Utility, UtilityError, UtilityReason
from custom_components.utility_han.utility.model import CommissioningRequest
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


CONSENT = {"program_id": "peak", "name": "Peak Saver", "terms_version": "1", "consented_at": "2026-11-28T12:00:00Z"}
DONE = StepResult(Step.UR_9, Outcome.DONE, evidence={"programs": ["peak"]}, next=Step.UR_10)
LISTED = ListedDevice(LFDI, "1", "/edev/7")


def lists(*devices: ListedDevice, pin: int | None = None) -> Any:
    """Return a gateway that takes a device onto its list."""
    gateway = create_autospec(Gateway, instance=True)
    gateway.announce.return_value = "/edev/6"
    gateway.listed_devices.return_value = list(devices)
    gateway.registration_pin.return_value = pin
    return gateway


@pytest.mark.use_case("RD-8b", "RD-5")
async def test_device_that_was_forgotten_is_listed_and_enrolled_in_what_was_agreed_to() -> None:
    utility, gateway = with_api(), lists(LISTED)
    what = tools(utility, gateway=gateway, registration_id="r", consents=[CONSENT], dr_programs=[{"href": "/dr/1"}])
    what.take_pass = AsyncMock(return_value=DONE)
    results = [each async for each in repair_device(Repair.RE_ANNOUNCE, what)]
    assert [(each.step, each.outcome) for each in results] == [
        (Step.RD_8, Outcome.RUNNING),
        (Step.RD_8, Outcome.DONE),
        (Step.RD_12, Outcome.RUNNING),
        (Step.RD_12, Outcome.DONE),
    ]
    assert results[1].evidence == {"method": "in_band", "href": "/edev/7"}
    assert results[3].evidence == {"registration": "UR-9", "programs": ["peak"]}
    assert (what.run.href, what.run.dr_programs) == ("/edev/7", [])
    agreed = {name: CONSENT[name] for name in ("program_id", "terms_version", "consented_at")}
    utility.set_programs.assert_awaited_once_with("r", [agreed])
    assert what.save.await_count == 2  # type: ignore[attr-defined] # a mock


@pytest.mark.use_case("RD-5")
async def test_device_of_which_nobody_has_agreed_to_anything_is_left_in_its_programs() -> None:
    utility = with_api()
    what = tools(utility, registration_id="r", consents=None)
    what.take_pass = AsyncMock(return_value=DONE)
    assert await done(Repair.CORRECT_ENROLLMENT, what) == [(Step.RD_12, Outcome.DONE, None)]
    utility.set_programs.assert_not_awaited()
    what.run.consents = []
    await done(Repair.CORRECT_ENROLLMENT, what)
    utility.set_programs.assert_awaited_once_with("r", [])


@pytest.mark.use_case("RD-12a")
@pytest.mark.parametrize(
    ("pin", "run", "key"),
    [
        (11_111, {}, "011111"),
        (None, {"pin": "222220"}, "222220"),
        (None, {}, None),
        (11_111, {"key": "333339"}, "333339"),
    ],
    ids=["the gateway's", "that was kept", "none", "that is known"],
)
async def test_registration_that_was_lost_is_opened_anew_with_the_pin(
    pin: int | None, run: dict[str, Any], key: str | None
) -> None:
    gateway = lists(LISTED, pin=pin if run.get("key") is None else int(run["key"]))
    what = tools(with_api(), gateway=gateway, registration_id="r", stage="closed", **run)
    what.take_pass = AsyncMock(return_value=DONE)
    assert await done(Repair.REREGISTER, what) == [(Step.RD_8, Outcome.DONE, None), (Step.RD_12, Outcome.DONE, None)]
    assert (what.run.registration_id, what.run.attempt, what.run.key) == (None, 2, key)


@pytest.mark.use_case("RD-12a")
async def test_registration_that_waits_for_its_pin_goes_on() -> None:
    gateway = lists(LISTED, pin=11_111)
    results = {"UR-8": {"reason": UtilityReason.WRONG_KEY.value}}
    what = tools(with_api(), gateway=gateway, registration_id="r", stage="open", results=results)
    what.take_pass = AsyncMock(return_value=DONE)
    await done(Repair.REREGISTER, what)
    assert (what.run.registration_id, what.run.attempt, what.run.key) == ("r", 1, "011111")


@pytest.mark.use_case("RD-12")
async def test_device_that_no_gateway_lists_is_registered_without() -> None:
    what = tools(with_api(), registration_id="r", pin="222220")
    what.take_pass = AsyncMock(return_value=DONE)
    assert await done(Repair.REREGISTER, what) == [(Step.RD_12, Outcome.DONE, None)]
    assert what.run.key == "222220"
    assert (await commission_again(what)).outcome is Outcome.NOT_OFFERED


LINKING = StepResult(Step.UR_10, Outcome.WAITING, UtilityReason.LINKING, next=Step.UR_10)
ASKS = StepResult(Step.UR_9, Outcome.WAITING, UtilityReason.AWAITING_APPROVAL, next=Step.UR_9)


@pytest.mark.use_case("RD-12")
@pytest.mark.parametrize(
    ("passes", "taken", "outcome"),
    [
        ([LINKING, LINKING, DONE], 3, Outcome.DONE),
        ([ASKS], 1, Outcome.WAITING),  # a person decides, and takes their time
        ([LINKING] * 100, 40, Outcome.WAITING),
    ],
    ids=["decides", "a person decides", "is slow"],
)
async def test_utility_that_decides_by_itself_is_waited_for(
    passes: list[StepResult], taken: int, outcome: Outcome
) -> None:
    what = tools(with_api(), registration_id="r")
    what.take_pass = AsyncMock(side_effect=passes)
    with patch(f"{repair.__name__}.asyncio.sleep", AsyncMock()) as slept:
        found = await done(Repair.CORRECT_ENROLLMENT, what)
    assert found == [(Step.RD_12, outcome, passes[taken - 1].reason)]
    assert (what.take_pass.await_count, slept.await_count) == (taken, taken - 1)


@pytest.mark.use_case("RD-8b")
@pytest.mark.parametrize(("method", "looks"), [(DeviceMethod.PORTAL, 1), (DeviceMethod.REQUEST, 40)])
async def test_what_a_person_does_in_a_portal_is_not_waited_for(method: DeviceMethod, looks: int) -> None:
    """The utility that was asked to list a device is, for as long as one takes that decides by itself."""
    utility, gateway = with_api(), lists()
    asked = CommissioningRequest("req-1", "accepted", None)
    utility.request_commissioning.return_value = utility.commissioning_request.return_value = asked
    what = replace(tools(utility, gateway=gateway, registration_id="r", premise_id="prem-1"), method=method)
    with patch(f"{repair.__name__}.asyncio.sleep", AsyncMock()):
        assert await done(Repair.RE_ANNOUNCE, what) == [(Step.RD_8, Outcome.WAITING, Reason.PORTAL_PENDING)]
    assert gateway.listed_devices.await_count == looks
    assert [each.args[0] for each in utility.request_commissioning.await_args_list] == ["prem-1"] * (looks > 1)


@pytest.mark.use_case("RD-12a")
async def test_pin_is_kept_before_anything_is_asked_of_the_utility_with_it() -> None:
    what = tools(with_api(), gateway=lists(LISTED, pin=11_111), registration_id="r", stage="closed")
    kept: list[tuple[str | None, str | None]] = []

    async def save(run: RegistrationRun) -> None:
        kept.append((run.registration_id, run.key))

    async def take_pass() -> StepResult:
        assert kept[-1] == (None, "011111")
        return DONE

    await done(Repair.REREGISTER, replace(what, save=save, take_pass=take_pass))
    assert kept
