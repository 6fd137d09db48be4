"""Draws a coverage survey, as SVG."""

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from ..gateway import SignalQuality
from ..hub.telling.drawing import FONT, STYLE
from ..procedures import Place, from_best

_COLORS = {SignalQuality.GOOD: "#43a047", SignalQuality.MARGINAL: "#fb8c00", SignalQuality.TOO_WEAK: "#e53935"}
_SHARES = {SignalQuality.GOOD: 1.0, SignalQuality.MARGINAL: 0.55, SignalQuality.TOO_WEAK: 0.15}
_WIDTH, _MARGIN, _HEAD, _ROW, _BAR = 480, 20, 56, 64, 14
_NOTHING_DBM, _FULL_DBM = -100.0, -40.0


def draw(title: str, places: Sequence[Place], say: Callable[[SignalQuality | None], str]) -> bytes:
    """Return a picture with a bar for each place, the best on top; ``say`` puts a quality into words.

    The bar of a place where nothing was carried is empty.
    """
    rows = [_row(number, place, say) for number, place in enumerate(from_best(places))]
    height = _HEAD + _ROW * len(places) + _MARGIN // 2
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
            f'height="{height}" font-family="{FONT}">{STYLE}',
            f'<rect class="g" width="{_WIDTH}" height="{height}" rx="12"/>',
            f'<text class="t" x="{_MARGIN}" y="36" font-size="20" font-weight="500">{escape(title)}</text>',
            *rows,
            "</svg>",
        )
    ).encode()


def _row(number: int, place: Place, say: Callable[[SignalQuality | None], str]) -> str:
    top, full = _HEAD + number * _ROW, _WIDTH - 2 * _MARGIN
    return (
        f'<text class="t" x="{_MARGIN}" y="{top + 16}" font-size="16">{escape(place.name)}</text>'
        f'<text class="t" x="{_WIDTH - _MARGIN}" y="{top + 16}" font-size="14" text-anchor="end">'
        f"{escape(say(place.quality if place.carried else None))} · {' · '.join(place.figures.values())}</text>"
        f'<rect class="b" x="{_MARGIN}" y="{top + 26}" width="{full}" height="{_BAR}" rx="7"/>'
        f'<rect x="{_MARGIN}" y="{top + 26}" width="{full * _share(place):.0f}" height="{_BAR}" rx="7" '
        f'fill="{_COLORS[place.quality]}"/>'
    )


def _share(place: Place) -> float:
    if not place.carried:
        return 0.0
    if place.signal is None:
        return _SHARES[place.quality]
    share = (place.signal - _NOTHING_DBM) / (_FULL_DBM - _NOTHING_DBM)
    return min(max(share, 0.05), 1.0)
