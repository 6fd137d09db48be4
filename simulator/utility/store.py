"""What the utility knows, in one SQLite file: JSON documents by kind and id, and the events of each customer.

Every write is one short transaction on a local file, made where it is needed rather than in a thread: a simulator has
nothing better to do meanwhile.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

type Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT, body TEXT);
CREATE INDEX IF NOT EXISTS events_of ON events (user, seq);
"""
_LOOKED_UP = ("binding_id", "family", "owner", "pays", "premise_id", "session_id", "user", "vehicle_id", "vin")


class UtilityStore:
    """Documents and events; ``path`` is None for a utility that is forgotten when it ends.

    The file is readable by its owner only.
    """

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_SCHEMA}")
        for key in _LOOKED_UP:
            self._db.execute(f"CREATE INDEX IF NOT EXISTS by_{key} ON documents (kind, body ->> '$.{key}')")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def get(self, kind: str, identifier: str) -> Document | None:
        """One document."""
        row = self._db.execute("SELECT body FROM documents WHERE kind=? AND id=?", (kind, identifier)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, kind: str, identifier: str, body: Document) -> None:
        """Write a document; one that is there already keeps its place among the others."""
        self._db.execute(
            "INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body=excluded.body",
            (kind, identifier, json.dumps(body)),
        )

    def delete(self, kind: str, identifier: str) -> None:
        """Forget a document, if there is one."""
        self._db.execute("DELETE FROM documents WHERE kind=? AND id=?", (kind, identifier))

    def all(self, kind: str) -> Iterator[Document]:
        """All documents of a kind, oldest first."""
        rows = self._db.execute("SELECT body FROM documents WHERE kind=? ORDER BY rowid", (kind,)).fetchall()
        return (json.loads(row[0]) for row in rows)

    def of(self, kind: str, key: str, value: str) -> Iterator[Document]:
        """The documents of a kind that have a text there, by one of ``_LOOKED_UP``, oldest first."""
        # As the index has it: a path that is a parameter is not looked up in it.
        wanted = f"SELECT body FROM documents WHERE kind=? AND body ->> '$.{key}'=? ORDER BY rowid"  # noqa: S608
        rows = self._db.execute(wanted, (kind, value)).fetchall()
        return (json.loads(row[0]) for row in rows)

    def add_event(self, user: str, body: Document) -> None:
        """Append an event for a customer."""
        self._db.execute("INSERT INTO events (user, body) VALUES (?, ?)", (user, json.dumps(body)))

    def events(self, user: str, after: int, limit: int = 100) -> list[tuple[int, Document]]:
        """Events of a customer after a number, oldest first."""
        rows = self._db.execute(
            "SELECT seq, body FROM events WHERE user=? AND seq>? ORDER BY seq LIMIT ?", (user, after, limit)
        ).fetchall()
        return [(row[0], json.loads(row[1])) for row in rows]

    def last_event(self) -> int:
        """The number of the newest event of all."""
        row = self._db.execute("SELECT max(seq) FROM events").fetchone()
        return row[0] or 0
