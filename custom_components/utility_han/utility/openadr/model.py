"""What a VTN tells, as far as a home needs it: one form for OpenADR 3.1 and 3.0.1.

Read by :mod:`.reading`; the names are those of the schemas in ``openadr3.yaml`` (OpenADR 3.1.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

FOREVER = datetime(2200, 1, 1, tzinfo=UTC)
"""What lasts longer is taken to end here: ``P9999Y`` stands for infinity (openadr3.yaml, ``intervalPeriod``)."""

type Value = int | float | str | bool


class Version(StrEnum):
    """The versions that are spoken."""

    V3_0_1 = "3.0.1"
    V3_1 = "3.1"


@dataclass(frozen=True, slots=True)
class Period:
    """An ``intervalPeriod``; ``start`` is None where there is none, or it is the beginning of time ("now")."""

    start: datetime | None
    duration: timedelta
    randomize: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Payload:
    """A ``valuesMap`` of an interval; its ``type`` is one of ``payloads.KINDS``."""

    type: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """An ``interval``; ``period`` is None where it has the event's."""

    id: int
    period: Period | None
    payloads: tuple[Payload, ...]


@dataclass(frozen=True, slots=True)
class Descriptor:
    """An ``eventPayloadDescriptor``: in what the values of a payload type are."""

    units: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class ReportDescriptor:
    """A ``reportDescriptor``: a report that an event asks for. Its defaults are the document's."""

    payload_type: str
    reading_type: str | None = None
    units: str | None = None
    targets: frozenset[str] = frozenset()
    aggregate: bool = False
    start_interval: int = -1
    num_intervals: int = -1
    historical: bool = True
    frequency: int = -1
    repeat: int = 1
    intervals: str = "INTERVALS"


@dataclass(frozen=True, slots=True)
class VtnEvent:
    """An ``event``. ``descriptors`` are by payload type; ``priority`` is None where it has none, the lowest."""

    id: str
    program: str
    name: str | None
    created: datetime
    modified: datetime
    priority: int | None
    targets: frozenset[str]
    period: Period | None
    duration: timedelta | None
    """Of all intervals together, where that is another than their sum."""
    intervals: tuple[Interval, ...]
    descriptors: Mapping[str, Descriptor]
    reports: tuple[ReportDescriptor, ...]


@dataclass(frozen=True, slots=True)
class VtnProgram:
    """A ``program``; ``attributes`` are those of program-attributes.schema.yaml, by name."""

    id: str
    name: str
    modified: datetime
    links: tuple[str, ...]
    descriptors: Mapping[str, Descriptor]
    attributes: Mapping[str, tuple[Value, ...]]
    targets: frozenset[str]


@dataclass(frozen=True, slots=True)
class VtnObject:
    """A ``ven`` or ``resource``; ``of`` is the id of the ven that a resource belongs to."""

    id: str
    name: str
    modified: datetime
    targets: frozenset[str]
    attributes: Mapping[str, tuple[Value, ...]]
    created: datetime
    of: str | None = None
