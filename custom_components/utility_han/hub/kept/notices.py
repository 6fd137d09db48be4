"""Repair notices about what is kept: made by a newer version, not to be read, or not to be written."""

from collections.abc import Collection

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from ...const import DOMAIN
from ..telling.words import Sheet, async_load, word

NEWER = "made_by_newer_version"
UNREADABLE = "store_unreadable"
RECORDS_UNREADABLE = "records_unreadable"
NOT_WRITTEN = "store_not_written"
_WAITING: HassKey[set[str]] = HassKey(f"{DOMAIN}_not_written")
LOST = frozenset({UNREADABLE, RECORDS_UNREADABLE})
"""What was lost is told until a person has taken note of it, restarts or not."""


def title_of(hass: HomeAssistant, entry_id: str | None) -> str:
    """Return the name of a hub; what all hubs share is the integration's."""
    entry = hass.config_entries.async_get_entry(entry_id) if entry_id else None
    return entry.title if entry else "Utility HAN"


@callback
def async_tell_newer(hass: HomeAssistant, entry_id: str | None, file: str) -> None:
    """Say that a hub cannot be loaded because a newer version made ``file``."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{NEWER}_{entry_id or DOMAIN}",
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=NEWER,
        translation_placeholders={"title": title_of(hass, entry_id), "file": file},
    )


@callback
def async_withdraw_newer(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Say it no longer; what is still so is said again."""
    for about in (entry.entry_id, DOMAIN):
        ir.async_delete_issue(hass, DOMAIN, f"{NEWER}_{about}")


@callback
def async_tell_not_written(hass: HomeAssistant, file: str) -> bool:
    """Say that the disk takes nothing; True where ``file`` is the news of it. One notice is for all files."""
    waiting = hass.data.setdefault(_WAITING, set())
    if file in waiting:
        return False
    waiting.add(file)
    ir.async_create_issue(
        hass,
        DOMAIN,
        NOT_WRITTEN,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=NOT_WRITTEN,
        translation_placeholders={"folder": hass.config.path(".storage")},
    )
    return True


@callback
def async_tell_written(hass: HomeAssistant, file: str) -> bool:
    """Say it no longer of ``file``; True where it had been said."""
    waiting = hass.data.get(_WAITING, set())
    if file not in waiting:
        return False
    waiting.remove(file)
    if not waiting:
        ir.async_delete_issue(hass, DOMAIN, NOT_WRITTEN)
    return True


async def async_tell_unreadable(
    hass: HomeAssistant, entry_id: str | None, what: str, file: str, *, vital: bool
) -> None:
    """Say that a file could not be read, what that means, and that it is kept as ``file``."""
    said = {"file": file, "lost": await _words(hass, Sheet.LOST, what)}
    _tell_lost(hass, entry_id, UNREADABLE, what, said, vital=vital)


async def async_tell_records(
    hass: HomeAssistant, entry_id: str | None, what: str, records: Collection[str], *, vital: bool
) -> None:
    """Say that some records of a file could not be read, and are kept aside in it."""
    said = {"records": "\n".join(f"- {each}" for each in records), "kept": await _words(hass, Sheet.KEPT, what)}
    _tell_lost(hass, entry_id, RECORDS_UNREADABLE, what, said, vital=vital)


def _tell_lost(
    hass: HomeAssistant, entry_id: str | None, key: str, what: str, said: dict[str, str], *, vital: bool
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{entry_id or DOMAIN}_{what}",
        data={"entry_id": entry_id, "key": key},
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.ERROR if vital else ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={"title": title_of(hass, entry_id), **said},
    )


async def _words(hass: HomeAssistant, sheet: Sheet, what: str) -> str:
    await async_load(hass)
    return word(hass, sheet, what)
