"""Charge detail records of elsewhere: a CDR, a list of them, or the answer of an OCPI server that has them.

Of a file no more than one record is held as JSON at a time, beside its text.
"""

import json
import re
from collections.abc import Generator
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from ...esi.typed import YEARS, UnreadableRecordError
from ...procedures import ForeignSession
from ...utility.answer import Fields
from .values import Version, is_text

MOST_BYTES = 64 * 2**20
_SPACE = re.compile(r"[ \t\n\r]*")
_LARGEST = 10**9
"""Of an amount, of kWh."""
_LONGEST = 255
"""Of a ``string`` in a CDR, but for what is signed."""
_V2_1_1 = "2.1.1"


class CdrFault(StrEnum):
    """What is wrong with a file; a key of words for it."""

    TOO_LARGE = "cdr_too_large"
    NO_JSON = "cdr_no_json"
    NO_CDR = "cdr_no_cdr"
    """It is JSON, but a field is not as a CDR has it."""
    UNKNOWN_VERSION = "cdr_unknown_version"
    REFUSED = "cdr_refused"
    """It is what a server answers that does not give any."""


class CdrFileError(ValueError):
    """A file that cannot be read; nothing of it is.

    ``where`` says which record and field, of what is no JSON the line and column (``2:17``); ``why`` what is wrong,
    in English: for a log.
    """

    def __init__(self, fault: CdrFault, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}" if where else why)
        self.fault = fault
        self.where = where
        self.why = why


def read_cdrs(source: bytes | Path) -> list[ForeignSession]:
    """Return what a file of CDRs tells, each record once; ``CdrFileError`` where it cannot be read.

    Credits are among them, and what they take back: who knows of a record by another file has to be told.
    """
    found: dict[tuple[str, str, str], ForeignSession] = {}
    for where, data in _records(_text(source)):
        try:
            session = _session(data, where)
        except UnreadableRecordError as err:
            raise CdrFileError(CdrFault.NO_CDR, err.where, err.why) from err
        found.setdefault(session.key, session)
    return list(found.values())


def _text(source: bytes | Path) -> str:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > MOST_BYTES:
        raise CdrFileError(CdrFault.TOO_LARGE, "", f"{size // 2**20} MB, more than {MOST_BYTES // 2**20} MB")
    raw = source if isinstance(source, bytes) else source.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise CdrFileError(CdrFault.NO_JSON, _place(raw[: err.start].decode("utf-8-sig")), "no UTF-8") from err


def _place(before: str) -> str:
    """Return line and column of what follows a text."""
    return f"{before.count('\n') + 1}:{len(before) - before.rfind('\n')}"


def _not_finite(name: str) -> Any:
    raise ValueError(f"{name} is no number")


type _Records = Generator[tuple[str, Any], None, int]
"""Records with their places in the file; in the end, where what follows them begins."""

_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_not_finite)


def _value(text: str, at: int) -> tuple[Any, int]:
    """Return the JSON value at a place, and where what follows it begins."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as err:
        raise CdrFileError(CdrFault.NO_JSON, f"{err.lineno}:{err.colno}", err.msg) from err
    except RecursionError:
        raise CdrFileError(CdrFault.NO_JSON, _place(text[:at]), "too deep in each other") from None
    except ValueError as err:
        raise CdrFileError(CdrFault.NO_JSON, _place(text[:at]), str(err)) from err
    return value, _after_space(text, end)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _sign(text: str, at: int, signs: str) -> tuple[str, int]:
    """Return which of some signs stands at a place, and where what follows begins."""
    if (sign := text[at : at + 1]) not in signs or not sign:
        why = "ends too early" if not sign else f"none of {signs!r}"
        raise CdrFileError(CdrFault.NO_JSON, _place(text[:at]), why)
    return sign, _after_space(text, at + 1)


def _records(text: str) -> Generator[tuple[str, Any]]:
    """Yield each record with its place in the file."""
    sign, at = _sign(text, _after_space(text, 0), "[{")
    at = yield from _listed(text, at, "") if sign == "[" else _of_object(text, at)
    if at < len(text):
        raise CdrFileError(CdrFault.NO_JSON, _place(text[:at]), "more follows after its end")


def _listed(text: str, at: int, of: str) -> _Records:
    number = 0
    if text[at : at + 1] == "]":
        return _after_space(text, at + 1)
    while True:
        data, at = _value(text, at)
        yield f"{of}[{number}]", data
        number += 1
        sign, at = _sign(text, at, ",]")
        if sign == "]":
            return at


def _of_object(text: str, at: int) -> _Records:
    """Yield what is in the answer of a server (``transport_and_format``: ``data``), or the one CDR that it is."""
    members: dict[str, Any] = {}
    sign = "}" if text[at : at + 1] == "}" else ","
    if sign == "}":
        at = _after_space(text, at + 1)
    while sign == ",":
        name, at = _value(text, at)
        if not isinstance(name, str):
            raise CdrFileError(CdrFault.NO_JSON, _place(text[:at]), "a name that is no text")
        _, at = _sign(text, at, ":")
        if name == "data" and text[at : at + 1] == "[":
            at = yield from _listed(text, _after_space(text, at + 1), name)
            members[name] = None
        else:
            members[name], at = _value(text, at)
        sign, at = _sign(text, at, ",}")
    if "data" not in members:
        if "status_code" in members:
            raise CdrFileError(CdrFault.REFUSED, "status_code", str(members["status_code"])[:20])
        yield "CDR", members
    elif members["data"] is not None:
        yield "data", members["data"]
    return at


def _session(data: Any, where: str) -> ForeignSession:
    fields = Fields(data, where)
    version = _version(data, where)
    old = version == _V2_1_1
    credit = bool(fields.maybe("credit", bool))
    location = fields.inner("location" if old else "cdr_location")
    cost, with_tax = _cost(fields, version, where)
    started, ended = (
        _time(fields, name, where) for name in ("start_date_time", "stop_date_time" if old else "end_date_time")
    )
    if ended < started:
        raise UnreadableRecordError(f"{where}.end_date_time", "before its start")
    return ForeignSession(
        version=version,
        country_code="" if old else _text_in(fields, "country_code", where),
        party_id="" if old else _text_in(fields, "party_id", where),
        id=_text_in(fields, "id", where),
        started_at=started,
        ended_at=ended,
        energy_wh=round(_number(data.get("total_energy"), f"{where}.total_energy") * 1000),
        cost=cost,
        cost_with_tax=with_tax,
        currency=_currency(fields, where),
        place=_text_in(location, "name" if location.has("name") else "address", where),
        evse_id=_maybe_text(_evse_of_old(location) if old else location, "evse_id", where),
        contract_id=_maybe_text(*((fields, "auth_id") if old else (fields.inner("cdr_token"), "contract_id")), where),
        credits=_text_in(fields, "credit_reference_id", where) if credit else None,
    )


def _version(data: Any, where: str) -> str:
    """Return the version that a CDR is of: nothing in it says so but how ``total_cost`` is written."""
    cost = data.get("total_cost")
    if isinstance(cost, int | Decimal) and not isinstance(cost, bool):
        return _V2_1_1
    if isinstance(cost, dict):
        if "before_taxes" in cost:
            return Version.V2_3_0.value
        if "excl_vat" in cost:
            return Version.V2_2_1.value
    raise CdrFileError(CdrFault.UNKNOWN_VERSION, f"{where}.total_cost", "not as OCPI 2.1.1, 2.2.1 or 2.3.0 has it")


def _cost(fields: Fields, version: str, where: str) -> tuple[Decimal, Decimal | None]:
    cost: Any = fields.take("total_cost", Any) if version != _V2_1_1 else None
    where = f"{where}.total_cost"
    if version == _V2_1_1:
        return _number(fields.take("total_cost", Any), where), None
    if version == Version.V2_2_1:
        gross = cost.get("incl_vat")
        return _number(cost["excl_vat"], where), None if gross is None else _number(gross, where)
    net, taxes = _number(cost["before_taxes"], where), cost.get("taxes")
    if taxes is None:
        return net, None
    amounts = Fields(cost, where).inners("taxes")
    return net, net + sum((_number(each.take("amount", Any), f"{where}.taxes") for each in amounts), start=Decimal(0))


def _number(value: Any, where: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise UnreadableRecordError(where, "no number")
    if not -_LARGEST < value < _LARGEST:
        raise UnreadableRecordError(where, "out of bounds")
    return Decimal(value)


def _time(fields: Fields, name: str, where: str) -> datetime:
    """Return a ``DateTime``: "The absence of the timezone designator implies a UTC timestamp"."""
    time = fields.take(name, datetime)
    if time.year not in YEARS:
        raise UnreadableRecordError(f"{where}.{name}", "out of bounds")
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _text_in(fields: Fields, name: str, where: str) -> str:
    text = fields.take(name, str)
    if len(text) > _LONGEST or not is_text(text):
        raise UnreadableRecordError(f"{where}.{name}", "too long" if is_text(text) else "no text")
    return text


def _currency(fields: Fields, where: str) -> str:
    """Return a code of ISO 4217, as ``string(3)`` is one."""
    code = _text_in(fields, "currency", where)
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise UnreadableRecordError(f"{where}.currency", "no ISO 4217 code")
    return code.upper()


def _maybe_text(fields: Fields | None, name: str, where: str) -> str | None:
    return _text_in(fields, name, where) if fields is not None and fields.has(name) else None


def _evse_of_old(location: Fields) -> Fields | None:
    evses = location.inners("evses") if location.has("evses") else ()
    return evses[0] if evses else None
