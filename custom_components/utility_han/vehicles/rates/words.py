"""What a person reads of a rate program, in their language and as they write numbers."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Self

from homeassistant.core import HomeAssistant

from ...documents import Style
from ...hub.telling.person import Person
from ...hub.telling.texts import plain
from ...hub.telling.words import Sheet, filled
from ...procedures import masked, overlapping, seasons
from ...utility import PriceKind, RateProgram, TierPeriod
from .comparison import LastMonth
from .week_picture import draw_week

_WEEK = tuple(range(1, 8))
_MOST_OVERLAPS = 6
"""Said at once: who has mended these is told of others."""
_IN_LEAP_YEAR = date(2024, 1, 1)


class RateWords:
    """Puts prices and periods into words."""

    def __init__(self, texts: dict[str, str], style: Style) -> None:
        """``texts`` are those of the sheet ``RATE``."""
        self._texts = texts
        self.style = style

    @classmethod
    async def async_of(cls, hass: HomeAssistant, person: Person) -> Self:
        """Return those of a person."""
        return cls(await person.async_words(hass, Sheet.RATE), await person.async_style(hass))

    def word(self, key: str) -> str:
        """Return a word."""
        return self._texts.get(key, key)

    def payer(self, pays: str, number: str | None) -> str:
        """Return who pays, in words; ``number`` is a guest's account, of which the end is shown."""
        said = filled(self.word(f"pays_{pays}"), {"number": masked(number) if number else ""})
        return " ".join(said.split())

    @property
    def weekdays(self) -> list[str]:
        """The days' names, short, Monday first."""
        return [self.word(f"short_{day}") for day in _WEEK]

    def days(self, days: tuple[int, ...]) -> str:
        """Return days of the week, those that follow each other as one: "Mon-Fri"."""
        names, found, run = self.weekdays, [], list[int]()
        for day in (*days, 0):
            if run and day != run[-1] + 1:
                found.append(names[run[0] - 1] if len(run) == 1 else f"{names[run[0] - 1]}–{names[run[-1] - 1]}")
                run = []
            run.append(day)
        return ", ".join(found)

    def season(self, first: str, last: str) -> str:
        """Return a part of the year."""
        return f"{self._day(first)} – {self._day(last)}"

    def _day(self, text: str) -> str:
        month, day = (int(part) for part in text.split("-"))
        return self.word("day").format(day=day, month=self.word(f"month_{month}"))

    def period(self, period: TierPeriod) -> str:
        """Return when a period holds."""
        parts = [self.days(period.days)] if not period.holidays else []
        parts.append(f"{period.start}–{period.end}" if period.start != period.end else self.word("whole_day"))
        if period.first_day and period.last_day:
            parts.append(self.season(period.first_day, period.last_day))
        if period.holidays is not None:
            parts.append(self.word("only_holidays" if period.holidays else "no_holidays"))
        return ", ".join(parts)

    def prices(self, program: RateProgram) -> str:
        """Return all of a program's prices as Markdown."""
        if program.source is not None:
            lines = [self._told(program)]
        else:
            lines = [self._price(program, period.tier, self.period(period)) for period in program.periods]
            lines.append(self._price(program, program.default_tier, ""))
        lines += [
            self.word("block").format(
                above=self.style.typed(Decimal(block.above_wh) / 1000),
                addition=self.style.signed(block.addition),
                unit=f"{program.currency}/kWh",
            )
            for block in program.blocks
        ]
        fees = {"session_fee": program.session_fee, "monthly_fee": program.monthly_fee}
        lines += [
            f"{self.word(name)}: {self.style.number(fee)} {program.currency}" for name, fee in fees.items() if fee
        ]
        if program.tax_percent is not None:
            lines.append(f"{self.word('tax')}: {self.style.percent(program.tax_percent)}")
        if program.holidays and any(period.holidays is not None for period in program.periods):
            lines.append(f"{self.word('holidays_of')}: {program.holidays}")
        return "\n".join(f"- {line}" for line in lines)

    def table(self, program: RateProgram) -> str:
        """Return the hours of a program and what a kilowatt-hour costs in them, as a table in Markdown."""
        head = [self.word(f"column_{column}") for column in ("tier", "when", "price")]
        rows = [(period.tier, self.period(period)) for period in program.periods]
        rows.append((program.default_tier, self.word("base") if rows else self.word("whole_day")))
        cells = [
            [plain(program.names[tier]), when, f"{self.style.number(program.prices[tier])} {program.currency}/kWh"]
            for tier, when in rows
        ]
        return "\n".join(f"| {' | '.join(each)} |" for each in (head, ["---", "---", "---:"], *cells))

    def last_month(self, program: RateProgram, last: LastMonth | None) -> str:
        """Say what would have been paid under a program for what was charged in the month before; empty otherwise."""
        if last is None or (cost := last.costs.get(program.id)) is None:
            return ""
        return self.word("last_month").format(
            energy=self.style.energy(round(last.energy_wh)), cost=self.style.money(cost, program.currency)
        )

    def _price(self, program: RateProgram, tier: str, when: str) -> str:
        price = f"{self.style.number(program.prices[tier])} {program.currency}/kWh"
        return f"**{plain(program.names[tier])}**{f': {when}' if when else ''}, {price}"

    def _told(self, program: RateProgram) -> str:
        source = program.source
        if source is None:
            raise ValueError("the program has prices of its own")
        who = f"`{source.entity_id}`" if source.kind is PriceKind.ENTITY else self.word(source.kind)
        addition = f", {self.style.signed(source.addition)} {program.currency}/kWh" if source.addition else ""
        return f"{self.word('told_by')}: {who}{addition}"

    def now(self, program: RateProgram, told: Decimal | None) -> str:
        """Say what a kilowatt-hour costs now where somebody tells it: so a person sees whether that is so."""
        if program.source is None:
            return ""
        if told is None:
            return f"\n- {self.word('now_unknown')}"
        return f"\n- {self.word('now')}: {self.style.number(told + program.source.addition)} {program.currency}/kWh"

    def warnings(self, program: RateProgram) -> str:
        """Say which periods hold at the same time, and what is missing for them; empty where all is well."""
        lines = [
            self.word("overlap").format(first=self._named(program, first), second=self._named(program, second))
            for first, second in islice(self._odd(program), _MOST_OVERLAPS)
        ]
        if not program.holidays and any(period.holidays is not None for period in program.periods):
            lines.append(self.word("holidays_missing"))
        return "".join(f"\n\n⚠️ {line}" for line in lines)

    @staticmethod
    def _odd(program: RateProgram) -> Iterator[tuple[TierPeriod, TierPeriod]]:
        """Yield periods that overlap, but for those of holidays, which are meant to go before other days."""
        return (found for found in overlapping(program.periods) if not found[0].holidays or found[1].holidays)

    def _named(self, program: RateProgram, period: TierPeriod) -> str:
        return f"{plain(program.names[period.tier])} ({self.period(period)})"


def week_pictures(program: RateProgram, words: RateWords, today: date) -> Iterator[bytes]:
    """Yield a picture of a week for each part of the year in which the same periods hold, this one first."""
    holiday = words.word("holiday") if any(each.holidays is not None for each in program.periods) else None
    parts, shown = seasons(program), words.style.number
    if not parts:
        yield draw_week(program, today - timedelta(days=today.weekday()), program.name, words.weekdays, holiday, shown)
        return
    begins = [_next(first, today) for first, _ in parts]
    # The part of the year that lasts is the one whose next beginning is farthest.
    lasting = max(range(len(parts)), key=lambda number: begins[number])
    for number in (*range(lasting, len(parts)), *range(lasting)):
        first, last = parts[number]
        middle = begins[number] + _length(first, last) / 2
        monday = middle - timedelta(days=middle.weekday())
        title = f"{program.name}, {words.season(first, last)}"
        yield draw_week(program, monday, title, words.weekdays, holiday, shown)


def _next(text: str, today: date) -> date:
    """Return when a day of the year (MM-DD) is next, after ``today``."""
    month, day = (int(part) for part in text.split("-"))
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:  # 29 February is not in every year
            continue
        if found > today:
            return found
    raise ValueError(text)


def _length(first: str, last: str) -> timedelta:
    begin, end = (_next(text, _IN_LEAP_YEAR - timedelta(days=1)) for text in (first, last))
    return (end - begin) % timedelta(days=366)
