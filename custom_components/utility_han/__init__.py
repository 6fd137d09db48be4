"""Utility HAN: Home Assistant as a HAN client of the utility's AMI gateway."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from homeassistant.components import websocket_api
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.typing import ConfigType

from .account.access import Goodbye, async_give_up_account
from .account.actions import async_register_price_actions
from .account.entities import account_shown
from .account.manager import AccountManager, async_account_of
from .account.told import ToldByVtn, async_forget_shown, told_shown
from .const import (
    CONF_ADDED_BY_US,
    CONF_FORMER,
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_IDENTITY,
    CONF_KEEP_IDENTITY,
    CONF_KIND,
    CONF_RENAMED,
    CONF_STATE,
    DOMAIN,
    LOGGER,
)
from .devices.entities import devices_shown
from .devices.manager import Registrar, async_adopt_records
from .devices.polled import ListedDevices
from .devices.store import Registrations
from .gateway import DeviceState, Gateway, Identity
from .health.actions import async_register_health_actions
from .health.dashboard import async_offer_dashboard
from .health.entities import health_shown
from .health.handover_actions import HandoverView, async_register_handover_action
from .health.manager import HealthManager
from .health.phone_news import PhoneNews
from .health.repairing import async_announce_anew
from .health.requests import UtilityRequests
from .health.store import Conditions
from .hub import notices
from .hub.acknowledging import async_register_acknowledge_action
from .hub.allowed_command import tell_allowed
from .hub.background.rounds import Rounds
from .hub.blueprints import async_offer_blueprints, async_register_blueprint_action
from .hub.entities import gateway_shown, tariff_shown
from .hub.entity import async_register_subjects
from .hub.gateway_subject import async_keep_described
from .hub.handing_back import async_put_back_of_disabled, async_wait_no_more
from .hub.hub import Hub, UtilityHanConfigEntry
from .hub.kept import notices as store_notices
from .hub.kept.storage import Kept, MadeByNewerVersionError
from .hub.kept.store import HanStore
from .hub.kept.versions import ENTRY_MIGRATIONS, ENTRY_VERSION, async_remove_entities_gone, migrated
from .hub.leaving import Announced, async_leave_gateway, async_take_back_former
from .hub.link_record import LinkRecord
from .hub.numbers_command import tell_numbers
from .hub.poll.commissioning import CommissioningPass
from .hub.poll.coordinator import GatewayCoordinator
from .hub.prices.kept import KeptPrices
from .hub.reach.link import async_open_link
from .hub.reach.ports import async_wait_for_port
from .hub.reach.transport import RADIOS, transport_of
from .hub.reach.zigbee_libraries import async_load_for
from .hub.renaming import async_follow_renames, taking_over
from .hub.telling.notifications import async_withdraw_all
from .load_control.actions import async_register_control_actions
from .load_control.calendars import all_controls_shown
from .load_control.entities import load_control_shown
from .load_control.manager import LoadControlManager
from .load_control.polled import Controls, OwnPrograms, async_follow_meter, async_follow_utility
from .load_control.store import KeptControls, async_forget_controls, async_put_back_entities
from .load_control.subscription import async_subscribe
from .procedures import INSTALLATIONS, CommissioningRun, DeviceKind, Method, close_registration
from .reports.actions import async_register_bill_actions
from .reports.manager import ReportsManager
from .reports.outcomes import ControlOutcomes
from .reports.store import KeptReports
from .vehicles.actions import async_register_vehicle_actions
from .vehicles.chargers.battery import storage_source
from .vehicles.download import BindingRecordView, WeekView
from .vehicles.entities import vehicles_shown
from .vehicles.exports.actions import async_register_export_actions
from .vehicles.exports.download import ChargingView
from .vehicles.leaving import async_end_sessions, async_vehicle_goodbyes
from .vehicles.manager import VehicleManager, price_tellers
from .vehicles.planning.holding import async_let_all_go, async_let_go_of_removed
from .vehicles.premise.entities import premise_shown
from .vehicles.premise.premise import HomeWithoutVehicles
from .vehicles.premise.store import HomeBook
from .vehicles.rates.price_book import PriceBook
from .vehicles.store import Charging, ChargingPoints
from .vehicles.subentries import async_adopt_vehicles

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.DATETIME,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SENSOR,
    Platform.SWITCH,
]
_OF_A_HUB: tuple[type[Kept], ...] = (
    Registrations,
    Charging,
    ChargingPoints,
    PriceBook,
    HomeBook,
    KeptPrices,
    Conditions,
    KeptReports,
    LinkRecord,
)
"""What is kept of a hub besides its controls, which are forgotten by their room."""
CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, what can be downloaded, dashboard and blueprints."""
    async_register_price_actions(hass)
    async_register_control_actions(hass)
    async_register_vehicle_actions(hass)
    async_register_bill_actions(hass)
    async_register_export_actions(hass)
    async_register_health_actions(hass)
    async_register_handover_action(hass)
    async_register_blueprint_action(hass)
    async_register_acknowledge_action(hass)
    websocket_api.async_register_command(hass, tell_allowed)
    websocket_api.async_register_command(hass, tell_numbers)
    for view in (BindingRecordView(), WeekView(), ChargingView(), HandoverView()):
        hass.http.register_view(view)
    async_follow_renames(hass, _takes_prices_of)
    await async_offer_dashboard(hass)
    async_offer_blueprints(hass)
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.version > ENTRY_VERSION[0]:
            # Home Assistant does not load it, and says so in its log only.
            store_notices.async_tell_newer(hass, entry.entry_id, "core.config_entries")
    return True


def _takes_prices_of(entry: UtilityHanConfigEntry, entity_id: str) -> bool:
    return entry.runtime_data.manager(VehicleManager).charging.takes_prices_of(entity_id)


async def async_migrate_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Bring an entry that an older version made up to date; one of a newer minor version is read as it is."""
    version = (entry.version, entry.minor_version)
    if version < ENTRY_VERSION:
        major, minor = ENTRY_VERSION
        data = migrated(dict(entry.data), version, ENTRY_MIGRATIONS)
        async_remove_entities_gone(hass, entry, version)
        hass.config_entries.async_update_entry(entry, data=data, version=major, minor_version=minor)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> bool:
    """Set up a hub; one whose registers are known from before is set up without waiting for its gateway."""
    store_notices.async_withdraw_newer(hass, entry)
    written = entry.modified_at
    # Before anything is set aside: what must be left alone ends it here.
    await HanStore.async_get(hass)
    for kept in (Registrations, KeptControls, Charging):
        await kept.async_get(hass, entry.entry_id)
    hub = await _async_hub(hass, entry)
    await _async_add_managers(hass, hub, written)
    entry.runtime_data = hub
    commissioned = hub.coordinator.state is DeviceState.COMMISSIONED
    unknown = hub.has_meter and commissioned and not hub.registers and not hub.without_registers
    if unknown:
        await hub.async_discover_registers()
    _async_show(hass, hub)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    await _async_start(hass, hub)
    async_wait_no_more(hass, entry)
    if hub.has_meter and not unknown:
        entry.async_create_background_task(hass, hub.coordinator.async_refresh(), f"{DOMAIN} first poll")
    return True


async def _async_hub(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> Hub:
    """Return the hub as it was left, its gateway not yet asked for anything."""
    identity: Identity | None = None
    if CONF_IDENTITY in entry.data:
        identity = await hass.async_add_executor_job(Identity.from_dict, entry.data[CONF_IDENTITY])
    if identity is not None and identity.expired():
        raise ConfigEntryAuthFailed(
            translation_domain=DOMAIN,
            translation_key="certificate_expired",
            translation_placeholders={"title": entry.title},
        )
    commissioned = entry.data.get(CONF_STATE, DeviceState.COMMISSIONED) == DeviceState.COMMISSIONED
    if transport_of(entry.data) in RADIOS:
        await async_wait_for_port(hass, entry)
        await async_load_for(hass, entry)
    gateway = await async_open_link(hass, entry.data, accepted_before=commissioned)
    entry.async_on_unload(gateway.close)
    link = await LinkRecord.async_get(hass, entry.entry_id)
    await link.async_follow(entry, gateway)
    commissioning = await _async_commissioning(hass, entry, gateway, accepted=commissioned)
    rounds = Rounds(hass, entry)
    coordinator = GatewayCoordinator(hass, entry, gateway, commissioning, link.contact, link.guard, rounds)
    return Hub(hass, coordinator, identity, link)


async def _async_commissioning(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, gateway: Gateway, *, accepted: bool
) -> CommissioningPass:
    """Take up commissioning; where the store was lost, what can be found on the gateway is found there."""
    store, sfdi = await HanStore.async_get(hass), entry.data.get(CONF_GATEWAY_SFDI, "")
    if (run := store.run(sfdi)) is None:
        kind = DeviceKind(entry.data.get(CONF_KIND, DeviceKind.ENERGY_MANAGEMENT_SYSTEM))
        category = INSTALLATIONS[kind].device_category
        run = CommissioningRun(Method.OUT_OF_BAND, category, accepted=accepted)

    async def save(run: CommissioningRun) -> None:
        await store.async_put("runs", sfdi, run.to_dict())

    return CommissioningPass(gateway, run, save)


async def _async_add_managers(hass: HomeAssistant, hub: Hub, written: datetime) -> None:
    """Give the hub the managers of the rooms above it, each made of those below.

    ``written`` is when its entry was changed last before it was loaded.
    """
    entry, coordinator = hub.entry, hub.coordinator
    registrations = await Registrations.async_get(hass, entry.entry_id)
    charging = await Charging.async_get(hass, entry.entry_id)
    while CONF_RENAMED in entry.data:
        await _async_rename(hass, entry, registrations, charging)
    async_adopt_records(hass, entry, registrations, written)
    async_adopt_vehicles(hass, entry, charging, written)
    # From here on: what a dialog adds while the rest is set up would be shown by nobody.
    _async_follow_subentries(hass, entry)
    witness = hub.gateway.device_programs
    account = hub.add_manager(await async_account_of(hass, entry, registrations, witness, hub.rounds))
    told = await KeptPrices.async_get(hass, entry.entry_id)
    told.async_follow(hub.tariff, entry.data.get(CONF_GATEWAY_LFDI, ""))
    if account.vtn is not None:
        hub.link.note_whose(account.vtn.key)
        told.async_follow(hub.add_manager(ToldByVtn(hass, hub, account.vtn)).subject, account.vtn.key)
    registrar = hub.add_manager(Registrar(hass, hub, registrations, account))
    kept = await KeptControls.async_get(hass, entry.entry_id)
    manages = hub.identity is not None and entry.data.get(CONF_KIND) == DeviceKind.ENERGY_MANAGEMENT_SYSTEM
    own = hub.gateway.client_lfdi if manages else None
    controls = hub.add_manager(LoadControlManager(hass, hub, registrar.devices.values(), kept, account.utility, own))
    kept_reports = await KeptReports.async_get(hass, entry.entry_id)
    devices = registrar.devices.values()
    reports = hub.add_manager(ReportsManager(hass, hub, account, devices, controls, kept_reports))
    hub.add_manager(ControlOutcomes(hass, hub, controls, reports.facts))
    vehicles = hub.add_manager(VehicleManager(hass, hub, charging, registrar, controls))
    book = await HomeBook.async_get(hass, entry.entry_id)
    hub.add_manager(HomeWithoutVehicles(hass, hub, charging, book, price_tellers(hub)))
    reports.facts.storage_of = controls.charge_states.storage_of = partial(storage_source, vehicles.vehicles)
    conditions = await Conditions.async_get(hass, entry.entry_id)
    health = hub.add_manager(HealthManager(hass, hub, conditions, registrar, controls, vehicles))
    hub.add_manager(UtilityRequests(health))
    hub.add_manager(PhoneNews(hass, health, vehicles))
    coordinator.parts += [
        ListedDevices(hass, hub, registrar),
        OwnPrograms(hub.gateway, controls.premise, own),
        Controls(controls, coordinator.data),
    ]


async def _async_rename(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, registrations: Registrations, charging: Charging
) -> None:
    """Have what is kept of entities go on under the ids that they have now."""
    controls = await KeptControls.async_get(hass, entry.entry_id)
    book = await HomeBook.async_get(hass, entry.entry_id)
    with taking_over(hass, entry) as entities:
        for before, after in entities:
            await charging.async_rename(before, after)
            for kept in (registrations, controls, book):
                kept.rename(before, after)
                await kept.async_save()


@callback
def _async_show(hass: HomeAssistant, hub: Hub) -> None:
    """Register the devices, and say what each room shows of them."""
    registrar, vehicles = hub.manager(Registrar), hub.manager(VehicleManager)
    async_register_subjects(hass, hub.entry, [hub.subject, *registrar.devices.values(), *vehicles.subjects])
    if hub.has_meter:
        hub.entry.async_on_unload(async_keep_described(hass, hub.subject))
    hub.shown = [
        gateway_shown(hub),
        tariff_shown(hub),
        account_shown(hub.subject, hub.manager(AccountManager)),
        devices_shown(registrar),
        load_control_shown(hub.manager(LoadControlManager)),
        all_controls_shown(hub.subject, hub.manager(LoadControlManager)),
        vehicles_shown(vehicles),
        premise_shown(hub, hub.manager(HomeWithoutVehicles)),
        health_shown(hub.manager(HealthManager)),
    ]
    if hub.manager(AccountManager).vtn is not None:
        hub.shown = [*hub.shown, told_shown(hub.manager(ToldByVtn))]
    else:
        async_forget_shown(hass, hub.entry)


async def _async_start(hass: HomeAssistant, hub: Hub) -> None:
    """Have every manager begin, those above after those below."""
    registrar, controls = hub.manager(Registrar), hub.manager(LoadControlManager)
    hub.async_start()
    await registrar.async_start()
    hub.manager(ReportsManager).async_start()
    hub.manager(ControlOutcomes).async_start()
    await controls.async_start()
    async_follow_meter(hub.coordinator, controls.premise)
    if (vtn := hub.manager(AccountManager).vtn) is not None:
        async_follow_utility(hass, hub, vtn.polled, registrar.changed, controls)
    await hub.manager(VehicleManager).async_start()
    await hub.manager(HomeWithoutVehicles).async_start()
    await hub.manager(HealthManager).async_start()
    hub.manager(UtilityRequests).async_start()
    hub.manager(PhoneNews).async_start()
    await async_subscribe(hass, registrar, hub.coordinator, controls)
    if hub.coordinator.state is DeviceState.COMMISSIONED:
        hub.manager(AccountManager).async_start()
        if CONF_FORMER in hub.entry.data:
            announce = partial(async_announce_anew, hub.manager(HealthManager))
            hub.rounds.begin("former identity", partial(async_take_back_former, hass, hub.entry, announce))
    if (vtn := hub.manager(AccountManager).vtn) is not None:
        hub.manager(ToldByVtn).async_start()
        vtn.async_start()


@callback
def _async_follow_subentries(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> None:
    """Load the hub anew when a device was added, changed or removed."""

    def as_it_is() -> dict[str, tuple[object, ...]]:
        # A subentry that is changed stays the same object.
        return {key: (each.title, each.unique_id, each.data) for key, each in entry.subentries.items()}

    before = as_it_is()

    @callback
    def changed(change: ConfigEntryChange, which: ConfigEntry) -> None:
        nonlocal before
        if which.entry_id == entry.entry_id and change is ConfigEntryChange.UPDATED and as_it_is() != before:
            before = as_it_is()  # unloading tells of changes too
            hass.config_entries.async_schedule_reload(entry.entry_id)

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed))


async def async_unload_entry(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> bool:
    """Unload a hub, keeping what the next start needs."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        hub = entry.runtime_data
        if (vtn := hub.manager(AccountManager).vtn) is not None:
            await vtn.async_shutdown()
            hub.manager(ToldByVtn).async_stop()
        hub.manager(UtilityRequests).async_stop()
        hub.manager(PhoneNews).async_stop()
        await hub.manager(LoadControlManager).async_shutdown()
        await hub.manager(HomeWithoutVehicles).async_shutdown()
        await hub.manager(VehicleManager).async_shutdown()
        await hub.manager(HealthManager).async_shutdown()
        await hub.async_shutdown()
        notices.async_clear(hass, entry.entry_id)
        if entry.disabled_by is not None:  # nobody would put back what it changed for as long as it is
            for put_back in (async_put_back_entities, async_let_all_go):
                await async_put_back_of_disabled(hass, entry, put_back)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> None:
    """Forget a hub; its identity is kept where the person asked for that."""
    goodbyes: list[Goodbye] = []

    async def leave() -> None:
        # What a newer version kept cannot be told to anybody; it is removed all the same.
        with suppress(MadeByNewerVersionError):
            records = (await Registrations.async_get(hass, entry.entry_id)).records.values()
            registered = [each for each in records if each.run.registration_id is not None]
            goodbyes.extend((each.title, partial(close_registration, run=each.run)) for each in registered)
            run = (await HanStore.async_get(hass)).run(entry.data.get(CONF_GATEWAY_SFDI, ""))
            announced = [
                Announced(each.run.href, each.run.lfdi, each.data.get(CONF_IDENTITY))
                for each in records
                if each.data.get(CONF_ADDED_BY_US) and each.run.href
            ]
            await async_leave_gateway(hass, entry, run, announced)

    async def end_sessions() -> None:
        with suppress(MadeByNewerVersionError):
            await async_end_sessions(hass, entry)

    async def leave_vehicles() -> None:
        with suppress(MadeByNewerVersionError):
            goodbyes.extend(await async_vehicle_goodbyes(hass, entry))

    parts: list[Callable[[], Awaitable[None]]] = [
        partial(async_withdraw_all, hass, entry),  # before anything is told of what does not come off
        leave,
        partial(async_forget_controls, hass, entry),  # before a utility is waited for
        partial(async_let_go_of_removed, hass, entry),
        partial(_async_forget_shared, hass, entry),
        end_sessions,
        leave_vehicles,
        partial(async_give_up_account, hass, entry, goodbyes),
        *(partial(kept.async_remove, hass, entry.entry_id) for kept in _OF_A_HUB),
    ]
    for part in parts:
        try:  # what cannot be told to one is told to the other, and nobody comes back for what stays here
            await part()
        except Exception:
            LOGGER.exception("%s: a part of it could not be removed", entry.title)
    notices.async_clear(hass, entry.entry_id, removed=True)


async def _async_forget_shared(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> None:
    """Forget what all hubs' file has of one, but its identity where that is to be kept."""
    try:
        store = await HanStore.async_get(hass)
    except MadeByNewerVersionError as err:
        LOGGER.warning("%s: nothing was changed in what all hubs share: %s", entry.title, err)
        return
    if (sfdi := entry.data.get(CONF_GATEWAY_SFDI)) is None:
        return  # of a newer version, which keeps it elsewhere
    if entry.options.get(CONF_KEEP_IDENTITY) and CONF_IDENTITY in entry.data:
        await store.async_put(
            "identities",
            sfdi,
            {
                "title": entry.title,
                "identity": entry.data[CONF_IDENTITY],
                "gateway_lfdi": entry.data[CONF_GATEWAY_LFDI],
            },
        )
    for section in ("drafts", "runs", "links"):
        await store.async_drop(section, sfdi)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Let go only of what nothing stands for any more; else say what is to be removed, which ends more than a page."""
    known = {entry.entry_id: "remove_the_gateway", **dict.fromkeys(entry.subentries, "remove_the_subentry")}
    for domain, key in device.identifiers:
        if domain == DOMAIN and key in known:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=known[key],
                translation_placeholders={"device": device.name_by_user or device.name or key},
            )
    return True
