"""A hand-over report: facts in the words of who reads it, in the order in which they are read."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Mark(StrEnum):
    """How something stands, as a colour tells it."""

    WELL = "well"
    """It was seen, and nothing is wrong with it."""
    UNWELL = "unwell"
    UNKNOWN = "unknown"
    """It was not seen, so that nothing can be said."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known, under its name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """A gateway, device, vehicle or case: what it is, how it stands, and what was measured of it."""

    title: str
    about: str
    """What kind of thing it is."""
    mark: Mark
    standing: str
    """How it stands, with the time."""
    facts: tuple[Fact, ...] = ()
    heads: tuple[str, ...] = ()
    """What the cells of :attr:`rows` are."""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Handover:
    """What was found in one home at one time."""

    title: str
    subtitle: str
    """The premises, and when it was made."""
    facts: tuple[Fact, ...]
    installed: tuple[Part, ...]
    cases: tuple[Part, ...]
    cases_title: str
    cases_none: str
    """What is said where there is no case."""
    notes_title: str
    notes: str
    explained: str
    """What the marks mean, and what the report does not say."""

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe, for a page that shows what is printed."""
        return asdict(self)
