"""Entries of an Atom feed (RFC 4287) that carry resources of ESPI: their ids, links and text.

An entry that is written again is the same entry: its UUID is made (uuid5) of what it is about and of nothing else.
Links are paths as the API of ESPI has them; who reads a file follows them within the file.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

from .codes import ESPI

_NAMESPACE = UUID("6f0b2a0e-52f5-5d0c-8a3c-5d1a7c1e4f90")
_BASE = "/espi/1_1/resource"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is: its path, that of what it belongs to, and its id."""

    collection: str
    id: UUID

    @property
    def path(self) -> str:
        """Return its own path."""
        return f"{self.collection}/{self.id}"

    def of(self, kind: str, *about: str) -> Place:
        """Return the place of a resource that belongs to it."""
        return Place(f"{self.path}/{kind}", uuid5(self.id, "/".join((kind, *about))))


def place(kind: str, *about: str) -> Place:
    """Return the place of a resource that belongs to no other."""
    return Place(f"{_BASE}/{kind}", uuid5(_NAMESPACE, "/".join((kind, *about))))


def moment(at: datetime) -> str:
    """Return a time as Atom has it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def text(value: str) -> str:
    """Return text without what XML cannot carry."""
    return escape(_NOT_XML.sub("", value))


def element(name: str, *inner: str) -> str:
    """Return an element, its inner parts being XML already."""
    return f"<{name}>{''.join(inner)}</{name}>"


def elements(**values: object) -> str:
    """Return elements with text, in this order; those that are None are left out."""
    return "".join(element(name, text(str(value))) for name, value in values.items() if value is not None)


def entry(at: Place, title: str, updated: datetime, kind: str, content: str, related: Iterable[str] = ()) -> bytes:
    """Return an entry: links to itself, what it belongs to and what is related, then the resource."""
    links = [("self", at.path), ("up", at.collection), *(("related", path) for path in related)]
    linked = "".join(f'<link rel="{rel}" href={quoteattr(path)}/>' for rel, path in links)
    return (
        f"<entry><id>urn:uuid:{at.id}</id>{linked}<title>{text(title)}</title>"
        f'<content type="application/xml"><{kind} xmlns="{ESPI}">{content}</{kind}></content>'
        f"<published>{moment(updated)}</published><updated>{moment(updated)}</updated></entry>\n"
    ).encode()
