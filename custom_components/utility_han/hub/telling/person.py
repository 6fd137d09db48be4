"""How the person reads who asks for a document: their language, and how they write numbers and times."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from aiohttp.hdrs import ACCEPT_LANGUAGE
from homeassistant.components.frontend.storage import async_user_store
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.core import HomeAssistant
from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers.http import current_request
from homeassistant.util.language import matches

from ...documents import Style
from .words import Sheet, async_load, words_of

_MOST_ACCEPTED = 10
"""Languages of a browser that are looked at."""
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Person:
    """The choices of a profile, in its words; None where the language or the country decides."""

    language: str
    numbers: str | None = None
    clock: str | None = None

    @classmethod
    async def async_find(
        cls, hass: HomeAssistant, user_id: str | None, language: str | None = None, otherwise: str | None = None
    ) -> Self:
        """Return what is in the profile of a user; where that has no language, it is ``otherwise``, or the home's."""
        profile: Mapping[str, Any] = {}
        if user_id is not None:
            profile = (await async_user_store(hass, user_id)).data.get("language") or {}
        return cls(
            language or profile.get("language") or otherwise or hass.config.language,
            profile.get("number_format"),
            profile.get("time_format"),
        )

    @classmethod
    async def async_asking(cls, hass: HomeAssistant) -> Self:
        """Return whose browser asks now: who chose no language reads Home Assistant's pages in the browser's."""
        if (request := current_request.get()) is None:
            return await cls.async_find(hass, None)
        user = request.get(KEY_HASS_USER)
        browsers = _language_of(request.headers.get(ACCEPT_LANGUAGE, ""), hass.config.country)
        return await cls.async_find(hass, user.id if user else None, otherwise=browsers)

    @classmethod
    def of_home(cls, hass: HomeAssistant) -> Self:
        """Return how everybody of a home reads, where it is not known who does."""
        return cls(hass.config.language)

    async def async_style(self, hass: HomeAssistant) -> Style:
        """Return how they write; what that reads is not read on the loop."""
        return await hass.async_add_executor_job(
            Style.of, {}, self.language, hass.config.country, self.numbers, self.clock
        )

    async def async_words(self, hass: HomeAssistant, sheet: Sheet) -> dict[str, str]:
        """Return the texts of a sheet in their language; English where there is none."""
        await async_load(hass, self.language)
        return words_of(hass, sheet, self.language)

    def to_query(self) -> dict[str, str]:
        """Return it for an address."""
        told = {"language": self.language, "numbers": self.numbers, "clock": self.clock}
        return {name: value for name, value in told.items() if value is not None}

    @classmethod
    def from_query(cls, query: Mapping[str, str], otherwise: str) -> Self:
        """Take up what :meth:`to_query` gave; ``otherwise`` is the language where it names none that there is.

        What is read of a language is a file of that name, and stays in memory.
        """
        language = query.get("language", otherwise)
        language = language if language in LANGUAGES else otherwise
        return cls(language, query.get("numbers"), query.get("clock"))


def _language_of(accepted: str, country: str | None) -> str | None:
    """Return the first language of an Accept-Language (RFC 9110, 12.5.4) that there is: browsers sort them."""
    for each in accepted.split(",")[:_MOST_ACCEPTED]:
        tag = each.partition(";")[0].strip()
        if _TAG.fullmatch(tag) and (found := matches(tag, LANGUAGES, country)):
            return found[0]
    return None
