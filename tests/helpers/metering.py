"""What a server of IEEE 2030.5 has to say of its meters, written from the documentation in both XSDs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.helpers.canned import Body

BEGUN, INTERVAL = 1_774_785_600, 900
"""2026-03-29, 12:00 UTC."""


@dataclass(frozen=True)
class Metered:
    """One MeterReading: its Reading's value, and its ReadingType's codes."""

    value: int
    uom: int = 72
    """UomType: 72 Wh, 38 W."""
    flow: int = 1
    accumulation: int = 9
    """9 summation, 12 instantaneous."""
    commodity: int | None = 1
    phase: int = 0
    multiplier: int = 0
    quality: str = "01"
    description: str = "Register"
    intervals: tuple[int, ...] = ()
    """Of :data:`INTERVAL` seconds each from :data:`BEGUN` on, in place of a Reading."""


@dataclass(frozen=True)
class Point:
    """One UsagePoint: serviceCategoryKind, roleFlags, and its meter readings by the last part of their hrefs."""

    readings: Mapping[str, Metered]
    service: int = 0
    roles: str = "03"
    device: str | None = None


def power(value: int, flow: int = 1, phase: int = 0) -> Metered:
    """Return what is measured just now, in W."""
    return Metered(value, uom=38, flow=flow, accumulation=12, phase=phase, description="Power")


def reading(at: str, metered: Metered) -> str:
    """Return the Reading of a MeterReading at ``at``."""
    quality = f"<qualityFlags>{metered.quality}</qualityFlags>"
    return f'<Reading href="{at}/r">{quality}<value>{metered.value}</value></Reading>'


def metering(points: Sequence[Point]) -> dict[str, Body]:
    """Return all resources from the UsagePointList /upt down."""
    found: dict[str, Body] = {}
    listed = ""
    for number, point in enumerate(points, 1):
        at = f"/upt/{number}"
        device = f"<deviceLFDI>{point.device}</deviceLFDI>" if point.device else ""
        listed += (
            f'<UsagePoint href="{at}"><mRID>0A{number:02}</mRID><description>Point {number}</description>'
            f"<roleFlags>{point.roles}</roleFlags><serviceCategoryKind>{point.service}</serviceCategoryKind>"
            f'<status>1</status>{device}<MeterReadingListLink href="{at}/mr" all="{len(point.readings)}"/>'
            "</UsagePoint>"
        )
        found |= _readings(f"{at}/mr", point.readings)
    count = len(points)
    found["/upt"] = f'<UsagePointList href="/upt" all="{count}" results="{count}">{listed}</UsagePointList>'
    return found


def _readings(base: str, readings: Mapping[str, Metered]) -> dict[str, Body]:
    found: dict[str, Body] = {}
    listed = ""
    for number, metered in readings.items():
        at = f"{base}/{number}"
        sets = f'<ReadingSetListLink href="{at}/rs" all="1"/>' if metered.intervals else ""
        link = "" if metered.intervals else f'<ReadingLink href="{at}/r"/>'
        listed += (
            f'<MeterReading href="{at}"><mRID>{100 - int(number):04}</mRID>'
            f"<description>{metered.description} {number}</description>"
            f'{link}{sets}<ReadingTypeLink href="{at}/rt"/></MeterReading>'
        )
        if metered.intervals:
            found |= _intervals(f"{at}/rs", metered.intervals)
        length = f"<intervalLength>{INTERVAL}</intervalLength>" if metered.intervals else ""
        commodity = "" if metered.commodity is None else f"<commodity>{metered.commodity}</commodity>"
        found[f"{at}/rt"] = (
            f'<ReadingType href="{at}/rt"><accumulationBehaviour>{metered.accumulation}</accumulationBehaviour>'
            f"{commodity}<flowDirection>{metered.flow}</flowDirection>{length}<phase>{metered.phase}</phase>"
            f"<powerOfTenMultiplier>{metered.multiplier}</powerOfTenMultiplier><uom>{metered.uom}</uom></ReadingType>"
        )
        found[f"{at}/r"] = reading(at, metered)
    count = len(readings)
    found[base] = f'<MeterReadingList href="{base}" all="{count}" results="{count}">{listed}</MeterReadingList>'
    return found


def _intervals(at: str, energies: Sequence[int]) -> dict[str, Body]:
    """Return one ReadingSet of a ReadingSetList, and its Readings."""
    count, length = len(energies), INTERVAL * len(energies)
    readings = "".join(
        f'<Reading href="{at}/1/r/{n}"><timePeriod><duration>{INTERVAL}</duration>'
        f"<start>{BEGUN + n * INTERVAL}</start></timePeriod><value>{energy}</value></Reading>"
        for n, energy in enumerate(energies)
    )
    return {
        at: f'<ReadingSetList href="{at}" all="1" results="1"><ReadingSet href="{at}/1"><mRID>01</mRID><timePeriod>'
        f"<duration>{length}</duration><start>{BEGUN}</start></timePeriod>"
        f'<ReadingListLink href="{at}/1/r" all="{count}"/></ReadingSet></ReadingSetList>',
        f"{at}/1/r": f'<ReadingList href="{at}/1/r" all="{count}" results="{count}">{readings}</ReadingList>',
    }
