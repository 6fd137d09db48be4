"""Who may do what: one table of actions, sayings, buttons and downloads, and what holds it.

Home Assistant knows administrators and others, and what entities a user may control. An automation has no user, and
may whatever its owner had it do. Dialogs, options, repairs and diagnostics are Home Assistant's own, and are for
administrators.
"""

from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from enum import StrEnum
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import Context, HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.typing import VolSchemaType

from ..const import CONF_OTHERS_MAY, DOMAIN
from .telling.phone import Button


class May(StrEnum):
    """What somebody has to be allowed; from ``REPAIR`` on administrators are, and others by the options of a hub."""

    READ = "read"
    """Whoever is signed in: it tells what entities show everybody."""
    CONTROL = "control"
    """Who may control an entity of what it is about; of anything of the integration, where it is about all."""
    REPAIR = "repair"
    CASES = "cases"
    """Tell the utility that something is wrong, by which it opens a case."""
    MESSAGES = "messages"
    """Acknowledge what the utility sent, in the customer's name."""
    PAYERS = "payers"
    """Say whose a charging session was, and so who pays for it."""
    RECORDS = "records"
    """Read VINs, who pays, when somebody was at home, and bills."""
    ADMINISTER = "administer"
    """Administrators, whatever the options say."""


OPTIONAL = (May.REPAIR, May.CASES, May.MESSAGES, May.PAYERS, May.RECORDS)
"""What the options may allow others."""


class NotAllowedError(Unauthorized):
    """Somebody may not do what they asked for. It says in their language who may; Home Assistant's own does not."""

    def __init__(self, may: May, user_id: str | None) -> None:
        """Take what they are not allowed, and who they are."""
        super().__init__(user_id=user_id)
        optional = "others_may_not" if may in OPTIONAL else "only_administrators"
        self.translation_key = "may_not_control" if may is May.CONTROL else optional
        self.translation_domain, self.generate_message = DOMAIN, True


ACTIONS: Mapping[str, May] = {
    "acknowledge": May.MESSAGES,
    "add_signed_meter_value": May.RECORDS,
    "assign_session": May.PAYERS,
    "binding_record": May.RECORDS,
    "compare_bill": May.RECORDS,
    "diagnose": May.CONTROL,  # the utility is told of it by who may open cases
    "export_sessions": May.RECORDS,
    "get_bindings": May.RECORDS,
    "get_coverage": May.READ,
    "get_handover_report": May.ADMINISTER,
    "get_message": May.READ,
    "get_prices": May.READ,
    "get_sessions": May.RECORDS,
    "import_sessions": May.PAYERS,
    "install_blueprints": May.ADMINISTER,
    "measure_coverage": May.CONTROL,
    "opt_in": May.CONTROL,
    "opt_out": May.CONTROL,
    "plan_charging": May.CONTROL,
    "repair": May.REPAIR,
    "report_coverage": May.CASES,
    "report_problem": May.CASES,
}
SAYINGS: Mapping[str, May] = {
    "charged": May.READ,
    "diagnose": May.CONTROL,  # likewise
    "opt_out": May.CONTROL,
    "price": May.READ,
}
"""What is said to Assist. A voice that no user is known of is nobody's, as an automation is."""
BUTTONS: Mapping[Button, May] = {
    Button.ASSIGN: May.PAYERS,
    Button.DIAGNOSE: May.CASES,
    Button.NOBODY: May.PAYERS,
    Button.OPT_OUT: May.CONTROL,
    Button.REPAIR: May.REPAIR,
}
"""Buttons of notifications. The phone that the options name may all: any other phone can send the same event."""
VIEWS: Mapping[str, May] = {
    f"api:{DOMAIN}:binding_record": May.RECORDS,
    f"api:{DOMAIN}:charging": May.RECORDS,
    f"api:{DOMAIN}:handover": May.ADMINISTER,
    f"api:{DOMAIN}:week": May.ADMINISTER,
}
"""What is downloaded; whoever was given a signed address may that one thing for as long as it holds."""

type _Do = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse | None]]


@callback
def async_register_action(
    hass: HomeAssistant, name: str, do: _Do, schema: VolSchemaType, response: SupportsResponse = SupportsResponse.NONE
) -> None:
    """Register an action of the table; who calls it without being allowed gets ``NotAllowedError``."""
    may = ACTIONS[name]

    async def handle(call: ServiceCall) -> ServiceResponse | None:
        device_id = call.data.get(ATTR_DEVICE_ID)
        about = [device_id] if isinstance(device_id, str) else []
        await async_check(hass, call.context, may, _hubs_of(hass, call), about)
        return await do(call)

    hass.services.async_register(DOMAIN, name, handle, schema, response)


def _hubs_of(hass: HomeAssistant, call: ServiceCall) -> Collection[ConfigEntry]:
    """Return the hub of the one device that a call is about, every hub where it names none or several."""
    hubs = hass.config_entries.async_entries(DOMAIN)
    if not isinstance(device_id := call.data.get(ATTR_DEVICE_ID), str):
        return hubs
    device = dr.async_get(hass).async_get(device_id)
    return [hub for hub in hubs if device is not None and hub.entry_id == device.config_entry_id]


@callback
def devices_of(hass: HomeAssistant, hub: ConfigEntry, keys: Iterable[str]) -> list[str]:
    """Return the ids in the device registry of subjects of a hub, known by their keys."""
    registry = dr.async_get(hass)
    found = (registry.async_get_device_by_identifier((DOMAIN, key), hub.entry_id) for key in keys)
    return [device.id for device in found if device is not None]


async def async_check(
    hass: HomeAssistant, context: Context, may: May, hubs: Iterable[ConfigEntry], devices: Collection[str] = ()
) -> None:
    """``NotAllowedError`` where who is behind a context may not do this to all of ``hubs`` and ``devices``."""
    if not await async_allowed(hass, context, may, hubs, devices):
        raise NotAllowedError(may, context.user_id)


async def async_allowed(
    hass: HomeAssistant, context: Context | None, may: May, hubs: Iterable[ConfigEntry], devices: Collection[str] = ()
) -> bool:
    """Return whether who is behind a context may; ``UnknownUser`` where that user is no more."""
    if context is None or context.user_id is None:
        return True
    if (user := await hass.auth.async_get_user(context.user_id)) is None:
        raise UnknownUser(context=context, user_id=context.user_id)
    return allows(hass, user, may, hubs, devices)


@callback
def check_reader(hass: HomeAssistant, request: Mapping[Any, Any], view: str) -> None:
    """``NotAllowedError`` for who may not download this; a signed address is read in the name of Home Assistant."""
    user: User = request[KEY_HASS_USER]
    may = VIEWS[view]
    if not user.system_generated and not allows(hass, user, may, hass.config_entries.async_entries(DOMAIN)):
        raise NotAllowedError(may, user.id)


@callback
def allows(
    hass: HomeAssistant, user: User, may: May, hubs: Iterable[ConfigEntry], devices: Collection[str] = ()
) -> bool:
    """Return whether a user may do this to all of ``hubs`` and ``devices`` (ids of the device registry)."""
    if user.is_admin or may is May.READ:
        return True
    if may is May.CONTROL:
        registry = er.async_get(hass)
        if not devices:
            return _controls_any(user, registry.entities.values())
        return all(
            _controls_any(user, er.async_entries_for_device(registry, device_id, include_disabled_entities=True))
            for device_id in devices
        )
    if may is May.RECORDS:
        hubs = hass.config_entries.async_entries(DOMAIN)  # a payer is looked for in all of them
    options = [hub.options.get(CONF_OTHERS_MAY, ()) for hub in hubs]
    return may in OPTIONAL and bool(options) and all(may in option for option in options)


def _controls_any(user: User, entities: Iterable[er.RegistryEntry]) -> bool:
    """Whether a user may control one of these; entities that others put on our device say nothing of it."""
    ours = (each.entity_id for each in entities if each.platform == DOMAIN)
    return any(user.permissions.check_entity(entity_id, POLICY_CONTROL) for entity_id in ours)
