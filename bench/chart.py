"""Draws the charts of docs/performance.md, bars and lines, by Pillow, which Home Assistant brings."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

_WIDTH, _HEIGHT = 1400, 700
_LEFT, _RIGHT, _TOP, _BOTTOM = 150, 60, 110, 110
_BAR, _BARS_LEFT = 64, 520
_WHITE, _INK, _GRID = "#ffffff", "#222222", "#d8d8d8"
_COLOURS = ("#0b6fb8", "#d1600a", "#2f8f3a", "#8a4fb0")
_LIMIT = "#c02020"
_TITLE, _TEXT = 34, 26
_TICKS = 5
_MARKED = 50
"""Of more values than these the line alone is shown."""

type _Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Bars:
    """Values by what they are of; ``limit`` is one that they are not to be above."""

    title: str
    values: Mapping[str, float]
    unit: str
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Series over one axis, both axes logarithmic where ``log``: a line at 45 degrees is linear then.

    ``limit`` is one that they are not to be above, at each place. With a ``step`` the axis is as long as the series,
    and is labelled each so far.
    """

    title: str
    over: str
    unit: str
    at: Sequence[float]
    series: Mapping[str, Sequence[float]]
    log: bool = True
    limit: Sequence[float] | None = None
    step: float | None = None


def draw(chart: Bars | Lines) -> Image.Image:
    """Return the picture of a chart."""
    return _bars(chart) if isinstance(chart, Bars) else _lines(chart)


def _font(size: int) -> _Font:
    return ImageFont.load_default(size)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def _bars(chart: Bars) -> Image.Image:
    image = Image.new("RGB", (_WIDTH, _TOP + len(chart.values) * (_BAR + 28) + 50), _WHITE)
    pen = ImageDraw.Draw(image)
    pen.text((40, 30), f"{chart.title} ({chart.unit})", _INK, _font(_TITLE))
    most = max(*chart.values.values(), chart.limit or 0.0)
    length = _WIDTH - _BARS_LEFT - 200
    for place, (name, value) in enumerate(chart.values.items()):
        top = _TOP + place * (_BAR + 28)
        pen.text((_BARS_LEFT - 20, top + _BAR / 2), name, _INK, _font(_TEXT), anchor="rm")
        end = _BARS_LEFT + max(length * value / most, 2)
        pen.rectangle((_BARS_LEFT, top, end, top + _BAR), _COLOURS[place % len(_COLOURS)])
        pen.text((end + 16, top + _BAR / 2), _number(value), _INK, _font(_TEXT), anchor="lm")
    if chart.limit is not None:
        at = _BARS_LEFT + length * chart.limit / most
        pen.line((at, _TOP - 12, at, image.height - 46), _LIMIT, 3)
        pen.text((at, image.height - 40), f"at most {_number(chart.limit)}", _LIMIT, _font(_TEXT - 4), anchor="ma")
    return image


@dataclass(frozen=True, slots=True)
class _Axis:
    """From values to pixels, between ``first`` and ``last`` of these."""

    low: float
    high: float
    first: float
    last: float
    log: bool
    step: float | None = None

    def at(self, value: float) -> float:
        """Return where a value is."""
        low, high, value = (math.log10(each) if self.log else each for each in (self.low, self.high, value))
        return self.first + (self.last - self.first) * (value - low) / (high - low)

    def ticks(self) -> Iterator[float]:
        """Yield what is labelled."""
        if self.log:
            yield from (10.0**power for power in range(round(math.log10(self.low)), round(math.log10(self.high)) + 1))
            return
        step = self.step or _round_step((self.high - self.low) / _TICKS)
        yield from (step * number for number in range(math.ceil(self.low / step), int(self.high / step) + 1))


def _round_step(least: float) -> float:
    """Return 1, 2 or 5 times a power of ten, no less than ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= least)


def _axis(values: Sequence[float], first: float, last: float, *, log: bool, step: float | None = None) -> _Axis:
    if step is not None:
        low, high = step * math.floor(min(values) / step), step * math.ceil(max(values) / step)
        return _Axis(low, high, first, last, log, step)
    if not log:
        return _Axis(0.0, max(values) * 1.08, first, last, log)
    low = 10.0 ** math.floor(math.log10(min(values)))
    high = 10.0 ** math.ceil(math.log10(max(values)))
    return _Axis(low, high if high > low else low * 10, first, last, log)


def _lines(chart: Lines) -> Image.Image:
    image = Image.new("RGB", (_WIDTH, _HEIGHT), _WHITE)
    pen = ImageDraw.Draw(image)
    pen.text((40, 30), chart.title, _INK, _font(_TITLE))
    right, bottom = _WIDTH - _RIGHT - 300, _HEIGHT - _BOTTOM
    across = _axis(chart.at, _LEFT, right, log=chart.log, step=chart.step)
    values = [value for series in (*chart.series.values(), chart.limit or ()) for value in series]
    up = _axis(values, bottom, _TOP + 20, log=chart.log)
    for tick in across.ticks():
        pen.line((across.at(tick), _TOP + 20, across.at(tick), bottom), _GRID, 2)
        pen.text((across.at(tick), bottom + 12), _number(tick), _INK, _font(_TEXT - 2), anchor="ma")
    for tick in up.ticks():
        pen.line((_LEFT, up.at(tick), right, up.at(tick)), _GRID, 2)
        pen.text((_LEFT - 12, up.at(tick)), _number(tick), _INK, _font(_TEXT - 2), anchor="rm")
    pen.text(((_LEFT + right) / 2, bottom + 56), chart.over, _INK, _font(_TEXT), anchor="ma")
    pen.text((40, _TOP - 28), chart.unit, _INK, _font(_TEXT))
    lines = [(*each, _COLOURS[place % len(_COLOURS)]) for place, each in enumerate(chart.series.items())]
    if chart.limit is not None:
        lines.append(("limit", chart.limit, _LIMIT))
    many = len(chart.at) > _MARKED
    for place, (name, series, colour) in enumerate(lines):
        points = [(across.at(at), up.at(value)) for at, value in zip(chart.at, series, strict=True)]
        if series is chart.limit:  # it holds until there is another
            points = [each for one, to in pairwise(points) for each in (one, (to[0], one[1]))] + points[-1:]
        pen.line(points, colour, 3 if many else 5)
        for x, y in () if many else points:
            pen.ellipse((x - 9, y - 9, x + 9, y + 9), colour)
        top = _TOP + 30 + place * 48
        pen.rectangle((right + 40, top, right + 64, top + 24), colour)
        pen.text((right + 78, top + 12), name, _INK, _font(_TEXT - 2), anchor="lm")
    return image
