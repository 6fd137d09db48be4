"""How a person reads and writes: words, numbers, money, dates and paper, by CLDR (Babel)."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Self

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, get_currency_symbol, get_decimal_symbol, get_group_symbol

_LETTER = frozenset(["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"])
"""Where paper is US Letter: CLDR, supplementalData, ``measurementData/paperSize``."""
_NUMBERS = {
    "comma_decimal": "en_US",
    "decimal_comma": "de",
    "space_comma": "fr",
    "quote_decimal": "de_CH",
}
"""The number formats that a person chooses from in Home Assistant's profile, by a language that writes them so."""
_TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
"""Where a currency of letters touches digits, CLDR has a space between (``currencySpacing``); Babel leaves it out."""
_CLOCKS = {"12": "hm", "24": "Hm"}
_LONGEST = 40
"""Characters of a number that is typed."""
_GROUP = 3
_SIMPLE = re.compile(r"([+-]?)([0-9]*)(?:([.,])([0-9]+))?(?<=[0-9])")
_GROUPED = re.compile(
    r"(?P<whole>[+-]?[0-9]{1,3}(?P<group>[., '\u2019\u00a0\u202f])"
    r"[0-9]{3}(?:(?P=group)[0-9]{3})*)(?:(?P<mark>[.,])(?P<rest>[0-9]+))?"
)


@dataclass(frozen=True, slots=True)
class Style:
    """A person's language, and how they write what is no word."""

    words: Mapping[str, str]
    locale: Locale
    numbers: Locale
    clock: str | None
    """The skeleton of a time where the person has chosen one."""
    letter: bool
    letters: Container[int] | None = None
    """The code points that can be shown, where not all can: a currency whose sign has others is told by its code."""

    @classmethod
    def of(
        cls,
        words: Mapping[str, str],
        language: str,
        country: str | None = None,
        numbers: str | None = None,
        clock: str | None = None,
    ) -> Self:
        """Return the style of a language (BCP 47); ``numbers`` and ``clock`` are words of Home Assistant's profile."""
        own = _locale(language)
        at_home = _locale(f"{own.language}-{country}") if country and not own.territory else own
        chosen = _NUMBERS.get(numbers or "")
        own_numbers = Locale.parse(chosen) if chosen else own
        for locale in (own, at_home, own_numbers):
            locale.number_symbols  # noqa: B018 - what CLDR has is read from a file at first use: now, and not on a loop
        return cls(
            words=words,
            locale=at_home,
            numbers=own_numbers,
            clock=_CLOCKS.get(clock or ""),
            letter=(country or own.territory) in _LETTER,
        )

    def word(self, name: str, **values: str) -> str:
        """Return a word, or a sentence with values in it."""
        return self.words.get(name, name).format(**values)

    @property
    def decimal_symbol(self) -> str:
        """What stands before the decimals."""
        return get_decimal_symbol(self.numbers)

    def money(self, amount: Decimal, currency: str) -> str:
        """Return an amount with its currency, in full units of the smallest coin."""
        text = format_currency(amount, currency, locale=self.numbers)
        if self.letters is not None:
            sign = get_currency_symbol(currency, locale=self.numbers)
            if not all(ord(letter) in self.letters for letter in sign):
                text = text.replace(sign, currency)
        return _TOUCHING.sub("\N{NO-BREAK SPACE}", text)

    def price(self, per_kwh: Decimal, currency: str) -> str:
        """Return a price of a kilowatt-hour."""
        return f"{self.decimal(per_kwh)}\N{NO-BREAK SPACE}{currency}/kWh"

    def decimal(self, price: Decimal) -> str:
        """Return the number of a price alone."""
        return format_decimal(price, "#,##0.0000##", locale=self.numbers)

    def energy(self, watt_hours: int) -> str:
        """Return an energy in kWh."""
        kilo = format_decimal(Decimal(watt_hours) / 1000, "#,##0.000", locale=self.numbers)
        return f"{kilo}\N{NO-BREAK SPACE}kWh"

    def kilowatt_hours(self, watt_hours: int) -> str:
        """Return the number of an energy in kWh alone."""
        return format_decimal(Decimal(watt_hours) / 1000, "#,##0.000", locale=self.numbers)

    def number(self, value: Decimal) -> str:
        """Return a number of money as it is agreed on: with two decimals, or as many as it has."""
        return format_decimal(value, "#,##0.00####", locale=self.numbers)

    def signed(self, value: Decimal) -> str:
        """Return a number that is added to another."""
        return format_decimal(value, "+#,##0.00####;-#,##0.00####", locale=self.numbers)

    def typed(self, value: Decimal) -> str:
        """Return a number as it would be typed: without groups, and with no more decimals than it has."""
        return format_decimal(value, "0.######", locale=self.numbers)

    def read(self, text: str) -> Decimal | None:
        """Return the number that was typed, None where it is none, or could be two.

        Point and comma are both taken for the decimal sign where nothing else can be meant: 31,99 is 31.99 for
        everybody. What could be thousands (1,234) is what it is in the person's own way of writing.
        """
        text = text.strip().replace("\N{MINUS SIGN}", "-")
        if len(text) > _LONGEST:
            return None
        if (simple := _SIMPLE.fullmatch(text)) is not None:
            sign, whole, mark, rest = simple.groups(default="")
            if len(rest) == _GROUP and len(whole) in (1, 2, 3) and not whole.startswith("0"):
                if mark not in (self.decimal_symbol, get_group_symbol(self.numbers)):
                    return None
                mark = "." if mark == self.decimal_symbol else ""
            return Decimal(f"{sign}{whole or 0}{mark and '.'}{rest}")
        if (grouped := _GROUPED.fullmatch(text)) is not None and grouped["group"] != grouped["mark"]:
            whole = "".join(each for each in grouped["whole"] if each in "+-" or each.isdecimal())
            return Decimal(f"{whole}.{grouped['rest'] or 0}")
        return None

    def percent(self, value: Decimal) -> str:
        """Return a percentage that is given in percent."""
        return f"{format_decimal(value, '0.###', locale=self.numbers)}\N{NO-BREAK SPACE}%"

    def count(self, value: int) -> str:
        """Return a whole number."""
        return format_decimal(value, locale=self.numbers)

    def day(self, moment: date) -> str:
        """Return a day."""
        return format_date(moment, "medium", locale=self.locale)

    def time(self, moment: datetime) -> str:
        """Return the time of the day; the moment is in its time zone."""
        if self.clock is not None:
            return format_skeleton(self.clock, moment.replace(tzinfo=None), locale=self.locale)
        return format_time(moment.replace(tzinfo=None), "short", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """Return a day and the time of it."""
        return f"{self.day(moment)}, {self.time(moment)}"

    def from_to(self, start: datetime, end: datetime) -> str:
        """Return a time from one moment to another, with the day of the end where it is another."""
        begin = self.moment(start)
        if start.date() == end.date():
            return f"{begin} – {self.time(end)}"
        return f"{begin} – {self.moment(end)}"

    def on_weekday(self, start: datetime, end: datetime) -> str:
        """Return a time of less than a day, with its weekday."""
        day = format_skeleton("yMMMEd", start.replace(tzinfo=None), locale=self.locale)
        return f"{day}, {self.time(start)} – {self.time(end)}"

    def month(self, day: date) -> str:
        """Return a month with its year."""
        return format_skeleton("yMMMM", day, locale=self.locale)

    def span(self, since: datetime, until: datetime) -> str:
        """Return a month, a year, or the first and the last day; ``until`` is not in it."""
        if (since.day, until.day, _midnight(since), _midnight(until)) == (1, 1, True, True):
            months = 12 * (until.year - since.year) + until.month - since.month
            if months == 1:
                return self.month(since.date())
            if months == 12 and since.month == 1:
                return str(since.year)
        last = until - timedelta(microseconds=1)
        return f"{self.day(since.date())} – {self.day(last.date())}"


def _midnight(moment: datetime) -> bool:
    return moment.time() == datetime.min.time()


def _locale(language: str) -> Locale:
    """Return what CLDR has of a language, or of it elsewhere, or English."""
    for name in (language, language.partition("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except UnknownLocaleError, ValueError:
            continue
    return Locale.parse("en")
