"""What a running Home Assistant tells of itself through its API: for comparing two of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from .home import Home

DOMAIN = "utility_han"
_CALENDAR = timedelta(days=20)
_HISTORY = timedelta(hours=12)


async def tell(home: Home) -> dict[str, Any]:
    """Return states, registries, entries, notices, calendars, pictures, bindings, statistics and history.

    Everything is as the API gives it, and what has an id is by that id.
    """
    entities = {each["entity_id"]: each for each in await home.ws("config/entity_registry/list")}
    devices = {each["id"]: each for each in await home.ws("config/device_registry/list")}
    entries = {each["entry_id"]: each for each in await home.ws("config_entries/get", domain=DOMAIN)}
    subentries = {
        each["subentry_id"]: {**each, "entry_id": entry_id}
        for entry_id in entries
        for each in await home.ws("config_entries/subentries/list", entry_id=entry_id)
    }
    issues = (await home.ws("repairs/list_issues"))["issues"]
    states = {each["entity_id"]: each for each in await home.states()}
    ours = [name for name, each in entities.items() if each["platform"] == DOMAIN]
    return {
        "states": states,
        "entities": entities,
        "devices": devices,
        "entries": entries,
        "subentries": subentries,
        "issues": {f"{each['domain']}.{each['issue_id']}": each for each in issues},
        "calendars": {
            name: await _events(home, name) for name in ours if name.startswith("calendar.") and name in states
        },
        "pictures": {
            name: await home.get_text(state["attributes"]["entity_picture"])
            for name, state in states.items()
            if name in ours and name.startswith("image.")
        },
        "bindings": {
            subentry_id: await _binding(home, device["id"])
            for device in devices.values()
            for domain, subentry_id in device["identifiers"]
            if domain == DOMAIN and subentries.get(subentry_id, {}).get("subentry_type") == "vehicle"
        },
        "statistics": await _statistics(home, ours),
        "history": await _history(home, [name for name in ours if name.startswith("sensor.") and name in states]),
    }


async def _events(home: Home, entity_id: str) -> list[dict[str, Any]]:
    now = datetime.now(UTC).replace(tzinfo=None)
    begin, end = (f"{moment.isoformat(timespec='seconds')}Z" for moment in (now - _CALENDAR, now + _CALENDAR))
    return list(await home.get(f"/api/calendars/{entity_id}?start={begin}&end={end}"))


async def _binding(home: Home, device_id: str) -> dict[str, Any]:
    answer = await home.ws(
        "call_service",
        domain=DOMAIN,
        service="binding_record",
        service_data={"device_id": device_id},
        return_response=True,
    )
    return {key: answer["response"][key] for key in ("vehicle", "bindings", "unbilled")}


async def _statistics(home: Home, entity_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    found = await home.ws(
        "recorder/statistics_during_period",
        start_time=(datetime.now(UTC) - _CALENDAR).isoformat(),
        statistic_ids=entity_ids,
        period="hour",
        types=["state", "sum"],
    )
    return {
        entity_id: [{"start": _time(row["start"]), "state": row["state"], "sum": row["sum"]} for row in rows]
        for entity_id, rows in found.items()
    }


async def _history(home: Home, entity_ids: list[str]) -> dict[str, list[list[Any]]]:
    """Return what states there were and since when."""
    found = await home.ws(
        "history/history_during_period",
        start_time=(datetime.now(UTC) - _HISTORY).isoformat(),
        entity_ids=entity_ids,
        no_attributes=True,
        include_start_time_state=False,
    )
    return {
        name: [[datetime.fromtimestamp(row.get("lc", row["lu"]), UTC).isoformat(), row["s"]] for row in rows]
        for name, rows in found.items()
    }


def _time(milliseconds: float) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
