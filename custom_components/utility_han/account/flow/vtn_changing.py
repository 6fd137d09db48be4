"""Pages about a VTN that a hub has: other credentials, another address, other programs, signed in again, left."""

from contextlib import suppress
from typing import Any, override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigFlowResult

from ...const import CONF_BY_UTILITY, CONF_GATEWAY_SFDI, CONF_VTN, LOGGER
from ...hub.telling.texts import plain
from ...utility import UtilityError, UtilityReason
from ..access import async_open_vtn
from . import forms
from .vtn import VtnPages
from .vtn_dialog import patience


class VtnChangingPages(VtnPages):
    """What can be changed about a VTN."""

    async def async_step_vtn_change(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """What can be changed about a VTN; one beside a meter can be left, one without be given one."""
        entry = self._get_reconfigure_entry()
        self._vtn = entry.data[CONF_VTN]
        options = ["vtn_address", "vtn_sign_in_anew", "vtn_programs"]
        options.append("vtn_leave" if CONF_GATEWAY_SFDI in entry.data else "meter_add")
        return self.async_show_menu(
            step_id="vtn_change",
            menu_options=options,
            description_placeholders={"title": plain(entry.title), "host": self._host},
        )

    async def async_step_vtn_sign_in_anew(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Other credentials, or the first where everybody is told without."""
        try:
            async with patience():
                await self._async_ask_for_tokens()
        except UtilityError as err:
            return self._away(err)
        return await self.async_step_vtn_sign_in()

    def _away(self, err: UtilityError) -> ConfigFlowResult:
        LOGGER.warning("%s cannot be asked now: %s", self._host, err.detail)
        return self.async_abort(reason="vtn_away")

    async def async_step_vtn_programs(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Which programs are followed."""
        try:
            async with patience():
                self._programs = await (await async_open_vtn(self.hass, self._vtn)).programs("")
        except UtilityError as err:
            return self._away(err)
        return await self.async_step_vtn_ready()

    async def async_step_vtn_leave(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Have the utility forget us; the meter stays."""
        entry = self._get_reconfigure_entry()
        devices = [plain(each.title) for each in entry.subentries.values() if each.data.get(CONF_BY_UTILITY)]
        if devices:
            return self.async_abort(
                reason="vtn_has_devices", description_placeholders={"host": self._host, "devices": ", ".join(devices)}
            )
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                if self._vtn["client_id"] is not None:
                    async with patience():
                        await (await async_open_vtn(self.hass, self._vtn)).withdraw()
            except UtilityError as err:
                errors["base"] = err.reason
            if not errors or user_input.get(forms.CONF_ANYWAY):
                data = {key: value for key, value in entry.data.items() if key != CONF_VTN}
                return self.async_update_reload_and_abort(entry, data=data, reason="vtn_left")
        return self.async_show_form(
            step_id="vtn_leave",
            data_schema=forms.ANYWAY if errors else forms.NOTHING,
            description_placeholders={"host": self._host},
            errors=errors,
        )

    @override
    async def async_token_service_agreed(self) -> ConfigFlowResult:
        """Try what was typed where a secret was."""
        if self.source == SOURCE_REAUTH and self._vtn["client_secret"] is not None:
            return await self.async_step_reauth_vtn({forms.CONF_SECRET: self._vtn["client_secret"]})
        return await super().async_token_service_agreed()

    async def async_step_reauth_vtn(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The VTN no longer takes the credentials, or has them checked elsewhere now."""
        errors: dict[str, str] = {}
        vtn = self._vtn or self._get_reauth_entry().data[CONF_VTN]
        self._vtn = vtn
        if vtn["client_id"] is None:  # it has told everybody until now
            return await self.async_step_vtn_sign_in_anew()
        if user_input is None and not self._token_url:
            with suppress(UtilityError):  # then whoever types a secret is told
                async with patience():
                    await self._async_ask_for_tokens()
            if self._token_url not in ("", vtn["token_url"]):
                return await self.async_step_vtn_elsewhere()
        if user_input is not None:
            self._vtn = {**vtn, forms.CONF_SECRET: user_input[forms.CONF_SECRET].strip()}
            try:
                await self._async_try({})
            except UtilityError as err:
                if err.reason is UtilityReason.ELSEWHERE:
                    return await self.async_step_vtn_elsewhere()
                errors["base"] = err.reason
            else:
                return await self._async_finish_vtn(self._vtn["name"])
        return self.async_show_form(
            step_id="reauth_vtn",
            data_schema=forms.SECRET,
            description_placeholders={"host": self._host, "client_id": vtn["client_id"]},
            errors=errors,
        )
