"""The utility's side of OpenADR in the demo: programs, prices of today and tomorrow, and events on demand."""

import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from .home import TIME_ZONE

TARIFF, PEAK_HOURS, IMPORT_LIMIT = "Hourly prices", "Peak hours", "Import limit"
_CENTS = (9, 9, 8, 8, 9, 11, 16, 22, 20, 14, 8, 5, 4, 4, 5, 9, 18, 31, 38, 36, 28, 20, 14, 11)
"""Of each hour of the day: a valley of the sun and the peak of an evening."""
_GRAMS = (
    420, 415, 410, 410, 415, 430, 440, 400, 310, 220, 160, 130,
    120, 120, 140, 200, 330, 450, 490, 480, 470, 460, 440, 430,
)  # fmt: skip
"""CO2 of a kWh likewise."""
_DESCRIPTORS: Mapping[str, Mapping[str, str]] = {
    "PRICE": {"units": "KWH", "currency": "USD"},
    "EXPORT_PRICE": {"units": "KWH", "currency": "USD"},
    "GHG": {"units": "GHG"},
    "SIMPLE": {},
    "IMPORT_CAPACITY_LIMIT": {"units": "KW"},
}


class DemoVtn:
    """The simulated VTN by its own API, as a utility's system asks it."""

    def __init__(self, described: Mapping[str, Any]) -> None:
        """``described`` is what the simulator says of its VTN."""
        self.url: str = described["url"]
        clients = {each["role"]: each for each in described["clients"]}
        self.ven: Mapping[str, str] = clients["ven"]
        self._business: Mapping[str, str] = clients["bl"]
        self._tls = ssl.create_default_context(cadata=described["ca"])
        self._token = ""

    async def offer(self) -> None:
        """Offer the demo's programs and the prices of today and tomorrow, as far as they are not there yet."""
        async with aiohttp.ClientSession() as session:
            programs = {each["programName"]: each["id"] for each in await self._ask(session, "GET", "programs")}
            for name, payloads in {
                TARIFF: ("PRICE", "EXPORT_PRICE", "GHG"),
                PEAK_HOURS: ("SIMPLE",),
                IMPORT_LIMIT: ("IMPORT_CAPACITY_LIMIT",),
            }.items():
                if name not in programs:
                    described = {"programName": name, "payloadDescriptors": [_descriptor(each) for each in payloads]}
                    programs[name] = (await self._ask(session, "POST", "programs", described))["id"]
            known = {each["eventName"] for each in await self._ask(session, "GET", "events")}
            today = datetime.now(ZoneInfo(TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
            for day in (today, today + timedelta(days=1)):
                if (name := f"{day:%Y-%m-%d}") not in known:
                    await self._ask(session, "POST", "events", _prices(programs[TARIFF], name, day))

    async def send(
        self,
        program: str,
        payload: str,
        value: float,
        duration: timedelta,
        *,
        reports: Sequence[str] = (),
        priority: int | None = None,
    ) -> str:
        """Send an event of one interval that begins now, asking for ``reports`` of now; return its id."""
        async with aiohttp.ClientSession() as session:
            programs = {each["programName"]: each["id"] for each in await self._ask(session, "GET", "programs")}
            event = {
                "programID": programs[program],
                "eventName": f"{payload} {value:g}",
                "intervalPeriod": {
                    "start": datetime.now(UTC).isoformat(),
                    "duration": f"PT{round(duration.total_seconds())}S",
                },
                "payloadDescriptors": [_descriptor(payload)],
                "intervals": [{"id": 0, "payloads": [{"type": payload, "values": [value]}]}],
                "reportDescriptors": [
                    {"payloadType": each, "reportIntervals": "OPEN_INTERVALS", "frequency": 0} for each in reports
                ],
                "priority": priority,
            }
            return str((await self._ask(session, "POST", "events", event))["id"])

    async def withdraw(self, event: str) -> None:
        """Delete an event."""
        async with aiohttp.ClientSession() as session:
            await self._ask(session, "DELETE", f"events/{event}")

    async def price(self, time: datetime) -> float:
        """Return the price in force at a time, by what the VTN lists."""
        async with aiohttp.ClientSession() as session:
            for event in await self._ask(session, "GET", "events"):
                start = datetime.fromisoformat(event["intervalPeriod"]["start"])
                for each in event["intervals"]:
                    hour = start + timedelta(hours=each["id"])
                    prices = [said["values"][0] for said in each["payloads"] if said["type"] == "PRICE"]
                    if prices and hour <= time < hour + timedelta(hours=1):
                        return float(prices[0])
        raise RuntimeError(f"the VTN has no price at {time}")

    async def reports(self, event: str) -> list[dict[str, Any]]:
        """Return what was reported for an event."""
        async with aiohttp.ClientSession() as session:
            return list(await self._ask(session, "GET", f"reports?eventID={event}"))

    async def _ask(self, session: aiohttp.ClientSession, method: str, path: str, said: Any = None) -> Any:
        if not self._token:
            form = {"grant_type": "client_credentials"} | {
                key: self._business[key] for key in ("client_id", "client_secret")
            }
            async with session.post(f"{self.url}/auth/token", data=form, ssl=self._tls) as response:
                self._token = (await response.json())["access_token"]
        headers = {"Authorization": f"Bearer {self._token}"}
        async with session.request(
            method, f"{self.url}/{path}", json=said, headers=headers, ssl=self._tls
        ) as response:
            response.raise_for_status()
            return await response.json()


def _descriptor(payload: str) -> dict[str, Any]:
    return {"payloadType": payload, "objectType": "EVENT_PAYLOAD_DESCRIPTOR", **_DESCRIPTORS[payload]}


def _prices(program: str, name: str, day: datetime) -> dict[str, Any]:
    return {
        "programID": program,
        "eventName": name,
        "intervalPeriod": {"start": day.isoformat(), "duration": "PT1H"},
        "payloadDescriptors": [_descriptor(each) for each in ("PRICE", "EXPORT_PRICE", "GHG")],
        "intervals": [
            {
                "id": hour,
                "payloads": [
                    {"type": "PRICE", "values": [cents / 100]},
                    {"type": "EXPORT_PRICE", "values": [round(cents / 200, 3)]},
                    {"type": "GHG", "values": [_GRAMS[hour]]},
                ],
            }
            for hour, cents in enumerate(_CENTS)
        ],
    }
