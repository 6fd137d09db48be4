"""Identifiers of charging points (EVSEID): ISO 15118-2 Annex H.2, and the older form of DIN SPEC 91286.

ISO's has a country (ISO 3166-1), an operator, an "E" and the outlet; "*" between the parts is optional, and the outlet
may have some of its own. DIN's has a country's telephone code and digits; its parts are told apart by "*" alone.
"""

import re

_ISO = re.compile(r"([A-Z]{2})\*?([A-Z0-9]{3})\*?E([A-Z0-9][A-Z0-9*]{0,30})")
_DIN = re.compile(r"\+?([0-9]{1,3})\*([0-9]{3,6})\*([0-9*]{1,32})")


class EvseIdError(ValueError):
    """It is none; ``reason`` is the key of its words: ``invalid_evse_id`` or ``invalid_evse_id_type``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_evse_id(text: str) -> str:
    """Return the EVSEID in what was typed as ``DE*AB7*E840*6487`` or, of DIN's form, ``+49*810*000*438``.

    ``EvseIdError`` where there is none, with a word of its own where only the "E" for EVSE is missing.
    """
    typed = re.sub(r"[\s-]", "", text).upper()
    if (iso := _ISO.fullmatch(typed)) is not None:
        return "{}*{}*E{}".format(*iso.groups())
    if (din := _DIN.fullmatch(typed)) is not None:
        return "+{}*{}*{}".format(*din.groups())
    without_type = re.fullmatch(r"[A-Z]{2}\*[A-Z0-9]{3}\*(?!E)[A-Z0-9*]+", typed)
    raise EvseIdError("invalid_evse_id_type" if without_type else "invalid_evse_id")
