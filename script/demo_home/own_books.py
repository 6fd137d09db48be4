"""A home whose utility has no account, without a person: a vehicle bound by own prices, charged, and exported."""

import asyncio
import csv
import io
import json
import re
import time
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from greenbutton_objects.parse import parse_feed
from pypdf import PdfReader

from . import charging
from .check import DOMAIN, commission
from .checked import checked
from .home import Home, HomeError
from .simulator import Simulator
from .walking import at, walk

_DAY = timedelta(days=1)
_PATIENCE = 60
_ENERGY = "Energy (kWh)"
_FORMATS = ("cdr", "csv", "green_button", "pdf")
_TOTAL = re.compile(r"Energy\s+([0-9.]+) kWh")
_NAME = charging.ANSWERS["vehicle"]["more"]["name"]
_ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "vehicle": charging.ANSWERS["vehicle"],
    "home_account": {
        "payer": "employer",
        "holder": "Example Works",
        "payer_number": "PN 0815-4711",
        "rate": "typed",
        "more": {"premise": "Demo home", "contract_id": "DE8AA0012345670"},
    },
    "price_typed": {"rate_name": "Company car", "price": "0.32", "currency": "USD"},
    "prices": {"next_step_id": "period_add"},
    "period": {
        "tier": "Night",
        "price": "0.21",
        "start": "22:00:00",
        "end": "06:00:00",
        "days": [str(day) for day in range(1, 8)],
        "holidays": "any",
    },
}
"""What to answer on each page."""
_AGREED: Mapping[str, Mapping[str, Any]] = {
    "prices": {"next_step_id": "preview"},
    "preview": {"consent": True},
}


async def check() -> int:
    """Check a home that keeps its own books; 0 if all went well."""
    return await checked(_live, "--registration", "both", charger=True)


async def _live(home: Home, simulator: Simulator, begin: float) -> dict[str, Any]:
    await home.start()
    entry = await commission(home, simulator.gateway)
    async with charging.controlling(simulator) as control:
        metered = await charging.charge_bound(home, control, _bind(home, entry["entry_id"]))
    unplugged = time.monotonic()
    (session,) = await _sessions(home)
    known = time.monotonic()
    told = {"get_sessions": round(session["energy_kwh"] * 1000), **await _exported(home)}
    if set(told.values()) != {metered}:
        raise HomeError(f"{metered} Wh were charged, and exported are {told}")
    return {
        "utility": "none",
        "seconds": round(time.monotonic() - begin, 1),
        "charged_wh": metered,
        "exported_wh": told,
        "priced_seconds": round(known - unplugged, 1),
        "export_seconds": round(time.monotonic() - known, 1),
    }


async def _bind(home: Home, entry_id: str) -> None:
    page = at(await walk(home, await home.subentry_start(entry_id, "vehicle"), _ANSWERS, sub=True), "prices")
    at(await walk(home, page, _AGREED, sub=True), "create_entry")


async def _do(home: Home, action: str, **data: Any) -> dict[str, Any]:
    """Have an action answer about what was charged today."""
    now = datetime.now(UTC)
    span = {"start": (now - _DAY).isoformat(), "end": (now + _DAY).isoformat()}
    answer = await home.post(f"/api/services/{DOMAIN}/{action}?return_response", data | span)
    return dict(answer["service_response"])


async def _sessions(home: Home) -> list[dict[str, Any]]:
    """Wait until the session has its price."""
    async with asyncio.timeout(_PATIENCE):
        while not (found := (await _do(home, "get_sessions"))["sessions"]):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)
    return list(found)


async def _exported(home: Home) -> dict[str, int]:
    """Have the session exported in each format, and return the Wh that are read back from it."""
    content = {each: await _do(home, "export_sessions", format=each) for each in _FORMATS}
    (cdr,) = json.loads(content["cdr"]["content"])
    return {
        "cdr": round(Decimal(str(cdr["total_energy"])) * 1000),
        "csv": _energy_of_table(content["csv"]["content"]),
        "green_button": _energy_of_feed(content["green_button"]["content"]),
        "pdf": _energy_of_page(b64decode(content["pdf"]["content_base64"])),
    }


def _energy_of_table(text: str) -> int:
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return round(sum(Decimal(row[_ENERGY]) for row in rows) * 1000)


def _energy_of_feed(text: str) -> int:
    """Return the Wh of the vehicle that somebody else's reader finds; the premise's rest may be in it as well."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "feed.xml"
        path.write_text(text)
        points = parse_feed(str(path))
    meters = [meter for point in points if point.title.startswith(_NAME) for meter in point.meterReadings]
    return round(sum(float(reading.value) for meter in meters for reading in meter.intervalReadings))


def _energy_of_page(page: bytes) -> int:
    """Return the Wh of the page's total, as somebody else's reader finds them in its text."""
    text = " ".join(each.extract_text() for each in PdfReader(io.BytesIO(page)).pages)
    if (found := _TOTAL.search(text)) is None:
        raise HomeError(f"no energy on the page: {text}")
    return round(Decimal(found[1]) * 1000)
