"""What goes over the wire: IEEE 2030.5 XML made from plain fields, and read back.

Resources are described as plain nested dicts in the field names of py20305's models, so that the (slow to
import) models are only loaded here, once, and after start-up.
"""

from __future__ import annotations

import re
from typing import Any

from simulator.gateway.texts import fit

type Fields = dict[str, Any]

CONTENT_TYPE = "application/sep+xml"
_ROOT = re.compile(rb"<(?![?!])(?:\w+:)?(\w+)", re.ASCII)
_NOT_IN_2018 = re.compile(rb' schemaVer="[^"]*"')
_MOST_RENDERED = 2000
_rendered: dict[tuple[str, str], bytes] = {}
"""Documents by their name and what they say to the letter, oldest first: most is asked for again as it was."""


class BadDocumentError(ValueError):
    """A document from a client is not what the schema asks for."""


def typed(value: Any) -> Fields:
    """A simple type that sep.xsd gives a name (TimeType, mRIDType, …) and py20305 a class."""
    return {"value": value}


def link(href: str) -> Fields:
    """A Link (IEEE 2030.5-2018 annex B, Link)."""
    return {"href": href}


def list_link(href: str, count: int) -> Fields:
    """A ListLink with the number of entries the list has."""
    return {"href": href, "all": count}


def filled(fields: Fields) -> Fields:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def variant(name: str, fields: Fields) -> Any:
    """A resource as an entry of a list of its base type, which then says its type as xsi:type."""
    from py20305.models import sep  # noqa: PLC0415 - half a second of imports, see warm_up

    # The models have each type twice: as an element and, with a 1 after its name, as the type that lists are made of.
    return getattr(sep, f"{name}1")(**_fit(filled(fields)))


def _fit(value: Any) -> Any:
    """``value`` with all its texts as XML can carry them."""
    if isinstance(value, str):
        return fit(value)
    if isinstance(value, dict):
        return {name: _fit(each) for name, each in value.items()}
    return [_fit(each) for each in value] if isinstance(value, list) else value


def render(name: str, fields: Fields) -> bytes:
    """The XML of resource ``name``. A field that is None is left out, whatever default the model has for it.

    Where a text holds what XML cannot carry, its place is taken by U+FFFD: the rest of a list is not lost with it.
    What was said before, whichever gateway said it, is not made anew.
    """
    said = name, repr(fields)
    if (made := _rendered.get(said)) is None:
        while len(_rendered) >= _MOST_RENDERED:
            del _rendered[next(iter(_rendered))]
        made = _rendered[said] = _render(name, fields)
    return made


def _render(name: str, fields: Fields) -> bytes:
    from py20305.models import sep  # noqa: PLC0415
    from py20305.xml import to_xml  # noqa: PLC0415

    model = getattr(sep, name)(**_fit(filled(fields)))
    for key in [key for key, value in fields.items() if value is None]:
        setattr(model, key, None)
    # Of py20305's own way to please 2018 there is too much: it would also drop subscribable="1" from lists.
    return _NOT_IN_2018.sub(b"", to_xml(model), count=1)


def root_of(body: bytes) -> str | None:
    """The name of a document's root, without its namespace."""
    found = _ROOT.search(body)
    return found[1].decode() if found else None


def parse(name: str, body: bytes) -> Any:
    """The py20305 model of a document from a client, once it is valid against sep.xsd (2023).

    Raises ``BadDocumentError`` with the reason.
    """
    from py20305.models import sep  # noqa: PLC0415
    from py20305.xml import XmlParseError, from_xml, validate_xml  # noqa: PLC0415

    if b"<!DOCTYPE" in body:
        raise BadDocumentError("a document type is not allowed")
    if problems := validate_xml(body):
        raise BadDocumentError(problems[0])
    try:
        return from_xml(body, getattr(sep, name))
    except XmlParseError as err:
        raise BadDocumentError(str(err)) from err


def warm_up() -> None:
    """Load the models, so that the first request does not wait for them."""
    render("Time", {
        "current_time": typed(0), "dst_end_time": typed(0), "dst_offset": typed(0), "dst_start_time": typed(0),
        "quality": 7, "tz_offset": typed(0),
    })  # fmt: skip
