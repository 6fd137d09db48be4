"""Writes what was charged as a Green Button file, a piece at a time: an Atom feed of ESPI (espi.xsd, atom.xsd).

Each vehicle is a UsagePoint ("isPEV") with a MeterReading for each currency, whose IntervalBlocks are the days (local
time) with charging. There is no reading where no session was: nobody says that nothing was charged then. The same
charges are the same bytes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ...procedures import Charge
from .atom import Place, element, elements, entry, moment, place, text
from .codes import (
    ATOM,
    CURRENCIES,
    ROLE_PEV,
    Accumulation,
    Commodity,
    Flow,
    Measurement,
    MeasuringPeriod,
    Quality,
    ServiceKind,
    Unit,
)
from .local_time import local_time
from .remainder import Remainder, Rest
from .submeter import QUARTER, Month, Quarter, Submeter, hundred_thousandths, submeters

_MEASURING_PERIODS = {
    300: MeasuringPeriod.FIVE_MINUTES,
    QUARTER: MeasuringPeriod.FIFTEEN_MINUTES,
    1800: MeasuringPeriod.THIRTY_MINUTES,
    3600: MeasuringPeriod.SIXTY_MINUTES,
    86400: MeasuringPeriod.TWENTY_FOUR_HOURS,
}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def write_feed(
    charges: Iterable[Charge], remainders: Iterable[Remainder] = (), *, title: str = "Green Button"
) -> Iterator[bytes]:
    """Yield the file: the vehicles that were charged, and premises without theirs."""
    meters, rests = submeters(charges), list(remainders)
    updated = max([meter.updated for meter in meters] + [rest.premise.read_at for rest in rests], default=_BEGINNING)
    about = {f"{meter.vin}@{meter.premise_id}" for meter in meters} | {rest.premise.id for rest in rests}
    at = place("Feed", *sorted(about))
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="{ATOM}"><id>urn:uuid:{at.id}</id>'
        f'<link rel="self" href="{at.path}"/><title>{text(title)}</title><updated>{moment(updated)}</updated>'
        "<author><name>Utility HAN</name></author>\n"
    ).encode()
    feed = _Feed(updated)
    for meter in meters:
        yield from feed.vehicle(meter)
    for rest in rests:
        yield from feed.remainder(rest)
    yield b"</feed>\n"


class _Feed:
    """Writes the entries; those that several usage points have in common once."""

    def __init__(self, updated: datetime) -> None:
        self._updated = updated
        self._written: set[str] = set()

    def vehicle(self, meter: Submeter) -> Iterator[bytes]:
        """Yield the entries of a vehicle."""
        at = place("UsagePoint", meter.vin, meter.premise_id)
        yield from self._usage_point(at, meter.title, meter.zone, meter.updated, ROLE_PEV)
        for register in meter.registers.values():
            reading = at.of("MeterReading", register.currency)
            yield from self._meter_reading(
                reading, meter.title, meter.updated, _reading_type(QUARTER, Quality.RAW, register.currency)
            )
            for day, quarters in _by_day(sorted(register.quarters.items()), meter.zone, lambda each: each[0]):
                readings = [_quarter(start, quarter) for start, quarter in quarters]
                yield _block(reading.of("IntervalBlock", day), day, meter.updated, readings)
            for name, month in register.months.items():
                summary = at.of("UsageSummary", name, register.currency)
                content = _summary(month, register.currency)
                yield entry(summary, name, month.updated or _BEGINNING, "UsageSummary", content)

    def remainder(self, remainder: Remainder) -> Iterator[bytes]:
        """Yield the entries of a premise less its vehicles."""
        premise, rests = remainder.premise, remainder.intervals
        if not rests:
            return
        zone = ZoneInfo(premise.time_zone)
        at = place("UsagePoint", "remainder", premise.id)
        yield from self._usage_point(at, premise.title, zone, premise.read_at, None)
        length = Counter(rest.duration for rest in rests).most_common(1)[0][0]
        reading = at.of("MeterReading", str(length))
        yield from self._meter_reading(
            reading, premise.title, premise.read_at, _reading_type(length, Quality.DERIVED, None)
        )
        for day, found in _by_day(rests, zone, lambda rest: rest.start):
            readings = [_rest(rest) for rest in found]
            yield _block(reading.of("IntervalBlock", day), day, premise.read_at, readings)

    def _usage_point(
        self, at: Place, title: str, zone: ZoneInfo, updated: datetime, role_flags: str | None
    ) -> Iterator[bytes]:
        """Yield UsagePoint and LocalTimeParameters; what has no role is virtual, no meter can be where it is."""
        clock = place("LocalTimeParameters", zone.key)
        related = [f"{at.path}/MeterReading", clock.path]
        if role_flags is not None:
            related.append(f"{at.path}/UsageSummary")
        content = (
            elements(roleFlags=role_flags)
            + element("ServiceCategory", elements(kind=int(ServiceKind.ELECTRICITY)))
            + elements(status=1, isVirtual="true" if role_flags is None else None)
        )
        yield entry(at, title, updated, "UsagePoint", content, related)
        told = local_time(zone, self._updated.astimezone(zone).year)
        content = elements(
            dstEndRule=told.dst_end_rule,
            dstOffset=told.dst_offset,
            dstStartRule=told.dst_start_rule,
            tzOffset=told.tz_offset,
        )
        yield from self._once(clock, zone.key, "LocalTimeParameters", content)

    def _meter_reading(self, at: Place, title: str, updated: datetime, reading_type: str) -> Iterator[bytes]:
        kind = place("ReadingType", reading_type)
        yield entry(at, title, updated, "MeterReading", "", [f"{at.path}/IntervalBlock", kind.path])
        yield from self._once(kind, "Wh", "ReadingType", reading_type)

    def _once(self, at: Place, title: str, kind: str, content: str) -> Iterator[bytes]:
        if at.path not in self._written:
            self._written.add(at.path)
            yield entry(at, title, self._updated, kind, content)


def _reading_type(length: int, quality: Quality, currency: str | None) -> str:
    return elements(
        accumulationBehaviour=int(Accumulation.DELTA_DATA),
        commodity=int(Commodity.ELECTRICITY_SECONDARY),
        currency=CURRENCIES.get(currency, 0) if currency is not None else None,
        defaultQuality=int(quality),
        flowDirection=int(Flow.FORWARD),
        intervalLength=length,
        kind=int(Measurement.ENERGY),
        phase=0,
        powerOfTenMultiplier=0,
        uom=int(Unit.WH),
        measuringPeriod=int(_MEASURING_PERIODS.get(length, MeasuringPeriod.NONE)),
    )


def _by_day[Item](
    items: Sequence[Item], zone: ZoneInfo, start: Callable[[Item], int]
) -> Iterator[tuple[str, list[Item]]]:
    """Yield the items by the day (local time) that they start on."""
    day, found = "", list[Item]()
    for item in items:
        theirs = f"{datetime.fromtimestamp(start(item), zone):%Y-%m-%d}"
        if found and theirs != day:
            yield day, found
            found = []
        day = theirs
        found.append(item)
    if found:
        yield day, found


def _quarter(start: int, quarter: Quarter) -> tuple[int, int, str]:
    quality = quarter.quality if quarter.quality is not Quality.RAW else None
    cost = elements(cost=hundred_thousandths(quarter.cost))
    return start, QUARTER, _reading(start, QUARTER, quarter.wh, quality, cost, quarter.tou)


def _reading(
    start: int, duration: int, wh: int, quality: Quality | None, cost: str = "", tou: int | None = None
) -> str:
    said = element("ReadingQuality", elements(quality=int(quality))) if quality is not None else ""
    period = element("timePeriod", elements(duration=duration, start=start))
    return element("IntervalReading", cost, said, period, elements(value=wh, tou=tou))


def _block(at: Place, day: str, updated: datetime, readings: list[tuple[int, int, str]]) -> bytes:
    start, end = readings[0][0], max(begun + duration for begun, duration, _ in readings)
    interval = element("interval", elements(duration=end - start, start=start))
    return entry(at, day, updated, "IntervalBlock", interval + "".join(each for *_, each in readings))


def _summary(month: Month, currency: str) -> str:
    """Return UsageSummary: billLastPeriod is costAdditionalLastPeriod (fees, tax) more than the readings cost."""
    bill = hundred_thousandths(month.bill)
    updated = int((month.updated or _BEGINNING).timestamp())
    energy = elements(powerOfTenMultiplier=0, timeStamp=updated, uom=int(Unit.WH), value=month.wh)
    return "".join(
        (
            element("billingPeriod", elements(duration=month.duration, start=month.start)),
            elements(
                billLastPeriod=bill,
                costAdditionalLastPeriod=bill - month.energy_cost,
                currency=CURRENCIES.get(currency, 0),
            ),
            element("overallConsumptionLastPeriod", energy),
            elements(
                qualityOfReading=int(Quality.MIXED if month.estimated else Quality.RAW),
                statusTimeStamp=updated,
                commodity=int(Commodity.ELECTRICITY_SECONDARY),
            ),
        )
    )


def _rest(rest: Rest) -> tuple[int, int, str]:
    quality = rest.quality if rest.quality is not Quality.DERIVED else None
    return rest.start, rest.duration, _reading(rest.start, rest.duration, rest.wh, quality)
