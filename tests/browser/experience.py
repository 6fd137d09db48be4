"""What a person goes through in a dialog: pages, clicks, fields typed into, words to read, and seconds."""

import json
import re
import time
from pathlib import Path

from playwright.async_api import Locator

_WORD = re.compile(r"[^\W\d_]{2,}")
_ROLES = re.compile(r"^\s*- (?:/\w+: .*|[a-z]+)|\[[a-z]+(?:=\S+)?\]", re.MULTILINE)
"""What an ARIA snapshot says of elements besides their texts."""
_CROSS = ("Close", "Schließen")


class Experience:
    """Counts as a dialog is walked through, from the page on that is shown first."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.clicks = self.typed = self.words = 0
        self._began = time.monotonic()

    async def leave(self, dialog: Locator) -> None:
        """Count the page that is shown, which a click is about to leave."""
        self.clicks += 1
        read = _ROLES.sub("", await dialog.aria_snapshot())
        lines = (line.strip(' :"') for line in read.splitlines())
        self.pages.append(next(line for line in lines if _WORD.search(line) and line not in _CROSS))
        self.words += len(_WORD.findall(read))

    def keep(self, file: Path, what: str) -> None:
        """Keep what was counted, beside what was counted of other dialogs."""
        found = {
            "pages": len(self.pages),
            "clicks": self.clicks,
            "typed": self.typed,
            "words": self.words,
            "seconds": round(time.monotonic() - self._began),
            "titles": self.pages,
        }
        kept = json.loads(file.read_text()) if file.exists() else {}
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(kept | {what: found}, indent=1, ensure_ascii=False))
