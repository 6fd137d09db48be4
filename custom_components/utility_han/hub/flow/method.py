"""Pages IP-5: how the gateway comes to know Home Assistant, and as whom."""

from collections.abc import Sequence
from typing import Any, override

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_PIN

from ...const import (
    CONF_ADDED_BY_US,
    CONF_FORMER,
    CONF_FORMER_DEVICES,
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_IDENTITY,
    SUBENTRY_DEVICE,
)
from ...gateway import Identity, label_of, parse_pin
from ...procedures import Method, take_back
from ..leaving import former_devices
from ..reach.link import async_open_link
from ..reach.transport import Transport
from . import forms as flow_forms
from .dialog import async_takes_announcements
from .identity import IdentityPages

_PORTAL, _BROUGHT, _KEPT = "portal", "identity_import", "identity_kept"


class MethodPages(IdentityPages):
    """One page: what the utility is told, to read and to scan, and by which way the gateway comes to know it."""

    _ways: Sequence[str] = ()
    """The ways that there are; none until it was asked for them, with the identity that there is."""

    @override
    async def async_step_method(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-5: through the utility, by a PIN where the gateway takes announcements, or as somebody else."""
        errors: dict[str, str] = {}
        if user_input is not None:
            chosen = user_input[flow_forms.CONF_WAY]
            if chosen == _BROUGHT:
                return await self.async_step_identity_import()
            if chosen == _KEPT:
                return await self.async_step_identity_kept()
            if chosen == _PORTAL:
                return await self.async_begin(Method.OUT_OF_BAND, int(self.ensure_pin()))
            try:
                pin = parse_pin(user_input.get(CONF_PIN) or self.ensure_pin())
            except ValueError:
                errors[CONF_PIN] = "invalid_pin"
            else:
                self.data[CONF_PIN] = f"{pin:06d}"
                await self.async_keep_draft()
                return await self.async_begin(Method.IN_BAND, pin)
        if not self._ways:
            await self.async_prepare_method()
        shown = await self.async_who_we_are()
        form = flow_forms.method(self._ways, self._suggested_way, label_of(**shown))
        return self.async_show_form(
            step_id="method",
            data_schema=self.add_suggested_values_to_schema(form, user_input),
            description_placeholders=shown,
            errors=errors,
            last_step=False,
        )

    async def async_step_portal(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-5, out-of-band: show what the utility has to know, which the person wants to go by now."""
        self.way = Method.OUT_OF_BAND
        return await self.async_step_method()

    @override
    async def async_prepare_method(self) -> None:
        """Make identity and PIN, and ask the gateway whether it takes announcements, which take a PIN."""
        if self.transport is not Transport.IP:
            await super().async_prepare_method()
            return
        gateway = await self.async_link()  # whose identity the draft keeps
        self.ensure_pin()
        await self.async_keep_draft()
        asked_as, announces = self.announces or (None, False)
        if asked_as != (await self.async_ensure_identity()).lfdi:
            announces = await async_takes_announcements(gateway)
        kept = (await self.async_store()).all("identities")
        announced = [Method.IN_BAND.value] if announces else []
        self._ways = [*announced, _PORTAL, _BROUGHT, *([_KEPT] if kept else [])]

    @property
    def _suggested_way(self) -> str:
        return _PORTAL if self.way is Method.OUT_OF_BAND else self._ways[0]

    @override
    async def async_identity_chosen(self) -> ConfigFlowResult:
        """Go back to IP-5 with the identity chosen."""
        await self._async_part_with_former()
        self._gateway, self._ways = None, ()
        return await self.async_step_method()

    async def _async_part_with_former(self) -> None:
        """Have what was announced with another identity taken back: at once, or when the one chosen was let in.

        The gateway lets nobody take it back but who announced it.
        """
        kept = self.data[CONF_IDENTITY]
        former = await self.hass.async_add_executor_job(Identity.from_dict, kept)
        if (await self.async_ensure_identity()).lfdi == former.lfdi:
            return
        run = (await self.async_store()).run(self.data[CONF_GATEWAY_SFDI])
        ours = run.href if run is not None and run.added_as == former.lfdi else None
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            devices = self._announced_by_former()
            if ours is not None or devices:
                left = {CONF_IDENTITY: kept, "href": ours, CONF_FORMER_DEVICES: devices}
                self.data[CONF_FORMER] = [*self.data.get(CONF_FORMER, ()), left]
        elif run is not None and ours is not None:
            await take_back(await async_open_link(self.hass, self.data), run)
            await self._async_save_run(run)

    def _announced_by_former(self) -> list[str]:
        """Return the devices (LFDIs) that this gateway was told of by the identity that the hub has had until now."""
        reauth = self.source == SOURCE_REAUTH
        entry = self._get_reauth_entry() if reauth else self._get_reconfigure_entry()
        if entry.data.get(CONF_GATEWAY_LFDI) != self.data[CONF_GATEWAY_LFDI]:
            return []  # it is another meter, which knows none of them
        earlier = former_devices(self.data)
        announced = [each for each in entry.get_subentries_of_type(SUBENTRY_DEVICE) if each.data.get(CONF_ADDED_BY_US)]
        return [str(each.unique_id) for each in announced if each.unique_id not in earlier]

    async def async_step_pin_differs(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-7: the gateway holds another PIN for us, which may be a default of its own, or another home's."""
        return self.async_show_menu(
            step_id="pin_differs",
            menu_options=["pin_again", "pin_accept"],
            description_placeholders={"gateway": self.gateway_name(), "pin": self.ensure_pin()},
        )

    async def async_step_pin_accept(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The person knows that it is the right gateway."""
        self.run.pin_accepted = True
        await self._async_save_run(self.run)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return await self.async_hand_over()
        return await self.async_step_commission()

    async def async_step_pin_again(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The person was told another PIN, or doubts the gateway: nothing is left there."""
        await take_back(await self.async_link(), self.run)
        await self._async_save_run(self.run)
        self.way = Method.IN_BAND
        return await self.async_step_method()
