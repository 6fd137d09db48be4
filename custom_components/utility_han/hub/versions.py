"""Versions of what is kept, and how what an older version kept is brought up to date.

Within a major version everybody reads everything: a minor step adds or rearranges, and an older version still finds
what it needs. Another major version means that an older one must leave it alone.
"""

from collections.abc import Callable, Mapping
from typing import Any

type Version = tuple[int, int]
"""Major and minor."""
type Migrations = Mapping[Version, Callable[[dict[str, Any]], dict[str, Any]]]
"""By the version that a step leads to, what it makes of the data of the one before."""

ENTRY_VERSION: Version = (1, 1)
"""Of config entries."""
ENTRY_MIGRATIONS: Migrations = {}
"""Of their data."""


def migrated(data: dict[str, Any], version: Version, steps: Migrations) -> dict[str, Any]:
    """Return ``data`` of ``version`` after every step that leads on from there."""
    for leads_to in sorted(steps):
        if leads_to > version:
            data = steps[leads_to](data)
    return data
