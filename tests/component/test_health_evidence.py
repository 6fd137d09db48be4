"""What is found of gateway, device and vehicle without asking anybody: which reason, from when on, and how bad."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.gateway import DeviceState, Reason
from custom_components.utility_han.health.evidence import (
    device_findings,
    gateway_findings,
    local_device,
    local_entities,
    vehicle_findings,
)
from custom_components.utility_han.hub.poll.contact import Contact
from custom_components.utility_han.procedures import Finding, Health, HealthReason, HealthState, finding
from custom_components.utility_han.procedures.registration_run import RegistrationRun
from custom_components.utility_han.procedures.vehicle_binding import VehicleRun
from custom_components.utility_han.utility import Stage, UtilityReason
from custom_components.utility_han.utility.vehicle_model import BindingStatus
from tests.helpers.bindings import made_binding

pytestmark = pytest.mark.use_case("DM-1")

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def told(findings: Iterable[Finding]) -> dict[str, str]:
    return {each.reason.value: each.state.value for each in findings}


def hub(contact: Contact | None = None, **more: Any) -> Any:
    """Return a coordinator of a gateway that answers and is well."""
    if contact is None:
        contact = Contact(None)
        contact.succeeded(NOW)
    said = {"lqi": more.pop("lqi", None), "failing": more.pop("failing", False)}
    well = {
        "contact": contact,
        "state": DeviceState.COMMISSIONED,
        "has_gateway": True,
        "parts": (SimpleNamespace(failure=None),),
        "rounds": SimpleNamespace(failing=False),
        "gateway": SimpleNamespace(statistics=lambda: said),
    }
    return SimpleNamespace(**well | more)


def silent(reason: Reason, *, since: timedelta, polls: int = 1) -> Contact:
    contact = Contact(NOW - since)
    for _ in range(polls):
        contact.failed(reason)
    return contact


def of_gateway(
    coordinator: Any, utility: UtilityReason | None = None, *, lasts: timedelta | None = None, suspended: bool = False
) -> dict[str, str]:
    identity: Any = None if lasts is None else SimpleNamespace(not_after=NOW + lasts)
    return told(gateway_findings(coordinator, identity, utility, NOW, suspended=suspended))


@pytest.mark.parametrize(
    ("lasts", "found"),
    [
        (None, {}),
        (timedelta(days=30), {}),
        (timedelta(days=30) - SECOND, {"certificate_expiring": "marginal"}),
        (SECOND, {"certificate_expiring": "marginal"}),
        (timedelta(0), {"certificate_expired": "failed"}),
    ],
)
def test_certificate_is_told_of_a_month_before_it_ends(lasts: timedelta | None, found: dict[str, str]) -> None:
    assert of_gateway(hub(), lasts=lasts) == found


@pytest.mark.parametrize(
    ("contact", "found"),
    [
        (silent(Reason.GATEWAY_SILENT, since=timedelta(hours=6)), {}),
        (silent(Reason.GATEWAY_SILENT, since=timedelta(hours=6) + SECOND), {"gateway_silent": "failing"}),
        (silent(Reason.UNREACHABLE, since=timedelta(hours=24)), {"gateway_unreachable": "failing"}),
        (silent(Reason.UNREACHABLE, since=timedelta(hours=24) + SECOND), {"gateway_unreachable": "failed"}),
        # What is no silence is believed where it is said again and again, or by a gateway that answers well.
        (silent(Reason.CERTIFICATE_REFUSED, since=SECOND, polls=2), {}),
        (silent(Reason.CERTIFICATE_REFUSED, since=SECOND, polls=3), {"gateway_refuses": "failed"}),
        (silent(Reason.CLOCK_OFF, since=SECOND), {"clock_off": "marginal"}),
        (silent(Reason.NO_LONGER_REGISTERED, since=SECOND), {"gateway_refuses": "failed"}),
    ],
)  # fmt: skip
def test_gateway_that_does_not_answer_is_given_time(contact: Contact, found: dict[str, str]) -> None:
    assert of_gateway(hub(contact)) == found
    assert of_gateway(hub(contact, state=DeviceState.COMMISSIONING)) == {}, "its commissioning tells that"


def test_silence_is_as_long_as_it_was_where_the_clock_is_put_back() -> None:
    contact = silent(Reason.GATEWAY_SILENT, since=timedelta(hours=5))
    assert contact.silent_for(NOW) == timedelta(hours=5)
    back = NOW - timedelta(hours=12)
    assert contact.silent_for(back) == timedelta(hours=5)
    assert contact.silent_for(back + timedelta(hours=2)) == timedelta(hours=7)
    contact.succeeded(NOW)
    contact.failed(Reason.GATEWAY_SILENT)
    assert contact.silent_for(back) == timedelta(0)


@pytest.mark.parametrize("reason", [Reason.CERTIFICATE_REFUSED, Reason.WRONG_GATEWAY, Reason.NO_LONGER_REGISTERED])
def test_gateway_that_answers_otherwise_is_not_silent(reason: Reason) -> None:
    contact = silent(reason, since=timedelta(hours=5))
    assert contact.silent_for(NOW) == timedelta(0)


def test_outage_says_nothing_of_how_good_the_way_is() -> None:
    contact = Contact(NOW)
    for _ in range(3):
        contact.failed(Reason.GATEWAY_SILENT)
    assert contact.missed_share == 3 / 40, "so few in a row are lost on a weak way"
    for _ in range(30):
        contact.failed(Reason.GATEWAY_SILENT)
    assert contact.missed_share == 0


def test_way_of_which_half_is_lost_is_weak() -> None:
    contact = Contact(NOW)
    for _ in range(20):
        contact.succeeded(NOW)
        contact.failed(Reason.GATEWAY_SILENT)
    contact.succeeded(NOW)
    contact.succeeded(NOW)
    assert of_gateway(hub(contact)) == {}, "less than half of the last forty"
    contact.failed(Reason.GATEWAY_SILENT)
    assert of_gateway(hub(contact)) == {"weak_link": "marginal"}


def test_link_is_weak_below_what_the_radio_hears_well() -> None:
    assert of_gateway(hub(lqi=60)) == {}
    assert of_gateway(hub(lqi=59)) == of_gateway(hub(lqi=0)) == {"weak_link": "marginal"}


def test_errors_of_our_own_are_told() -> None:
    parts = [SimpleNamespace(failure=SimpleNamespace(reason=reason)) for reason in (Reason.NOT_LISTED, None)]
    assert of_gateway(hub(parts=parts)) == {}
    parts[1].failure.reason = Reason.UNEXPECTED
    assert of_gateway(hub(parts=parts)) == {"unexpected": "failing"}
    background = {"background_failing": "failing"}
    assert of_gateway(hub(failing=True)) == background
    assert of_gateway(hub(rounds=SimpleNamespace(failing=True), state=DeviceState.COMMISSIONING)) == background


def test_utility_that_does_not_answer_is_worse_where_there_is_nothing_else() -> None:
    assert of_gateway(hub(), UtilityReason.UTILITY_BUSY) == {"utility_unreachable": "marginal"}
    assert of_gateway(hub(has_gateway=False), UtilityReason.UTILITY_BUSY) == {"utility_unreachable": "failing"}
    assert of_gateway(hub(), UtilityReason.UNAUTHORIZED) == {"permission_lost": "failing"}
    assert of_gateway(hub(), UtilityReason.NOT_ENROLLED) == {}
    assert of_gateway(hub(), UtilityReason.INVALID_REQUEST) == {"utility_refuses": "marginal"}
    assert of_gateway(hub(), suspended=True) == {"account_suspended": "failing"}


def device(**more: Any) -> Any:
    """Return a device that is well."""
    well = {
        "orphaned": False, "by_utility": False, "listed": True, "enabled": True, "spoken_for": True,
        "missed_control": None, "control": None,
    }  # fmt: skip
    return SimpleNamespace(**well | more)


def gateway(*reasons: HealthReason, state: HealthState | None = None) -> Health:
    """Return how a gateway is of which this was found."""
    health = Health()
    health.take([Finding(each, state or finding(each).state) for each in reasons], NOW, sure=True)
    return health


def of_device(hass: HomeAssistant, of: Any, on: Health | None = None, run: RegistrationRun | None = None) -> list[str]:
    record: Any = run and SimpleNamespace(run=run)
    return list(told(device_findings(hass, of, record, on or gateway(), NOW)))


async def test_of_a_device_what_explains_the_rest_is_told_alone(hass: HomeAssistant) -> None:
    down, marginal = gateway(HealthReason.GATEWAY_SILENT), gateway(HealthReason.CLOCK_OFF)
    suspended = gateway(HealthReason.ACCOUNT_SUSPENDED)
    unlisted = device(listed=False, enabled=False)
    assert of_device(hass, device()) == of_device(hass, device(listed=None)) == []
    assert of_device(hass, device(orphaned=True), down) == ["registration_lost"]
    assert of_device(hass, unlisted, down) == ["gateway_down"]
    assert of_device(hass, unlisted, gateway(HealthReason.GATEWAY_REFUSES)) == ["gateway_down"]
    for answers in (marginal, suspended, gateway(HealthReason.GATEWAY_SILENT, state=HealthState.MARGINAL)):
        assert of_device(hass, unlisted, answers) == ["not_listed"]
    assert of_device(hass, device(enabled=False)) == ["registration_suspended"]
    assert of_device(hass, device(spoken_for=False)) == ["not_spoken_for"]


async def test_device_of_the_utility_alone_hangs_on_the_utility(hass: HomeAssistant) -> None:
    alone = device(by_utility=True, listed=False, enabled=False)
    for reason in (HealthReason.UTILITY_UNREACHABLE, HealthReason.PERMISSION_LOST):
        assert of_device(hass, alone, gateway(reason)) == ["utility_unreachable"]
    assert of_device(hass, alone, gateway(HealthReason.GATEWAY_SILENT)) == []


async def test_control_that_was_missed_counts_for_a_day(hass: HomeAssistant) -> None:
    day = timedelta(days=1)
    assert of_device(hass, device(missed_control=NOW - day + SECOND)) == ["control_missed"]
    assert of_device(hass, device(missed_control=NOW - day)) == []


def _failed(reason: str) -> dict[str, dict[str, str]]:
    """Return the results of a pass that failed for a reason of the utility."""
    return {"UR-6": {"outcome": "done"}, "UR-10": {"outcome": "failed", "reason": reason}}


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ({"stage": Stage.ACTIVE, "state": "enrolled", "dr_programs": [{"href": "/dr/1"}]}, []),
        ({"stage": Stage.CLOSED}, ["registration_lost"]),
        ({"stage": Stage.REFUSED}, ["registration_lost"]),
        ({"stage": Stage.ACTIVE, "state": "removed"}, ["registration_lost"]),
        ({"stage": Stage.OPEN}, []),
        ({"stage": Stage.OPEN, "results": {"UR-8": {"reason": "wrong_key"}}}, ["not_identified"]),
        ({"stage": Stage.SUSPENDED, "state": "enrolled"}, ["registration_suspended"]),
        ({"stage": Stage.AWAITING_APPROVAL, "state": "enrolled"}, ["programs_differ"]),
        ({"stage": Stage.AWAITING_APPROVAL, "state": "registered"}, []),
        ({"stage": Stage.ACTIVE, "state": "enrolled"}, ["not_assigned"]),
        ({"stage": Stage.ACTIVE, "state": "registered"}, []),
        ({"state": "failed"}, ["registration_failed"]),
        ({"stage": Stage.OPEN, "state": "failed", "results": _failed("link_failed")}, ["registration_failed"]),
        ({"state": "failed", "results": _failed("unknown_to_utility")}, ["registration_failed"]),
        ({"registration_id": "r", "state": "failed", "results": _failed("unknown_to_utility")}, ["registration_lost"]),
        ({"registration_id": "r", "state": "failed", "results": _failed("not_configured")}, ["not_assigned"]),
        ({"stage": Stage.ACTIVE, "state": "failed", "results": _failed("invalid_request")}, ["registration_failed"]),
    ],
)
async def test_registration_says_what_became_of_it(hass: HomeAssistant, run: dict[str, Any], found: list[str]) -> None:
    stored = RegistrationRun("AB" * 20, "thermostat", "any", "prem-1", "CD" * 20, **run)
    assert of_device(hass, device(), run=stored) == found


@pytest.fixture
def heater(hass: HomeAssistant) -> str:
    """A switch with what its device measures beside it: signal and battery, both good."""
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    of = cast("ConfigEntry", entry)
    known = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", "heater")})
    registry = er.async_get(hass)
    for domain, key, kind in (
        ("switch", "heater", None),
        ("sensor", "signal", "signal_strength"),
        ("sensor", "battery", "battery"),
    ):
        registry.async_get_or_create(
            domain,
            "test",
            key,
            suggested_object_id=key,
            config_entry=of,
            device_id=known.id,
            original_device_class=kind,
        )
    hass.states.async_set("switch.heater", "on")
    hass.states.async_set("sensor.signal", "-85")
    hass.states.async_set("sensor.battery", "10")
    return "switch.heater"


async def test_what_a_device_measures_of_itself_is_looked_at(hass: HomeAssistant, heater: str) -> None:
    linked = device(control={"entity_id": heater})
    local = local_device(hass, linked)
    assert (local.reasons, local.evidence) == ((), {heater: "on", "signal_strength": -85.0, "battery": 10.0})
    hass.states.async_set("sensor.signal", "-85.5")
    hass.states.async_set("sensor.battery", "9.5")
    assert local_device(hass, linked).reasons == (HealthReason.WEAK_SIGNAL, HealthReason.BATTERY_LOW)
    assert of_device(hass, linked) == ["weak_signal", "battery_low"]
    hass.states.async_set("sensor.signal", "unavailable")
    hass.states.async_set("sensor.battery", "unknown")
    hass.states.async_set(heater, "unavailable")
    local = local_device(hass, linked)
    assert (local.reasons, local.evidence) == ((HealthReason.ENTITY_UNAVAILABLE,), {heater: "unavailable"})
    assert local_device(hass, device()).evidence == {}


async def test_entity_that_is_not_there_yet_is_missing_once_home_assistant_runs(
    hass: HomeAssistant, heater: str
) -> None:
    assert local_entities(hass, ["switch.gone"]).reasons == (HealthReason.ENTITY_MISSING,)
    hass.states.async_remove(heater)
    assert local_entities(hass, [heater]).reasons == (HealthReason.ENTITY_UNAVAILABLE,), "it is registered"
    hass.set_state(CoreState.not_running)
    assert local_entities(hass, ["switch.gone", heater]).reasons == (HealthReason.ENTITY_UNAVAILABLE,)
    assert local_entities(hass, []).evidence == {}


BOUND = made_binding(valid_from=NOW - timedelta(days=30), valid_until=NOW)


async def test_vehicle_is_as_well_as_its_charger_its_binding_and_its_bills(hass: HomeAssistant, heater: str) -> None:
    run = VehicleRun("WVWZZZ1JZXW000021", "V", "One", "prem-1")
    record: Any = SimpleNamespace(run=run)

    def found(delivery: UtilityReason | None = None) -> dict[str, str]:
        return told(vehicle_findings(hass, record, [heater], delivery, NOW))

    assert found() == {}
    assert found(UtilityReason.UTILITY_BUSY) == {"sessions_undelivered": "failing"}
    run.take(BOUND)
    assert found() == {}
    run.take(replace(BOUND, status=BindingStatus.ENDED))
    assert found() == {}, "it was for a time which is over"
    earlier = replace(BOUND, status=BindingStatus.ENDED, valid_until=NOW - SECOND)
    for lost in (earlier, replace(BOUND, status=BindingStatus.REFUSED)):
        run.bindings = {lost.id: lost}
        assert found() == {"binding_lost": "failed"}
    run.wanted = cast("Any", object())
    assert found() == {}, "another one is being made"
    hass.states.async_set(heater, "unavailable")
    assert found() == {"entity_unavailable": "failing"}
