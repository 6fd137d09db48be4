"""Texts as XML and sep.xsd can carry them."""

from __future__ import annotations

import re

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no Char of XML 1.0 (production 2): control characters, lone surrogates, U+FFFE and U+FFFF."""
STRING32 = 32
"""The longest String32 of sep.xsd: LogEvent's details and every description."""


def unfit(text: str) -> str | None:
    """The first character of ``text`` that no XML document can hold, as U+0000; None where it has none."""
    found = _NOT_XML.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def fit(text: str) -> str:
    """``text`` with U+FFFD in place of every character that no XML document can hold."""
    return _NOT_XML.sub("\ufffd", text)


def string32(text: str) -> str:
    """``text`` where it is a String32 of sep.xsd, else ``ValueError``."""
    if len(text) > STRING32:
        raise ValueError(f"at most {STRING32} characters")
    return text
