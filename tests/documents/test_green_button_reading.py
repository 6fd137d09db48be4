"""A utility's Green Button file is read for what it says, whatever it is like."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from pathlib import Path
from random import Random

import pytest
from greenbutton_objects.parse import parse_feed

from custom_components.utility_han.documents.green_button import (
    PIECE,
    Flow,
    Gap,
    GreenButtonError,
    GreenButtonFile,
    Quality,
    Register,
    Skip,
    Unreadable,
    read_file,
    read_steps,
    write_feed,
)
from custom_components.utility_han.documents.green_button import parse as parsing
from tests.helpers.charges import charge
from tests.helpers.green_button import (
    ATOM,
    QUARTER,
    block,
    entry,
    file,
    house,
    leaves,
    meter_reading,
    reading,
    reading_type,
    series,
    usage_point,
)

pytestmark = pytest.mark.use_case("UR-EV")

START = int(datetime(2026, 3, 1, 8, tzinfo=UTC).timestamp())
NAMES = f"<IntervalReading>{''.join(f'<n{n}>1</n{n}>' for n in range(20_000))}</IntervalReading>"
"""Elements that nobody knows, each of another name."""


def read(document: bytes) -> GreenButtonFile:
    return read_file(BytesIO(document))


def only(document: bytes) -> Register:
    (point,) = read(document).usage_points
    (register,) = point.registers
    return register


def energies(register: Register) -> list[tuple[int, int, float]]:
    return [(start - START, duration, wh) for start, duration, wh, _ in register.wh()]


@pytest.mark.parametrize(
    ("power", "value", "wh"), [(0, 250, 250.0), (3, 2, 2000.0), (-3, 250_500, 250.5), (None, 250, 250.0)]
)
def test_units(power: int | None, value: int, wh: float) -> None:
    register = only(house(block(START, [reading(START, value)]), powerOfTenMultiplier=power))
    ((start, duration, energy),) = energies(register)
    assert (start, duration) == (0, QUARTER)
    assert energy == pytest.approx(wh)


@pytest.mark.parametrize("length", [300, 900, 3600, 86_400, 30 * 86_400])
def test_lengths(length: int) -> None:
    register = only(house(block(START, series(START, range(5), length)), intervalLength=length))
    assert energies(register) == [(at * length, length, at) for at in range(5)]
    assert register.series.gaps == []


def test_readings_without_a_time_follow_one_another_from_the_start_of_their_block() -> None:
    """IntervalReading.timePeriod: "If not specified, readings for each intervalLength in ReadingType are present"."""
    day = [block(START + at * 4 * QUARTER, [reading(None, 10 * at + each) for each in range(4)], at) for at in (1, 0)]
    together = entry("IntervalBlock", leaves(value=1), up="UsagePoint/1/MeterReading/1/IntervalBlock")
    register = only(house(*day, together))
    assert energies(register) == [(n * QUARTER, QUARTER, 10 * (n // 4) + n % 4) for n in range(8)]


def test_quality_cost_and_tiers() -> None:
    told = [
        reading(START, 100, cost=2450, quality=14, tou=2, consumptionTier=1),
        reading(START + QUARTER, 100, quality=8),
        reading(START + 2 * QUARTER, 100, cost="much"),
        reading(START + 3 * QUARTER, 100, quality=99, tou="x"),
    ]
    document = house(block(START, told), defaultQuality=17)
    register, found = only(document), read(document)
    readings = list(register.series)
    assert [register.quality(each) for each in readings] == [14, 8, 17, 17]
    assert [each.known_cost for each in readings] == [2450, None, None, None]
    assert [(each.tou, each.tier) for each in readings] == [(2, 1), (0, 0), (0, 0), (0, 0)]
    assert (found.unreadable_readings, register.currency) == (0, "USD")


def test_what_is_there_twice_counts_once_and_what_is_not_there_is_a_gap() -> None:
    first, later = block(START, series(START, [1, 2, 3, 4])), START + 8 * QUARTER
    corrected = block(START + QUARTER, series(START + QUARTER, [2, 77]), 2)
    overlapping = block(START + 2 * QUARTER, [reading(START + 2 * QUARTER, 500, 3600)], 1)
    register = only(house(block(later, series(later, [9])), overlapping, first, corrected))
    assert [wh for *_, wh in energies(register)] == [1, 2, 77, 4, 9]
    assert (register.series.repeated, register.series.contradicted) == (1, 2)
    assert register.series.gaps == [Gap(START + 4 * QUARTER, 4 * QUARTER)]
    assert register.series.missing_seconds == 4 * QUARTER


def test_several_usage_points_and_both_directions() -> None:
    document = file(
        *(
            block(START, series(START, [n]), of=of)
            for n, of in enumerate(["1/MeterReading/1", "1/MeterReading/2", "2/MeterReading/3"], 1)
        ),
        meter_reading(2, 1, 2),
        meter_reading(1),
        reading_type(1),
        reading_type(2, flowDirection=19),
        meter_reading(3, 2),
        usage_point(1),
        usage_point(2),
        entry(
            "UsageSummary",
            f"<billingPeriod>{leaves(duration=86_400, start=START)}</billingPeriod>"
            + leaves(billLastPeriod=1_234_567, currency=124)
            + "<overallConsumptionLastPeriod>"
            + leaves(powerOfTenMultiplier=3, uom=72, value=4)
            + "</overallConsumptionLastPeriod>",
            up="UsagePoint/2/UsageSummary",
        ),
        entry("LocalTimeParameters", leaves(tzOffset=-18000, dstOffset=3600), "LocalTimeParameters/1"),
    )
    one, two = read(document).usage_points
    assert [(each.flow, each.series.start) for each in one.registers] == [(Flow.REVERSE, START), (Flow.FORWARD, START)]
    assert [wh for each in (*one.registers, *two.registers) for *_, wh in energies(each)] == [2, 1, 3]
    (bill,) = two.summaries
    assert (bill.wh, bill.amount, bill.currency) == (4000, Decimal("12.34567"), "CAD")
    assert one.local_time is not None
    assert (one.local_time.tz_offset, one.local_time.dst_offset) == (-18000, 3600)


@pytest.mark.parametrize("odd", ["9" * 400, "", "NaN", "12.5"])
def test_a_bill_of_which_a_number_cannot_be_read_tells_none_in_its_place(odd: str) -> None:
    """Nothing is what was used, or is to be paid, only where the bill says so."""
    summary = (
        f"<billingPeriod>{leaves(duration=86_400, start=START)}</billingPeriod>{leaves(billLastPeriod=odd)}"
        f"<overallConsumptionLastPeriod>{leaves(uom=72, value=odd)}</overallConsumptionLastPeriod>"
    )
    bill = entry("UsageSummary", summary, up="UsagePoint/1/UsageSummary")
    ((told,),) = (point.summaries for point in read(house(bill, block(START, series(START, [1])))).usage_points)
    assert (told.wh, told.amount) == (None, None)


@pytest.mark.parametrize("odd", ["-1", "9" * 400, "", "NaN", "0x10"])
def test_numbers_that_cannot_be_are_none(odd: str) -> None:
    period = f"<billingPeriod>{leaves(duration=86_400, start=odd)}</billingPeriod>{leaves(billLastPeriod=odd)}"
    bill = entry("UsageSummary", period, up="UsagePoint/1/UsageSummary")
    readings = [reading(START + QUARTER, odd), reading(START, 7, cost=odd, tou=odd, quality=odd)]
    found = read(house(bill, block(START, readings), intervalLength=odd))
    (point,) = found.usage_points
    assert point.summaries == ()
    assert energies(point.registers[0])[0] == (0, QUARTER, 7)
    assert next(iter(point.registers[0].series)).tou in {0, -1}


def test_files_without_links_or_usage_points_as_an_early_utility_writes_them() -> None:
    """As SDG&E's of 2012 is: a ReadingType and one entry with a block for each day, nothing else."""
    days = [f"<interval>{leaves(start=START)}</interval>{''.join(series(START, range(96)))}"]
    document = file(entry("ReadingType", leaves(uom=72, accumulationBehaviour=0)), entry("IntervalBlock", days[0]))
    register = only(document)
    assert (len(register.series), register.flow) == (96, Flow.NONE)


def test_a_prefix_is_as_good_as_a_default_namespace() -> None:
    document = house(block(START, series(START, [5]))).decode()
    content = re.sub(r"<(/?)(?!\?|/?(?:feed|entry|link|title|content|updated)\b)(\w)", r"<\1e:\2", document)
    content = content.replace("xmlns='http://naesb.org/espi'", "").replace(
        "<feed ", "<feed xmlns:e='http://naesb.org/espi' "
    )
    assert "<e:IntervalReading>" in content
    assert energies(only(content.encode())) == [(0, QUARTER, 5)]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", Unreadable.NOT_XML),
        (b"date,kWh\n2026-01-01,1.5\n", Unreadable.NOT_XML),
        (house()[:-4], Unreadable.NOT_XML),
        (file(root="html"), Unreadable.NOT_GREEN_BUTTON),
        (file(usage_point(), atom="http://purl.org/atom/ns#"), Unreadable.NOT_GREEN_BUTTON),
        (file(before="<!DOCTYPE feed [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>"), Unreadable.DECLARES_TYPES),
        (file(before="<!DOCTYPE feed SYSTEM 'file:///etc/passwd'>"), Unreadable.DECLARES_TYPES),
        (file("<entry>" + "<a>" * 100 + "</a>" * 100 + "</entry>"), Unreadable.TOO_DEEP),
        (file("<entry a='" + "x" * 3_000_000 + "'/>"), Unreadable.NOT_XML),
        (file(), Unreadable.NO_ELECTRICITY),
        (house(), Unreadable.NO_ELECTRICITY),
        (house(block(START, [NAMES, reading(START, 1)])), Unreadable.TOO_LARGE),
    ],
    ids=[
        "empty", "table", "cut", "page", "old_atom", "bomb", "outside", "deep", "endless", "nothing", "no_readings",
        "names",
    ],
)  # fmt: skip
def test_what_is_no_such_file_says_why(document: bytes, reason: Unreadable) -> None:
    with pytest.raises(GreenButtonError) as caught:
        read(document)
    assert caught.value.reason is reason


def test_a_file_that_is_too_large_is_given_up_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MOST_BYTES", 10 * PIECE)
    taken = count()
    endless = (file()[:-7] if next(taken) == 0 else b"<entry/>" * (PIECE // 8) for _ in count())
    with pytest.raises(GreenButtonError) as caught:
        list(read_steps(endless))
    assert (caught.value.reason, next(taken)) == (Unreadable.TOO_LARGE, 11)


def one(*, service: int = 0, **kind: int) -> bytes:
    readings = block(START, series(START, [1]))
    return file(usage_point(service=service), meter_reading(), reading_type(**kind), readings)


@pytest.mark.parametrize(
    ("document", "reason", "detail"),
    [
        (one(service=1, uom=169, commodity=7), Skip.ANOTHER_SERVICE, "gas"),
        (one(uom=128, commodity=9), Skip.ANOTHER_SERVICE, "commodity 9"),
        (one(uom=38), Skip.ANOTHER_UNIT, "uom 38"),
        (one(powerOfTenMultiplier=99), Skip.ANOTHER_UNIT, "powerOfTenMultiplier 99"),
        (one(accumulationBehaviour=1), Skip.A_COUNTER, "accumulationBehaviour 1"),
        (file(usage_point(), meter_reading(), block(START, series(START, [1]))), Skip.NO_READING_TYPE, ""),
    ],
)
def test_what_is_left_out_is_told_beside_what_is_read(document: bytes, reason: Skip, detail: str) -> None:
    with pytest.raises(GreenButtonError) as caught:
        read(document)
    assert caught.value.reason is Unreadable.NO_ELECTRICITY
    assert reason.value in caught.value.detail
    more = [
        usage_point(7),
        meter_reading(8, 7, 9),
        reading_type(9),
        block(START, series(START, [3]), of="7/MeterReading/8"),
    ]
    found = read(document.replace(b"</feed>", "".join(more).encode() + b"</feed>"))
    assert [(each.reason, each.detail) for each in found.skipped] == [(reason, detail)]
    assert energies(found.usage_points[0].registers[0]) == [(0, QUARTER, 3)]


def test_it_is_read_a_little_at_a_time() -> None:
    """However the blocks lie: no step does more than a piece of the file, or some readings of it."""
    values = [Random(7).randrange(900) for _ in range(20_000)]
    readings = series(START, values)
    Random(8).shuffle(readings)
    document = house(block(START, readings))

    def pieces() -> Iterator[bytes]:
        for at in range(0, len(document), PIECE):
            yield document[at : at + PIECE]

    steps, done = read_steps(pieces()), 0
    while True:
        try:
            next(steps)
            done += 1
        except StopIteration as stop:
            (point,) = stop.value.usage_points
            break
    assert done > len(document) // PIECE + len(values) // 2000
    assert [wh for *_, wh in energies(point.registers[0])] == values


def test_another_reader_reads_the_same(tmp_path: Path) -> None:
    values = [Random(3).randrange(9000) for _ in range(400)]
    document = house(
        *(
            block(START + at * QUARTER, series(START + at * QUARTER, values[at : at + 40]), at)
            for at in range(0, 400, 40)
        ),
        powerOfTenMultiplier=3,
    )
    path = tmp_path / "file.xml"
    path.write_bytes(document)
    (point,) = parse_feed(str(path))
    theirs = [
        (int(each.timePeriod.start.timestamp()) - START, int(each.timePeriod.duration.total_seconds()), each.value)
        for meter in point.meterReadings
        for each in meter.intervalReadings
    ]
    assert energies(only(document)) == theirs


def test_what_we_write_we_read() -> None:
    charged = charge(datetime(2026, 5, 4, 20, 50, tzinfo=UTC), 100, quality="estimated")
    (point,) = read(b"".join(write_feed([charged]))).usage_points
    (register,), (bill,) = point.registers, point.summaries
    found = list(register.wh())
    assert sum(wh for *_, wh, _ in found) == bill.wh == charged.energy_wh
    assert {register.quality(each) for *_, each in found} == {Quality.ESTIMATED_BY_INTERPOLATION}
    assert sum(each.known_cost or 0 for *_, each in found) == pytest.approx(charged.exact_cost * 100_000, abs=10)
    assert {each.tou for *_, each in found} == {1, 2}  # off-peak, and peak from 15:00 in Denver
    assert bill.amount == round(charged.exact_cost, 2)
    assert point.role_flags == "0004"
    assert ATOM in b"".join(write_feed([charged])).decode()
    assert timedelta(seconds=bill.duration) == timedelta(days=31)
