"""Takes off a gateway's list what Home Assistant had put there: of a hub that is removed, of former identities."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import CONF_FORMER, CONF_FORMER_DEVICES, CONF_GATEWAY_SFDI, CONF_IDENTITY, CONF_KEEP_IDENTITY, LOGGER
from ..gateway import AWAY, Gateway, GatewayError, Listed
from ..procedures import CommissioningRun
from .reach.link import async_open_link, loading
from .reach.ports import async_user_of
from .reach.transport import Transport, transport_of
from .telling.notifications import async_notify

_PATIENCE = 30.0

type Announce = Callable[[Collection[str]], Awaitable[Collection[str]]]
"""Announces devices (by LFDI) as who we are now; returns those that the gateway still lists as the former's."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What Home Assistant put on a gateway's list, with the certificate that it ``made`` for it, if it did."""

    href: str
    lfdi: str
    made: Mapping[str, Any] | None = None


async def async_leave_gateway(
    hass: HomeAssistant, entry: ConfigEntry, run: CommissioningRun | None, devices: Sequence[Announced]
) -> None:
    """Withdraw the entries of ``devices``, and our own unless the identity is kept; tried once.

    Over Zigbee the meter keeps no list that anything could be taken off: it is the radio that leaves. A stick has no
    command for that, and others than Home Assistant may use it.
    """
    if transport_of(entry.data) is Transport.EZSP and not entry.options.get(CONF_KEEP_IDENTITY):
        await _leave_network(hass, entry)
    if transport_of(entry.data) is not Transport.IP:
        return
    await _withdraw_former(hass, entry)
    gateway = await async_open_link(hass, entry.data, accepted_before=True)
    leaving = list(devices)
    ours = run.href if run is not None and run.added_as == gateway.client_lfdi else None
    if ours is not None and not entry.options.get(CONF_KEEP_IDENTITY):
        leaving.append(Announced(ours, gateway.client_lfdi))  # the last: who has left may withdraw nothing
    if not leaving:
        return
    try:
        async with asyncio.timeout(_PATIENCE), gateway.session():
            for each in leaving:
                with _keeping(entry, f"the entry of …{each.lfdi[-6:]}"):
                    if each.made is not None:
                        await gateway.give_voice(each.lfdi, loading(hass, each.made), alone=False)
                    await gateway.withdraw(each.href, each.lfdi)
    except (GatewayError, TimeoutError) as err:
        LOGGER.warning("%s: what was announced stays on the gateway's list: %s", entry.title, err)


async def _leave_network(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Have the radio leave the meter's network; say so where it stays, as the meter and its utility go on with it."""
    radio, port = entry.data[CONF_GATEWAY_SFDI], entry.data[CONF_DEVICE]
    try:
        async with asyncio.timeout(_PATIENCE):
            # Whoever opens a port resets the radio there, whosever it is by now.
            if (user := await async_user_of(hass, port)) is None:
                await _take_off_network(hass, entry, radio)
                return
        LOGGER.warning("%s: the radio is left as it is: %s uses its port", entry.title, user)
        await async_notify(hass, entry, "radio_left_alone", {"radio": radio, "port": port, "user": user})
    except (GatewayError, HomeAssistantError, TimeoutError) as err:  # HomeAssistantError: it has not its libraries
        LOGGER.warning("%s: the radio stays on the meter's network: %s", entry.title, err)
        await async_notify(hass, entry, "radio_not_left", {"radio": radio, "port": port})


async def _take_off_network(hass: HomeAssistant, entry: ConfigEntry, radio: str) -> None:
    gateway = await async_open_link(hass, entry.data)
    from ..gateway.zigbee import EzspGateway  # noqa: PLC0415 - for those who have a radio

    try:
        if isinstance(gateway, EzspGateway):
            await gateway.leave(radio)
    finally:
        await gateway.close()


def former_devices(data: Mapping[str, Any]) -> set[str]:
    """Return the devices (LFDIs) that a gateway takes to be those of a former identity, by an entry's data."""
    return {lfdi for former in data.get(CONF_FORMER, ()) for lfdi in former.get(CONF_FORMER_DEVICES, ())}


async def async_take_back_former(hass: HomeAssistant, entry: ConfigEntry, announce: Announce) -> None:
    """Withdraw what identities announced that Home Assistant had before, and have devices announced anew.

    Again at the next start where the gateway is away. A device that it keeps as the former's is only the utility's to
    take off.
    """
    before = list(entry.data.get(CONF_FORMER, ()))
    left = await _withdraw_former(hass, entry)
    free = former_devices({CONF_FORMER: [former for former in before if former not in left]})
    try:
        kept = await announce(free)
    except GatewayError as err:
        LOGGER.debug("%s: devices are announced anew at the next start: %s", entry.title, err)
        kept = free
    for former in before:
        if former not in left and (devices := [each for each in former.get(CONF_FORMER_DEVICES, ()) if each in kept]):
            left.append({**former, "href": None, CONF_FORMER_DEVICES: devices})
    _keep(hass, entry, left)


@callback
def async_forget_former(hass: HomeAssistant, entry: ConfigEntry, lfdi: str) -> None:
    """Take note that the gateway lists a device no more, whosever it was."""
    left = []
    for former in entry.data.get(CONF_FORMER, ()):
        devices = [each for each in former.get(CONF_FORMER_DEVICES, ()) if each != lfdi]
        if devices or former["href"] is not None:
            left.append({**former, CONF_FORMER_DEVICES: devices})
    _keep(hass, entry, left)


def _keep(hass: HomeAssistant, entry: ConfigEntry, left: list[dict[str, Any]]) -> None:
    data = {key: value for key, value in entry.data.items() if key != CONF_FORMER}
    hass.config_entries.async_update_entry(entry, data=data | {CONF_FORMER: left} if left else data)


async def _withdraw_former(hass: HomeAssistant, entry: ConfigEntry) -> list[dict[str, Any]]:
    """Return what could not be withdrawn because the gateway does not answer now."""
    left = []
    for former in entry.data.get(CONF_FORMER, ()):
        data = {**entry.data, CONF_IDENTITY: former[CONF_IDENTITY]}
        gateway = await async_open_link(hass, data, accepted_before=True)
        try:
            announced = f"what Home Assistant's former certificate (…{gateway.client_lfdi[-6:]}) announced"
            with _keeping(entry, announced):
                for each in await _entries_of(gateway, former):
                    with _keeping(entry, announced):  # one that is kept keeps no other
                        await gateway.withdraw(each.href, each.lfdi)
        except GatewayError:
            left.append(former)
    return left


@contextmanager
def _keeping(entry: ConfigEntry, what: str) -> Generator[None]:
    """Say ``what`` the gateway keeps on its list; ``GatewayError`` where it only does not answer now."""
    try:
        yield
    except GatewayError as err:
        if err.reason in AWAY:
            raise
        said = "%s: the gateway keeps %s on its list: %s. Your utility can take it off"
        LOGGER.warning(said, entry.title, what, err)


async def _entries_of(gateway: Gateway, former: Mapping[str, Any]) -> list[Announced]:
    """Return where a former identity has its devices, and its own entry last: who has left withdraws nothing."""
    devices = former.get(CONF_FORMER_DEVICES, ())
    listed = Listed((await gateway.listed_devices() or ()) if devices else ())
    own = former["href"]
    found = [Announced(each.href, lfdi) for lfdi in devices if (each := listed.get(lfdi)) is not None]
    return [*found, *([Announced(own, gateway.client_lfdi)] if own is not None else [])]
