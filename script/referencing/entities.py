"""All entities there can be: from the rows of the rooms' tables and from the translations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from custom_components.utility_han import PLATFORMS
from custom_components.utility_han.account.entities import account_shown
from custom_components.utility_han.account.told import told_shown
from custom_components.utility_han.devices.entities import devices_shown
from custom_components.utility_han.gateway import Register, RegisterKind
from custom_components.utility_han.health.entities import health_shown
from custom_components.utility_han.hub.descriptions import Shown, SubjectEntityDescription
from custom_components.utility_han.hub.entities import BINARY_SENSORS, EVENTS, LINK_SENSORS, register_sensors
from custom_components.utility_han.hub.prices.entities import price_sensors
from custom_components.utility_han.load_control.calendars import all_controls_shown
from custom_components.utility_han.load_control.entities import load_control_shown
from custom_components.utility_han.vehicles.entities import vehicles_shown
from custom_components.utility_han.vehicles.premise.entities import premise_shown

from .sources import joined, of_home_assistant, table, texts

type Row = SubjectEntityDescription[Any]

_HEAD = """\
# Entities

All that there can be. A home has those that its gateway, utility, devices and vehicles have something for, and of
these at most twelve of a gateway, eight of a device and eight of a vehicle are enabled at first; the others can be
enabled on the device's page. *At first: some* is an entity that is enabled in some homes only: where nothing else
tells the same, or where it can be used. What each is good for: [Readings](../homeowner/readings.md#entities).
"""
_TIERS = """\
What a meter counts by tier has the tier in its name besides (*From the grid tier 2*, or the name that the tariff
gives it), what it measures on one phase the phase (*Power phase A*). Both are disabled at first, tiers only where
the meter has their sum.
"""
_DIRECTIONS = ("delivered", "received", "net", "total")
_QUANTITIES = {
    RegisterKind.INSTANTANEOUS: (
        "power",
        "voltage",
        "current",
        "frequency",
        "power_factor",
        "apparent_power",
        "reactive_power",
    ),
    RegisterKind.SUMMATION: ("energy", "reactive_energy", "apparent_energy"),
}
_FIRST = {field.name: field.default for field in fields(SubjectEntityDescription)}


class _Anybody:
    """Stands where rows are given whom to ask: here they are looked at, and nobody is asked.

    It has everything, is nothing when written, and of it there are none, but for what it is given.
    """

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(given)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_args: Any, **_named: Any) -> Any:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __str__(self) -> str:
        return ""


def page() -> str:
    """Return the page."""
    lines = [_HEAD]
    for title, about, rows in _parts():
        lines += [f"## {title}", "", *([about] if about else [])]
        lines += table(("entity", "name", "at first", "unit", "states, or attributes"), map(_row, rows))
    return joined(lines)


def rows_of(shown: Shown[Any]) -> Iterator[tuple[str, Row]]:
    """Yield the rows of what a room shows, each with its platform."""
    for platform in PLATFORMS:
        # "switch" has "switches"
        rows = getattr(shown, f"{platform}es" if platform == "switch" else f"{platform}s")
        yield from ((platform.value, row) for row in rows)


def of_rooms() -> Mapping[str, Sequence[tuple[str, Row]]]:
    """Return the rows of every room but those of registers, by what they are of."""
    anybody: Any = _Anybody()
    tier = Register("1", "energy", RegisterKind.SUMMATION, "delivered", "Wh", tier=1)
    home: Any = _Anybody(tiers=[tier])
    gateway: Shown[Any] = Shown(subjects=(), sensors=LINK_SENSORS, binary_sensors=BINARY_SENSORS, events=EVENTS)
    told = told_shown(anybody)
    controls: Any = _Anybody(subjects={})
    signals = [row for row in told.sensors if row.translation_key not in _keys(price_sensors(anybody))]
    return {
        "link": [
            *rows_of(gateway),
            *rows_of(account_shown(anybody, anybody)),
            *rows_of(all_controls_shown(anybody, controls)),
        ],
        "prices": [("sensor", row) for row in price_sensors(anybody)],
        "signals": [("sensor", row) for row in signals],
        "premise": list(rows_of(premise_shown(anybody, home))),
        "health": list(rows_of(health_shown(anybody))),
        "devices": [*rows_of(devices_shown(anybody)), *rows_of(load_control_shown(anybody))],
        "vehicles": list(rows_of(vehicles_shown(anybody))),
    }


def _keys(rows: Iterable[Row]) -> set[str | None]:
    return {row.translation_key for row in rows}


def registers() -> Sequence[tuple[str, Row]]:
    """Return the rows of what a meter may measure of the whole home: in one direction alone, and in several."""
    found: dict[str | None, Row] = {}
    for kind, quantities in _QUANTITIES.items():
        for quantity in quantities:
            # What it is shown in, the row says.
            each = [Register(f"{quantity}_{way}", quantity, kind, way, "") for way in _DIRECTIONS]
            for told in (each[:1], each):
                for row in register_sensors(told):
                    found.setdefault(row.translation_key, row)
    return [("sensor", row) for row in found.values()]


def _parts() -> Iterator[tuple[str, str, Sequence[tuple[str, Row]]]]:
    rooms = of_rooms()
    yield "Gateway: what the meter measures", _TIERS, registers()
    yield "Gateway: the link to it, and to the utility", "", rooms["link"]
    yield "Gateway: prices", "Each is there once gateway or utility told it for the first time.\n", rooms["prices"]
    yield "Gateway: what OpenADR tells besides", "Each is there once it was told.\n", rooms["signals"]
    yield "Gateway: the home without its vehicles", "Once chargers are known.\n", rooms["premise"]
    yield "Health: of gateways, devices and vehicles", "", rooms["health"]
    yield "Device", "Those of load control, where Home Assistant carries it out.\n", rooms["devices"]
    yield "Vehicle", "", rooms["vehicles"]


def _row(each: tuple[str, Row]) -> tuple[str, str, str, str, str]:
    platform, row = each
    return platform, name_of(platform, row), _at_first(row), _unit(row), _states(platform, row)


def name_of(platform: str, row: Row) -> str:
    """Return the name of an entity, placeholders as *n*."""
    said = texts()["entity"].get(platform, {}).get(row.translation_key or "", {})
    own: str | None = said.get("name")
    if own is None:
        by_class: str = of_home_assistant(platform)["entity_component"][row.device_class or "_"]["name"]
        return by_class
    return own.format(
        **{name: "*n*" if str(value) else "" for name, value in (row.translation_placeholders or {}).items()}
    )


def _at_first(row: Row) -> str:
    if not row.entity_registry_enabled_default:
        return "disabled"
    return "enabled" if row.enabled_fn is _FIRST["enabled_fn"] else "some"


def _unit(row: Row) -> str:
    if getattr(row, "unit_fn", None) is not None:
        return "as told"
    units = (getattr(row, f"{which}_unit_of_measurement", None) for which in ("suggested", "native"))
    return next(filter(None, units), "")


def _states(platform: str, row: Row) -> str:
    said = texts()["entity"].get(platform, {}).get(row.translation_key or "", {})
    if options := getattr(row, "options", None):
        states = said.get("state", {})
        return ", ".join(f"{states[option]} (`{option}`)" for option in options)
    attributes = said.get("state_attributes", {})
    return ", ".join(f"`{each}`" for each in attributes if each != "event_type")
