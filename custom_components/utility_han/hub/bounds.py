"""Bounds of what a person types, or an automation gives: names that fit where they are shown, times that can be."""

from datetime import datetime
from typing import Any

import probatio
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import DateSelector, TextSelector

from ..procedures import YEARS

LONGEST_NAME = 100
"""Of what people call a hub, a device, a vehicle or its charging station."""

NAME = probatio.All(TextSelector(), probatio.Length(max=LONGEST_NAME))
"""A field for a name."""
DAY = probatio.All(DateSelector(), probatio.Range(min=f"{YEARS[0]}-01-01", max=f"{YEARS[-1]}-12-31"))
"""A field for a day."""


def moment(value: Any) -> datetime:
    """Return the time that somebody gives, which is local where it says nothing of its zone; ``Invalid``."""
    at: datetime = cv.datetime(value)
    if at.year not in YEARS:
        raise probatio.Invalid(f"a year from {YEARS[0]} to {YEARS[-1]} is needed")
    return at
