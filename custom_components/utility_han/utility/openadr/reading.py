"""Reads what a VTN answers with ``openadr3-client``'s models, which are OpenADR's schemas as pydantic models.

They ask for more than ``openadr3.yaml`` does, and some of what it allows they cannot take, so an answer is prepared
for them:

- what has a default in the document and is left out (or null) is filled in;
- the beginning of time, which the user guide (7.3) also writes as a date alone, is written as a time;
- words that are in no enumeration are left out, since each would be a member of theirs for ever (``_missing_``);
- points, which they cannot make (``Point`` sets fields of a frozen model), are left out, and so are intervals that
  carry nothing filled with a payload, for they must have one;
- what 3.0.1 says in other places is put where 3.1 has it.

One object that cannot be read costs itself only, and is told in the notes.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, timedelta
from typing import Any

from openadr3_client._models.common.interval_period import IntervalPeriod
from openadr3_client.oadr310.models.event.event import ExistingEvent
from openadr3_client.oadr310.models.event.event_payload import EventPayloadDescriptor
from openadr3_client.oadr310.models.program.program import ExistingProgram
from openadr3_client.oadr310.models.resource.resource import ExistingResource
from openadr3_client.oadr310.models.ven.ven import ExistingVen
from pydantic import ValidationError

from .model import (
    Descriptor,
    Interval,
    Payload,
    Period,
    ReportDescriptor,
    Value,
    Version,
    VtnEvent,
    VtnObject,
    VtnProgram,
)
from .payloads import KINDS, UNITS
from .report_kinds import READING_TYPES, REPORTS

_BEGINNING = "0001-01-01T00:00:00Z"
_INFINITE = "P9999Y"
_NOW = re.compile(r"0001-01-01(?:T00:00:00(?:\.0+)?(?:Z|[+-]00:00)?)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NAMELESS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+")
"""A time without a zone; RFC 3339 has none such, and UTC is what servers that write it mean."""
_NOTHING = {"type": "SIMPLE", "values": [0]}
_MOST_INTERVALS = 5000
_MOST_VALUES = 1000
_MOST_ATTRIBUTES = 50
_LONGEST = 2048
"""Characters of a link, and of a text that a person is shown."""
_PROGRAM_ATTRIBUTES = frozenset(
    {"PROGRAM_LONG_NAME", "RETAILER_NAME", "RETAILER_LONG_NAME", "PROGRAM_TYPE", "BINDING_EVENTS", "LOCAL"}
)
"""program-attributes.schema.yaml, without country and subdivision: the models look these up, and drop the program."""
_OF_3_0_1 = {
    "programLongName": "PROGRAM_LONG_NAME",
    "retailerName": "RETAILER_NAME",
    "retailerLongName": "RETAILER_LONG_NAME",
    "programType": "PROGRAM_TYPE",
}
CONSENTS = "UTILITY_HAN_PROGRAMS"
"""A private attribute of a resource ("or use privately defined strings", ``valuesMap``): what a person agreed to."""
_OBJECT_ATTRIBUTES = frozenset(
    {"LOCATION", "AREA", "MAX_POWER_CONSUMPTION", "MAX_POWER_EXPORT", "DESCRIPTION", CONSENTS}
)
"""ven-resource-attributes.schema.yaml, and our own."""

type Data = dict[str, Any]


class Notes:
    """What could not be read, for the log: each of it once, and only so many."""

    _MOST = 50

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def add(self, note: str) -> None:
        """Note something."""
        if len(self._said) < self._MOST:
            self._said[note[:200]] = None

    @property
    def said(self) -> tuple[str, ...]:
        """The notes, oldest first."""
        return tuple(self._said)


def read_each[T](
    entries: Iterable[Any], read: Callable[[Data, Version, Notes], T], version: Version, notes: Notes
) -> list[T]:
    """Return what ``read`` makes of each entry that can be read."""
    found: list[T] = []
    for entry in entries:
        if not isinstance(entry, dict):
            notes.add("no object in a list of objects")
            continue
        try:
            found.append(read(_without_nulls(entry), version, notes))
        except ValidationError as err:
            first = err.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            notes.add(f"{read.__name__.removeprefix('read_')} {str(entry.get('id'))[:128]}: {where}: {first['msg']}")
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as err:
            notes.add(f"{read.__name__.removeprefix('read_')} {str(entry.get('id'))[:128]}: {type(err).__name__}")
    return found


def read_event(data: Data, version: Version, notes: Notes) -> VtnEvent:
    """Return an ``event``."""
    forever = _INFINITE if version is Version.V3_0_1 else "PT0S"
    period = _period(data["intervalPeriod"], forever) if "intervalPeriod" in data else None
    standing = period["duration"] if period else forever
    intervals = _list(data, "intervals", _MOST_INTERVALS)
    empty = {place for place, each in enumerate(intervals) if not _payloads(each, notes)}
    given = [
        {
            "id": each.get("id", place),
            "payloads": _payloads(each, notes) or [_NOTHING],
        }
        | ({"intervalPeriod": _period(each["intervalPeriod"], standing)} if "intervalPeriod" in each else {})
        for place, each in enumerate(map(_without_nulls, intervals))
    ]
    model = ExistingEvent.model_validate(
        _only(data, "id", "createdDateTime", "modificationDateTime", "programID", "eventName", "priority", "duration")
        | {"intervals": given, "targets": sorted(_targets(data))}
        | ({"intervalPeriod": period} if period else {})
        | {"payloadDescriptors": _descriptors(data, KINDS, notes)}
        | {"reportDescriptors": _report_descriptors(data, notes)}
    )
    read = tuple(
        Interval(
            each.id,
            _read_period(each.interval_period),
            ()
            if place in empty
            else tuple(Payload(str(one.type), tuple(map(_value, one.values))) for one in each.payloads),
        )
        for place, each in enumerate(model.intervals or ())
    )
    if read and model.interval_period is None and any(each.period is None for each in read):
        raise ValueError("neither event nor interval says when")
    return VtnEvent(
        id=model.id,
        program=model.program_id,
        name=model.event_name,
        created=model.created_date_time,
        modified=model.modification_date_time,
        priority=model.priority,
        targets=frozenset(model.targets or ()),
        period=_read_period(model.interval_period),
        duration=model.duration or None,
        intervals=read,
        descriptors=_read_descriptors(model.payload_descriptors),
        reports=tuple(
            ReportDescriptor(
                payload_type=str(each.payload_type),
                reading_type=each.reading_type and str(each.reading_type),
                units=each.units and str(each.units),
                targets=frozenset(each.targets or ()),
                aggregate=each.aggregate,
                start_interval=each.start_interval,
                num_intervals=each.num_intervals,
                historical=each.historical,
                frequency=each.frequency,
                repeat=each.repeat,
                intervals=str(each.report_intervals),
            )
            for each in model.report_descriptors or ()
        ),
    )


def read_program(data: Data, version: Version, notes: Notes) -> VtnProgram:
    """Return a ``program``."""
    del version
    attributes = _attributes(data, _PROGRAM_ATTRIBUTES)
    attributes += [{"type": ours, "values": [data[theirs]]} for theirs, ours in _OF_3_0_1.items() if theirs in data]
    links = [str(each.get("URL") or "") for each in _list(data, "programDescriptions", _MOST_ATTRIBUTES)]
    model = ExistingProgram.model_validate(
        _only(data, "id", "createdDateTime", "modificationDateTime", "programName")
        | {"attributes": attributes, "targets": sorted(_targets(data))}
        | {"programDescriptions": [{"URL": link} for link in links if 0 < len(link) <= _LONGEST]}
        | {"payloadDescriptors": _descriptors(data, KINDS, notes)}
    )
    return VtnProgram(
        id=model.id,
        name=model.program_name,
        modified=model.modification_date_time,
        links=tuple(str(each.url) for each in model.program_descriptions or ()),
        descriptors=_read_descriptors(model.payload_descriptors),
        attributes=_read_attributes(model.attributes),
        targets=frozenset(model.targets or ()),
    )


def read_ven(data: Data, version: Version, notes: Notes) -> VtnObject:
    """Return a ``ven``."""
    del version, notes
    model = ExistingVen.model_validate(_object(data, "venName"))
    return VtnObject(model.id, model.ven_name, model.modification_date_time, **_held(model))


def read_resource(data: Data, version: Version, notes: Notes) -> VtnObject:
    """Return a ``resource``."""
    del version, notes
    model = ExistingResource.model_validate(_object(data, "resourceName", "venID"))
    return VtnObject(model.id, model.resource_name, model.modification_date_time, of=model.ven_id, **_held(model))


def _object(data: Data, *names: str) -> Data:
    """Return what a ``ven`` or ``resource`` is made of; 3.0.1 has no client id of it."""
    return (
        _only(data, "id", "createdDateTime", "modificationDateTime", *names)
        | {"clientID": data.get("clientID", "-"), "targets": sorted(_targets(data))}
        | {"attributes": _attributes(data, _OBJECT_ATTRIBUTES)}
    )


def _held(model: ExistingVen | ExistingResource) -> dict[str, Any]:
    return {
        "targets": frozenset(model.targets or ()),
        "attributes": _read_attributes(model.attributes),
        "created": model.created_date_time.astimezone(UTC),
    }


def _without_nulls(data: Any) -> Data:
    """Return an object without what is null: everything that may be null has a default in the document."""
    return {name: value for name, value in data.items() if value is not None}


def _only(data: Data, *names: str) -> Data:
    return {name: _timed(data[name]) for name in names if name in data}


def _timed(value: Any) -> Any:
    return f"{value}Z" if isinstance(value, str) and _NAMELESS.fullmatch(value) else value


def _list(data: Data, name: str, most: int) -> list[Any]:
    """Return the objects of a list, ``ValueError`` where it is none or too long."""
    entries = data.get(name, [])
    if not isinstance(entries, list) or len(entries) > most:
        raise ValueError(f"{name} is no list, or too long")
    if not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f"{name} holds what is no object")
    return entries


def _period(data: Any, duration: str) -> Data:
    """Return an ``intervalPeriod`` with all of its parts; ``duration`` is its own default."""
    period = _without_nulls(data)
    start = period.get("start", _BEGINNING)
    if isinstance(start, str) and _NOW.fullmatch(start):
        start = _BEGINNING
    given = {"start": _timed(start), "duration": period.get("duration", duration)}
    return given | ({"randomizeStart": period["randomizeStart"]} if "randomizeStart" in period else {})


def _read_period(period: IntervalPeriod | None) -> Period | None:
    if period is None:
        return None
    if period.duration < timedelta(0):
        raise ValueError("a duration below zero")
    start = None if period.start.year == 1 else period.start.astimezone(UTC)
    return Period(start, period.duration, abs(period.randomize_start or timedelta(0)))


def _payloads(interval: Data, notes: Notes) -> list[Data]:
    found = []
    for payload in _list(interval, "payloads", _MOST_ATTRIBUTES):
        kind, values = payload.get("type"), payload.get("values")
        if kind not in KINDS:
            notes.add(f"payload type {str(kind)[:128]!r} is not OpenADR's")
            continue
        if not isinstance(values, list) or len(values) > _MOST_VALUES:
            raise ValueError("values are no list, or too many")
        if plain := [value for value in values if not isinstance(value, dict | list) and value is not None]:
            found.append({"type": kind, "values": plain})
    return found


def _targets(data: Data) -> set[str]:
    """Return the targets; in 3.0.1 they are value maps, whose values are the names."""
    targets = data.get("targets", [])
    if not isinstance(targets, list) or len(targets) > _MOST_VALUES:
        raise ValueError("targets are no list, or too many")
    found: set[str] = set()
    for target in targets:
        found |= {str(value) for value in target["values"]} if isinstance(target, dict) else {target}
    return found


def _descriptors(data: Data, kinds: Collection[str], notes: Notes) -> list[Data]:
    """Return the descriptors of event payloads; the models take no others."""
    return [
        _only(each, "payloadType") | _units(each, notes) | _currency(each, notes)
        for each in map(_without_nulls, _list(data, "payloadDescriptors", _MOST_ATTRIBUTES))
        if each.get("payloadType") in kinds and each.get("objectType") != "REPORT_PAYLOAD_DESCRIPTOR"
    ]


def _read_descriptors(descriptors: Iterable[EventPayloadDescriptor] | None) -> dict[str, Descriptor]:
    return {
        str(each.payload_type): Descriptor(each.units and str(each.units), each.currency and str(each.currency))
        for each in descriptors or ()
    }


def _units(descriptor: Data, notes: Notes) -> Data:
    if (units := descriptor.get("units")) is None:
        return {}
    if units not in UNITS:
        notes.add(f"unit {str(units)[:128]!r} is not OpenADR's")
        return {}
    return {"units": units}


def _currency(descriptor: Data, notes: Notes) -> Data:
    if (currency := descriptor.get("currency")) is None:
        return {}
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        notes.add(f"currency {str(currency)[:128]!r} is none of ISO 4217")
        return {}
    return {"currency": currency}


def _report_descriptors(data: Data, notes: Notes) -> list[Data]:
    found = []
    plain = ("aggregate", "startInterval", "numIntervals", "historical", "frequency", "repeat", "reportIntervals")
    for descriptor in map(_without_nulls, _list(data, "reportDescriptors", _MOST_ATTRIBUTES)):
        if (kind := descriptor.get("payloadType")) not in REPORTS:
            notes.add(f"report payload type {str(kind)[:128]!r} is not OpenADR's")
            continue
        reading = descriptor.get("readingType")
        found.append(
            _only(descriptor, "payloadType", *plain)
            | _units(descriptor, notes)
            | ({"readingType": reading} if reading in READING_TYPES else {})
            | {"targets": sorted(_targets(descriptor))}
        )
    return found


def _attributes(data: Data, known: Collection[str]) -> list[Data]:
    return [
        {"type": each["type"], "values": [value for value in each["values"] if isinstance(value, int | float | str)]}
        for each in _list(data, "attributes", _MOST_ATTRIBUTES)
        if each.get("type") in known and isinstance(each.get("values"), list) and len(each["values"]) <= _MOST_VALUES
    ]


def _read_attributes(attributes: Iterable[Any] | None) -> Mapping[str, tuple[Value, ...]]:
    return {str(each.type): tuple(map(_value, each.values)) for each in attributes or ()}


def _value(value: Any) -> Value:
    """Return a value as it came: the models read any of these types as it is."""
    if isinstance(value, int | float | str):
        return value[:_LONGEST] if isinstance(value, str) else value
    raise TypeError("no plain value")
