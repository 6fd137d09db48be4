"""Pages about a utility, aggregator or price service that speaks OpenADR: found, and signed in to.

Nothing is asked that the VTN tells: which version it speaks, whether it tells everybody (public prices) or wants
credentials, where tokens come from, which programs there are.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_NAME, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from homeassistant.util.network import is_local
from yarl import URL

from ...const import CONF_GATEWAY_SFDI, CONF_VTN
from ...utility import Program, UtilityError, UtilityReason
from ..access import async_connect_vtn, async_open_vtn, async_read_vtn_url
from ..discovery import FoundVtn, async_browse_vtns, read_advertisement
from . import forms

_EXAMPLE = "https://vtn.example-utility.com/openadr3/3.1.0"
_PATIENCE = 40.0
"""Seconds in which a VTN has to have told what a page needs: a person waits for it."""
_PERCENT = "CONTROL_LEVEL_OFFSET_PERCENT"
_WANTS_CREDENTIALS = frozenset({UtilityReason.UNAUTHORIZED, UtilityReason.SCOPE_MISSING})
_NO_VTN = frozenset(
    {UtilityReason.NOT_A_UTILITY, UtilityReason.UNKNOWN_TO_UTILITY, UtilityReason.UTILITY_NOT_UNDERSTOOD}
)
"""What the answers of something else look like, where nothing was heard of a VTN before."""
_EXPIRED, _NOT_YET, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64
"""X509_V_ERR_CERT_HAS_EXPIRED, _CERT_NOT_YET_VALID, _HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH (OpenSSL, x509_vfy.h)."""
_WHY = {
    _EXPIRED: "vtn_certificate_expired",
    _NOT_YET: "vtn_certificate_expired",
    _OTHER_NAME: "vtn_certificate_name",
    _OTHER_ADDRESS: "vtn_certificate_name",
}


class VtnPages(ConfigFlow):
    """Finds a VTN, asks for what it needs, and shows what there is."""

    data: dict[str, Any]
    _heard_vtns: Mapping[str, FoundVtn] = {}
    _vtn: Mapping[str, Any] = {}
    """What the entry is to know of the VTN, as far as it is known by now."""
    _suggested: FoundVtn | None = None
    _token_url: str | None = None
    """The token service elsewhere, not agreed to yet."""
    _programs: Sequence[Program] = ()

    async def async_account_linked(self, updates: dict[str, Any]) -> ConfigFlowResult:
        """Go on with a way to the utility; ``updates`` belongs into the entry's data."""
        raise NotImplementedError

    async def async_step_vtn(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the VTNs heard on the network."""
        if user_input is not None:
            self._suggested = self._heard_vtns.get(user_input[forms.CONF_FOUND])
            if self._suggested is None:
                return await self.async_step_vtn_address()
            return await self.async_step_vtn_address({CONF_URL: self._suggested.url})
        self._heard_vtns = {found.url: found for found in await async_browse_vtns(self.hass)}
        if not self._heard_vtns:
            return await self.async_step_vtn_address()
        options = {found.url: f"{found.name} ({URL(found.url).host})" for found in self._heard_vtns.values()}
        return self.async_show_form(step_id="vtn", data_schema=forms.heard(options), last_step=False)

    async def async_vtn_announced(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        """A VTN announced itself: nothing is asked of it before a person says so."""
        found = read_advertisement(
            discovery_info.name, discovery_info.hostname, discovery_info.port or 0, discovery_info.properties
        )
        try:
            url = str(await async_read_vtn_url(self.hass, found.url))
        except UtilityError:
            return self.async_abort(reason="vtn_not_usable")
        await self.async_set_unique_id(url)
        if any(entry.data.get(CONF_VTN, {}).get("url") == url for entry in self._async_current_entries()):
            return self.async_abort(reason="vtn_already")
        self._suggested = found
        self._vtn = self._unknown(url)
        self.context["title_placeholders"] = {"name": found.name}
        return await self.async_step_vtn_found()

    async def async_step_vtn_found(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask before anything is sent to a VTN that was merely heard."""
        if user_input is not None:
            return await self.async_step_vtn_address({CONF_URL: self._vtn["url"]})
        self._set_confirm_only()
        return self.async_show_form(step_id="vtn_found", description_placeholders={"host": self._host})

    async def async_step_vtn_address(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address, and find out what is needed there."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                return await self._async_look_at(user_input[CONF_URL])
            except UtilityError as err:
                errors[CONF_URL if err.reason is UtilityReason.NOT_ENCRYPTED else "base"] = (
                    "not_a_vtn" if err.reason in _NO_VTN else err.reason
                )
        known = user_input or {CONF_URL: self._vtn.get("url", "")}
        return self.async_show_form(
            step_id="vtn_address",
            data_schema=self.add_suggested_values_to_schema(forms.ADDRESS, known),
            description_placeholders={"example": _EXAMPLE},
            errors=errors,
            last_step=False,
        )

    async def _async_look_at(self, typed: str) -> ConfigFlowResult:
        """Go on to what the VTN at an address needs; ``UtilityError`` where there is none."""
        url = str(await async_read_vtn_url(self.hass, typed))
        if url != self._vtn.get("url"):
            self._vtn = self._unknown(url)
        try:
            async with patience():
                await self._async_ask_for_tokens()
                public = await self._async_tells_everybody()
        except UtilityError as err:
            if err.reason is UtilityReason.CERTIFICATE_UNTRUSTED:
                return await self._async_show_certificate(err)
            raise
        return await (self.async_step_vtn_public() if public else self.async_step_vtn_sign_in())

    async def _async_ask_for_tokens(self) -> None:
        """Find out which version is spoken, and whether tokens come from somewhere else."""
        authorization = await (await async_connect_vtn(self.hass, self._vtn)).authorization()
        self._vtn = {**self._vtn, "version": authorization.version.value}
        self._token_url = str(authorization.token_url) if authorization.elsewhere else None

    async def _async_tells_everybody(self) -> bool:
        """Whether it needs no credentials, where there are none yet."""
        if self._vtn["client_id"] is not None:
            return False
        try:
            self._programs = await (await async_open_vtn(self.hass, self._vtn)).programs("")
        except UtilityError as err:
            if err.reason not in _WANTS_CREDENTIALS:
                raise
            return False
        return True

    async def _async_show_certificate(self, err: UtilityError) -> ConfigFlowResult:
        """Say why a certificate cannot be verified; on the local network a person may trust it all the same."""
        code = getattr(getattr(err.__cause__, "certificate_error", None), "verify_code", 0)
        local = await _async_is_local(self.hass, URL(self._vtn["url"]).host or "")
        return self.async_show_form(
            step_id="vtn_certificate",
            data_schema=forms.TRUST if local else forms.NOTHING,
            description_placeholders={"host": self._host},
            errors={"base": _WHY.get(code, "vtn_certificate_authority")},
            last_step=False,
        )

    async def async_step_vtn_certificate(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look once more, with the certificate trusted or put right meanwhile."""
        trusted = bool((user_input or {}).get(forms.CONF_TRUST))
        self._vtn = {**self._vtn, "verify_certificate": not trusted}
        return await self.async_step_vtn_address({CONF_URL: self._vtn["url"]})

    async def async_step_vtn_sign_in(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Have a token service elsewhere agreed to before anything is typed that goes there."""
        if self._token_url is None or self._token_url == self._vtn["token_url"]:
            return await self.async_step_vtn_credentials()
        return await self.async_step_vtn_elsewhere()

    async def async_step_vtn_elsewhere(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show who would get client id and secret, to be agreed to."""
        if self._token_url is None:
            raise RuntimeError("there is no token service elsewhere")
        if user_input is not None:
            self._vtn = {**self._vtn, "token_url": self._token_url}
            return await self.async_token_service_agreed()
        return self.async_show_form(
            step_id="vtn_elsewhere",
            data_schema=forms.NOTHING,
            description_placeholders={"host": self._host, "token_host": URL(self._token_url).authority},
            last_step=False,
        )

    async def async_token_service_agreed(self) -> ConfigFlowResult:
        """Go on now that a person knows where client id and secret go."""
        return await self.async_step_vtn_credentials()

    async def async_step_vtn_credentials(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for client id and secret, which are tried at once."""
        errors: dict[str, str] = {}
        if user_input is not None:
            typed = {key: user_input[key].strip() for key in (forms.CONF_CLIENT_ID, forms.CONF_SECRET)}
            try:
                await self._async_try(typed)
            except UtilityError as err:
                errors["base"] = err.reason
            else:
                if self._is_known(self._vtn["url"], typed[forms.CONF_CLIENT_ID]):
                    return self.async_abort(reason="vtn_already")
                return await self.async_step_vtn_ready()
        known = {forms.CONF_CLIENT_ID: (user_input or self._vtn).get(forms.CONF_CLIENT_ID)}
        return self.async_show_form(
            step_id="vtn_credentials",
            data_schema=self.add_suggested_values_to_schema(forms.CREDENTIALS, known),
            description_placeholders={"host": self._host},
            errors=errors,
            last_step=False,
        )

    async def _async_try(self, credentials: Mapping[str, str]) -> None:
        """Read with credentials what the VTN has for them; ``UtilityError`` where they are not good for that."""
        vtn = {**self._vtn, **credentials}
        openadr = await async_open_vtn(self.hass, vtn)
        async with patience():
            await self._async_ask_for_tokens()
            self._programs = await openadr.programs("")
            vens = await openadr.vens()
        if not self._has_ven:
            # One that is there already is likely from before, or was made for us.
            vtn["ven_name"] = vens[0] if len(vens) == 1 else vtn["ven_name"]
        self._vtn = vtn

    async def async_step_vtn_ready(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what there is and what this way cannot do; ask which of several programs are followed."""
        alone = self._makes_hub
        if user_input is not None:
            percent = user_input.get(forms.CONF_LOWER_PERCENT)
            name = user_input.get(CONF_NAME) or self._vtn["name"]
            self._vtn = {
                **self._vtn,
                "name": name,
                "ven_name": user_input.get(forms.CONF_VEN_NAME) or self._vtn["ven_name"],
                "followed": user_input.get(forms.CONF_FOLLOWED) or None,
                "lower_percent_is_less": None if percent is None else percent == forms.LESS,
            }
            return await self._async_finish_vtn(name)
        programs = {program.id: _label(program) for program in self._programs}
        schema = forms.ready(
            programs,
            name=alone,
            ven_name=self._vtn["client_id"] is not None and not self._has_ven,
            percent=any(_PERCENT in program.signals for program in self._programs),
        )
        less = self._vtn["lower_percent_is_less"]
        known = {
            CONF_NAME: self._vtn["name"],
            forms.CONF_VEN_NAME: self._vtn["ven_name"],
            forms.CONF_FOLLOWED: [each for each in self._followed() if each in programs],
            forms.CONF_LOWER_PERCENT: None if less is None else forms.LESS if less else forms.MORE,
        }
        return self.async_show_form(
            step_id="vtn_ready" if self._vtn["client_id"] is not None else "vtn_public",
            data_schema=self.add_suggested_values_to_schema(schema, known),
            description_placeholders={
                "host": self._host,
                "version": self._vtn["version"],
                "programs": ", ".join(list(programs.values())[:10]) or "–",
                "count": str(len(programs)),
            },
        )

    async def async_step_vtn_public(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The same where everybody is told, and nobody is known."""
        return await self.async_step_vtn_ready(user_input)

    def _followed(self) -> Sequence[str]:
        """Return the programs chosen before, or those that a VTN on the network says are for this site."""
        if self._vtn["followed"] is not None:
            return list(self._vtn["followed"])
        named = self._suggested.programs if self._suggested is not None else ()
        return [program.id for program in self._programs if program.name in named]

    async def _async_finish_vtn(self, name: str) -> ConfigFlowResult:
        """Put it into the entry that there is, or is to be."""
        updates = {CONF_VTN: dict(self._vtn)}
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return self.async_update_reload_and_abort(self._vtn_entry, data_updates=updates, reason="vtn_saved")
        if not self._makes_hub:
            return await self.async_account_linked(updates)
        await self.async_set_unique_id(f"{self._vtn['url']} {self._vtn['client_id'] or ''}".rstrip())
        self._abort_if_unique_id_configured(error="vtn_already")
        return self.async_create_entry(title=name, data=updates)

    @property
    def _vtn_entry(self) -> ConfigEntry:
        """The entry that is changed."""
        return self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()

    @property
    def _has_ven(self) -> bool:
        """Whether the utility may know us by a name already, which stays then."""
        if self.source not in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return False
        before = self._vtn_entry.data.get(CONF_VTN)
        return before is not None and before["client_id"] is not None

    @property
    def _makes_hub(self) -> bool:
        """Whether the VTN alone is to be a hub."""
        return self.source not in (SOURCE_REAUTH, SOURCE_RECONFIGURE) and CONF_GATEWAY_SFDI not in self.data

    @property
    def _host(self) -> str:
        return URL(self._vtn["url"]).authority

    def _is_known(self, url: str, client_id: str) -> bool:
        """Whether another hub is there already by the same credentials: it would be the same ven."""
        ours = self._vtn_entry.entry_id if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE) else None
        return any(
            entry.entry_id != ours and (known["url"], known["client_id"]) == (url, client_id)
            for entry in self._async_current_entries()
            if (known := entry.data.get(CONF_VTN)) is not None
        )

    def _unknown(self, url: str) -> dict[str, Any]:
        """Return what is known of a VTN at first: its address, and what the entry has had before."""
        suggested = self._suggested.name if self._suggested is not None else None
        nothing = {
            "name": suggested or URL(url).host,
            "ven_name": f"home-assistant-{secrets.token_hex(4)}",
            "followed": None,
            "lower_percent_is_less": None,
        }
        return {
            **nothing,
            **{key: self._vtn[key] for key in nothing if key in self._vtn},
            "url": url,
            "version": None,
            "client_id": None,
            "client_secret": None,
            "token_url": None,
            "verify_certificate": True,
        }


@asynccontextmanager
async def patience() -> AsyncGenerator[None]:
    """Give a VTN the time that a person waits for a page; ``UtilityError`` after that."""
    try:
        async with asyncio.timeout(_PATIENCE):
            yield
    except TimeoutError as err:
        raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, "no answer in time") from err


async def _async_is_local(hass: HomeAssistant, host: str) -> bool:
    """Whether a host is on the local network by its name, or by every address that it has."""
    if host.endswith(".local"):
        return True
    try:
        found = await hass.loop.getaddrinfo(host, None)
    except OSError:
        return False
    return all(is_local(ip_address(str(address[0]).partition("%")[0])) for *_, address in found)


def _label(program: Program) -> str:
    return f"{program.summary} ({program.name})" if program.summary else program.name
