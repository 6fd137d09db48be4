"""Repair notices about charging: whose a session was, what is billed otherwise, what the utility does not take.

Home Assistant shows them in the language of who reads, but fills their places with what was said as they were raised:
times, energies and money, and why the utility does not take a session, are in the home's language. A key for each
reason would be one for each of the utility's reasons, for a text that has the home's numbers in it anyway.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..documents import Style
from ..hub.notices import async_withdraw
from ..hub.telling.texts import plain
from ..procedures import BillableRecord, LedgerEntry, RecordState, is_home
from ..utility import RateProgram
from .document import local_time
from .store import Charging

WHOSE_SESSION = "whose_session"
WHOSE_ENERGY = "whose_energy"
_BILLED_OTHERWISE = "billed_otherwise"
_SESSION_REFUSED = "session_refused"
_UNBOUND = "session_unbound"
_OF_HOUSEHOLD = "_at_home"
"""Ends the key of a notice where the household keeps the books and no utility can be asked."""
PRICE_MISSING = "price_missing"
_PRICE_CURRENCY = "price_currency"
_HOLIDAYS = "holidays_not_loaded"
_ASKED = frozenset({WHOSE_SESSION, WHOSE_ENERGY, PRICE_MISSING, _UNBOUND})
_OWN = frozenset({_BILLED_OTHERWISE, _SESSION_REFUSED, _UNBOUND})
_TOLD = frozenset({_BILLED_OTHERWISE, _SESSION_REFUSED, _PRICE_CURRENCY, _HOLIDAYS})
_ALL = _ASKED | _TOLD | {key + _OF_HOUSEHOLD for key in _OWN}
_PATIENCE = timedelta(days=2)
"""How long a price may still become known by itself."""
_MOST_NAMED = 5
_SAID = 500
"""How much is shown of a name that a utility gave."""


@callback
def async_update(
    hass: HomeAssistant,
    entry: ConfigEntry,
    charging: Charging,
    foreign: Iterable[tuple[RateProgram, str]] = (),
    holidays: Iterable[str] = (),
) -> None:
    """Raise the notices that hold now and withdraw the others.

    ``foreign`` are rate programs whose prices are told in other money, and in which unit; ``holidays`` the countries
    and states whose holidays cannot be loaded.
    """
    wanted = {_raise_money(hass, entry, program, unit) for program, unit in foreign}
    wanted |= {_raise_holidays(hass, entry, charging, code) for code in holidays}
    for each in charging.ledger.attention.values():
        for key, session_id, more in _wanted(charging, each):
            wanted.add(_raise(hass, entry, key, session_id, placeholders(charging, each, charging.style) | more))
    async_withdraw(hass, tuple(f"{key}_{entry.entry_id}_" for key in _ALL), but=wanted)


def _wanted(charging: Charging, entry: LedgerEntry) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Tell what is to be said of a session: the notice, the session it is about, and what else is said there."""
    session = entry.session
    if session.vehicle is None and not session.decided and _known_late(charging, entry) is None:
        yield WHOSE_ENERGY if session.doubted else WHOSE_SESSION, session.id, {}
    if entry.settled and entry.unbound_wh and session.vehicle is not None and not entry.accepted:
        of = charging.vehicles.get(session.vehicle)
        yield _UNBOUND + (_OF_HOUSEHOLD if of is not None and of.run.at_home else ""), session.id, {}
    if dt_util.utcnow() - entry.ended_at > _PATIENCE and (said := missing_price(entry, charging.style)) is not None:
        yield PRICE_MISSING, session.id, said
    for record in entry.records:
        if (about := _about(charging, record)) is not None:
            key, more = about
            key += _OF_HOUSEHOLD if is_home(record.session.binding_id) else ""
            yield key, record.session.session_id, more


def questions(charging: Charging) -> dict[str, str]:
    """Return what a person is asked whose it was: the notice, by the session's id."""
    return {
        session_id: key
        for each in charging.ledger.attention.values()
        for key, session_id, _ in _wanted(charging, each)
        if key in (WHOSE_SESSION, WHOSE_ENERGY)
    }


def missing_price(entry: LedgerEntry, style: Style) -> dict[str, str] | None:
    """Return of which times the prices are missing that a session is billed at, and in which currency.

    Those in another currency are asked for once these are told.
    """
    missing = [(record.currency, span) for record in entry.records for span in record.missing]
    if not missing:
        return None
    currency = missing[0][0]
    spans = [span for each, span in missing if each == currency]
    return {"currency": currency, "times": _times(spans, style)}


def _times(spans: Sequence[tuple[datetime, datetime]], style: Style) -> str:
    told = [f"{local_time(start, style)} – {local_time(end, style)}" for start, end in spans[:_MOST_NAMED]]
    return ", ".join(told) + (" …" if len(spans) > _MOST_NAMED else "")


def _known_late(charging: Charging, entry: LedgerEntry) -> LedgerEntry | None:
    """Return the session that energy came late of: who says whose that was says it of both."""
    return charging.ledger.entries.get(entry.session.late_of or "")


def _about(charging: Charging, record: BillableRecord) -> tuple[str, dict[str, str]] | None:
    if record.billed is not None and record.billed_otherwise:
        return _BILLED_OTHERWISE, {
            "measured": charging.style.kilowatt_hours(record.session.energy_wh),
            "billed": charging.style.kilowatt_hours(record.billed.energy_wh),
        }
    if record.state is RecordState.REFUSED:
        return _SESSION_REFUSED, {"reason": record.reason or ""}
    return None


def placeholders(charging: Charging, entry: LedgerEntry, style: Style) -> dict[str, str]:
    """Return what a person is told of a session: vehicle, kWh, start and end, as who reads it writes them."""
    vehicle = charging.vehicles.get(entry.session.vehicle or "")
    return {
        "vehicle": vehicle.title if vehicle else "–",
        "energy": style.kilowatt_hours(entry.energy_wh),
        "unbound": style.kilowatt_hours(entry.unbound_wh),
        "started": local_time(entry.session.started_at, style),
        "ended": local_time(entry.ended_at, style),
    }


def about_session(charging: Charging, session_id: str, style: Style) -> dict[str, str]:
    """Return the same of a session by its id."""
    return placeholders(charging, charging.ledger.entries[session_id], style)


def _raise(hass: HomeAssistant, entry: ConfigEntry, key: str, about: str, said: dict[str, str]) -> str:
    issue_id = f"{key}_{entry.entry_id}_{about}"
    if (reason := said.get("reason")) is not None:
        texts = async_get_cached_translations(hass, hass.config.language, "config_subentries", DOMAIN)
        said |= {"reason": texts.get(f"component.{DOMAIN}.config_subentries.vehicle.error.{reason}", "")}
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry.entry_id, "session_id": about, "key": key},
        is_fixable=key.removesuffix(_OF_HOUSEHOLD) in _ASKED,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={"title": entry.title, **said},
    )
    return issue_id


def _raise_money(hass: HomeAssistant, entry: ConfigEntry, program: RateProgram, unit: str) -> str:
    said = {"program": program.name, "currency": program.currency, "unit": unit}
    return _tell(hass, entry, _PRICE_CURRENCY, program.id, said)


def _raise_holidays(hass: HomeAssistant, entry: ConfigEntry, charging: Charging, code: str) -> str:
    runs = (record.run for record in charging.vehicles.values())
    names = {program.name for run in runs for program in run.programs.values() if program.holidays == code}
    told = ", ".join(plain(name[:_SAID]) for name in sorted(names)[:_MOST_NAMED])
    return _tell(hass, entry, _HOLIDAYS, code, {"area": code, "programs": told})


def _tell(hass: HomeAssistant, entry: ConfigEntry, key: str, about: str, said: dict[str, str]) -> str:
    issue_id = f"{key}_{entry.entry_id}_{about}"
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={"title": entry.title, **said},
    )
    return issue_id
