"""Green Button files as utilities write them: links as in greenbuttondata.org's, and what some leave out."""

from collections.abc import Iterable, Sequence
from typing import Any

ATOM, ESPI = "http://www.w3.org/2005/Atom", "http://naesb.org/espi"
BASE = "https://services.example/DataCustodian/espi/1_1/resource"
QUARTER = 900
WH = {
    "accumulationBehaviour": 4, "commodity": 1, "currency": 840, "dataQualifier": 12, "flowDirection": 1,
    "intervalLength": QUARTER, "kind": 12, "phase": 769, "powerOfTenMultiplier": 0, "timeAttribute": 0, "uom": 72,
}  # fmt: skip
"""ReadingType of greenbuttondata.org's sample of electricity."""


def leaves(**values: Any) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items() if value is not None)


def entry(
    kind: str, content: str, own: str = "", up: str = "", related: Iterable[str] = (), title: str = "", day: int = 1
) -> str:
    links = [("self", own), ("up", up), *(("related", each) for each in related)]
    linked = "".join(f'<link href="{BASE}/{href}" rel="{rel}"/>' for rel, href in links if href)
    inner = f"<title>{title}</title><content><{kind} xmlns='{ESPI}'>{content}</{kind}></content>"
    return f"<entry>{linked}{inner}<updated>2026-04-{day:02}T07:00:00Z</updated></entry>"


def usage_point(number: int = 1, service: int = 0) -> str:
    related = [f"UsagePoint/{number}/MeterReading", f"UsagePoint/{number}/UsageSummary", "LocalTimeParameters/1"]
    content = f"<ServiceCategory><kind>{service}</kind></ServiceCategory><status>1</status>"
    return entry("UsagePoint", content, f"UsagePoint/{number}", "UsagePoint", related, f"House {number}")


def meter_reading(number: int = 1, of: int = 1, kind: int = 1) -> str:
    own = f"UsagePoint/{of}/MeterReading/{number}"
    related = [f"{own}/IntervalBlock", f"ReadingType/{kind}"]
    return entry("MeterReading", "", own, f"UsagePoint/{of}/MeterReading", related, f"Reading {number}")


def reading_type(number: int = 1, **changed: Any) -> str:
    return entry("ReadingType", leaves(**WH | changed), f"ReadingType/{number}", "ReadingType")


def reading(start: int | None, value: Any, duration: int | None = QUARTER, **more: Any) -> str:
    period = f"<timePeriod>{leaves(duration=duration, start=start)}</timePeriod>" if start is not None else ""
    quality = f"<ReadingQuality>{leaves(quality=more.pop('quality'))}</ReadingQuality>" if "quality" in more else ""
    cost = leaves(cost=more.pop("cost", None))
    return f"<IntervalReading>{cost}{quality}{period}{leaves(value=value, **more)}</IntervalReading>"


def block(start: int, readings: Sequence[str], number: int = 1, of: str = "1/MeterReading/1") -> str:
    up = f"UsagePoint/{of}/IntervalBlock"
    interval = f"<interval>{leaves(duration=len(readings) * QUARTER, start=start)}</interval>"
    return entry("IntervalBlock", interval + "".join(readings), f"{up}/{start}-{number}", up, day=number)


def series(start: int, values: Iterable[Any], duration: int = QUARTER, **more: Any) -> list[str]:
    return [reading(start + at * duration, value, duration, **more) for at, value in enumerate(values)]


def file(*entries: str, root: str = "feed", atom: str = ATOM, before: str = "") -> bytes:
    return f"<?xml version='1.0' encoding='UTF-8'?>{before}<{root} xmlns='{atom}'>{''.join(entries)}</{root}>".encode()


def house(*blocks: str, **kind: Any) -> bytes:
    """Return a file of one usage point of electricity."""
    return file(usage_point(), meter_reading(), reading_type(**kind), *blocks)
