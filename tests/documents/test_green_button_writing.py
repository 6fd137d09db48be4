"""A vehicle's charging as a Green Button file, read back by software that none of us wrote."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from greenbutton_objects import enums
from greenbutton_objects.parse import parse_feed
from lxml import etree  # type: ignore[import-untyped]

from custom_components.utility_han.documents.green_button import Premise, Quality, without_vehicles, write_feed
from custom_components.utility_han.documents.green_button.local_time import local_time
from custom_components.utility_han.procedures import Charge
from tests.helpers.charges import ISSUED, OTHER_CAR, charge
from tests.helpers.random_charges import random_charges

pytestmark = pytest.mark.use_case("UR-EV")

NS = {"atom": "http://www.w3.org/2005/Atom", "espi": "http://naesb.org/espi"}
HOUR = timedelta(hours=1)
EVENING = datetime(2026, 11, 3, 20, 50, tzinfo=UTC)  # 13:50 in Denver, off-peak until 15:00
CLOCK_CHANGE = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 23:30 of the day before, charging until the clock is back


def charges() -> list[Charge]:
    """Return two vehicles: a corrected session, one with fee and tax, one in the hour that comes twice."""
    wrong = charge(EVENING, 60, 7_400)
    return [
        wrong,
        replace(wrong, id="credit", credits=wrong.id),
        charge(EVENING, 95, id="right", corrects=wrong.id),
        charge(CLOCK_CHANGE, 240, 3_700, quality="estimated"),
        charge(EVENING + 2 * HOUR, 47, vehicle=OTHER_CAR, program={"session_fee": "0.55", "tax_percent": "19"}),
    ]


def feed(given: Iterable[Charge], premise: Premise | None = None) -> bytes:
    given = list(given)
    return b"".join(write_feed(given, [without_vehicles(premise, given)] if premise else ()))


def read(tmp_path: Path, document: bytes) -> dict[str, Any]:
    """Return the usage points that greenbutton-objects reads, by title."""
    path = tmp_path / "file.xml"
    path.write_bytes(document)
    return {point.title: point for point in parse_feed(str(path))}


def home(*intervals: tuple[datetime, timedelta, float]) -> Premise:
    return Premise("prem-1", "Home without its vehicles", "America/Denver", intervals, ISSUED)


def test_another_reader_finds_each_watt_hour_in_its_quarter_of_an_hour(tmp_path: Path) -> None:
    points = read(tmp_path, feed(charges()))
    assert set(points) == {"Family car 1M8GDM9AXKP042788", "Second car & Co WVWZZZ1JZXW000001"}
    point = points["Family car 1M8GDM9AXKP042788"]
    assert (point.serviceCategory, point.status, point.roleFlags) == (enums.ServiceKind.electricity, 1, 4)
    (reading,) = point.meterReadings
    kind = reading.readingType
    assert kind.accumulationBehaviour is enums.AccumulationBehaviourType.deltaData
    assert (kind.flowDirection, kind.uom, kind.intervalLength, kind.currency) == (
        enums.FlowDirectionType.forward,
        enums.UomType.wattHours,
        900,
        enums.CurrencyCode.usd,
    )
    right, twice = charges()[2:4]
    found = list(reading.intervalReadings)
    assert all(each.timePeriod.duration == timedelta(minutes=15) for each in found)
    assert sum(each.value for each in found) == right.energy_wh + twice.energy_wh
    late = [each for each in found if each.timePeriod.start > EVENING - HOUR]
    assert late[0].timePeriod.start == EVENING.replace(minute=45)
    assert [each.value for each in late] == [period.energy_wh for period in right.periods]
    assert sum(each.cost for each in late) == pytest.approx(float(right.exact_cost))
    assert not any(each.readingQualities for each in late)
    assert {quality.quality for each in found if each not in late for quality in each.readingQualities} == {
        enums.QualityOfReading.estimatedUsingLinearInterpolation
    }
    # 25 hours have that day, and 01:00 comes twice in it: no quarter of an hour is another one's.
    assert len({each.timePeriod.start for each in found}) == len(found)


def test_months_add_up_to_what_is_billed() -> None:
    root = etree.fromstring(feed(charges()))
    (summary,) = root.xpath(
        "//espi:UsageSummary[../../atom:link[@rel='up' and contains(@href, $it)]]",
        namespaces=NS,
        it=_point(root, "Second"),
    )
    amount = {
        name: int(summary.findtext(f"espi:{name}", namespaces=NS))
        for name in ("billLastPeriod", "costAdditionalLastPeriod")
    }
    billed = charges()[-1]
    assert amount["billLastPeriod"] == round(billed.exact_cost * Decimal("1.19"), 2) * 100_000
    costs = root.xpath(
        "//espi:IntervalReading[../../../atom:link[@rel='up' and contains(@href, $it)]]/espi:cost",
        namespaces=NS,
        it=_point(root, "Second"),
    )
    assert amount["billLastPeriod"] == amount["costAdditionalLastPeriod"] + sum(int(each.text) for each in costs)
    assert summary.findtext("espi:billingPeriod/espi:duration", namespaces=NS) == str(30 * 86_400 + 3_600)  # November


def _point(root: Any, title: str) -> str:
    (path,) = root.xpath(
        "//atom:entry[*/espi:UsagePoint and starts-with(atom:title, $title)]/atom:link[@rel='self']/@href",
        namespaces=NS,
        title=title,
    )
    return str(path)


def test_the_same_entries_are_written_again(tmp_path: Path) -> None:
    first, again = feed(charges()), feed(charges())
    assert first == again
    more = feed([*charges(), charge(EVENING + timedelta(days=1), 30)])

    def ids(document: bytes) -> list[str]:
        return [each.text for each in etree.fromstring(document).iterfind("atom:entry/atom:id", NS)]

    assert len(ids(first)) == len(set(ids(first)))
    assert set(ids(first)) < set(ids(more))


def test_what_other_software_wants_of_a_certified_file() -> None:
    """D004 to D146 of the test requirements of the Green Button Alliance's data SDK, in words of our own."""
    root = etree.fromstring(feed(charges(), home((EVENING, HOUR, 9_000))))
    entries = root.findall("atom:entry", NS)

    def hrefs(rel: str, kind: str = "*") -> list[str]:
        query = f"atom:entry[atom:content/espi:{kind}]/atom:link[@rel='{rel}']/@href"
        return [str(each) for each in root.xpath(query, namespaces=NS)]

    for entry in entries:
        assert all(entry.find(f"atom:{name}", NS) is not None for name in ("id", "title", "published", "updated"))
    assert len(hrefs("self")) == len(set(hrefs("self"))) == len(entries)
    for child, parent in (
        ("MeterReading", "UsagePoint"),
        ("UsageSummary", "UsagePoint"),
        ("IntervalBlock", "MeterReading"),
    ):
        assert all(hrefs("related", parent).count(up) == 1 for up in hrefs("up", child))
    for shared, user in (("ReadingType", "MeterReading"), ("LocalTimeParameters", "UsagePoint")):
        assert set(hrefs("self", shared)) <= set(hrefs("related", user))
    for block in root.iterfind(".//espi:IntervalBlock", NS):
        starts = [int(each.text) for each in block.iterfind("espi:IntervalReading/espi:timePeriod/espi:start", NS)]
        assert starts == sorted(set(starts))
        assert int(block.findtext("espi:interval/espi:start", namespaces=NS)) == starts[0]


def test_it_is_valid_by_the_published_schema() -> None:
    """The schema is ESPI's of 2012-11-13 as openleadr carries it; three things that we write are newer than that."""
    schema = etree.XMLSchema(etree.parse(str(files("openleadr") / "schema" / "oadr_greenbutton.xsd")))
    atom = etree.XMLSchema(etree.parse(str(files("openleadr") / "schema" / "oadr_atom.xsd")))
    root = etree.fromstring(feed(charges(), home((EVENING, HOUR, 9_000), (EVENING + HOUR, HOUR, 20_000))))
    newer = ["espi:IntervalReading/espi:tou", "espi:UsagePoint/espi:isVirtual", "espi:UsageSummary/espi:commodity"]
    for path in newer:
        found = root.findall(f".//{path}", NS)
        assert found
        for each in found:
            each.getparent().remove(each)
    for summary in root.iterfind(".//espi:UsageSummary", NS):
        summary.tag = "{http://naesb.org/espi}ElectricPowerUsageSummary"  # what it was called then
    resources = [content[0] for content in root.iterfind("atom:entry/atom:content", NS)]
    assert len({each.tag for each in resources}) == 6
    for resource in resources:
        schema.assertValid(etree.fromstring(etree.tostring(resource)))
        resource.getparent().remove(resource)
    atom.assertValid(root)


def test_the_premise_less_its_vehicles_says_where_the_meters_do_not_agree(tmp_path: Path) -> None:
    start = EVENING.replace(minute=0)
    given = charges()
    premise = home(
        (start, HOUR, 9_000), (start + HOUR, HOUR, 8_000), (start + 2 * HOUR, 5 * timedelta(minutes=1), 50.0)
    )
    left = without_vehicles(premise, given)
    vehicles = [
        sum(
            p.energy_wh
            for c in given[2:]
            for p in c.periods
            if start + n * HOUR <= p.started_at < start + (n + 1) * HOUR
        )
        for n in range(2)
    ]
    assert [rest.wh for rest in left.intervals[:2]] == [9_000 - vehicles[0], 8_000 - vehicles[1]]
    assert left.intervals[0].quality is Quality.DERIVED
    assert left.negative == (left.intervals[1], left.intervals[2])
    assert left.uncovered_wh > 0
    within = (start, start + 2 * HOUR)
    assert without_vehicles(premise, given, within).uncovered_wh == 0, "what was charged before and after is not in it"
    known = without_vehicles(premise, given, within, [(start + HOUR, start + HOUR + timedelta(seconds=1))])
    assert (known.intervals[0], known.uncovered_wh) == (left.intervals[0], 0)
    assert left.intervals[1] not in known.intervals
    (reading,) = read(tmp_path, feed(given, premise))["Home without its vehicles"].meterReadings
    found = list(reading.intervalReadings)
    assert [each.value for each in found] == [rest.wh for rest in left.intervals]
    assert {quality.quality for each in found[1:] for quality in each.readingQualities} == {
        enums.QualityOfReading.questionable
    }


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("America/Los_Angeles", "360E2000", "B40E2000"),
        ("Europe/Berlin", "3E0E2000", "AE0E3000"),
        # Where the clock changes at a full hour of its own, which is half past one of UTC.
        ("America/St_Johns", "360E2000", "B40E2000"),
        ("Australia/Adelaide", "A40E2000", "440E3000"),
        ("Australia/Lord_Howe", "A40E2000", "440E2000"),
        ("Asia/Kolkata", "FFFFFFFF", "FFFFFFFF"),
    ],
)
def test_rules_of_daylight_saving(zone: str, start: str, end: str) -> None:
    """Those of California are in the files of its utilities; DstRuleType says how the others are made."""
    told = local_time(ZoneInfo(zone), 2026)
    assert (told.dst_start_rule, told.dst_end_rule) == (start, end)
    offsets = [datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7)]
    assert timedelta(seconds=told.tz_offset) == min(each for each in offsets if each is not None)


def test_nothing_charged_is_a_feed_without_entries() -> None:
    root = etree.fromstring(feed([]))
    assert root.find("atom:entry", NS) is None
    assert root.findtext("atom:updated", namespaces=NS) == "1970-01-01T00:00:00Z"


def test_random_sessions_under_random_programs(tmp_path: Path) -> None:
    """In three time zones and currencies; the other reader knows no more of these. Nothing is lost or there twice."""
    given = [each for each in random_charges(5, 120) if each.program.currency != "INR"]
    taken_back = {each.credits for each in given}
    expected: Counter[tuple[str, datetime]] = Counter()
    for each in given:
        if each.credits is None and each.id not in taken_back:
            for period in each.periods:
                quarter = period.started_at.replace(second=0, microsecond=0)
                quarter -= timedelta(minutes=quarter.minute % 15)
                expected[each.program.currency, quarter] += period.energy_wh
    (point,) = read(tmp_path, feed(given)).values()
    codes = {enums.CurrencyCode.usd: "USD", enums.CurrencyCode.eur: "EUR", enums.CurrencyCode.aus: "AUD"}
    found = {
        (codes[meter.readingType.currency], each.timePeriod.start): each.value
        for meter in point.meterReadings
        for each in meter.intervalReadings
    }
    assert len({currency for currency, _ in found}) == 3
    assert Counter(found) == expected
