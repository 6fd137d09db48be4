"""A hub whose radio's port is somebody else's opens nothing: that would reset what is there."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from homeassistant.components.usb import SerialPortConsumer
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import CONF_DEVICE
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.utility_han.const import CONF_GATEWAY_SFDI, DOMAIN
from custom_components.utility_han.gateway import Reason
from custom_components.utility_han.hub.kept.store import HanStore
from custom_components.utility_han.hub.reach.ports import async_wait_for_port
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway

PORT = "/dev/ttyUSB-of-ours"

LOADED, RETRIED, IDLE = ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY, ConfigEntryState.NOT_LOADED


def another(
    hass: HomeAssistant, state: ConfigEntryState, path: str = PORT, domain: str = "zha", *, disabled: bool = False
) -> MockConfigEntry:
    """Have a port in the configuration of another integration, or of another hub."""
    data = {"device": {"path": path}} if domain == "zha" else {CONF_DEVICE: path}
    disabled_by = ConfigEntryDisabler.USER if disabled else None
    entry = MockConfigEntry(domain=domain, title="The other", data=data, disabled_by=disabled_by)
    entry.add_to_hass(hass)
    entry.mock_state(hass, state)
    return entry


@pytest.mark.use_case("IP-2")
@pytest.mark.parametrize("transport", ["ezsp"])
async def test_hub_is_set_up_once_its_port_is_free(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    assert await hass.config_entries.async_unload(entry.entry_id)
    zha = another(hass, LOADED, entry.data[CONF_DEVICE])
    with patch("custom_components.utility_han.gateway.zigbee.radio.Radio.open") as opened:
        assert not await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
    assert opened.call_count == 0
    assert (entry.state, entry.error_reason_translation_key) == (RETRIED, "port_in_use")
    assert (entry.error_reason_translation_placeholders or {})["user"] == "The other"
    zha.mock_state(hass, IDLE)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=6))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is LOADED
    await entry.runtime_data.coordinator.async_refresh()
    assert entry.runtime_data.coordinator.connected


@pytest.mark.parametrize("transport", ["ezsp"])
async def test_of_a_hub_that_never_had_its_port_nothing_is_kept_once_it_is_removed(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    assert await hass.config_entries.async_unload(entry.entry_id)
    another(hass, LOADED, entry.data[CONF_DEVICE])
    store, sfdi = await HanStore.async_get(hass), entry.data[CONF_GATEWAY_SFDI]
    await store.async_put("links", sfdi, {"values": {"power": 1.0}})  # as its dialog had just found it
    assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.async_remove(entry.entry_id)
    assert [section for section in ("drafts", "runs", "links") if store.get(section, sfdi)] == []


@pytest.mark.use_case("RD-3")
@pytest.mark.parametrize("transport", ["ezsp"])
async def test_port_of_a_radio_that_is_gone_is_not_opened_once_another_has_it(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """Another stick may be where it was, and be ZHA's."""
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    await gateway.unplug()
    await coordinator.async_refresh()
    assert coordinator.contact.reason is Reason.RADIO_GONE
    zha = another(hass, LOADED, entry.data[CONF_DEVICE])
    with patch("custom_components.utility_han.gateway.zigbee.radio.Radio.open") as opened:
        await coordinator.async_refresh()
    assert (opened.call_count, coordinator.contact.reason) == (0, Reason.RADIO_GONE)
    zha.mock_state(hass, IDLE)
    await gateway.plug_in()
    await coordinator.async_refresh()
    assert coordinator.connected


@pytest.mark.parametrize(
    ("domain", "state", "started", "waits"),
    [
        ("zha", LOADED, True, True),
        ("zha", RETRIED, True, True),
        ("zha", IDLE, True, False),
        ("zha", IDLE, False, True),
        (DOMAIN, LOADED, True, True),
        (DOMAIN, ConfigEntryState.SETUP_IN_PROGRESS, True, True),
        (DOMAIN, RETRIED, True, False),
        (DOMAIN, IDLE, False, False),
    ],
)
async def test_who_comes_first(
    hass: HomeAssistant, domain: str, state: ConfigEntryState, *, started: bool, waits: bool
) -> None:
    """ZHA may be started after us; two hubs that both wait would wait for ever."""
    assert await async_setup_component(hass, "usb", {})
    hub = another(hass, ConfigEntryState.SETUP_IN_PROGRESS, domain=DOMAIN)
    another(hass, state, domain=domain)
    another(hass, LOADED, "/dev/ttyUSB-of-nobody")
    hass.set_state(CoreState.running if started else CoreState.starting)
    if waits:
        with pytest.raises(ConfigEntryNotReady):
            await async_wait_for_port(hass, hub)
    else:
        await async_wait_for_port(hass, hub)


async def test_who_is_disabled_is_started_by_nobody(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "usb", {})
    hub = another(hass, ConfigEntryState.SETUP_IN_PROGRESS, domain=DOMAIN)
    another(hass, IDLE, disabled=True)
    hass.set_state(CoreState.starting)
    await async_wait_for_port(hass, hub)


@pytest.mark.parametrize("active", [False, True])
async def test_app_that_has_a_port_goes_first_while_it_is_started(hass: HomeAssistant, *, active: bool) -> None:
    """Zigbee2MQTT may be an app of the Supervisor, which is no config entry."""
    assert await async_setup_component(hass, "usb", {})
    hub = another(hass, ConfigEntryState.SETUP_IN_PROGRESS, domain=DOMAIN)
    app = SerialPortConsumer(kind="app", title="Zigbee2MQTT", active=active, slug="z2m")
    with patch("homeassistant.components.usb.async_get_serial_port_consumers", return_value={PORT: [app]}):
        if active:
            with pytest.raises(ConfigEntryNotReady) as waits:
                await async_wait_for_port(hass, hub)
            assert (waits.value.translation_placeholders or {})["user"] == "Zigbee2MQTT"
        else:
            await async_wait_for_port(hass, hub)
