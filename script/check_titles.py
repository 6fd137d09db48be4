"""Which titles of repairs a phone cuts off."""

import re
from collections.abc import Iterator, Mapping

import font_roboto
from PIL import ImageFont

_NOTICE = re.compile(r"issues\.\w+\.title$")
_NOTICE_WIDTH = 258
"""Pixels that the list of repairs has for a title on a phone of 390 px, at ``_NOTICE_SIZE``; it cuts the rest off."""
_NOTICE_SIZE = 14
_NAMES = {
    "area": "Colorado",
    "device": "Pool pump",
    "energy": "12.4",
    "entity": "Charger",
    "program": "Peak Saver",
    "title": "Demo home",
    "unbound": "12.4",
    "vehicle": "Family car",
}
"""What may stand in titles: names as long as people give."""


def cut_off(found: Mapping[str, str]) -> Iterator[str]:
    """Yield the keys of titles of repairs, of a language's texts by their keys, that a phone does not show whole."""
    typeface = ImageFont.truetype(font_roboto.Roboto, _NOTICE_SIZE)
    for key, text in found.items():
        if _NOTICE.match(key) and typeface.getlength(text.format_map(_NAMES)) > _NOTICE_WIDTH:
            yield key
