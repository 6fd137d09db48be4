"""Draws what a kilowatt-hour costs in a week under a rate program, as SVG."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

from ...hub.telling.drawing import FONT, STYLE
from ...procedures import no_holidays, tiers_between
from ...utility import RateProgram

_DAY = timedelta(days=1)
_LEFT, _HEAD, _HOUR, _COLUMN, _EDGE, _LEGEND = 44, 72, 22, 60, 12, 30
# From the cheapest to the dearest; told apart by their lightness too, and dark text is readable on each.
_COLORS = ("#d3f0dc", "#e6efb5", "#ffe08a", "#ffc078", "#ff9e80")
_TEXT = "#1b1b1b"


@dataclass(frozen=True, slots=True)
class _Block:
    """One tier without a break on one day, in hours from its beginning."""

    start: float
    end: float
    tier: str


def draw_week(
    program: RateProgram,
    monday: date,
    title: str,
    days: Sequence[str],
    holiday: str | None,
    shown: Callable[[Decimal], str],
) -> bytes:
    """Return the week that begins on ``monday``, a column for each day from top to bottom; prices are written in it.

    ``days`` are the names of the days, ``holiday`` is that of a column for a holiday in that week, None for no such;
    ``shown`` writes a price.
    """
    columns = [_blocks(program, monday + number * _DAY, holiday=False) for number in range(7)]
    names = list(days)
    if holiday is not None:
        columns.append(_blocks(program, monday + 2 * _DAY, holiday=True))
        names.append(holiday)
    width, bottom = _LEFT + _COLUMN * len(columns) + _EDGE, _HEAD + 24 * _HOUR
    prices = sorted(set(program.prices.values()))
    height = bottom + _EDGE + _LEGEND * len(program.prices)
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="{FONT}">{STYLE}',
            f'<rect class="g" width="{width}" height="{height}" rx="12"/>',
            f'<text class="t" x="{_EDGE}" y="30" font-size="20" font-weight="500">{escape(title)}</text>',
            *_hours(bottom, width),
            *(_column(number, name, blocks, program, prices, shown)
              for number, (name, blocks) in enumerate(zip(names, columns, strict=True))),
            *_legend(bottom + _EDGE, program, prices, shown),
            "</svg>",
        )
    ).encode()  # fmt: skip


def _blocks(program: RateProgram, day: date, *, holiday: bool) -> list[_Block]:
    # By the clock alone: a week in which clocks are changed looks like others.
    by_clock, start = replace(program, time_zone="UTC"), datetime(day.year, day.month, day.day, tzinfo=UTC)
    is_holiday = day.__eq__ if holiday else no_holidays
    return [
        _Block((begun - start) / _DAY * 24, (until - start) / _DAY * 24, tier)
        for tier, begun, until in tiers_between(by_clock, start, start + _DAY, is_holiday)
    ]


def _hours(bottom: int, width: int) -> Iterator[str]:
    for hour in range(0, 25, 3):
        y = _HEAD + hour * _HOUR
        yield f'<line class="l" x1="{_LEFT - 6}" x2="{width - _EDGE}" y1="{y}" y2="{y}" stroke-width="0.5"/>'
        low = min(y + 5, bottom + 2)
        yield f'<text class="t" x="{_LEFT - 10}" y="{low}" font-size="15" text-anchor="end">{hour}</text>'


def _column(
    number: int,
    name: str,
    blocks: Sequence[_Block],
    program: RateProgram,
    prices: Sequence[Decimal],
    shown: Callable[[Decimal], str],
) -> str:
    left, middle = _LEFT + number * _COLUMN, _LEFT + number * _COLUMN + _COLUMN // 2
    drawn = [
        f'<text class="t" x="{middle}" y="{_HEAD - 12}" font-size="17" text-anchor="middle">{escape(name)}</text>'
    ]
    for block in blocks:
        top, tall = _HEAD + block.start * _HOUR, (block.end - block.start) * _HOUR
        price = program.prices[block.tier]
        drawn.append(
            f'<rect x="{left + 1}" y="{top + 0.5:.1f}" width="{_COLUMN - 2}" height="{max(tall - 1, 1):.1f}" rx="3" '
            f'fill="{_color(price, prices)}"/>'
        )
        if tall >= 16:
            drawn.append(
                f'<text x="{middle}" y="{top + tall / 2 + 6:.1f}" font-size="{_size(shown(price))}" fill="{_TEXT}" '
                f'text-anchor="middle">{shown(price)}</text>'
            )
    return "".join(drawn)


def _legend(
    top: int, program: RateProgram, prices: Sequence[Decimal], shown: Callable[[Decimal], str]
) -> Iterator[str]:
    for row, (tier, price) in enumerate(sorted(program.prices.items(), key=lambda each: each[1])):
        y = top + row * _LEGEND
        yield f'<rect x="{_LEFT}" y="{y}" width="22" height="22" rx="3" fill="{_color(price, prices)}"/>'
        yield (
            f'<text class="t" x="{_LEFT + 32}" y="{y + 17}" font-size="17">{escape(program.names[tier])}: '
            f"{shown(price)} {escape(program.currency)}/kWh</text>"
        )


def _color(price: Decimal, prices: Sequence[Decimal]) -> str:
    if len(prices) < 2:
        return _COLORS[0]
    return _COLORS[round(prices.index(price) * (len(_COLORS) - 1) / (len(prices) - 1))]


def _size(price: str) -> int:
    """Return the size at which a price fits into its column."""
    return max(min(17, 92 // len(price)), 8)
