"""Writes docs/reference: entities, actions, triggers, conditions, settings, reasons, errors, events, the API.

usage: python -m script.reference [--check]; with --check it only says which pages are not what it would write.
"""

import sys

from script.referencing import PAGES
from script.referencing.sources import ROOT

FOLDER = ROOT / "docs" / "reference"


def main() -> int:
    """Write the pages, or with --check compare; 1 where one is another one."""
    wrong = 0
    for name, make in PAGES.items():
        page, text = FOLDER / name, make()
        if "--check" not in sys.argv:
            page.parent.mkdir(exist_ok=True)
            page.write_text(text)
        elif not page.exists() or page.read_text() != text:
            print(f"{page.relative_to(ROOT)} is not what the code says: run script/reference")
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
