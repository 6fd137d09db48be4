"""What the utility offers when it is new: compatible devices and programs."""

from __future__ import annotations

from typing import Any

TIME_ZONE = "America/Denver"
"""Where the utility and all it serves are."""
KINDS = ("thermostat", "water_heater", "load_switch", "pool_pump", "smart_appliance", "evse")
OURS = "Home Assistant"
"""The manufacturer of what takes part through Home Assistant."""
_MODELS = (
    ("acme-t100", "thermostat", "Acme", "T100", "^AT[0-9]{8}$"),
    ("nord-stat-2", "thermostat", "Nord", "Stat 2", "^NS2-[0-9]{6}$"),
    ("acme-wh40", "water_heater", "Acme", "WH40", "^AW[0-9]{8}$"),
    ("switchco-ls1", "load_switch", "SwitchCo", "LS-1", "^LS1-[0-9A-F]{8}$"),
    ("aqua-p3", "pool_pump", "Aqua", "P3", "^AQP[0-9]{6}$"),
    ("homely-dryer", "smart_appliance", "Homely", "Dryer", "^HD[0-9]{8}$"),
    ("voltline-11", "evse", "Voltline", "11 kW", "^VL11-[0-9]{6}$"),
)
COMPATIBLE_DEVICES: tuple[dict[str, Any], ...] = (
    *(
        {"id": id_, "kind": kind, "manufacturer": maker, "name": name, "serial_pattern": pattern}
        for id_, kind, maker, name, pattern in _MODELS
    ),
    *(
        {
            "id": f"homeassistant-{kind.replace('_', '-')}",
            "kind": kind,
            "manufacturer": OURS,
            "name": f"{'EVSE' if kind == 'evse' else kind.replace('_', ' ')} through Home Assistant",
            "serial_pattern": "^HA-[A-Z0-9-]{1,28}$",
        }
        for kind in KINDS
    ),
)
"""``id``, ``kind``, ``manufacturer``, ``name``, ``serial_pattern`` as in the API."""

_TERMS = (
    "{name}: your utility may {what} on up to 15 days a year, for up to four hours a day. You may opt out of any "
    "event but an emergency, and leave the program at any time. Your utility is told that the device received, "
    "started and ended each event, and nothing else."
)


def _program(identifier: str, name: str, summary: str, kinds: tuple[str, ...], what: str, number: int) -> Any:
    return {
        "id": identifier,
        "name": name,
        "summary": summary,
        "device_kinds": list(kinds),
        "open": number > 0,
        "terms": {"version": "2026-01", "text": _TERMS.format(name=name, what=what)},
        "number": number,
    }


PROGRAMS: tuple[dict[str, Any], ...] = (
    _program(
        "peak-saver", "Peak Saver", "less at peak hours, for $25 a season", KINDS[:5], "reduce the device's load", 1
    ),
    _program("ev-smart-charge", "EV Smart Charge", "charging when it is cheap", ("evse",), "pause charging", 2),
    _program("quiet-hours", "Quiet Hours", "a pilot that has ended", KINDS, "switch off devices at night", 0),
)
"""As in the API, and ``number``: the demand response program of the gateway that it stands for, 0 for none."""


def program_shown(program: dict[str, Any]) -> dict[str, Any]:
    """A program as the API shows it."""
    return {key: value for key, value in program.items() if key != "number"}


def _rate_program(
    identifier: str, name: str, summary: str, tiers: dict[str, tuple[str, str]], periods: list[Any], **more: Any
) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": name,
        "summary": summary,
        "open": True,
        "guests": True,
        "currency": "USD",
        "time_zone": TIME_ZONE,
        "tiers": [{"id": tier, "name": words, "price": price} for tier, (words, price) in tiers.items()],
        "default_tier": next(iter(tiers)),
        "periods": periods,
        "terms": {
            "version": "2026-01",
            "text": f"{name}: what the vehicle charges is metered at the charging station, reported by your home "
            "after each session, and put on the bill of the account it is bound to. You may end the binding any day.",
        },
        "closed_premises": [],
        **more,
    }


_WEEKDAYS, _ALL_DAYS = [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6, 7]
RATE_PROGRAMS: tuple[dict[str, Any], ...] = (
    _rate_program(
        "ev-tou",
        "EV Time of Use",
        "cheap but for weekday afternoons",
        {"off_peak": ("Off-peak", "0.09"), "shoulder": ("Shoulder", "0.18"), "peak": ("Peak", "0.36")},
        [
            {"tier": "shoulder", "days": _WEEKDAYS, "start": "13:00", "end": "15:00"},
            {"tier": "peak", "days": _WEEKDAYS, "start": "15:00", "end": "19:00"},
        ],
    ),
    _rate_program("ev-flat", "EV Flat", "one price at all times", {"flat": ("All day", "0.15")}, []),
    _rate_program(
        "ev-night",
        "EV Night",
        "cheapest at night",
        {"day": ("Day", "0.24"), "night": ("Night", "0.06")},
        [{"tier": "night", "days": _ALL_DAYS, "start": "23:00", "end": "06:00"}],
        guests=False,
    ),
    _rate_program("ev-pilot", "EV Pilot", "a pilot that has ended", {"flat": ("All day", "0.01")}, [], open=False),
)
"""As in the API, and ``closed_premises``: the ids of premises that cannot take part."""
