"""Gives reports to the VTN (``reportRequest`` of openadr3.yaml), each once.

They are made by hand: ``openadr3-client``'s ``NewReport`` has event payload descriptors where the document wants those
of reports. A VTN makes another report of each that it is given, so a name is looked for before it is used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..errors import UtilityError, UtilityReason
from .connection import VtnConnection
from .model import Value, Version
from .report_kinds import AGGREGATED
from .schedule import DueReport

type Values = Sequence[Value | None]


@dataclass(frozen=True, slots=True)
class Reported:
    """An interval of a report; without a time it is said of now, and ``value`` is None where none is known."""

    id: int
    value: Value | None
    start: datetime | None = None
    duration: timedelta | None = None


def reported(due: DueReport, values: Values) -> list[Reported]:
    """Return the values for the intervals of a report that is due, in their order."""
    if not due.intervals:
        return [Reported(place, value, due.at, timedelta(0)) for place, value in enumerate(values)]
    if len(values) != len(due.intervals):
        raise ValueError(f"{len(values)} values for {len(due.intervals)} intervals")
    return [
        Reported(slot.interval.id, value, slot.start, slot.end - slot.start)
        for slot, value in zip(due.intervals, values, strict=True)
    ]


class Reporter:
    """Sends reports under the name of one client."""

    def __init__(self, connection: VtnConnection, client_name: str) -> None:
        self._connection = connection
        self._client_name = client_name

    async def send_due(self, due: DueReport, values: Mapping[str, Values]) -> None:
        """Send a report that is due; ``values`` are those of each resource by its name, summed where that is asked."""
        intervals = {resource: reported(due, given) for resource, given in values.items()}
        if due.descriptor.aggregate and intervals:
            intervals = {AGGREGATED: _summed(list(intervals.values()))}
        await self.send(
            due.name,
            due.event,
            due.program,
            due.descriptor.payload_type,
            intervals,
            reading_type=due.descriptor.reading_type,
            units=due.unit,
        )

    async def send(
        self,
        name: str,
        event: str,
        program: str,
        payload_type: str,
        resources: Mapping[str, Sequence[Reported]],
        *,
        reading_type: str | None = None,
        units: str | None = None,
    ) -> None:
        """Send a report unless it is there already; safe to repeat."""
        if await self.sent(name, event):
            return
        descriptor = {"objectType": "REPORT_PAYLOAD_DESCRIPTOR", "payloadType": payload_type}
        descriptor |= {"readingType": reading_type} if reading_type else {}
        descriptor |= {"units": units} if units else {}
        body: dict[str, Any] = {
            "eventID": event,
            "clientName": self._client_name,
            "reportName": name,
            "payloadDescriptors": [descriptor],
            "resources": [
                {"resourceName": resource, "intervals": [_interval(payload_type, each) for each in intervals]}
                for resource, intervals in resources.items()
            ],
        }
        if await self._connection.version() is Version.V3_0_1:
            body |= {"programID": program, "objectType": "REPORT"}
        try:
            await self._connection.call("POST", "reports", body)
        except UtilityError as err:
            if err.reason is not UtilityReason.NAME_TAKEN:
                raise

    async def sent(self, name: str, event: str) -> bool:
        """Whether a report of this name about an event is there."""
        entries, _ = await self._connection.pages("reports", {"eventID": event, "clientName": self._client_name})
        return any(isinstance(entry, dict) and entry.get("reportName") == name for entry in entries)


def _summed(intervals: list[list[Reported]]) -> list[Reported]:
    """Return the sum over all resources ("Aggregation means the data from a set of resources are summed", 7.7)."""
    found = []
    for each in zip(*intervals, strict=True):
        numbers = [one.value for one in each if isinstance(one.value, int | float) and not isinstance(one.value, bool)]
        known = len(numbers) == len(each)
        found.append(Reported(each[0].id, sum(numbers) if known else None, each[0].start, each[0].duration))
    return found


def _interval(payload_type: str, reported: Reported) -> dict[str, Any]:
    payloads: list[dict[str, Any]] = [{"type": payload_type, "values": [reported.value]}]
    if reported.value is None:
        payloads = [{"type": "DATA_QUALITY", "values": ["MISSING"]}]
    interval: dict[str, Any] = {"id": reported.id, "payloads": payloads}
    if reported.start is not None:
        seconds = (reported.duration or timedelta(0)).total_seconds()
        interval["intervalPeriod"] = {
            "start": reported.start.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "duration": f"PT{seconds:.3f}".rstrip("0").rstrip(".") + "S" if seconds % 1 else f"PT{int(seconds)}S",
        }
    return interval
