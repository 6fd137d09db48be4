"""What all pages about a VTN share: what is known of it by now, and where that goes in the end."""

import asyncio
import re
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntry, ConfigFlowResult
from yarl import URL

from ...const import CONF_GATEWAY_SFDI, CONF_VTN, DOMAIN
from ...utility import Program, UtilityError, UtilityReason
from ..access import async_connect_vtn, async_open_vtn, ven_key_of
from ..discovery import FoundVtn
from .without import WithoutUtility

_DRAWN = re.compile(r"home-assistant-[0-9a-f]{8}")
"""The names that vens get here where nobody gives them another."""
_PATIENCE = 40.0
"""Seconds in which a VTN has to have told what a page needs: a person waits for it."""


@asynccontextmanager
async def patience() -> AsyncGenerator[None]:
    """Give a VTN the time that a person waits for a page; ``UtilityError`` after that."""
    try:
        async with asyncio.timeout(_PATIENCE):
            yield
    except TimeoutError as err:
        raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, "no answer in time") from err


def has_moved(before: Mapping[str, Any], vens: Mapping[str, str]) -> bool:
    """Whether the VTN that has these ``vens`` is the one that was known ``before``, and not one that has such a name.

    A name that was drawn here no other VTN has; one that a person or a utility gave ("VEN-1") any may have.
    """
    identity = vens.get(before["ven_name"])
    return identity is not None and (
        identity == before.get("ven_identity") or _DRAWN.fullmatch(before["ven_name"]) is not None
    )


def _of_the_same(before: Mapping[str, Any], vtn: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stays known of a VTN: by what its ven was known ``before``, where it is not by what it is now."""
    kept = {"ven_identity": before["ven_identity"]} if "ven_identity" in before else {}
    return kept if (key := ven_key_of(before)) == ven_key_of(vtn) else kept | {"known_as": key}


class VtnDialog(WithoutUtility):
    """A dialog about one VTN."""

    data: dict[str, Any]
    _vtn: Mapping[str, Any] = {}
    """What the entry is to know of the VTN, as far as it is known by now."""
    _suggested: FoundVtn | None = None
    _token_url: str = ""
    """The token service elsewhere, not agreed to yet; empty where there is none."""
    _programs: Sequence[Program] = ()

    async def async_account_linked(self, updates: dict[str, Any]) -> ConfigFlowResult:
        """Go on with a way to the utility; ``updates`` belongs into the entry's data."""
        raise NotImplementedError

    async def _async_ask_for_tokens(self) -> None:
        """Find out which version is spoken, and whether tokens come from somewhere else."""
        authorization = await (await async_connect_vtn(self.hass, self._vtn)).authorization()
        self._vtn = {**self._vtn, "version": authorization.version.value}
        self._token_url = str(authorization.token_url) if authorization.elsewhere else ""

    async def _async_try(self, credentials: Mapping[str, str]) -> None:
        """Read with credentials what the VTN has for them; ``UtilityError`` where they are not good for that."""
        if not all(credentials.values()):
            raise UtilityError(UtilityReason.CREDENTIALS_REFUSED, "not all of them were typed")
        vtn = {**self._vtn, **credentials}
        openadr = await async_open_vtn(self.hass, vtn)
        async with patience():
            await self._async_ask_for_tokens()
            self._programs = await openadr.programs("")
            vens = await openadr.vens()
        if self._has_ven:
            before = self._vtn_entry.data[CONF_VTN]
            if vtn["url"] == before["url"] or has_moved(before, vens):
                # What waits for it is still its own, also where other addresses were tried first.
                vtn |= _of_the_same(before, vtn)
        else:
            # One that is there already is likely from before, or was made for us.
            vtn["ven_name"] = next(iter(vens)) if len(vens) == 1 else vtn["ven_name"]
        self._vtn = {**vtn, "version": self._vtn["version"]}

    async def _async_finish_vtn(self, name: str) -> ConfigFlowResult:
        """Put it into the entry that there is, or is to be."""
        updates = {CONF_VTN: dict(self._vtn)}
        self._end_discovery()
        unique_id = f"{self._vtn['url']} {self._vtn['client_id'] or ''}".rstrip()
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            entry = self._vtn_entry
            if CONF_GATEWAY_SFDI in entry.data:  # a hub is its meter, where it has one
                return self.async_update_reload_and_abort(entry, data_updates=updates, reason="vtn_saved")
            same = self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, unique_id)
            if same is not None and same.entry_id != entry.entry_id:
                return self.async_abort(reason="vtn_already")
            return self.async_update_reload_and_abort(
                entry, unique_id=unique_id, data_updates=updates, reason="vtn_saved"
            )
        if not self._makes_hub:
            return await self.async_account_linked(updates)
        await self.async_set_unique_id(unique_id)
        self._abort_if_unique_id_configured(error="vtn_already")
        return self.async_create_entry(title=name, data=updates)

    def _end_discovery(self) -> None:
        """Have a VTN that announced itself wait no longer to be added: the unique id of its entry is another one."""
        flows = self.hass.config_entries.flow
        for flow in flows.async_progress_by_handler(DOMAIN, match_context={"unique_id": self._vtn["url"]}):
            if flow["flow_id"] != self.flow_id:
                flows.async_abort(flow["flow_id"])

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
