"""Who pays is named whole, and what vehicles and payers there are is told to administrators (UR-EV)."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.procedures import masked
from custom_components.utility_han.utility import Payer
from custom_components.utility_han.vehicles.payers import PayerError, find_payers
from tests.component.test_exporting import _soon, act, charger, this_month
from tests.helpers.vehicles import Charger, record_of, vehicle_device_id
from tests.procedures.test_charging_sessions import binding

__all__ = ["_soon", "charger"]

pytestmark = pytest.mark.use_case("UR-EV")

ANN, JOANNA, WORKS = Payer("…4711", "Ann Example"), Payer("…0300", "Joanna  Example"), Payer("…4711", "Example Works")
BINDINGS = [
    replace(binding(), id=payer.holder, payer=payer, bill_to=role)
    for payer, role in ((ANN, "own_account"), (JOANNA, "guest"), (WORKS, "employer"))
]


@pytest.mark.parametrize(
    ("asked", "payers"),
    [
        ("ann example", {ANN}),
        (" Joanna Example ", {JOANNA}),
        ("guest", {JOANNA}),
        ("…0300", {JOANNA}),
        ("0300", {JOANNA}),
        ("100 200 300", {JOANNA}),
    ],
)
def test_payer_is_a_whole_name_a_role_or_an_account(asked: str, payers: set[Payer]) -> None:
    assert find_payers(asked, BINDINGS, []) == payers


@pytest.mark.parametrize("asked", ["ann", "joanna example x", "300", "xAnn Example", "9"])
def test_part_of_a_name_or_number_is_nobodys(asked: str) -> None:
    with pytest.raises(PayerError) as refused:
        find_payers(asked, BINDINGS[:1], BINDINGS[1:])
    known = "Ann Example …4711, Example Works …4711, Joanna  Example …0300"
    assert (refused.value.reason, refused.value.known) == ("payer_unknown", known)


def test_end_of_two_peoples_accounts_is_nobodys_name() -> None:
    with pytest.raises(PayerError) as refused:
        find_payers("4711", BINDINGS, [])
    assert (refused.value.reason, refused.value.known) == ("payer_ambiguous", "Ann Example …4711, Example Works …4711")
    assert find_payers("4711", BINDINGS[:1], BINDINGS) == {ANN}  # of the vehicle that is asked for


@pytest.mark.parametrize(
    ("number", "shown"), [("4711", "…11"), ("123", "…3"), ("0815-4711", "…4711"), ("…4711", "…4711")]
)
def test_no_more_than_half_of_a_number_is_shown(number: str, shown: str) -> None:
    assert masked(number) == shown


async def test_unknown_payer_is_told_who_there_is(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, hass_client_no_auth: ClientSessionGenerator
) -> None:
    (payer,) = {each.payer for each in record_of(hub).run.bindings.values()}
    wrong: dict[str, Any] = {"payer": payer.holder[:-1]}
    csv: dict[str, Any] = {"format": "csv"}
    for action, data in (("export_sessions", wrong | csv), ("get_sessions", wrong), ("get_bindings", wrong)):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, action, **data)
        assert refused.value.translation_key == "payer_unknown"
        assert payer.holder in str(refused.value)
    asked: dict[str, Any] = {"format": "csv", "month": this_month(), "payer": payer.holder}
    answer = await act(hass, "export_sessions", **asked)
    assert "Family car" in answer["content"]
    # Addresses are kept by browsers and proxies: they say nothing of who pays.
    assert not [each for each in payer.holder.split() if each in answer["url"]]
    web = await hass_client_no_auth()
    assert (await (await web.get(answer["url"])).read()).decode("utf-8-sig") == answer["content"]
    other = {**record_of(hub).run.bindings}
    record_of(hub).run.bindings = {name: replace(each, payer=JOANNA) for name, each in other.items()}
    assert "Family car" in await (await web.get(answer["url"])).text()  # it is that binding's payer


async def test_who_pays_for_some_is_told_of_that_alone(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    """An employer reads what it pays for, and not what else was charged with that vehicle."""
    run = record_of(hub).run
    ((name, its),) = run.bindings.items()
    later = replace(its, id="later", payer=JOANNA, valid_from=its.valid_from + timedelta(days=999))
    run.bindings, run.programs = {name: its, later.id: later}, {**run.programs, later.id: run.programs[name]}
    for payer, sessions, binding_id in ((its.payer, 1, name), (JOANNA, 0, later.id)):
        asked: dict[str, Any] = {"payer": payer.holder}
        assert [each["id"] for each in (await act(hass, "get_bindings", **asked))["bindings"]] == [binding_id]
        told = await act(hass, "get_sessions", month=this_month(), **asked)
        assert len(told["sessions"]) == sessions
        exported = await act(hass, "export_sessions", format="json", month=this_month(), **asked)
        assert json.loads(exported["content"]) == {"sessions": told["sessions"]}


async def test_vehicles_and_payers_are_told_to_administrators_and_automations(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    group = await hass.auth.async_get_group(GROUP_ID_USER)
    assert group is not None
    person = Context(user_id=MockUser(groups=[group]).add_to_hass(hass).id)
    device_id = vehicle_device_id(hass, hub)
    for action, data in (
        ("export_sessions", {"format": "csv"}),
        ("get_sessions", {}),
        ("get_bindings", {}),
        ("binding_record", {"device_id": device_id}),
        ("import_sessions", {"device_id": device_id, "content": "[]"}),
    ):
        with pytest.raises(Unauthorized):
            await act(hass, action, person, **data)
    assert (await act(hass, "get_bindings", Context()))["bindings"]  # an automation
    leaves = (dt_util.now() + timedelta(hours=20)).isoformat()
    plan = {"device_id": device_id, "departure": leaves, "energy": 22}
    await hass.services.async_call("utility_han", "plan_charging", plan, blocking=True, context=person)
    # The same for files, but for who has a signed link.
    key = record_of(hub).key
    span = "start=2026-01-01T00:00:00Z&end=2099-01-01T00:00:00Z"
    paths = (f"/api/{DOMAIN}/charging/csv?vehicle={key}&{span}", f"/api/{DOMAIN}/{hub.entry_id}/{key}/binding_record")
    for web, status in ((await hass_client(hass_read_only_access_token), 401), (await hass_client(), 200)):
        assert [(await web.get(path)).status for path in paths] == [status, status]
