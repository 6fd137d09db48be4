"""What the VTN knows, in a file as the utility has one, read from it once: a VEN asks for every event every time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simulator.utility.store import Document, UtilityStore


class VtnStore(UtilityStore):
    """Documents that are kept and at hand; whoever gets one changes a copy of it and puts that."""

    def __init__(self, path: Path | None) -> None:
        super().__init__(path)
        self._known: dict[str, dict[str, Document]] = {}
        rows = self._db.execute("SELECT DISTINCT kind FROM documents").fetchall()
        for (kind,) in rows:
            identifiers = self._db.execute("SELECT id FROM documents WHERE kind=? ORDER BY rowid", (kind,)).fetchall()
            self._known[kind] = dict(zip((row[0] for row in identifiers), super().all(kind), strict=True))

    def get(self, kind: str, identifier: str) -> Document | None:
        """One document."""
        return self._known.get(kind, {}).get(identifier)

    def put(self, kind: str, identifier: str, body: Document) -> None:
        """Write a document; one that is there already keeps its place among the others."""
        super().put(kind, identifier, body)
        self._known.setdefault(kind, {})[identifier] = body

    def delete(self, kind: str, identifier: str) -> None:
        """Forget a document, if there is one."""
        super().delete(kind, identifier)
        self._known.get(kind, {}).pop(identifier, None)

    def all(self, kind: str) -> Iterator[Document]:
        """All documents of a kind, oldest first."""
        return iter([*self._known.get(kind, {}).values()])
