"""Charges of random sessions under random rate programs, the same ones for a seed: DST days and credits among them."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from custom_components.utility_han.documents.ocpi import Place
from custom_components.utility_han.procedures.charging.billing import Measured
from custom_components.utility_han.procedures.charging.charge import Charge, ChargedVehicle
from custom_components.utility_han.procedures.charging.pricing import PriceSpan, charge_of
from custom_components.utility_han.procedures.charging.session import Mark, MeasuredSession
from custom_components.utility_han.utility.rate_model import Block, PriceKind, PriceSource, RateProgram, TierPeriod
from custom_components.utility_han.utility.vehicle_model import Binding
from tests.helpers.bindings import made_binding

ZONES = ("America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata")
"""One whose clocks are put by half an hour, and one that has none put, among them."""
CURRENCIES = {"America/Los_Angeles": "USD", "Australia/Lord_Howe": "AUD", "Asia/Kolkata": "INR"}
_CLOCK_CHANGES = {
    "America/Los_Angeles": ((2026, 3, 8), (2026, 11, 1)),
    "Europe/Berlin": ((2026, 3, 29), (2026, 10, 25)),
    "Australia/Lord_Howe": ((2026, 4, 5), (2026, 10, 4)),
}
_VEHICLE = ChargedVehicle("Car", "1M8GDM9AXKP042788", "Voltline", "One")


def place_in(zone: str) -> Place:
    """Return a home in a time zone."""
    return Place(
        country_code="DE",
        party_id="HAN",
        location_id="home",
        name="Home",
        address="Elm Street 1",
        city="Springfield",
        postal_code="12345",
        country="DE",
        latitude=52.5,
        longitude=13.4,
        time_zone=zone,
        evse_uid="garage",
        connector_standard="IEC_62196_T2",
        connector_format="CABLE",
        connector_power_type="AC_3_PHASE",
    )


def is_holiday(day: date) -> bool:
    """Take each day whose number is a multiple of nine for a holiday."""
    return day.toordinal() % 9 == 0


def random_charges(seed: int, number: int) -> Iterator[Charge]:
    """Yield so many; each twentieth is a credit of the one before it."""
    rng = random.Random(seed)
    last: Charge | None = None
    made = 0
    while made < number:
        if last is not None and made % 20 == 19:
            charge: Charge | None = credit_of(last)
        else:
            charge = last = random_charge(rng, made)
        if charge is not None:
            made += 1
            yield charge


def credit_of(charge: Charge) -> Charge:
    """Return what takes a charge back."""
    return replace(charge, id=f"{charge.id}-C", credits=charge.id, issued_at=charge.issued_at + timedelta(days=3))


def random_charge(rng: random.Random, number: int) -> Charge | None:
    """Return one, None where nothing was charged."""
    zone = rng.choice(ZONES)
    program = random_program(rng, zone, f"program-{number}")
    start = _start(rng, zone)
    session = random_session(rng, start, f"session-{number}")
    end = session.marks[-1].at
    course = _course(rng, start, end) if program.source else ()
    return charge_of(
        session,
        bound(program, valid_from=start - timedelta(days=30)),
        program,
        _VEHICLE,
        Measured(rng.choice(("evse", "evse", "submeter", "vehicle")), "METER-1"),
        end + timedelta(hours=1),
        course=course,
        is_holiday=is_holiday,
        month_wh_before=rng.choice((0, rng.randrange(200_000))),
    )


def bound(program: RateProgram, **more: object) -> Binding:
    """Return a binding under a program."""
    its = {"program_id": program.id, "terms_version": program.terms_version}
    ids = {"evse_id": "DE*HAN*E1", "contract_id": "DE-8AA-001234567-0"}
    return made_binding(**(its | ids | more))


def random_program(rng: random.Random, zone: str, of: str) -> RateProgram:
    """Return one with some of what a program may have."""
    tiers = [f"tier-{number}" for number in range(rng.randint(1, 4))]
    changing = rng.random() < 0.2
    return RateProgram(
        id=of,
        name="Charging",
        summary="Random",
        open=True,
        guests=False,
        currency=CURRENCIES.get(zone, "EUR"),
        time_zone=zone,
        prices={tier: Decimal(rng.randrange(0, 60_000)) / 10 ** rng.choice((3, 4, 5)) for tier in tiers},
        names={tier: tier for tier in tiers},
        periods=() if changing else tuple(_period(rng, rng.choice(tiers)) for _ in range(rng.randint(0, 4))),
        default_tier=tiers[0],
        terms_version="1",
        terms="Terms",
        blocks=_blocks(rng) if rng.random() < 0.3 else (),
        session_fee=Decimal(rng.choice((0, 0, 50, 125))) / 100,
        tax_percent=rng.choice((None, Decimal(0), Decimal(19), Decimal("8.875"))),
        source=PriceSource(PriceKind.GATEWAY, None, Decimal("0.0123")) if changing else None,
    )


def _period(rng: random.Random, tier: str) -> TierPeriod:
    days = tuple(sorted(rng.sample(range(1, 8), rng.choice((2, 5, 7)))))
    start, end = (f"{rng.randrange(24):02}:{rng.choice((0, 0, 15, 30)):02}" for _ in range(2))
    first, last = rng.choice(((None, None), (None, None), ("06-01", "09-30"), ("10-15", "03-31")))
    return TierPeriod(tier, days, start, end, first, last, rng.choice((None, None, True, False)))


def _blocks(rng: random.Random) -> tuple[Block, ...]:
    return tuple(
        Block(rng.randrange(1_000, 220_000), Decimal(rng.randrange(-50, 150)) / 1000) for _ in range(rng.randint(1, 3))
    )


def _start(rng: random.Random, zone: str) -> datetime:
    if (changes := _CLOCK_CHANGES.get(zone)) and rng.random() < 0.4:
        day = datetime(*rng.choice(changes), tzinfo=ZoneInfo(zone)).astimezone(UTC)
        return day + timedelta(seconds=rng.randrange(-12 * 3600, 6 * 3600))
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=rng.randrange(360 * 86_400 * 10**6))


def random_session(rng: random.Random, start: datetime, of: str) -> MeasuredSession:
    """Return one that charges, pauses and is looked at now and then."""
    marks = [Mark(start, 1000 * rng.random())]
    for _ in range(rng.choice((3, 20, 60, 120))):
        seconds = rng.choice((60, 300, 900, 3600)) * rng.uniform(0.5, 1.5)
        power = rng.choice((0, 1400, 3700, 11_000, 22_000)) * rng.uniform(0.8, 1)
        marks.append(Mark(marks[-1].at + timedelta(seconds=seconds), marks[-1].total + power * seconds / 3600))
    return MeasuredSession(of, marks, None, marks[-1].at)


def _course(rng: random.Random, start: datetime, end: datetime) -> list[PriceSpan]:
    at = start.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    every = timedelta(minutes=rng.choice((15, 60)))
    found = []
    while at < end:
        found.append(PriceSpan(at, at + every, Decimal(rng.randrange(-2_000, 45_000)) / 100_000))
        at += every
    return found
