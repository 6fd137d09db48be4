"""UR-1 to UR-15 against the running utility and gateway, with restarts everywhere."""

import asyncio
from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any

import pytest
from aio2030dot5 import generate_identity

from custom_components.utility_han.gateway.errors import Reason
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.model import DeviceState
from custom_components.utility_han.procedures.deregistration import deregister
from custom_components.utility_han.procedures.device_commissioning import DeviceMethod
from custom_components.utility_han.procedures.registration import register
from custom_components.utility_han.procedures.registration_run import RegistrationRun
from custom_components.utility_han.procedures.repair import Tools, repair_device
from custom_components.utility_han.procedures.step import Outcome, Step, StepResult
from custom_components.utility_han.procedures.verdict import Repair
from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.han_api.client import HanApi
from custom_components.utility_han.utility.model import Stage
from tests.conftest import PACING, TIMEOUTS, SimulatedGateway
from tests.helpers.states import PATIENCE
from tests.helpers.utility import SimulatedUtility

PEAK_SAVER = {
    "program_id": "peak-saver",
    "name": "Peak Saver",
    "terms_version": "2026-01",
    "consented_at": "2026-11-24T00:00:00+00:00",
}


class Home:
    """A commissioned Home Assistant with a customer's utility account, and a thermostat to register."""

    def __init__(
        self,
        gateway: SimulatedGateway,
        link: Ieee2030_5Gateway,
        utility: SimulatedUtility,
        client: HanApi,
        device: dict[str, Any],
    ) -> None:
        """``device`` is what the thermostat's label says: ``lfdi``, ``pin``."""
        self.gateway = gateway
        self.link = link
        self.utility = utility
        self.client = client
        self.lfdi = str(device["lfdi"])
        self.pin = str(device["pin"])
        self.serial = f"AT{int(self.lfdi[:7], 16) % 10**8:08}"
        self.saved: list[dict[str, Any]] = []

    def run(self, **more: Any) -> RegistrationRun:
        """Return a registration about to begin, everything answered."""
        known = {"serial": self.serial, "key": self.pin, "consents": [dict(PEAK_SAVER)]}
        return RegistrationRun(
            lfdi=self.lfdi,
            kind="thermostat",
            model_id="acme-t100",
            premise_id=self.utility.premise_id,
            gateway_lfdi=self.gateway.lfdi,
            **{**known, **more},
        )

    async def save(self, run: RegistrationRun) -> None:
        """Keep what a restart would find."""
        self.saved.append(run.to_dict())

    async def one_pass(self, run: RegistrationRun) -> list[StepResult]:
        """Take every step that can be taken now."""
        return [result async for result in register(self.client, self.link, run, self.save)]

    async def settle(self, run: RegistrationRun) -> StepResult:
        """Make passes until nothing is under way at the utility any more."""
        async with asyncio.timeout(PATIENCE):
            while (last := (await self.one_pass(run))[-1]).reason is UtilityReason.LINKING:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return last


@pytest.fixture
async def home(gateway: SimulatedGateway, utility: SimulatedUtility) -> Home:
    """Everything commissioned: Home Assistant out-of-band, the thermostat by the utility."""
    identity = generate_identity()
    await gateway.register(identity.lfdi)
    await utility.attach(gateway.lfdi)
    link = await Ieee2030_5Gateway.create(
        gateway.host, gateway.port, identity, expected_lfdi=gateway.lfdi, pacing=PACING, timeouts=TIMEOUTS
    )
    return Home(gateway, link, utility, await utility.client(), await gateway.bring_device())


@pytest.mark.use_case(
    "UR-1", "UR-3", "UR-4", "UR-5", "UR-6", "UR-7", "UR-8", "UR-9", "UR-10", "UR-12", "UR-13", "UR-14", "UR-15"
)
async def test_from_commissioned_to_enrolled(home: Home) -> None:
    run = home.run()
    last = await home.settle(run)
    assert (last.step, last.outcome) == (Step.UR_15, Outcome.DONE)
    assert run.state == DeviceState.ENROLLED
    assert run.record_id is not None
    assert run.key is None, "the PIN is not kept longer than needed"
    assert [program.description for program in run.programs] == ["Peak Saver"]
    (registration,) = await home.utility.registrations()
    assert registration["stage"] == "active"
    assert all(message["acknowledged"] for message in registration["messages"])
    assert set(run.results) == {step.value for step in Step if step.name.startswith("UR") and step is not Step.UR_EV}


@pytest.mark.use_case("UR-12")
async def test_programs_are_read_over_one_connection(home: Home) -> None:
    """Meters in the field need a pause between two: nothing else of a registration speaks with the gateway."""
    run = home.run()
    assert (await home.settle(run)).outcome is Outcome.DONE
    assert [program.description for program in run.programs] == ["Peak Saver"]
    assert home.link.statistics()["connections"] == 1


@pytest.mark.use_case("UR-6", "UR-8", "UR-9", "UR-10", "UR-12", "UR-13")
@pytest.mark.parametrize("when", ["before", "after"])
async def test_restart_at_every_save_does_nothing_twice(home: Home, when: str) -> None:
    """Stop at each save in turn, before or after it is on disk, and go on from what a restart finds."""

    class PowerCutError(Exception):
        pass

    run = home.run()
    stop_at = 0
    async with asyncio.timeout(PATIENCE):
        while True:
            stop_at += 1
            count = 0

            async def save(now: RegistrationRun, stop_at: int = stop_at) -> None:
                nonlocal count
                count += 1
                if count == stop_at and when == "before":
                    raise PowerCutError
                await home.save(now)
                if count == stop_at:
                    raise PowerCutError

            try:
                results = [result async for result in register(home.client, home.link, run, save)]
            except PowerCutError:
                run = RegistrationRun.from_dict(home.saved[-1]) if home.saved else home.run(id=run.id)
                continue
            assert results[-1].outcome is not Outcome.FAILED, results[-1]
            if results[-1].outcome is Outcome.DONE:
                break
            await asyncio.sleep(0.05)
    assert run.state == DeviceState.ENROLLED
    assert len(await home.utility.registrations()) == 1
    keys = {entry["idempotency_key"] or "" for entry in await home.utility.log()}
    assert {key for key in keys if key.startswith(run.id) and "open" in key} == {f"{run.id}-1-open"}


@pytest.mark.use_case("UR-9")
async def test_programs_may_come_before_or_after_the_key(home: Home) -> None:
    run = home.run(consents=None)
    last = (await home.one_pass(run))[-1]
    assert (last.step, last.reason) == (Step.UR_9, UtilityReason.CONSENT_MISSING)
    run.consents = [dict(PEAK_SAVER)]
    assert (await home.settle(run)).outcome is Outcome.DONE

    device = await home.gateway.bring_device()
    other = str(device["lfdi"])
    run = home.run(serial=None, key=None)
    run.lfdi = other
    last = (await home.one_pass(run))[-1]
    assert (last.step, last.reason) == (Step.UR_8, UtilityReason.NOT_IDENTIFIED)
    run.serial, run.key = f"AT{int(other[:7], 16) % 10**8:08}", device["pin"]
    assert (await home.settle(run)).outcome is Outcome.DONE


@pytest.mark.use_case("UR-15")
async def test_device_without_program_is_registered_only(home: Home) -> None:
    run = home.run(consents=[])
    assert (await home.settle(run)).outcome is Outcome.DONE
    assert run.state == DeviceState.REGISTERED
    run.consents = [dict(PEAK_SAVER)]
    assert (await home.settle(run)).outcome is Outcome.DONE
    assert run.state == DeviceState.ENROLLED
    run.consents = []
    assert (await home.settle(run)).outcome is Outcome.DONE
    assert run.programs == ()


@pytest.mark.use_case("UR-7")
async def test_device_that_was_not_commissioned_is_not_found(home: Home) -> None:
    await home.gateway.withdraw(home.lfdi)
    run = home.run()
    last = await home.settle(run)
    assert (last.step, last.reason) == (Step.UR_7, UtilityReason.NOT_DISCOVERED)
    await home.gateway.register(home.lfdi, pin=home.pin)
    assert (await home.settle(run)).outcome is Outcome.DONE
    assert len(await home.utility.registrations()) == 1


@pytest.mark.use_case("UR-1", "UR-3", "UR-5", "UR-8")
@pytest.mark.parametrize(
    ("wrong", "step", "reason"),
    [
        ({"model_id": "unheard-of"}, Step.UR_1, UtilityReason.DEVICE_INCOMPATIBLE),
        ({"serial": "WRONG-0001"}, Step.UR_8, UtilityReason.WRONG_SERIAL),
        ({"key": "123464"}, Step.UR_8, UtilityReason.WRONG_KEY),
        (
            {"consents": [{**PEAK_SAVER, "program_id": "quiet-hours"}]},
            Step.UR_3,
            UtilityReason.PROGRAM_CLOSED,
        ),
        (
            {"consents": [{**PEAK_SAVER, "program_id": "ev-smart-charge"}]},
            Step.UR_9,
            UtilityReason.PROGRAM_NOT_FOR_DEVICE,
        ),
        ({"gateway_lfdi": "AB" * 20}, Step.UR_4, UtilityReason.GATEWAY_NOT_AT_PREMISE),
    ],
)
async def test_what_is_wrong_is_said_at_its_step(
    home: Home, wrong: dict[str, Any], step: Step, reason: UtilityReason
) -> None:
    run = home.run()
    for name, value in wrong.items():
        setattr(run, name, value)
    last = await home.settle(run)
    assert (last.step, last.outcome, last.reason) == (step, Outcome.FAILED, reason)
    assert run.state == DeviceState.FAILED
    right = home.run()
    for name in wrong:
        setattr(run, name, getattr(right, name))
    assert (await home.settle(run)).outcome is Outcome.DONE, "what was right already is not asked for again"


@pytest.mark.use_case("UR-3", "UR-9")
async def test_terms_that_change_meanwhile_need_new_consent(home: Home) -> None:
    run = home.run(serial=None, key=None)
    await home.one_pass(run)
    await home.utility.set_terms("peak-saver", "2027-01")
    try:
        run.serial, run.key = home.serial, home.pin
        last = await home.settle(run)
        assert (last.step, last.reason) == (Step.UR_9, UtilityReason.TERMS_CHANGED)
        run.consents = [{**PEAK_SAVER, "terms_version": "2027-01"}]
        assert (await home.settle(run)).outcome is Outcome.DONE
    finally:
        await home.utility.set_terms("peak-saver", "2026-01")


@pytest.mark.use_case("UR-10")
async def test_representative_approves_or_refuses(home: Home) -> None:
    await home.utility.set(approval="manual")
    run = home.run()
    last = await home.settle(run)
    assert (last.outcome, last.reason) == (Outcome.WAITING, UtilityReason.AWAITING_APPROVAL)
    (registration,) = await home.utility.registrations()
    await home.utility.decide(registration["id"], "refuse", "the meter is too old")
    last = await home.settle(run)
    assert (last.outcome, last.reason) == (Outcome.FAILED, UtilityReason.REFUSED_BY_UTILITY)
    assert last.evidence["detail"] == "the meter is too old"

    run.begin_anew()
    run.key = home.pin
    await home.settle(run)
    registration = (await home.utility.registrations())[-1]
    await home.utility.decide(registration["id"], "approve")
    assert (await home.settle(run)).outcome is Outcome.DONE


@pytest.mark.use_case("UR-a", "UR-b")
async def test_device_the_utility_registered_beforehand_is_taken_over(home: Home) -> None:
    device = await home.gateway.bring_device(register=False)
    lfdi = str(device["lfdi"])
    known = await home.utility.pre_register(
        lfdi, home.serial, "Hall thermostat", pin=device["pin"], gateway_lfdi=home.gateway.lfdi
    )
    run = home.run(serial=None, key=None, registration_id=known["id"], pre_registered=True)
    run.lfdi = lfdi
    assert (await home.settle(run)).outcome is Outcome.DONE
    assert run.state == DeviceState.ENROLLED
    assert run.serial == home.serial


@pytest.mark.use_case("UR-6")
async def test_registration_that_was_forgotten_is_taken_up_again(home: Home) -> None:
    await home.settle(home.run())
    again = home.run()
    assert (await home.settle(again)).outcome is Outcome.DONE
    assert len(await home.utility.registrations()) == 1


type Trouble = Callable[[SimulatedUtility], Awaitable[None]]


@pytest.mark.use_case("UR-6", "UR-10", "UR-13")
@pytest.mark.parametrize(
    ("fault", "parameters"),
    [
        ("lost_answer", {"count": 2}),
        ("half_answer", {"count": 2}),
        ("http_error", {"status": 502, "count": 2}),
        ("rate_limit", {"retry_after": 0, "count": 2}),
        ("wrong_clock", {"seconds": 86400.0}),
    ],
)
@pytest.mark.parametrize(
    "path", ["/device-registrations", "/registration-requests", "/device-registrations/{id}/acknowledgements"]
)
async def test_trouble_on_the_way_loses_and_repeats_nothing(
    home: Home, fault: str, parameters: dict[str, Any], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.utility_han.utility.asking._PAUSE", 0.01)
    run = home.run()
    if "{id}" in path:
        run.serial = None
        await home.one_pass(run)  # it is opened, and waits to be identified
        run.serial = home.serial
    if fault != "wrong_clock":
        parameters = {**parameters, "path": f"/api/v1{path.format(id=run.registration_id)}"}
    await home.utility.fault(fault, **parameters)
    assert (await home.settle(run)).outcome is Outcome.DONE
    assert len(await home.utility.registrations()) == 1


@pytest.mark.use_case("UR-6")
async def test_utility_that_is_down_is_waited_for(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.utility_han.utility.asking._PAUSE", 0.01)
    await home.utility.fault("http_error", status=503)
    run = home.run()
    last = await home.settle(run)
    assert (last.outcome, last.reason) == (Outcome.WAITING, UtilityReason.UTILITY_BUSY)
    assert run.state == DeviceState.REGISTERING
    await home.utility.mend()
    assert (await home.settle(run)).outcome is Outcome.DONE


@pytest.mark.use_case("UR-4")
async def test_permission_revoked_in_the_middle(home: Home) -> None:
    run = home.run(serial=None, key=None)
    await home.one_pass(run)
    await home.utility.revoke()
    run.serial, run.key = home.serial, home.pin
    last = (await home.one_pass(run))[-1]
    assert (last.outcome, last.reason) == (Outcome.WAITING, UtilityReason.UNAUTHORIZED)
    home.client = await home.utility.client()
    assert (await home.settle(run)).outcome is Outcome.DONE


@pytest.mark.use_case("UR-P")
async def test_suspension_ends_control_and_resuming_brings_it_back(home: Home) -> None:
    run = home.run()
    await home.settle(run)
    (registration,) = await home.utility.registrations()
    await home.utility.decide(registration["id"], "suspend")
    last = await home.settle(run)
    assert last.reason is UtilityReason.REGISTRATION_SUSPENDED
    assert run.state == DeviceState.REGISTERED
    # It is looked at each minute, and as long as it is as it was, there is nothing to write to a memory card.
    before = deepcopy(run)
    assert (await home.settle(run)).reason is UtilityReason.REGISTRATION_SUSPENDED
    assert run == before
    await home.utility.decide(registration["id"], "resume")
    await home.settle(run)
    assert run.state == DeviceState.ENROLLED


@pytest.mark.use_case("UR-P", "UR-12")
async def test_gateway_that_is_away_leaves_a_change_to_be_applied_later(home: Home) -> None:
    run = home.run()
    await home.settle(run)
    (registration,) = await home.utility.registrations()
    await home.utility.decide(registration["id"], "suspend")
    await home.settle(run)
    await home.utility.decide(registration["id"], "resume")
    run.dr_programs.clear()  # they are read of the gateway anew
    await home.gateway.fault("refuse")
    last = (await home.one_pass(run))[-1]
    assert (last.step, last.outcome, last.reason) == (Step.UR_12, Outcome.WAITING, Reason.UNREACHABLE)
    assert (run.device_state, run.finished) == (DeviceState.REGISTERED, False)
    await home.gateway.mend()
    await home.settle(run)
    assert (run.device_state, run.finished) == (DeviceState.ENROLLED, True)


@pytest.mark.use_case("UR-P")
async def test_power_cut_while_a_change_is_applied_leaves_it_to_be_applied(home: Home) -> None:
    run = home.run()
    await home.settle(run)
    (registration,) = await home.utility.registrations()
    await home.utility.decide(registration["id"], "suspend")
    await home.settle(run)
    await home.utility.decide(registration["id"], "resume")
    home.saved.clear()
    await home.settle(run)
    found = [RegistrationRun.from_dict(saved) for saved in home.saved]
    assert [each.finished for each in found] == [each.device_state is DeviceState.ENROLLED for each in found]
    assert any(each.stage == Stage.ACTIVE and not each.finished for each in found), "it was read and not applied"


@pytest.mark.use_case("RD-5")
async def test_repair_takes_no_device_out_of_programs_that_nobody_has_decided_on(home: Home) -> None:
    """As one that the utility registered beforehand, or whose record of it was lost."""
    run = home.run()
    await home.settle(run)
    run.consents = None

    async def take_pass() -> StepResult:
        return (await home.one_pass(run))[-1]

    tools = Tools(home.link, home.client, run, DeviceMethod.DISCOVERED, home.save, take_pass)
    last = [result async for result in repair_device(Repair.CORRECT_ENROLLMENT, tools)][-1]
    assert (last.outcome, last.reason) == (Outcome.WAITING, UtilityReason.CONSENT_MISSING)
    (registration,) = await home.utility.registrations()
    assert [each["program_id"] for each in registration["programs"]] == ["peak-saver"]


@pytest.mark.use_case("UR-14")
async def test_deregistering_tells_the_utility_once(home: Home) -> None:
    run = home.run()
    await home.settle(run)
    await deregister(home.client, run, home.save)
    await deregister(home.client, run, home.save)
    (registration,) = await home.utility.registrations()
    assert registration["stage"] == "closed"
    assert run.state == DeviceState.REMOVED
    last = (await home.one_pass(run))[-1]
    assert last.reason is UtilityReason.REGISTRATION_CLOSED


async def test_answer_of_another_kind_is_an_error_of_its_own(home: Home) -> None:
    await home.utility.fault("http_error", status=404, path="/api/v1/accounts")
    with pytest.raises(UtilityError) as caught:
        await home.client.accounts()
    assert caught.value.reason is UtilityReason.UTILITY_ERROR
