"""What can go wrong with the utility's API on demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.gateway.parameters import BadParameterError, Parameter, read_parameters

_COUNT = Parameter(int, minimum=1, maximum=1_000_000)
_PATH = Parameter(str, "/api/")
FAULTS: dict[str, dict[str, Parameter]] = {
    "http_error": {
        "status": Parameter(int, 500, minimum=400, maximum=599),
        "path": _PATH,
        "count": _COUNT,
    },
    "rate_limit": {"retry_after": Parameter(int, 1, minimum=0, maximum=3600), "path": _PATH, "count": _COUNT},
    "slow": {"seconds": Parameter(float, 2.0, minimum=0, maximum=600), "path": _PATH, "count": _COUNT},
    "half_answer": {"path": _PATH, "count": _COUNT},
    "lost_answer": {"path": _PATH, "count": _COUNT},
    "huge_answer": {"bytes": Parameter(int, 100_000_000, minimum=1, maximum=10**9), "path": _PATH, "count": _COUNT},
    "wrong_clock": {"seconds": Parameter(float, 7200.0, minimum=-1e9, maximum=1e9)},
    "duplicate_events": {"count": _COUNT},
    "shuffled_events": {"count": _COUNT},
    "refuse_commissioning": {"count": _COUNT},
}
"""The faults by name with their parameters; ``count`` is how often one happens before it is gone."""


class ApiFaults:
    """The faults of a ``table`` that are on."""

    def __init__(self, table: Mapping[str, dict[str, Parameter]]) -> None:
        self._table = table
        self._active: dict[str, dict[str, Any]] = {}

    def set(self, name: str, data: Any) -> None:
        """Turn a fault on, or change it."""
        if name not in self._table:
            raise BadParameterError(f"there is no fault {name}; there are {', '.join(self._table)}")
        self._active[name] = read_parameters(self._table[name], data)

    def clear(self, name: str | None = None) -> None:
        """Turn a fault off, or all."""
        if name is None:
            self._active.clear()
        else:
            self._active.pop(name, None)

    def peek(self, name: str) -> dict[str, Any] | None:
        """The parameters of a fault that is on."""
        return self._active.get(name)

    def take(self, name: str, path: str | None = None) -> dict[str, Any] | None:
        """The parameters of a fault that happens now, to a request for ``path``; counted."""
        fault = self._active.get(name)
        if fault is None or (path is not None and not path.startswith(fault["path"])):
            return None
        if fault["count"] is not None:
            fault["count"] -= 1
            if fault["count"] == 0:
                del self._active[name]
        return fault

    def to_dict(self) -> dict[str, Any]:
        """The faults that are on, with their parameters."""
        return dict(self._active)
