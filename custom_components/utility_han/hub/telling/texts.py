"""Texts of others, which are shown as they are and never as Markdown."""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|<>~&-])")


def plain(text: str) -> str:
    """Return what of a text can be shown, so that Markdown shows it as it is; empty where nothing can."""
    shown = "".join(each if each.isprintable() else " " for each in text).strip()
    return _MARKS.sub(r"\\\1", shown)
