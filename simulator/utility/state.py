"""What all parts of the utility work with: its documents, its settings, its clock, and news for its customers."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from simulator.utility.faults import FAULTS, ApiFaults
from simulator.utility.problems import ProblemError
from simulator.utility.store import Document, UtilityStore

_SETTINGS: dict[str, Any] = {
    "approval": "auto",
    "session_confirmation": "auto",
    "models": "all",
    "stage_seconds": 0.2,
    "answer_seconds": 12.0,
    "commission_seconds": 0.2,
    "token_seconds": 600.0,
}


class UtilityState:
    """The state of one utility; ``folder`` keeps it over restarts.

    ``settings``: ``approval`` of devices and bindings and ``session_confirmation`` by the owners of guests' vehicles
    (auto or manual), ``models`` that are listed (all, or those of makers, without what takes part through Home
    Assistant), ``stage_seconds`` that each stage of a link takes, ``answer_seconds`` that a device has to answer
    when it is linked with or asked, ``commission_seconds`` until the gateway is told about a device,
    ``token_seconds`` that an access token lasts.
    """

    def __init__(self, folder: Path | None) -> None:
        self.store = UtilityStore(folder / "utility.sqlite" if folder else None)
        self.faults = ApiFaults(FAULTS)
        self.settings: dict[str, Any] = _SETTINGS | (self.store.get("settings", "") or {})
        self.writing = asyncio.Lock()
        """Held while something changes: the utility does one thing at a time."""
        self._news = asyncio.Condition()

    def change_settings(self, **settings: Any) -> None:
        """Change settings, and keep them."""
        self.settings |= settings
        self.store.put("settings", "", self.settings)

    def now(self) -> datetime:
        """The utility's idea of the time."""
        fault = self.faults.peek("wrong_clock")
        return datetime.now(UTC) + timedelta(seconds=fault["seconds"] if fault else 0.0)

    def now_text(self) -> str:
        """The same as the API writes it, RFC 3339."""
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def find(self, kind: str, identifier: str, words: str, *, user: str | None = None) -> Document:
        """A document, or the problem that there is none (of this customer); ``words`` are what people call it."""
        found = self.store.get(kind, identifier)
        if found is None or (user is not None and found["user"] != user):
            raise ProblemError("not-found", f"there is no {words} {identifier}")
        return found

    def save(self, kind: str, document: Document, users: Collection[str]) -> None:
        """Write a document with its next version, and tell customers of it."""
        document["version"] += 1
        document["updated_at"] = self.now_text()
        self.store.put(kind, document["id"], document)
        for user in users:
            self.tell(user, f"{kind}.updated", document["id"], version=document["version"])

    def tell(self, user: str, kind: str, subject: str, *, version: int | None = None) -> None:
        """Append an event for a customer and wake whoever waits for one."""
        event: Document = {"type": kind, "at": self.now_text(), "subject": subject}
        event["id"] = f"evt-{self.store.last_event() + 1}"
        if version is not None:
            event["version"] = version
        self.store.add_event(user, event)
        asyncio.get_running_loop().create_task(self._wake())

    async def _wake(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def events_after(self, user: str, cursor: int, wait: float) -> list[tuple[int, Document]]:
        """Events of a customer after a cursor; waits up to ``wait`` seconds for one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait), self._news:
                while not (found := self.store.events(user, cursor)):
                    await self._news.wait()
                return found
        return self.store.events(user, cursor)
