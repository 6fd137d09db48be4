"""Three years of four vehicles as OCPI records: priced, written and read again, beside ocpi-tariffs on the same.

ocpi-tariffs is the program of others that ``script/interop`` builds. It prices one record at a time, in a process of
its own; that it is started is in its figure, as reading and writing JSON is in ours.
"""

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from custom_components.utility_han.documents.ocpi import Version, as_text, cdr, read_cdrs
from custom_components.utility_han.procedures.charging.billing import Measured
from custom_components.utility_han.procedures.charging.charge import Charge, ChargedVehicle
from custom_components.utility_han.procedures.charging.pricing import charge_of
from custom_components.utility_han.procedures.charging.session import Mark, MeasuredSession
from custom_components.utility_han.utility.rate_model import Block, RateProgram, TierPeriod
from tests.helpers.random_charges import bound, place_in

SESSIONS = 10_000
THEIRS = 500
"""Of those, so many are given to ocpi-tariffs."""
_VEHICLES = 4
_YEARS = 3
_BEGINNING = datetime(2023, 11, 1, tzinfo=UTC)
_MINUTES = 240
_ZONE = "America/Denver"
_MEGABYTE = 1024
"""kB, in which the system counts memory."""


def measure() -> dict[str, Any]:
    """Return CPU seconds, megabytes and the ratios to ocpi-tariffs."""
    tariffs = _program_of_others()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "cdrs.json")
        before, start = _memory(), time.process_time()
        charges = list(_charges())
        priced, kept = time.process_time() - start, _memory()
        start = time.process_time()
        _write(charges, file)
        written, with_file = time.process_time() - start, _memory()
        megabytes = file.stat().st_size / 2**20
        theirs = _theirs(tariffs, charges[:: SESSIONS // THEIRS], Path(folder))
        del charges
        start = time.process_time()
        if len(read_cdrs(file)) != SESSIONS:
            raise RuntimeError("what was written is not what is read")
        read = time.process_time() - start
    return {
        "sessions": SESSIONS,
        "price_s": round(priced, 1),
        "write_s": round(written, 1),
        "read_s": round(read, 1),
        "file_mb": round(megabytes, 1),
        "price_mb": round((kept - before) / _MEGABYTE, 1),
        "write_mb": round((with_file - kept) / _MEGABYTE, 1),
        "read_mb": round((_memory() - with_file) / _MEGABYTE, 1),
        "theirs_s": round(theirs, 1),
        "ratio": round((priced + written) / theirs, 2),
    }


def _program_of_others() -> str:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "utility-han")
    found = os.environ.get("OCPI_TARIFFS") or next(map(str, cache.glob("ocpi-tariffs-cli-*/bin/ocpi-tariffs")), None)
    if found is None:
        raise RuntimeError("ocpi-tariffs is not here: script/interop-ocpi --build")
    return found


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _write(charges: list[Charge], file: Path) -> None:
    with file.open("w") as open_file:
        for number, charge in enumerate(charges):
            open_file.write(("[" if number == 0 else ",") + as_text(cdr(charge, _HOME, Version.V2_2_1)))
        open_file.write("]")


def _theirs(tariffs: str, charges: list[Charge], folder: Path) -> float:
    """Return the CPU seconds that ocpi-tariffs takes for as many sessions as we did."""
    files = []
    for charge in charges:
        files.append(folder / f"{charge.id}.json")
        files[-1].write_text(as_text(cdr(charge, _HOME, Version.V2_2_1)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for file in files:
        subprocess.run((tariffs, "price", "-o", "v221", "-z", _ZONE, "-c", str(file)), capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return took * SESSIONS / len(files)


def _charges() -> Iterator[Charge]:
    vehicle = ChargedVehicle("Car", "1M8GDM9AXKP042788", "Voltline", "One")
    every = timedelta(days=365 * _YEARS) * _VEHICLES / SESSIONS
    for number in range(SESSIONS):
        start = _BEGINNING + every * (number // _VEHICLES) + timedelta(minutes=7 * (number % 97))
        marks = [Mark(start + timedelta(minutes=minute), minute * 61.7) for minute in range(_MINUTES + 1)]
        session = MeasuredSession(f"session-{number}", marks, None, marks[-1].at)
        charge = charge_of(
            session, _BINDING, _PROGRAM, vehicle, Measured("evse", "1"), marks[-1].at, month_wh_before=90_000
        )
        if charge is None:
            raise RuntimeError("nothing was charged")
        yield charge


_PROGRAM = RateProgram(
    id="ev",
    name="Charging",
    summary="By time of day, and by the month",
    open=True,
    guests=False,
    currency="USD",
    time_zone=_ZONE,
    prices={"on": Decimal("0.30"), "off": Decimal("0.10")},
    names={"on": "On-peak", "off": "Off-peak"},
    periods=(
        TierPeriod("on", (1, 2, 3, 4, 5), "15:00", "19:00", "06-01", "09-30"),
        TierPeriod("on", (1, 2, 3, 4, 5), "17:00", "20:00"),
    ),
    default_tier="off",
    terms_version="1",
    terms="Terms",
    blocks=(Block(100_000, Decimal("0.02")),),
    session_fee=Decimal("0.25"),
    tax_percent=Decimal("8.81"),
)
_BINDING = bound(_PROGRAM, valid_from=_BEGINNING - timedelta(days=1), evse_id=None, contract_id=None)
_HOME = place_in(_ZONE)
