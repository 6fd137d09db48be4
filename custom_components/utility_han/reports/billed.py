"""A bill beside the home's own meter: a utility's Green Button file, or a statistic that its integration keeps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..devices.energy_dashboard import async_grids
from ..documents.green_button import (
    MOST_BYTES,
    BillComparison,
    BillFinding,
    BillInterval,
    BillSummary,
    Compared,
    Flow,
    GreenButtonError,
    GreenButtonFile,
    Reason,
    Register,
    Tolerance,
    Unreadable,
    compare_bill,
    is_estimate,
    read_file,
)
from ..hub.subject import registered_id
from ..hub.telling.words import Sheet, async_load, words_of
from .hourly import Intervals, async_hours
from .sensors import async_sensor_of_premise

_MARGIN = timedelta(hours=15)
"""How far beyond the bill the meter is looked at: as much as a bill may be shifted."""
_BEGINNING = dt_util.utc_from_timestamp(0)
_MOST = 100
"""Days, tiers or billing periods in an answer."""
_EXPORT = frozenset({Flow.REVERSE})


@dataclass(slots=True)
class Bill:
    """One direction of a usage point, as it is billed, from start to end (seconds since 1970)."""

    name: str
    flow: Flow
    start: int
    end: int
    intervals: Callable[[], Iterator[BillInterval]]
    summaries: Sequence[BillSummary] = ()
    gaps: int = 0
    """How many hours are missing between its readings."""
    contradicted: int = 0

    def __iter__(self) -> Iterator[BillInterval]:
        """Go through the intervals, each time anew: ten years of them would be a lot to keep."""
        return self.intervals()


@dataclass(slots=True)
class Billed:
    """What a source says of bills, of which there is one at least."""

    bills: list[Bill]
    skipped: list[dict[str, str]] = field(default_factory=list)


def read_bill(path: Path) -> Billed:
    """Read a Green Button file; in an executor."""
    if path.stat().st_size > MOST_BYTES:
        raise GreenButtonError(Unreadable.TOO_LARGE, f"{MOST_BYTES // 1024 // 1024} MiB")
    with path.open("rb") as source:
        found = read_file(source)
    if not (bills := list(_bills(found))):
        raise GreenButtonError(Unreadable.NO_ELECTRICITY, "there are summaries and no readings")
    return Billed(bills, [_skipped(each.title, each.reason.value, each.detail) for each in found.skipped])


def _skipped(title: str, reason: str, detail: str) -> dict[str, str]:
    return {"title": title, "reason": reason, "detail": detail}


def _bills(found: GreenButtonFile) -> Iterator[Bill]:
    for point in found.usage_points:
        for register in point.registers:
            series = register.series
            yield Bill(
                name=point.title,
                flow=register.flow,
                start=series.start,
                end=series.end,
                intervals=partial(_intervals, register),
                summaries=() if register.flow in _EXPORT else point.summaries,
                gaps=series.missing_seconds // 3600,
                contradicted=series.contradicted,
            )


def _intervals(register: Register) -> Iterator[BillInterval]:
    for start, duration, wh, reading in register.wh():
        tier = f"tou {reading.tou}" if reading.tou else f"tier {reading.tier}" if reading.tier else ""
        yield BillInterval(start, duration, wh, is_estimate(register.quality(reading)), tier)


async def async_bill_of_statistic(hass: HomeAssistant, statistic_id: str) -> Billed | None:
    """Return what a statistic says, None where it is none of energy, or has none."""
    if not (found := await async_hours(hass, statistic_id, _BEGINNING, None)):
        return None

    def intervals() -> Iterator[BillInterval]:
        return (BillInterval(*each) for each in found)

    return Billed([Bill(statistic_id, Flow.FORWARD, found[0][0], found[-1][0] + found[-1][1], intervals)])


@dataclass(frozen=True, slots=True)
class Meter:
    """The statistics of what the premise takes and gives, and the sensors that they are of."""

    imported: Intervals
    exported: Intervals
    sensors: list[str]

    def of(self, flow: Flow) -> tuple[Intervals, Intervals]:
        """Return what a direction of a bill is compared with, and what it would be if it were the other one."""
        match flow:
            case Flow.REVERSE:
                return self.exported, self.imported
            case Flow.NET | Flow.TOTAL:
                sign = -1 if flow is Flow.NET else 1
                given = {start: wh for start, _, wh in self.exported}
                return [(start, length, wh + sign * given.get(start, 0.0)) for start, length, wh in self.imported], []
            case _:
                return self.imported, self.exported


async def async_meter(hass: HomeAssistant, entry: ConfigEntry, bills: Sequence[Bill]) -> Meter | None:
    """Return what the meter counted while the bills are of, None where it has no statistics."""
    since = dt_util.utc_from_timestamp(min(bill.start for bill in bills)) - _MARGIN
    until = dt_util.utc_from_timestamp(max(bill.end for bill in bills)) + _MARGIN
    taken = await async_sensor_of_premise(hass, entry, SensorDeviceClass.ENERGY)
    given = await _export_sensor(hass, entry)
    imported = await async_hours(hass, taken, since, until)
    if taken is None or imported is None:
        return None
    exported = await async_hours(hass, given, since, until)
    return Meter(imported, exported or [], [each for each in (taken, given) if each])


async def _export_sensor(hass: HomeAssistant, entry: ConfigEntry) -> str | None:
    if (own := registered_id(hass, SENSOR_DOMAIN, entry.entry_id, "energy_summation_received")) is not None:
        return own
    found = [sensor for grid in await async_grids(hass) if (sensor := grid.get("stat_energy_to"))]
    return str(found[0]) if len(found) == 1 else None


async def async_compare(hass: HomeAssistant, billed: Billed, meter: Meter, share: float) -> dict[str, Any]:
    """Return what differs, as the answer of an action."""
    zone, tolerance = dt_util.get_default_time_zone(), Tolerance(share=share)
    await async_load(hass)
    words = words_of(hass, Sheet.BILL_FINDING)
    compared, skipped = [], list(billed.skipped)
    for bill in billed.bills:
        if bill.flow in _EXPORT and not meter.exported:
            skipped.append(_skipped(bill.name, "no_export_statistics", bill.flow.name.lower()))
            continue
        found = await hass.async_add_executor_job(_compared, bill, meter, zone, tolerance)
        compared.append(
            {
                "usage_point": bill.name,
                "direction": bill.flow.name.lower(),
                "missing_hours": bill.gaps,
                "contradicting_readings": bill.contradicted,
                **_told(found, words),
            }
        )
    return {"meter": meter.sensors, "compared": compared, "skipped": skipped}


def _compared(bill: Bill, meter: Meter, zone: tzinfo, tolerance: Tolerance) -> BillComparison:
    ours, other = meter.of(bill.flow)
    return compare_bill(bill, ours, other, zone, summaries=bill.summaries, tolerance=tolerance)


def _told(found: BillComparison, words: dict[str, str]) -> dict[str, Any]:
    return {
        "start": _moment(found.start),
        "end": _moment(found.end),
        "bill": _kwh(found.bill_wh),
        "meter": _kwh(found.meter_wh),
        "unit": "kWh",
        "findings": [_finding(each, words) for each in found.findings],
        "days": [{"day": each.name, **_both(each)} for each in found.days if each.differs][:_MOST],
        "tiers": [{"tier": each.name, **_both(each), "differs": each.differs} for each in found.tiers[:_MOST]],
        "periods": [
            {
                "start": _moment(each.start),
                "end": _moment(each.end),
                "billed": _kwh(each.billed_wh),
                "readings": _kwh(each.readings_wh),
                "meter": _kwh(each.meter_wh),
                "amount": None if each.amount is None else str(each.amount),
                "currency": each.currency,
            }
            for each in found.periods[:_MOST]
        ],
    }


def _finding(each: BillFinding, words: dict[str, str]) -> dict[str, Any]:
    said = {
        "reason": each.reason.value,
        "text": words.get(each.reason, each.reason.value),
        "start": _moment(each.start),
        "end": _moment(each.end),
        "bill": _kwh(each.bill_wh),
        "meter": _kwh(each.meter_wh),
    }
    if each.detail is not None:
        if each.reason is Reason.SHIFTED:
            said["minutes"] = round(each.detail / 60)
        else:
            said["factor"] = round(each.detail, 4)
    return said


def _both(each: Compared) -> dict[str, Any]:
    return {"bill": _kwh(each.bill_wh), "meter": _kwh(each.meter_wh)}


def _kwh(wh: float | None) -> float | None:
    return None if wh is None else round(wh / 1000, 3)


def _moment(seconds: int) -> str:
    return dt_util.as_local(datetime.fromtimestamp(seconds, dt_util.UTC)).isoformat()
