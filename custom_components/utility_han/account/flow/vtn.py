"""Pages about a utility, aggregator or price service that speaks OpenADR: found, and signed in to.

Nothing is asked that the VTN tells: which version it speaks, whether it tells everybody (public prices) or wants
credentials, where tokens come from, which programs there are.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_NAME, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from homeassistant.util.network import is_local
from yarl import URL

from ...const import CONF_VTN
from ...hub.telling.texts import plain
from ...utility import Program, UtilityError, UtilityReason
from ..access import async_open_vtn, async_read_vtn_url
from ..discovery import FoundVtn, async_browse_vtns, read_advertisement
from . import forms
from .vtn_dialog import VtnDialog, patience

_EXAMPLE = "https://vtn.example-utility.com/openadr3/3.1.0"
_MOST_NAMED = 10
_PERCENT = "CONTROL_LEVEL_OFFSET_PERCENT"
_WANTS_CREDENTIALS = frozenset({UtilityReason.UNAUTHORIZED, UtilityReason.SCOPE_MISSING})
_ABOUT_CREDENTIALS = _WANTS_CREDENTIALS | {UtilityReason.CREDENTIALS_REFUSED, UtilityReason.ELSEWHERE}
_NO_VTN = frozenset(
    {UtilityReason.NOT_A_UTILITY, UtilityReason.UNKNOWN_TO_UTILITY, UtilityReason.UTILITY_NOT_UNDERSTOOD}
)
"""What the answers of something else look like, where nothing was heard of a VTN before."""
_OF_ADDRESS = {
    UtilityReason.NOT_ENCRYPTED: UtilityReason.NOT_ENCRYPTED.value,
    UtilityReason.UTILITY_UNREACHABLE: "address_silent",  # more likely it is elsewhere
}
"""What is said at the address that was typed, because that is what is to be changed."""
_EXPIRED, _NOT_YET, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64
"""X509_V_ERR_CERT_HAS_EXPIRED, _CERT_NOT_YET_VALID, _HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH (OpenSSL, x509_vfy.h)."""
_WHY = {
    _EXPIRED: "vtn_certificate_expired",
    _NOT_YET: "vtn_certificate_expired",
    _OTHER_NAME: "vtn_certificate_name",
    _OTHER_ADDRESS: "vtn_certificate_name",
}


class VtnPages(VtnDialog):
    """Finds a VTN, asks for what it needs, and shows what there is."""

    _heard_vtns: Mapping[str, FoundVtn] = {}

    async def async_step_vtn(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the VTNs heard on the network."""
        if self.goes_without(user_input):
            return await self.async_go_without()
        if user_input is not None:
            self._suggested = self._heard_vtns.get(user_input.get(forms.CONF_FOUND, forms.OTHER))
            if self._suggested is None:
                return await self.async_step_vtn_address()
            return await self.async_step_vtn_address({CONF_URL: self._suggested.url})
        heard: dict[str, FoundVtn] = {}
        for found in await async_browse_vtns(self.hass):
            with suppress(UtilityError):  # anybody may announce anything
                heard[str(await async_read_vtn_url(self.hass, found.url))] = found
        if not heard:
            return await self.async_step_vtn_address()
        self._heard_vtns = heard
        options = {url: f"{found.name} ({URL(url).authority})" for url, found in heard.items()}
        schema = self.add_suggested_values_to_schema(
            self.with_way_back(forms.heard(options)), {forms.CONF_FOUND: next(iter(options))}
        )
        return self.async_show_form(step_id="vtn", data_schema=schema, last_step=False)

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
        self.context["title_placeholders"] = {"name": f"{found.name} (OpenADR)"}
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
        if self.goes_without(user_input):
            return await self.async_go_without()
        if user_input is not None:
            try:
                return await self._async_look_at(user_input.get(CONF_URL, ""))
            except UtilityError as err:
                said = "not_a_vtn" if err.reason in _NO_VTN else _OF_ADDRESS.get(err.reason, err.reason)
                errors[CONF_URL if err.reason in _OF_ADDRESS else "base"] = said
        known = user_input or {CONF_URL: self._vtn.get("url", "")}
        return self.async_show_form(
            step_id="vtn_address",
            data_schema=self.add_suggested_values_to_schema(self.with_way_back(forms.ADDRESS), known),
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
        if public or await self._async_still_knows_us():
            return await self.async_step_vtn_ready()
        return await self.async_step_vtn_sign_in()

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

    async def _async_still_knows_us(self) -> bool:
        """Whether the credentials that the VTN at this address was given before are good for it still."""
        if self._vtn["client_id"] is None:
            return False
        try:
            await self._async_try({})
        except UtilityError as err:
            if err.reason not in _ABOUT_CREDENTIALS:
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
        if self._token_url in ("", self._vtn["token_url"]):
            return await self.async_step_vtn_credentials()
        return await self.async_step_vtn_elsewhere()

    async def async_step_vtn_elsewhere(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show who would get client id and secret, to be agreed to."""
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
        if self.goes_without(user_input):
            return await self.async_go_without()
        if user_input is not None:
            typed = {key: user_input.get(key, "").strip() for key in (forms.CONF_CLIENT_ID, forms.CONF_SECRET)}
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
            data_schema=self.add_suggested_values_to_schema(self.with_way_back(forms.CREDENTIALS), known),
            description_placeholders={"host": self._host},
            errors=errors,
            last_step=False,
        )

    async def async_step_vtn_ready(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what there is and what this way cannot do; ask which of several programs are followed."""
        asks_percent = any(_PERCENT in program.signals for program in self._programs)
        less = self._vtn["lower_percent_is_less"]
        answered = user_input or {}
        names = (CONF_NAME, forms.CONF_VEN_NAME)
        errors = {each: "name_missing" for each in names if each in answered and not answered[each].strip()}
        if user_input is not None and not errors:
            if asks_percent:
                said = user_input.get(forms.CONF_LOWER_PERCENT)
                less = None if said is None else said == forms.LESS
            name = user_input.get(CONF_NAME, self._vtn["name"]).strip()
            self._vtn = {
                **self._vtn,
                "name": name,
                "ven_name": user_input.get(forms.CONF_VEN_NAME, self._vtn["ven_name"]),
                "followed": user_input.get(forms.CONF_FOLLOWED) or None,
                "lower_percent_is_less": less,
            }
            return await self._async_finish_vtn(name)
        programs = {program.id: _label(program) for program in self._programs}
        named = self._vtn["client_id"] is not None
        schema = forms.ready(
            programs, name=self._makes_hub, ven_name=named and not self._has_ven, percent=asks_percent
        )
        known = {
            CONF_NAME: self._vtn["name"],
            forms.CONF_VEN_NAME: self._vtn["ven_name"],
            forms.CONF_FOLLOWED: [each for each in self._followed() if each in programs],
            forms.CONF_LOWER_PERCENT: None if less is None else forms.LESS if less else forms.MORE,
        }
        return self.async_show_form(
            step_id="vtn_ready" if named else "vtn_public",
            data_schema=self.add_suggested_values_to_schema(schema, known | answered),
            errors=errors,
            description_placeholders={
                "host": self._host,
                "version": self._vtn["version"],
                "programs": ", ".join(plain(each[:200]) for each in list(programs.values())[:_MOST_NAMED]) or "–",
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
