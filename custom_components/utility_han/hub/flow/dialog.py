"""What all pages of a hub's dialog share: what was answered so far, the client, and the doors from page to page."""

import asyncio
from collections.abc import Mapping
from typing import Any, override

from aio2030dot5 import format_lfdi
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PIN, CONF_PORT
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow

from ...const import CONF_DCAP_PATH, CONF_GATEWAY_SFDI, CONF_IDENTITY, CONF_PREMISE
from ...gateway import (
    DeviceState,
    Gateway,
    GatewayError,
    Identity,
    Peer,
    Reason,
    create_identity,
    create_pin,
    parse_address,
)
from ...procedures import CommissioningRun, Method, Step, StepResult
from ..kept.storage import MadeByNewerVersionError
from ..kept.store import HanStore
from ..reach.link import async_open_link
from ..reach.transport import Transport, gateway_name_of, transport_of
from .progress import ProgressPages
from .stepping import Stepping
from .words import WordedPages

_PATIENCE = 10.0
"""Seconds for the gateway to say what it offers; one that does not is offered both ways."""


async def async_takes_announcements(gateway: Gateway) -> bool:
    """Return whether a gateway takes them, as far as it says."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await gateway.takes_announcements()
    except GatewayError, TimeoutError:
        return True


class GatewayDialog(Stepping, WordedPages, ProgressPages[ConfigFlowResult], ConfigFlow):
    """A dialog about one gateway; the pages are classes side by side, which meet here.

    What was answered is in ``data`` and, from IP-5 on, in the store, so that nothing typed is lost.
    """

    data: dict[str, Any]
    run: CommissioningRun
    """How far commissioning has come, once it has ``begun``, here or before."""
    begun: bool = False
    identity: Identity | None = None
    """The identity by which the client is known; never replaced unless a person says so."""
    announces: tuple[str, bool] | None = None
    """An LFDI, and whether the gateway takes announcements from there: None until it was asked, or refused us."""
    prepared: dict[Step, StepResult]
    """What came of the steps that are taken before there is a run."""
    way: Method | None = None
    """The way that is suggested (IP-5); None where the gateway's own offer decides."""
    _gateway: Gateway | None = None

    @property
    def transport(self) -> Transport:
        """How the gateway is reached that this flow is about."""
        return transport_of(self.data)

    def take_run(self, run: CommissioningRun) -> None:
        """Go on with commissioning that has begun."""
        self.run, self.begun = run, True

    async def async_ensure_identity(self) -> Identity:
        """Return the identity, made now if there is none yet."""
        if self.identity is None:
            self.identity = await self.hass.async_add_executor_job(create_identity)
        return self.identity

    def ensure_pin(self) -> str:
        """Return Home Assistant's own PIN for this gateway, made now if there is none yet."""
        pin: str = self.data.setdefault(CONF_PIN, create_pin())
        return pin

    async def async_link(self) -> Gateway:
        """Return the client of the gateway, made with what is known by now."""
        if self._gateway is None:
            if self.transport is Transport.IP:
                identity = await self.async_ensure_identity()
                self.data[CONF_IDENTITY] = identity.to_dict()
            self._gateway = await async_open_link(self.hass, self.data)
        return self._gateway

    def gateway_name(self) -> str:
        """Return what tells the gateway apart for people."""
        return gateway_name_of(self.data)

    async def async_who_we_are(self) -> dict[str, str]:
        """Return what the utility may be told of us, for people to read."""
        identity = await self.async_ensure_identity()
        return {"lfdi": format_lfdi(identity.lfdi), "sfdi": identity.sfdi, "pin": self.ensure_pin()}

    async def async_store(self) -> HanStore:
        """Return what is kept of flows; the flow ends where a newer version kept it."""
        try:
            return await HanStore.async_get(self.hass)
        except MadeByNewerVersionError as err:
            raise AbortFlow("made_by_newer_version") from err

    async def _async_save_run(self, run: CommissioningRun) -> None:
        store = await self.async_store()
        await store.async_put("runs", self.data[CONF_GATEWAY_SFDI], run.to_dict())

    @property
    def changes_gateway(self) -> bool:
        """Whether the dialog is about the gateway that a hub has."""
        if self.source == SOURCE_RECONFIGURE:
            return CONF_GATEWAY_SFDI in self._get_reconfigure_entry().data
        return self.source == SOURCE_REAUTH

    async def async_keep_draft(self) -> None:
        """Keep what was entered until the entry is made.

        A change is begun anew, and its answers have all that the hub has: who adds a gateway does not go on with them.
        """
        if self.changes_gateway:
            return
        store = await self.async_store()
        await store.async_put("drafts", self.data[CONF_GATEWAY_SFDI], self.data)

    async def _async_drop_draft(self) -> None:
        store = await self.async_store()
        await store.async_drop("drafts", self.data[CONF_GATEWAY_SFDI])

    async def async_take_up_draft(self, sfdi: str, address: dict[str, Any]) -> ConfigFlowResult | None:
        """Go on where an earlier flow for this gateway was left, None if there was none."""
        store = await self.async_store()
        if (draft := store.get("drafts", sfdi)) is None:
            return None
        self.data = {**draft, **address}
        if self.source != SOURCE_RECONFIGURE:  # it was to be that of a hub which has a name
            self.data.setdefault(CONF_PREMISE, {"name": self.hass.config.location_name})
        if CONF_IDENTITY in draft:
            self.identity = await self.hass.async_add_executor_job(Identity.from_dict, draft[CONF_IDENTITY])
        if (run := store.run(sfdi)) is not None:
            self.take_run(run)
            return await self.async_step_resume()
        return await self.async_step_self_check()

    async def _async_let_go(self) -> None:
        """Leave the gateway to the entry: a radio has one owner."""
        gateway, self._gateway = self._gateway, None
        if gateway is not None:
            await gateway.close()

    @callback
    @override
    def async_remove(self) -> None:
        """The flow ended, by whatever way."""
        super().async_remove()
        if self._task is not None:
            self._task.cancel()
        self.hass.async_create_task(self._async_let_go(), "utility_han let go of the gateway")

    async def async_identify(self, address: dict[str, Any]) -> Peer:
        """Return who answers at an address, which is asked for nothing; ``GatewayError`` where nobody does."""
        identity, link = await self._async_unpinned(address)
        peer = await link.identify()
        self.announces = None if peer.accepts_us else (identity.lfdi, False)
        return peer

    async def async_meet(self, sfdi: str | None, address: dict[str, Any]) -> Peer:
        """Return who answers, and have it say what it offers; ``WRONG_GATEWAY`` where that has another ``sfdi``.

        Both over one connection: meters need a pause before another.
        """
        identity, link = await self._async_unpinned(address)
        async with link.session(joined=False):
            peer = await link.identify()
            if sfdi is not None and peer.sfdi != sfdi:
                raise GatewayError(Reason.WRONG_GATEWAY, f"the device there has the SFDI {peer.sfdi}")
            self.announces = identity.lfdi, peer.accepts_us and await async_takes_announcements(link)
        return peer

    async def _async_unpinned(self, address: dict[str, Any]) -> tuple[Identity, Gateway]:
        """Return the identity, and with it the client of whoever is at an address."""
        identity = await self.async_ensure_identity()
        data = {**address, CONF_IDENTITY: identity.to_dict()}
        return identity, await async_open_link(self.hass, data, pinned=False)

    # The doors from page to page

    async def async_step_location(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with a gateway that was found (IP-1)."""
        raise NotImplementedError

    async def async_step_self_check(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with whether all on our side is well (IP-3)."""
        raise NotImplementedError

    async def async_step_commission(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with the run (IP-6 to IP-11)."""
        raise NotImplementedError

    async def async_tell_utility(self) -> ConfigFlowResult:
        """Have the utility told of the radio by its API (IP-6), with a sign-in first where there was none."""
        raise NotImplementedError

    async def async_step_stick(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with a certified stick (IP-1)."""
        raise NotImplementedError

    async def async_step_commissioned(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on to what was joined (IP-10)."""
        raise NotImplementedError

    def meters_to_choose(self) -> Mapping[str, str]:
        """Return the meters of a hub's stick where there are several, for people."""
        raise NotImplementedError

    async def async_step_method(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on to how the gateway comes to know us (IP-5)."""
        raise NotImplementedError

    async def async_prepare_method(self) -> None:
        """Keep and ask what that page needs, while progress is shown.

        Home Assistant may ask twice for a page that follows progress; one that waited would come again later, in the
        place of what the person did meanwhile.
        """
        await self.async_keep_draft()

    async def async_identity_chosen(self) -> ConfigFlowResult:
        """Go on with an identity that was brought, kept or made anew."""
        raise NotImplementedError

    async def async_begin(self, method: Method, pin: int | None) -> ConfigFlowResult:
        """Begin to commission with what was entered (IP-6)."""
        raise NotImplementedError

    async def async_begin_again(self) -> ConfigFlowResult:
        """Begin from nothing, whatever was answered before."""
        raise NotImplementedError

    async def async_finish(self, state: DeviceState) -> ConfigFlowResult:
        """Make the entry with what there is."""
        raise NotImplementedError

    async def async_hand_over(self, state: DeviceState = DeviceState.COMMISSIONING) -> ConfigFlowResult:
        """Let the entry that exists go on with what was chosen here."""
        raise NotImplementedError

    async def async_step_resume(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on where commissioning had begun before."""
        raise NotImplementedError


def address_typed(user_input: Mapping[str, Any], dcap_path: str) -> dict[str, Any]:
    """Return the address that was typed, which may have a port and a path; ``ValueError`` where it is none."""
    typed = parse_address(user_input[CONF_HOST])
    return address_of(typed.host, typed.port or user_input[CONF_PORT], typed.path or dcap_path)


def address_of(host: str, port: int, dcap_path: str) -> dict[str, Any]:
    """Return the part of an entry's data that a gateway's move changes."""
    return {CONF_HOST: host, CONF_PORT: port, CONF_DCAP_PATH: dcap_path}
