"""Gives reports to the VTN (``reportRequest`` of openadr3.yaml), each once.

They are made by hand: ``openadr3-client``'s ``NewReport`` has event payload descriptors where the document wants those
of reports. A VTN makes another report of each that it is given, so a name is looked for before it is used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..errors import UtilityError, UtilityReason
from ..report_model import Estimated, ReportValue, ReportValues, WantedReport
from .connection import VtnConnection
from .model import Version
from .report_kinds import AGGREGATED


@dataclass(frozen=True, slots=True)
class Reported:
    """An interval of a report; without a time it is said of now, and ``value`` is None where none is known."""

    id: int
    value: ReportValue | None
    start: datetime | None = None
    duration: timedelta | None = None


def reported(wanted: WantedReport, values: ReportValues) -> list[Reported]:
    """Return the values for the intervals of a report that is due, in their order."""
    if len(values) != len(wanted.intervals):
        raise ValueError(f"{len(values)} values for {len(wanted.intervals)} intervals")
    return [
        Reported(each.id, value, each.start, each.end - each.start)
        for each, value in zip(wanted.intervals, values, strict=True)
    ]


_MOST_KNOWN = 2000


class Reporter:
    """Sends reports under the name of one client, and remembers what is there.

    Reports cannot be asked for by name, and an event that lasts has thousands: they are not looked through anew for
    each device and poll, and what is behind those that are read is not sent again and again.
    """

    def __init__(self, connection: VtnConnection, client_name: str) -> None:
        self._connection = connection
        self._client_name = client_name
        self._known: dict[tuple[str, str], None] = {}
        """The events and names of reports that are there, those that were found or given first to begin with."""
        self.taken_at: datetime | None = None
        """When the VTN last took a report, or was found to have it."""

    async def send_due(self, wanted: WantedReport, values: Mapping[str, ReportValues], *, first: bool) -> None:
        """Send a report that is due; ``values`` are those of each resource by its name.

        It is looked for before, unless this is the ``first`` time for certain: reports cannot be asked for by name,
        and an event that lasts has many. Where the sum is asked for, it is that of all devices, and the premise's own
        where that is meant.
        """
        intervals = {resource: reported(wanted, given) for resource, given in values.items()}
        if wanted.aggregate and intervals:
            whole = intervals.get(wanted.premise) if wanted.premise else None
            intervals = {AGGREGATED: whole or _summed(list(intervals.values()))}
        await self.send(
            wanted.name,
            wanted.event,
            wanted.program,
            wanted.what,
            intervals,
            reading_type=wanted.reading,
            units=wanted.unit,
            first=first,
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
        first: bool = False,
    ) -> None:
        """Send a report unless it is there already; safe to repeat but for the ``first`` time."""
        if not first and await self.sent(name, event):
            self.taken_at = datetime.now(UTC)
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
            if not await self.sent(name, event):
                # A conflict with what is not there: its event is not (any more).
                raise UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, err.detail) from err
        self._remember(name, event)
        self.taken_at = datetime.now(UTC)

    async def sent(self, name: str, event: str) -> bool:
        """Whether a report of this name about an event is there."""
        if (event, name) in self._known:
            return True
        entries, _ = await self._connection.pages("reports", {"eventID": event, "clientName": self._client_name})
        if any(isinstance(entry, dict) and entry.get("reportName") == name for entry in entries):
            self._remember(name, event)
        return (event, name) in self._known

    def _remember(self, name: str, event: str) -> None:
        self._known[event, name] = None
        while len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]


def _summed(intervals: list[list[Reported]]) -> list[Reported]:
    """Return the sum over all resources ("Aggregation means the data from a set of resources are summed", 7.7)."""
    return [
        Reported(each[0].id, _sum([one.value for one in each]), each[0].start, each[0].duration)
        for each in zip(*intervals, strict=True)
    ]


def _sum(values: Sequence[ReportValue | None]) -> ReportValue | None:
    """Return the sum, estimated where one of them is; None where one is not known, or no number."""
    plain = [each.value if isinstance(each, Estimated) else each for each in values]
    numbers = [each for each in plain if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(numbers) < len(values):
        return None
    return Estimated(sum(numbers)) if any(isinstance(each, Estimated) for each in values) else sum(numbers)


def _payloads(payload_type: str, value: ReportValue | None) -> list[dict[str, Any]]:
    """Return a value with what its quality is, where there is something to say of it (user guide 7.8)."""
    if value is None:
        return [{"type": "DATA_QUALITY", "values": ["MISSING"]}]
    if isinstance(value, Estimated):
        return [
            {"type": payload_type, "values": [value.value]},
            {"type": "DATA_QUALITY", "values": ["ESTIMATED"]},
        ]
    return [{"type": payload_type, "values": [value]}]


def _interval(payload_type: str, reported: Reported) -> dict[str, Any]:
    interval: dict[str, Any] = {"id": reported.id, "payloads": _payloads(payload_type, reported.value)}
    if reported.start is not None:
        seconds = (reported.duration or timedelta(0)).total_seconds()
        interval["intervalPeriod"] = {
            "start": reported.start.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "duration": f"PT{seconds:.3f}".rstrip("0").rstrip(".") + "S" if seconds % 1 else f"PT{int(seconds)}S",
        }
    return interval
