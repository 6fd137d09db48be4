"""Who may do what: the table is of everything that there is, and holds for users, automations and what is said."""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.components.http import HomeAssistantView
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.utility_han.const import CONF_OTHERS_MAY, DOMAIN
from custom_components.utility_han.health.assist import SAYINGS as ALL_SAYINGS
from custom_components.utility_han.hub.allowed import ACTIONS, BUTTONS, OPTIONAL, SAYINGS, VIEWS, May
from custom_components.utility_han.hub.kept.storage import MadeByNewerVersionError
from custom_components.utility_han.hub.telling.phone import Button
from custom_components.utility_han.vehicles.store import Charging
from tests.component.test_exporting import _soon, charger
from tests.component.test_health import patient
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.vehicles import Charger, vehicle_device_id
from tests.helpers.vtn_hub import hub_without_meter
from tests.openadr.under_test import Vtn

__all__ = ["_soon", "charger", "patient"]

OF_CORE = ("/api/config/config_entries/flow", "/api/config/config_entries/options/flow", "/api/repairs/issues/fix")


@pytest.fixture(autouse=True)
async def _parts(hass: HomeAssistant) -> None:
    """What people act by, before Home Assistant's web server takes up no more pages."""
    for component in ("homeassistant", "intent", "conversation", "repairs", "config", "diagnostics"):
        assert await async_setup_component(hass, component, {})


async def user(hass: HomeAssistant, group: str = GROUP_ID_USER) -> Context:
    """Somebody of a group, as what they do is told."""
    found = await hass.auth.async_get_group(group)
    assert found is not None
    return Context(user_id=MockUser(groups=[found]).add_to_hass(hass).id)


def _subject(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, dict[str, Any]]:
    """What every action is called with, so that nothing but the right to do it is missing."""
    vehicle = {"device_id": vehicle_device_id(hass, entry)}
    gateway = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    assert gateway is not None
    device = {"device_id": gateway.id}
    return {action: {} for action in ACTIONS} | {
        "acknowledge": device | {"message": "0A1B"},
        "add_signed_meter_value": vehicle | {"value": "OCMF|"},
        "assign_session": vehicle | {"session": "none"},
        "binding_record": vehicle,
        "compare_bill": {"config_entry": entry.entry_id},
        "diagnose": device,
        "export_sessions": {"format": "csv"},
        "get_coverage": device,
        "get_handover_report": device,
        "get_message": device | {"about": "health"},
        "get_prices": {"config_entry": entry.entry_id},
        "import_sessions": vehicle | {"content": "[]"},
        "measure_coverage": device | {"place": "Cellar"},
        "opt_in": device,
        "opt_out": device,
        "plan_charging": vehicle | {"departure": "2099-01-01T07:00:00", "energy": 5},
        "repair": device,
        "report_coverage": device,
        "report_problem": device | {"summary": "It hums."},
    }


async def _refused(hass: HomeAssistant, action: str, data: dict[str, Any], context: Context) -> bool:
    """Whether somebody may not; what is refused for another reason was allowed."""
    answers = hass.services.supports_response(DOMAIN, action).value != "none"
    try:
        await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=answers, context=context)
    except Unauthorized:
        return True
    except HomeAssistantError:
        return False
    return False


@pytest.mark.use_case("UR-EV", "DM-2")
async def test_every_action_is_held_to_the_table(hass: HomeAssistant, hub: ConfigEntry, charger: Charger) -> None:
    assert set(hass.services.async_services_for_domain(DOMAIN)) == set(ACTIONS), "an action that nobody decided about"
    calls = _subject(hass, hub)
    who = {name: await user(hass, group) for name, group in (("user", GROUP_ID_USER), ("guest", GROUP_ID_READ_ONLY))}
    may = {"user": {May.READ, May.CONTROL}, "guest": {May.READ}}
    for name, context in who.items():
        for action, needs in ACTIONS.items():
            assert await _refused(hass, action, calls[action], context) is (needs not in may[name]), (name, action)
    for context in (Context(), await user(hass, GROUP_ID_ADMIN)):
        assert [action for action in ACTIONS if await _refused(hass, action, calls[action], context)] == []
    assert await _refused(hass, "repair", calls["repair"], Context(user_id="no longer a user"))


async def test_who_may_not_is_told_who_may(hass: HomeAssistant, hub: ConfigEntry, charger: Charger) -> None:
    calls, guest = _subject(hass, hub), await user(hass, GROUP_ID_READ_ONLY)
    told = {
        "install_blueprints": "Only administrators may do that",
        "opt_out": "You may not control this",
        "repair": "Only administrators may do that, unless the options of the hub allow others",
    }
    for action, said in told.items():
        with pytest.raises(Unauthorized, match=said) as refused:
            await hass.services.async_call(
                DOMAIN, action, calls[action], blocking=True, context=guest,
                return_response=hass.services.supports_response(DOMAIN, action).value != "none",
            )  # fmt: skip
        assert refused.value.translation_domain == DOMAIN


@pytest.mark.parametrize("allowed", OPTIONAL)
async def test_options_allow_others_one_thing_and_no_other(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, allowed: May
) -> None:
    result = await hass.config_entries.options.async_init(hub.entry_id)
    result = await hass.config_entries.options.async_configure(result["flow_id"], {CONF_OTHERS_MAY: [allowed]})
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    calls, somebody = _subject(hass, hub), await user(hass)
    for action, needs in ACTIONS.items():
        refused = await _refused(hass, action, calls[action], somebody)
        assert refused is (needs not in (May.READ, May.CONTROL, allowed)), action
    # What is about every vehicle is about those of another hub too, which allows nobody.
    MockConfigEntry(domain=DOMAIN, title="Next door").add_to_hass(hass)
    assert await _refused(hass, "get_bindings", {}, somebody)


@pytest.mark.use_case("RD-11", "DM-2")
async def test_diagnosis_opens_a_case_for_who_may_only(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway
) -> None:
    await gateway.withdraw(patient.lfdi)
    call: dict[str, Any] = {"device_id": patient.device_id}
    for context, case in ((await user(hass), False), (await user(hass, GROUP_ID_ADMIN), True)):
        answer = await hass.services.async_call(
            DOMAIN, "diagnose", call, blocking=True, return_response=True, context=context
        )
        assert answer is not None
        assert (answer["verdict"], bool(answer["case"])) == ("commissioning_problem", case)


async def test_every_download_is_held_to_the_table(
    hass: HomeAssistant, hub: ConfigEntry, hass_client: ClientSessionGenerator, hass_read_only_access_token: str
) -> None:
    views = {str(vars(view)["name"]): str(vars(view)["url"]) for view in _views(HomeAssistantView)}
    assert views.keys() == VIEWS.keys(), "a download that nobody decided about"
    served = {each.canonical for each in hass.http.app.router.resources() if DOMAIN in each.canonical}
    assert served <= {*views.values(), f"/{DOMAIN}/home.js"}
    somebody, administrator = await hass_client(hass_read_only_access_token), await hass_client()
    for url in views.values():
        path = re.sub(r"\{\w+\}", "0", url)
        assert (await somebody.get(path)).status == HTTPStatus.UNAUTHORIZED, url
        assert (await administrator.get(path)).status == HTTPStatus.NOT_FOUND, url


async def test_download_of_what_is_not_there_is_not_found(
    hass: HomeAssistant, hub: ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """A vehicle that is gone, and a hub whose file is of a newer version."""
    administrator = await hass_client()
    path = f"/api/{DOMAIN}/{hub.entry_id}/gone/binding_record"
    assert (await administrator.get(path)).status == HTTPStatus.NOT_FOUND
    with patch.object(Charging, "async_get", side_effect=MadeByNewerVersionError):
        assert (await administrator.get(path)).status == HTTPStatus.NOT_FOUND


def _views(base: type[HomeAssistantView]) -> Iterator[type[HomeAssistantView]]:
    for view in base.__subclasses__():
        if view.__module__.startswith(f"custom_components.{DOMAIN}."):
            yield view
        yield from _views(view)


async def test_there_is_no_other_way_to_act(
    hass: HomeAssistant, hub: ConfigEntry, hass_client: ClientSessionGenerator, hass_read_only_access_token: str
) -> None:
    commands = hass.data["websocket_api"]
    ours = [name for name, (handler, _) in commands.items() if DOMAIN in handler.__module__]
    assert ours == [f"{DOMAIN}/allowed", f"{DOMAIN}/numbers"], "what is told by them changes nothing"
    said = {each.intent_type for each in intent.async_get(hass) if DOMAIN in type(each).__module__}
    assert said == {ALL_SAYINGS[name].intent for name in SAYINGS}
    assert set(BUTTONS) == set(Button) - {Button.OK}
    # Dialogs, options, repairs and diagnostics are Home Assistant's, which asks for administrators.
    somebody = await hass_client(hass_read_only_access_token)
    for path in (*OF_CORE, "/api/config/config_entries/subentries/flow"):
        posted = await somebody.post(path, json={"handler": DOMAIN, "issue_id": "any"})
        assert posted.status == HTTPStatus.UNAUTHORIZED, path
    told = await somebody.get(f"/api/diagnostics/config_entry/{hub.entry_id}")
    assert told.status == HTTPStatus.UNAUTHORIZED


async def test_numbers_for_the_utility_are_for_administrators(
    hass: HomeAssistant,
    hub: ConfigEntry,
    patient: Patient,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    """By its PIN somebody could be let in: no state has it, and nobody else is told."""

    async def told(client: MockHAClientWebSocket) -> dict[str, Any]:
        await client.send_json_auto_id({"type": f"{DOMAIN}/numbers"})
        answer: dict[str, Any] = await client.receive_json()
        return answer

    guest = await told(await hass_ws_client(hass, hass_read_only_access_token))
    assert (guest["success"], guest["error"]["code"]) == (False, "unauthorized")
    numbers = (await told(await hass_ws_client(hass)))["result"]
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, hub.entry_id), hub.entry_id)
    assert device is not None
    assert numbers[device.id] == {
        "lfdi": hub.runtime_data.gateway.client_lfdi,
        "sfdi": hub.runtime_data.identity.sfdi,
        "pin": hub.data["pin"],
    }
    assert numbers[patient.device_id]["lfdi"] == patient.lfdi
    states = " ".join(str(each.as_dict()) for each in hass.states.async_all())
    assert patient.lfdi not in states
    assert hub.data["pin"] not in states


async def _numbers(hass: HomeAssistant, entry: ConfigEntry, client: MockHAClientWebSocket) -> dict[str, str]:
    """Return what an administrator is told of a hub's gateway, or of its utility without one."""
    await client.send_json_auto_id({"type": f"{DOMAIN}/numbers"})
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    assert device is not None
    told: dict[str, str] = (await client.receive_json())["result"].get(device.id, {})
    return told


@pytest.mark.parametrize("transport", ["ezsp"])
async def test_of_a_radio_the_utility_wants_its_address_and_install_code(
    hass: HomeAssistant, hub: ConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    numbers = await _numbers(hass, hub, await hass_ws_client(hass))
    assert numbers == {"eui64": hub.unique_id, "install_code": hub.data["install_code"]}


@pytest.mark.parametrize("public", [False, True])
async def test_of_a_home_without_a_meter_the_utility_knows_the_ven(
    hass: HomeAssistant, vtn: Vtn, hass_ws_client: WebSocketGenerator, *, public: bool
) -> None:
    entry = await hub_without_meter(hass, vtn, public=public)
    numbers = await _numbers(hass, entry, await hass_ws_client(hass))
    assert numbers == ({} if public else {"ven": f"home-{vtn.ven.client_id}"})


async def test_who_may_control_nothing_says_nothing_to_assist(hass: HomeAssistant, hub: ConfigEntry) -> None:
    guest, anybody = await user(hass, GROUP_ID_READ_ONLY), await user(hass)
    for name, may in SAYINGS.items():
        saying, slots = ALL_SAYINGS[name], {"name": {"value": "Nothing of that name"}}
        for context, refused in ((guest, may is not May.READ), (anybody, False)):
            with pytest.raises(intent.IntentUnexpectedError) if refused else nullcontext():
                await intent.async_handle(hass, "test", saying.intent, slots, context=context)


@pytest.mark.use_case("UR-14", "DM-2")
async def test_who_may_control_one_device_acts_on_that_one_only(
    hass: HomeAssistant, patient: Patient, charger: Charger
) -> None:
    own = patient.state("health").entity_id
    policy = {"entities": {"entity_ids": {own: {"control": True}}}}
    resident = MockUser()
    resident.mock_policy(policy)
    context = Context(user_id=resident.add_to_hass(hass).id)
    calls = _subject(hass, patient.entry)
    for action in ("opt_out", "opt_in", "diagnose"):
        assert not await _refused(hass, action, {"device_id": patient.device_id}, context), action
        assert await _refused(hass, action, calls[action], context), f"{action} of the gateway"
    assert await _refused(hass, "plan_charging", calls["plan_charging"], context)
    assert await _refused(hass, "diagnose", {"device_id": "of nobody"}, context)
    name = hass.config_entries.async_get_known_entry(patient.entry.entry_id).title
    diagnose = ALL_SAYINGS["diagnose"].intent
    with pytest.raises(intent.IntentUnexpectedError):
        await intent.async_handle(hass, "test", diagnose, {"name": {"value": name}}, context=context)
    its = {"name": {"value": patient.entry.subentries[patient.key].title}}
    assert await intent.async_handle(hass, "test", diagnose, its, context=context)


@pytest.mark.use_case("RD-11")
async def test_home_page_learns_what_who_looks_at_it_may(
    hass: HomeAssistant,
    hub: ConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    gateway = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, hub.entry_id), hub.entry_id)
    assert gateway is not None

    async def told(client: MockHAClientWebSocket) -> list[str]:
        await client.send_json_auto_id({"type": f"{DOMAIN}/allowed"})
        return list((await client.receive_json())["result"][gateway.id])

    guest = await hass_ws_client(hass, hass_read_only_access_token)
    assert await told(guest) == [May.READ]
    hass.config_entries.async_update_entry(hub, options={CONF_OTHERS_MAY: [May.REPAIR]})
    assert await told(guest) == [May.READ, May.REPAIR]
    assert await told(await hass_ws_client(hass)) == list(May)
