"""Every fault that the simulator can make: what is noticed, what a diagnosis says, and what ends it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import AsyncMock

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.utility_han.account.manager import AccountManager
from tests.component.test_device_flow import DeviceFlow, registered, registered_by_itself
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.radio import Radio, link_radio
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility


@dataclass
class World:
    """What a fault can be done to."""

    hass: HomeAssistant
    gateway: SimulatedGateway
    utility: SimulatedUtility
    patient: Patient
    radio: Radio | None = None
    """What the device receives with, where it was made to have a radio."""

    @property
    def gateway_health(self) -> tuple[str, str | None]:
        """How the gateway is, and why."""
        return Patient(self.hass, self.patient.entry, self.patient.entry.entry_id).health

    def be_gateway(self) -> None:
        """Make the gateway the patient."""
        self.patient = Patient(self.hass, self.patient.entry, self.patient.entry.entry_id)

    async def registration(self) -> str:
        """The id of the device's registration at the utility."""
        found = [each for each in await self.utility.registrations() if each["stage"] != "closed"]
        return str(found[-1]["id"])


IP, ZIGBEE = ("ip",), ("ezsp",)
BOTH = IP + ZIGBEE

type Act = Callable[[World], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """A fault; ``mend`` is what somebody else has to do before or instead of a repair."""

    name: str
    make: Act
    verdict: str
    reason: str
    repair: str | None
    mend: Act | None = None
    noticed: str = "when diagnosed"
    """Without a diagnosis: ``next poll``, ``event`` (of the utility), or minutes after the next poll."""
    ended: str = ""
    """Who ends it, where that is not the repair."""
    over: tuple[str, ...] = BOTH
    """The transports over which there is such a fault."""


async def _mend_gateway(world: World) -> None:
    await world.gateway.mend()


async def _mend_utility(world: World) -> None:
    await world.utility.mend()


def _gateway_fault(name: str, **parameters: object) -> Act:
    async def make(world: World) -> None:
        await world.gateway.fault(name, **parameters)

    return make


def _readings_fault(name: str) -> Act:
    """The patient is the gateway: its devices are none the worse for it."""

    async def make(world: World) -> None:
        world.be_gateway()
        await world.gateway.fault(name)

    return make


async def _mend_readings(world: World) -> None:
    """It is let go once it has been away for a while."""
    await world.gateway.mend()
    await world.patient.look()
    await world.patient.manager.async_evaluate(dt_util.utcnow() + timedelta(minutes=10))


async def _lose_commissioning(world: World) -> None:
    await world.gateway.withdraw(world.patient.lfdi)


async def _lose_registration(world: World) -> None:
    await world.utility.decide(await world.registration(), "close")


def _agreed(world: World) -> dict[str, str]:
    """Return what was agreed to for the device."""
    (record,) = world.patient.manager.registrar.registrations.records.values()
    return (record.run.consents or [])[0]


async def _refuse_registration(world: World) -> None:
    """What was agreed to holds no more when the device has to be registered again."""
    await world.utility.set_terms(_agreed(world)["program_id"], "2031-01")
    await _lose_registration(world)
    await _when_told(world)
    assert not (await world.patient.act("repair"))["fixed"]


async def _accept_registration(world: World) -> None:
    agreed = _agreed(world)
    await world.utility.set_terms(agreed["program_id"], agreed["terms_version"])


async def _suspend_registration(world: World) -> None:
    await world.utility.decide(await world.registration(), "suspend")


async def _resume_registration(world: World) -> None:
    await world.utility.decide(await world.registration(), "resume")


async def _suspend_account(world: World) -> None:
    await world.utility.suspend_account()


async def _resume_account(world: World) -> None:
    await world.utility.suspend_account(suspended=False)


async def _lose_program(world: World) -> None:
    await world.gateway.unenroll(world.patient.lfdi)


async def _kill_device(world: World) -> None:
    """The patient is another one: a device that speaks for itself, and dies."""
    entry = world.patient.entry
    flow = DeviceFlow(world.hass, entry)
    await flow.start()
    lfdi = await registered_by_itself(flow, world.gateway)
    await world.hass.async_block_till_done()
    key = next(key for key, subentry in entry.subentries.items() if subentry.unique_id == lfdi)
    world.patient = Patient(world.hass, entry, key)
    assert world.patient.well
    await world.gateway.set_device(lfdi, answering=False)
    await world.utility.set(answer_seconds=1.0)


async def _revive_device(world: World) -> None:
    await world.gateway.set_device(world.patient.lfdi, answering=True)


async def _entity_unavailable(world: World) -> None:
    world.hass.states.async_set("input_boolean.pump", "unavailable")


async def _entity_back(world: World) -> None:
    world.hass.states.async_set("input_boolean.pump", "on")


async def _drain_battery(world: World) -> None:
    await world.gateway.set_device(world.patient.lfdi, battery=2)


async def _change_battery(world: World) -> None:
    await world.gateway.set_device(world.patient.lfdi, battery=1)


async def _weaken_device(world: World) -> None:
    world.radio = link_radio(world.hass, world.patient)
    world.radio.tell("signal_strength", -92)


async def _weaken_device_to_silence(world: World) -> None:
    await _weaken_device(world)
    assert world.radio is not None
    world.radio.switch("unavailable")


async def _move_device(world: World) -> None:
    assert world.radio is not None
    world.radio.tell("signal_strength", -55)
    world.radio.switch("on")


async def _api_down(world: World) -> None:
    await world.utility.fault("http_error", status=503)
    account = world.patient.entry.runtime_data.manager(AccountManager)
    account.async_wake()
    await until(lambda: account.reason is not None)


async def _unplug_radio(world: World) -> None:
    await world.gateway.unplug()


async def _plug_radio_in(world: World) -> None:
    await world.gateway.plug_in()


async def _break_client(world: World) -> None:
    """An error that nobody thought of, wherever it may come from."""
    world.be_gateway()
    client = world.patient.entry.runtime_data.coordinator.gateway
    client.read = AsyncMock(side_effect=TypeError("nobody thought of this"))


async def _mend_client(world: World) -> None:
    del world.patient.entry.runtime_data.coordinator.gateway.read


async def _replace_gateway(world: World) -> None:
    await world.gateway.replace(keep_registrations=True)


async def _at_the_next_poll(world: World) -> None:
    await world.patient.look()
    assert {world.patient.health[0], world.gateway_health[0]} != {"ok"}


async def _at_the_third_poll(world: World) -> None:
    for _ in range(3):
        await world.patient.look()
    assert world.gateway_health[0] in ("failed", "failing")


async def _when_told(world: World) -> None:
    await until(lambda: {world.patient.health[0], world.gateway_health[0]} != {"ok"})


def _after(delay: timedelta) -> Act:
    """Noticed when it has lasted so long, and not shortly before."""

    async def pass_(world: World) -> None:
        await world.patient.look()
        coordinator, manager = world.patient.entry.runtime_data.coordinator, world.patient.manager
        now = dt_util.utcnow()
        for share, noticed in ((0.9, False), (1.1, True)):
            if delay >= timedelta(hours=6):
                coordinator.contact.last_contact = now - share * delay
                await manager.async_evaluate(now)
            else:
                await manager.async_evaluate(now + share * delay)
            # At once: what is evaluated next goes by the clock, on which it has not lasted so long.
            unwell = {world.patient.health[0], world.gateway_health[0]} != {"ok"}
            assert unwell is noticed
            await world.hass.async_block_till_done()

    return pass_


async def _not_at_all(world: World) -> None:
    await world.patient.look()
    assert world.patient.well


_NOTICING: dict[str, Act] = {
    "next poll": _at_the_next_poll,
    "third poll": _at_the_third_poll,
    "event": _when_told,
    "after 3 min": _after(timedelta(minutes=3)),
    "after 5 min": _after(timedelta(minutes=5)),
    "after 10 min": _after(timedelta(minutes=10)),
    "after 1 h": _after(timedelta(hours=1)),
    "after 6 h": _after(timedelta(hours=6)),
    "when diagnosed": _not_at_all,
}

_METER, _UTILITY, _PERSON = "the gateway comes back", "the utility", "a person"
_SOMEBODY = "whoever mends it"
FAULTS = (
    Fault(
        "port closed", _gateway_fault("refuse"), "gateway_down", "gateway_unreachable", "resynchronise",
        _mend_gateway, ended=_METER, noticed="after 6 h", over=IP),
    Fault(
        "gateway silent", _gateway_fault("silence"), "gateway_down", "gateway_silent", "resynchronise",
        _mend_gateway, ended=_METER, noticed="after 6 h",
    ),
    Fault(
        "connections reset", _gateway_fault("reset"), "gateway_down", "gateway_silent", "resynchronise",
        _mend_gateway, ended=_METER, noticed="after 6 h", over=IP),
    Fault(
        "answers malformed", _gateway_fault("malformed_xml"), "gateway_down", "gateway_not_understood",
        "resynchronise", _mend_gateway, ended=_METER, noticed="third poll", over=IP),
    Fault(
        "clock wrong", _gateway_fault("wrong_clock"), "gateway_down", "clock_off", "resynchronise", _mend_gateway,
        ended=_METER, noticed="next poll",
    ),
    Fault(
        "certificate refused", _gateway_fault("certificate_refused"), "commissioning_problem", "gateway_refuses",
        "commission_again", _mend_gateway, ended=_METER, noticed="third poll", over=IP),
    Fault(
        "another certificate", _gateway_fault("wrong_certificate"), "commissioning_problem", "gateway_replaced",
        "commission_again", _mend_gateway, ended=_METER, noticed="third poll", over=IP),
    Fault(
        "gateway replaced", _replace_gateway, "commissioning_problem", "gateway_replaced", "commission_again",
        ended=_PERSON, noticed="third poll", over=IP),
    Fault(
        "commissioning lost", _lose_commissioning, "commissioning_problem", "not_listed", "re_announce",
        noticed="next poll", over=IP),
    Fault(
        "registration lost", _lose_registration, "registration_problem", "registration_lost", "reregister",
        noticed="event",
    ),
    Fault(
        "registration refused", _refuse_registration, "registration_problem", "registration_failed", "reregister",
        _accept_registration, ended=_UTILITY, noticed="event", over=IP,
    ),
    Fault(
        "registration suspended", _suspend_registration, "registration_problem", "registration_suspended",
        "contact_utility", _resume_registration, ended=_UTILITY, noticed="event",
    ),
    Fault(
        "account suspended", _suspend_account, "account_problem", "account_suspended", "contact_utility",
        _resume_account, ended=_UTILITY, noticed="event",
    ),
    Fault("wrong programs", _lose_program, "registration_problem", "not_assigned", "correct_enrollment"),
    Fault(
        "device dead", _kill_device, "faulty_device", "no_answer", "check_device", _revive_device, ended=_PERSON,
        over=IP,
    ),
    Fault(
        "device's entity unavailable", _entity_unavailable, "faulty_device", "entity_unavailable", "check_device",
        _entity_back, ended=_PERSON, noticed="after 5 min",
    ),
    Fault(
        "device's battery low", _drain_battery, "faulty_device", "battery_low", "check_device", _change_battery,
        ended=_PERSON, over=IP),
    Fault(
        "device weak", _weaken_device, "network_coverage", "weak_signal", "improve_coverage", _move_device,
        ended=_PERSON, noticed="after 10 min",
    ),
    Fault(
        "device silent behind a weak signal", _weaken_device_to_silence, "network_coverage", "entity_unavailable",
        "improve_coverage", _move_device, ended=_PERSON, noticed="after 5 min",
    ),
    Fault(
        "utility's API down", _api_down, "utility_down", "utility_unreachable", "wait", _mend_utility,
        ended=_UTILITY, noticed="after 1 h",
    ),
    Fault(
        "zeroed", _readings_fault("zeroed"), "gateway_down", "readings_doubted", "wait", _mend_readings, ended=_METER,
        noticed="after 3 min",
    ),
    Fault(
        "leap", _readings_fault("leap"), "gateway_down", "readings_doubted", "wait", _mend_readings, ended=_METER,
        noticed="after 3 min",
    ),
    Fault(
        "unexpected exception", _break_client, "gateway_down", "unexpected", "wait", _mend_client, ended=_SOMEBODY,
        noticed="third poll",
    ),
    Fault(
        "radio unplugged", _unplug_radio, "gateway_down", "gateway_unreachable", "resynchronise", _plug_radio_in,
        ended=_PERSON, noticed="after 6 h", over=ZIGBEE,
    ),
)  # fmt: skip


@pytest.fixture
async def world(hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility) -> World:
    """A home with a device that is registered and well."""
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await registered(flow, gateway)
    await hass.async_block_till_done()
    return World(hass, gateway, utility, Patient(hass, hub, next(iter(hub.subentries))))


@pytest.mark.use_case(
    "RD-3", "RD-4", "RD-5", "RD-6", "RD-7", "RD-8b", "RD-9", "RD-10", "RD-10b", "RD-11", "RD-12a", "DM-1", "DM-3",
    "DM-4a", "DM-4b", "DM-6",
)  # fmt: skip
@pytest.mark.parametrize(
    ("fault", "transport"),
    [pytest.param(fault, transport, id=f"{fault.name}-{transport}") for fault in FAULTS for transport in fault.over],
)
async def test_fault_is_told_apart_and_ends(
    world: World, fault: Fault, record_property: Callable[[str, object], None]
) -> None:
    assert world.patient.well

    await world.utility.set(answer_seconds=5.0)  # who is broken may not answer at all
    await fault.make(world)
    patient = world.patient
    await _NOTICING[fault.noticed](world)
    found = await patient.act("diagnose")
    assert (found["verdict"], found["reason"], found["next"]) == (fault.verdict, fault.reason, fault.repair), found
    state, reason = patient.health
    assert state != "ok"
    assert reason == fault.reason
    assert patient.state("last_diagnosis").state == fault.verdict

    if fault.mend is not None:
        await fault.mend(world)
    await world.utility.set(answer_seconds=30.0)
    if fault.name != "gateway replaced":  # a person has to say that it is the right one
        answer = await patient.act("repair")
        assert answer["fixed"], answer
        assert patient.well
        assert patient.issue is None
        assert all(case["status"] == "closed" for case in await world.utility.cases())
        again = await patient.act("repair")
        assert (again["repair"], again["fixed"]) == (None, True)
    ended = f"{fault.ended}, then `{fault.repair}`" if fault.ended else f"`{fault.repair}`"
    wire = "IP" if world.gateway.zigbee is None else "Zigbee"
    record_property(
        "fault", [fault.name, wire, fault.noticed, f"`{fault.verdict}`", f"`{fault.reason}`", f"{state}", ended]
    )
