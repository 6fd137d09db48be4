"""The utility's API without a client: what is sent and what comes back, as they are."""

from typing import Any
from uuid import uuid4

from tests.helpers.utility import SimulatedUtility

START = "2026-06-01T00:00:00Z"  # a Monday, 18:00 on Sunday in Denver

type Answer = tuple[int, Any]


def some_vin() -> str:
    """Return a VIN without a check digit that no other test has."""
    return f"WVW{uuid4().int % 10**14:014}"


class Api:
    """The API as one customer calls it with their token."""

    def __init__(self, utility: SimulatedUtility) -> None:
        self.utility = utility
        self.premise_id = utility.premise_id

    async def call(self, method: str, path: str, data: Any = None, **query: str) -> Answer:
        """Return status and body of a request; ``data`` may be text that is JSON already."""
        headers = {
            "Authorization": f"Bearer {self.utility.token['access_token']}",
            "Idempotency-Key": uuid4().hex,
            "Content-Type": "application/json",
        }
        sent: dict[str, Any] = {"data": data} if isinstance(data, str) else {"json": data}
        url = f"{self.utility.api_base}{path}"
        async with self.utility.session.request(method, url, params=query, headers=headers, **sent) as response:
            return response.status, await response.json(content_type=None)

    async def get(self, path: str, **query: str) -> Any:
        """Return what a GET answers."""
        status, body = await self.call("GET", path, **query)
        assert status == 200, body
        return body

    async def post(self, path: str, data: Any) -> dict[str, Any]:
        """Return what a POST that is right answers."""
        status, body = await self.call("POST", path, data)
        assert status in (200, 201), body
        return dict(body)

    async def refused(self, path: str, data: Any) -> tuple[int, str]:
        """Return status and name of the problem with a POST."""
        status, body = await self.call("POST", path, data)
        assert status >= 400, body
        return status, body["type"].removeprefix("urn:utility-han:problem:")

    async def add_vehicle(self, vin: str | None = None, **more: Any) -> dict[str, Any]:
        """Tell of a vehicle."""
        return await self.post("/vehicles", {"vin": vin or some_vin(), "make": "Voltline", "model": "One", **more})

    def binding(self, vehicle: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Return what binds a vehicle."""
        return {
            "vehicle_id": vehicle["id"],
            "premise_id": self.premise_id,
            "evse": {"name": "Garage"},
            "program_id": "ev-tou",
            "terms_version": "2026-01",
            "consented_at": START,
            "bill_to": "vehicle_owner",
            "valid_from": START,
            **more,
        }

    async def bind(self, vehicle: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Bind a vehicle."""
        return await self.post("/bindings", self.binding(vehicle, **more))

    async def told(self) -> list[tuple[str, str]]:
        """Return the type and subject of every event so far."""
        return [(each["type"], each["subject"]) for each in (await self.get("/events"))["events"]]


async def api_of(utility: SimulatedUtility) -> Api:
    """Return the API as a customer who has just signed in calls it."""
    await utility.client()
    return Api(utility)


def session_of(binding: dict[str, Any], *parts: tuple[str, int], hour: int = 1, **more: Any) -> dict[str, Any]:
    """Return a session that begins at an hour of 1 June 2026; each part, a tier and its energy, takes an hour."""
    times = [f"2026-06-01T{hour + number:02}:00:00Z" for number in range(len(parts) + 1)]
    return {
        "session_id": uuid4().hex,
        "binding_id": binding["id"],
        "started_at": times[0],
        "ended_at": times[-1],
        "energy_wh": sum(energy for _, energy in parts),
        "quality": "measured",
        "meter": {"kind": "evse", "id": "VL11-004711"},
        "parts": [
            {"tier": tier, "started_at": begin, "ended_at": end, "energy_wh": energy, "quality": "measured"}
            for (tier, energy), begin, end in zip(parts, times, times[1:], strict=False)
        ],
        **more,
    }
