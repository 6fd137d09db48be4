"""Utility HAN: Home Assistant as a HAN client of the utility's AMI gateway."""

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.typing import ConfigType

from .account.account import async_open_utility, async_take_leave
from .const import (
    CONF_ACCOUNT_REFUSED,
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_IDENTITY,
    CONF_KEEP_IDENTITY,
    CONF_KIND,
    CONF_STATE,
    DOMAIN,
    SUBENTRY_DEVICE,
)
from .devices.device import HanDevice
from .devices.manager import Registrar, async_adopt_records
from .devices.store import async_get_registrations, async_remove_registrations
from .gateway.ieee2030_5.identity import Identity
from .gateway.model import DeviceState
from .health.actions import async_register_health_actions
from .health.dashboard import async_offer_dashboard
from .health.manager import HealthManager
from .health.store import async_get_conditions, async_remove_conditions
from .hub import notices as issues
from .hub.coordinator import GatewayCoordinator, RuntimeData, UtilityHanConfigEntry
from .hub.entity import async_register_gateway
from .hub.history import async_fill_gap
from .hub.link import async_open_link
from .hub.storage import async_get_store, link_store
from .load_control.actions import async_register_actions
from .load_control.manager import LoadControlManager, async_forget_controls
from .load_control.subscription import async_subscribe
from .procedures.commissioning import CommissioningRun, Method
from .procedures.installation import INSTALLATIONS, DeviceKind
from .utility.errors import UtilityError
from .utility.han_api.client import UtilityClient
from .vehicles import notices
from .vehicles.actions import async_register_vehicle_actions
from .vehicles.download import BindingRecordView
from .vehicles.manager import ChargingManager
from .vehicles.store import async_get_charging, async_remove_charging
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
CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, what can be downloaded, and the dashboard."""
    async_register_actions(hass)
    async_register_vehicle_actions(hass)
    async_register_health_actions(hass)
    hass.http.register_view(BindingRecordView())
    await async_offer_dashboard(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> bool:
    """Set up a gateway; one whose registers are known from before is set up without waiting for it."""
    identity: Identity | None = None
    if CONF_IDENTITY in entry.data:
        identity = await hass.async_add_executor_job(Identity.from_dict, entry.data[CONF_IDENTITY])
    if identity is not None and identity.expired():
        raise ConfigEntryAuthFailed(
            translation_domain=DOMAIN,
            translation_key="certificate_expired",
            translation_placeholders={"title": entry.title, "detail": f"{identity.not_after:%Y-%m-%d}"},
        )
    commissioned = entry.data[CONF_STATE] == DeviceState.COMMISSIONED
    gateway = await async_open_link(hass, entry.data, accepted_before=commissioned)
    entry.async_on_unload(gateway.close)
    store = await async_get_store(hass)
    record = store.get("runs", entry.data[CONF_GATEWAY_SFDI])
    kept = link_store(hass, entry.entry_id)
    link = await kept.async_load() or store.get("links", entry.data[CONF_GATEWAY_SFDI]) or {}
    await store.async_drop("links", entry.data[CONF_GATEWAY_SFDI])
    if link.get(CONF_GATEWAY_LFDI) != entry.data[CONF_GATEWAY_LFDI]:
        link = {}  # what is known of a meter that was replaced says nothing about the new one
    gateway.restore(link.get("gateway", {}))

    run = CommissioningRun.from_dict(record) if record else _new_run(entry, accepted=commissioned)
    coordinator = GatewayCoordinator(hass, entry, gateway, run, store, kept, link)
    registrations = await async_get_registrations(hass, entry.entry_id)
    async_adopt_records(hass, coordinator, registrations)
    devices = {
        subentry.subentry_id: HanDevice.from_subentry(subentry)
        for subentry in entry.get_subentries_of_type(SUBENTRY_DEVICE)
    }
    registrar = Registrar(hass, coordinator, registrations, await _open_utility(hass, entry))
    load_control = LoadControlManager(hass, entry, gateway)
    vehicles = await async_get_charging(hass, entry.entry_id)
    async_adopt_vehicles(hass, entry, vehicles)
    charging = ChargingManager(hass, entry, vehicles)
    health = HealthManager(hass, entry, await async_get_conditions(hass, entry.entry_id))
    entry.runtime_data = RuntimeData(
        coordinator, identity, gateway.known_registers(), devices, registrar, load_control, charging, health
    )
    await load_control.async_load()
    for known in registrations.records.values():
        registrar.async_show(known)
    unknown = commissioned and not entry.runtime_data.registers
    if unknown:
        await coordinator.async_config_entry_first_refresh()
        entry.runtime_data.registers = gateway.known_registers()
        await coordinator.async_save_link()

    async_register_gateway(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    _async_fill_gaps(hass, entry)
    _async_follow_subentries(hass, entry)
    await load_control.async_start()
    await charging.async_start()
    await health.async_start()
    await async_subscribe(hass, entry)
    if commissioned:
        registrar.async_start()
    if not unknown:
        entry.async_create_background_task(hass, coordinator.async_refresh(), f"{DOMAIN} first poll")
    return True


async def _open_utility(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> UtilityClient | None:
    """Return the client of the linked account; a person is asked where it can no longer be used."""
    try:
        return await async_open_utility(hass, entry)
    except UtilityError:
        entry.async_start_reauth(hass, data={CONF_ACCOUNT_REFUSED: True})
        return None


@callback
def _async_follow_subentries(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> None:
    """Load the hub anew when a device was added, changed or removed."""
    before = dict(entry.subentries)

    @callback
    def changed(change: ConfigEntryChange, which: ConfigEntry) -> None:
        nonlocal before
        if which.entry_id == entry.entry_id and change is ConfigEntryChange.UPDATED and which.subentries != before:
            before = dict(which.subentries)  # unloading tells of changes too
            hass.config_entries.async_schedule_reload(entry.entry_id)

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed))


def _new_run(entry: UtilityHanConfigEntry, *, accepted: bool) -> CommissioningRun:
    """Begin again where the store was lost: what can be found on the gateway is found there."""
    category = INSTALLATIONS[DeviceKind(entry.data[CONF_KIND])].device_category
    return CommissioningRun(Method.OUT_OF_BAND, category, accepted=accepted)


@callback
def _async_fill_gaps(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> None:
    coordinator = entry.runtime_data.coordinator

    @callback
    def fill() -> None:
        if (since := coordinator.gap_start) is not None:
            coordinator.gap_start = None
            entry.async_create_background_task(hass, async_fill_gap(hass, entry, since), f"{DOMAIN} fill gap")

    entry.async_on_unload(coordinator.async_add_listener(fill))


async def async_unload_entry(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> bool:
    """Unload a gateway, keeping what the next start needs."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.load_control.async_shutdown()
        await entry.runtime_data.charging.async_shutdown()
        await entry.runtime_data.health.async_shutdown()
        await entry.runtime_data.coordinator.async_save_link()
        issues.async_clear(hass, entry.runtime_data.coordinator)
        notices.async_clear(hass, entry)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> None:
    """Forget a gateway; its identity is kept where the person asked for that."""
    store = await async_get_store(hass)
    sfdi = entry.data[CONF_GATEWAY_SFDI]
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
    await store.async_drop("runs", sfdi)
    records = (await async_get_registrations(hass, entry.entry_id)).records.values()
    await async_take_leave(
        hass, entry, [record.run.registration_id for record in records if record.run.registration_id]
    )
    await async_remove_registrations(hass, entry.entry_id)
    await async_forget_controls(hass, entry.entry_id)
    await async_remove_charging(hass, entry.entry_id)
    await async_remove_conditions(hass, entry.entry_id)
    await link_store(hass, entry.entry_id).async_remove()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, device: dr.DeviceEntry
) -> bool:
    """The gateway itself goes with its entry only."""
    return (DOMAIN, entry.entry_id) not in device.identifiers
