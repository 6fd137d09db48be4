"""A home that is killed at one of its saves, and goes on from what is on its disk."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol


class Kept(Protocol):
    """What a procedure keeps of how far it has come."""

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        ...


class KilledError(Exception):
    """The power is gone."""


class Disk[R: Kept]:
    """What a home has of a run after it was killed at its ``stop_at``-th save, before or after that is written."""

    def __init__(self, run: R, load: Callable[[Mapping[str, Any]], R], stop_at: int, when: str) -> None:
        self.run = run
        self._load = load
        self._kept, self._left, self._when = run.to_dict(), stop_at, when

    @property
    def killed(self) -> bool:
        """Whether it came to that save."""
        return self._left <= 0

    async def save(self, _run: R | None = None) -> None:
        """Write, unless the power fails first."""
        self._left -= 1
        if self._left == 0 and self._when == "before":
            raise KilledError
        self._kept = json.loads(json.dumps(self.run.to_dict()))
        if self._left == 0:
            raise KilledError

    async def keep(self, change: Callable[[R], None]) -> None:
        """Write what a person has chosen, as a dialog does before anything is asked for."""
        try:
            change(self.run)
            await self.save()
        except KilledError:
            self.run = self._load(self._kept)
            change(self.run)
            await self.save()

    async def until_done(self, make_pass: Callable[[R], Awaitable[None]]) -> None:
        """Make a pass, and after a power cut once more from what is on the disk."""
        try:
            await make_pass(self.run)
        except KilledError:
            self.run = self._load(self._kept)
            await make_pass(self.run)
