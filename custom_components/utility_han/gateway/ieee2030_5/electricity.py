"""Which usage point, and which of its meter readings, are electricity (IEEE 2030.5-2018, 10.5; the XSD's codes).

A gateway may meter gas and water beside the electricity, in kWh too. aio2030dot5 knows neither ``commodity`` nor more
than one usage point, so the lists are read here first, and it is given what is left of them. They are read as they
come: meters in the field leave out what the schema demands, and add what it does not know.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from aio2030dot5 import MeterConnectionError, MeterError, ReadingType

from ..errors import GatewayError, Reason
from .addresses import local_path
from .connection import ConnectionSession
from .failures import is_unavailable
from .reader import PAGE, page_of

_MOST = 250
"""Usage points, or meter readings of one: each costs a request or more."""
_ELECTRICITY = 0
"""ServiceKind; it has to be there, and where it is not nothing else is said."""
_ELECTRIC_COMMODITIES = frozenset({0, 1, 2})
"""CommodityType: not applicable (the default), and electricity metered on either side of a service transformer."""
_MIRROR, _PREMISES, _PEV, _DER, _SUBMETER = 0x01, 0x02, 0x04, 0x08, 0x40
"""RoleFlagsType."""
_WORDS = {
    "not_electricity": "it is not electricity",
    "unreadable": "its ReadingType cannot be read",
    "alike": "there is another with the same meaning, which is read:",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that a gateway meters and that is not shown: what it is, and why."""

    href: str
    description: str | None
    why: str
    """``not_electricity``, ``unreadable``, or ``alike`` (there is another with the same ReadingType)."""
    register: str | None = None
    """The key that it would have, where another has it."""

    def __str__(self) -> str:
        of = f" {self.register}" if self.register else ""
        return f"{self.href} ({self.description or 'without a description'}): {_WORDS[self.why]}{of}"


@dataclass(slots=True)
class Selection:
    """What is to be read in place of the gateway's own lists, by path; None of it where nothing is electricity."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


async def select_electricity(session: ConnectionSession, href: str) -> Selection:
    """Read the UsagePointList at ``href`` (a path), and what the best usage point of electricity has."""
    found = Selection()
    points, listed = await _entries(session, href, "UsagePoint")
    electric: list[ET.Element] = []
    for point in listed:
        if _number(point, "serviceCategoryKind", _ELECTRICITY) != _ELECTRICITY:
            found.left_out.append(_left_out(href, point, "not_electricity"))
        elif _link(point, "MeterReadingListLink") is not None:
            electric.append(point)
    chosen: ET.Element | None = None
    for point in sorted(electric, key=_rank):
        if chosen is not None and not _mirror_one_device(chosen, point):
            continue
        at = _path(_path(href, point.get("href")), _link(point, "MeterReadingListLink"))
        readings = await _electric_readings(session, at, found)
        if readings and chosen is None:
            chosen, found.bodies[href] = point, _list(points, [_copy(point, href)])
            into, of_all = at, readings
        elif readings:
            of_all += readings
        if chosen is not None:
            found.bodies[into] = _list(ET.Element("MeterReadingList"), of_all)
    return found


def _mirror_one_device(first: ET.Element, other: ET.Element) -> bool:
    """Whether two usage points are of the same device in the same role, as where each mirrors one of its readings.

    ``deviceLFDI``, "the LFDI of the source device", "SHALL be present when mirroring".
    """
    device = _text(first, "deviceLFDI")
    return device is not None and device == _text(other, "deviceLFDI") and _rank(first) == _rank(other)


def _rank(point: ET.Element) -> tuple[bool, ...]:
    """Lower is better: on, of the premises rather than of a part of them, measured rather than mirrored."""
    try:
        roles = int(_text(point, "roleFlags") or "0", 16)
    except ValueError:
        roles = 0
    premises = bool(roles & _PREMISES)
    of_a_part = bool(roles & _SUBMETER) or (bool(roles & (_PEV | _DER)) and not premises)
    return _number(point, "status", 1) != 1, of_a_part, bool(roles & _MIRROR), not premises


async def _electric_readings(session: ConnectionSession, href: str, found: Selection) -> list[ET.Element]:
    """Return the meter readings in the list at ``href`` that are electricity; their types go to ``found``."""
    kept: list[ET.Element] = []
    for reading in (await _entries(session, href, "MeterReading"))[1]:
        if (link := _link(reading, "ReadingTypeLink")) is None:
            continue
        type_at = _path(_path(href, reading.get("href")), link)
        try:
            body = found.bodies.get(type_at) or await session.get(type_at)
            reading_type = _parse(body, type_at)
            ReadingType.from_xml(reading_type)  # one that cannot be read loses no other
        except (MeterError, GatewayError) as err:
            if isinstance(err, MeterConnectionError) or not is_unavailable(err):
                raise
            found.left_out.append(_left_out(href, reading, "unreadable"))
            continue
        if _number(reading_type, "commodity", 0) in _ELECTRIC_COMMODITIES:
            found.bodies[type_at] = body
            kept.append(_copy(reading, href))
        else:
            found.left_out.append(_left_out(href, reading, "not_electricity"))
    return kept


async def _entries(session: ConnectionSession, href: str, item: str) -> tuple[ET.Element, list[ET.Element]]:
    """Return the list at ``href`` as its first page has it, and the entries of all pages."""
    found: dict[str, ET.Element] = {}
    first: ET.Element | None = None
    read = 0
    while True:
        page = _parse(await session.get(page_of(href, read, PAGE)), href)
        if not _name(page).endswith("List"):
            raise GatewayError(Reason.MALFORMED, f"GET {href}: a {_name(page)[:64]} is no list")
        first = page if first is None else first
        got = [each for each in page if _name(each) == item]
        before, read = len(found), read + len(got)
        found |= {each.get("href") or f"#{len(found) + number}": each for number, each in enumerate(got)}
        if len(found) > _MOST:
            raise GatewayError(Reason.TOO_LARGE, f"{href} has more than {_MOST} entries")
        if len(found) == before or read >= _count(page):
            return first, list(found.values())


def _list(like: ET.Element, entries: Sequence[ET.Element]) -> bytes:
    """Return a list with ``entries`` in place of those of ``like``, all on one page."""
    root = ET.Element(like.tag, {**like.attrib, "all": str(len(entries)), "results": str(len(entries))})
    root.extend(entries)
    return ET.tostring(root)


def _copy(entry: ET.Element, base: str) -> ET.Element:
    """Return an entry of the list at ``base`` with its links as paths, and nothing that lies deeper in it."""
    at = _path(base, entry.get("href"))
    found = ET.Element(entry.tag, {**entry.attrib, "href": at})
    for each in entry:
        href = each.get("href")
        links = {} if href is None else {"href": _path(at, href)}
        ET.SubElement(found, each.tag, {**each.attrib, **links}).text = each.text
    return found


def _left_out(base: str, entry: ET.Element, why: str) -> LeftOut:
    return LeftOut(_path(base, entry.get("href")), _text(entry, "description"), why)


def _parse(body: bytes, path: str) -> ET.Element:
    try:
        return ET.fromstring(body)  # noqa: S314 - the connection lets no document type through
    except (ET.ParseError, ValueError, LookupError) as err:
        raise GatewayError(Reason.MALFORMED, f"GET {path}: {err}"[:300]) from err


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: ET.Element, name: str) -> ET.Element | None:
    return next((each for each in element if _name(each) == name), None)


def _text(element: ET.Element, name: str) -> str | None:
    found = _child(element, name)
    return (found.text or "").strip() or None if found is not None else None


def _number(element: ET.Element, name: str, default: int) -> int | None:
    """Return an element's number, ``default`` where it is not there, None where it is no number."""
    text = _text(element, name)
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _count(page: ET.Element) -> int:
    text = page.get("all", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _link(element: ET.Element, name: str) -> str | None:
    found = _child(element, name)
    return found.get("href") if found is not None else None


def _path(base: str, href: str | None) -> str:
    """Return the path of a link in the resource at ``base``; its own where it has none."""
    try:
        return local_path(urljoin(base, (href or "").strip()))
    except ValueError as err:
        raise GatewayError(Reason.MALFORMED, f"{base} names an address that is none: {err}") from err
