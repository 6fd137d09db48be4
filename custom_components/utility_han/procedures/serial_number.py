"""Whether a serial number has the form that the API and the model's maker give (docs/utility-api.yaml, ``Serial``)."""

import re

_FORM = re.compile(r"[A-Z0-9-]{4,32}")
# What patterns of serial numbers are made of. Nothing here repeats a group: nothing can be tried over and over.
_PIECE = re.compile(
    r"(?P<one>[A-Za-z0-9 _-]|\\[dw.-]|\.|\[[A-Za-z0-9_-]+\])(?P<often>\{[0-9]{1,2}(?:,[0-9]{0,2})?\}|[?*+])?"
    r"|[\^$|]|\((?:\?:)?|\)"
)
_LONGEST_PATTERN = 200
_MOST_REPEATED, _MOST_ALTERNATIVES = 3, 4
"""Pieces that may fit more or less often, and ways beside others: of more there are too many ways to try."""


def serial_fits(serial: str, pattern: str | None) -> bool:
    """Whether a serial number is of the form that the API and the model's maker give.

    ``pattern`` comes from the utility. One that is beyond what serial numbers need is for the utility to check: trying
    it could take for ever.
    """
    if not _FORM.fullmatch(serial):
        return False
    if pattern is None or not _is_quick(pattern):
        return True
    try:
        return re.search(pattern, serial, re.ASCII) is not None
    except re.error:
        return True  # a pattern we cannot read is for the utility to check


def _is_quick(pattern: str) -> bool:
    if len(pattern) > _LONGEST_PATTERN:
        return False
    at = repeated = alternatives = 0
    while at < len(pattern):
        if (piece := _PIECE.match(pattern, at)) is None:
            return False
        often = piece["often"]
        repeated += often is not None and (often in "?*+" or "," in often)
        alternatives += piece[0] == "|"
        at = piece.end()
    return repeated <= _MOST_REPEATED and alternatives <= _MOST_ALTERNATIVES
