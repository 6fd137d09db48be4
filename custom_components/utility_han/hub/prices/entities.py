"""Entities of what is told of prices and other values over time: one table, whoever tells it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from homeassistant.components.sensor import SensorStateClass
from homeassistant.const import (
    PERCENTAGE,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfReactiveEnergy,
    UnitOfReactivePower,
    UnitOfTemperature,
)
from homeassistant.util import dt as dt_util

from ...esi import Price, Signal, between, following
from ..descriptions import SubjectSensorDescription, Value
from .priced import PricedSubject, now_of

type _Sensor = SubjectSensorDescription[PricedSubject]

_AHEAD = timedelta(days=7)
_MOST_AHEAD = 432
"""Intervals that an attribute lists: a day and a half of five minutes. The action ``get_prices`` has all of them."""
_MOST = 1e9
"""JSON has numbers that no state can show."""

UNITS: Mapping[str, str] = {
    "KWH": UnitOfEnergy.KILO_WATT_HOUR,
    "THERMS": "thm",
    "GHG": "g/kWh",
    "VOLTS": UnitOfElectricPotential.VOLT,
    "AMPS": UnitOfElectricCurrent.AMPERE,
    "CELSIUS": UnitOfTemperature.CELSIUS,
    "FAHRENHEIT": UnitOfTemperature.FAHRENHEIT,
    "PERCENT": PERCENTAGE,
    "KW": UnitOfPower.KILO_WATT,
    "KVAH": "kVAh",
    "KVARH": UnitOfReactiveEnergy.KILO_VOLT_AMPERE_REACTIVE_HOUR,
    "KVA": UnitOfApparentPower.KILO_VOLT_AMPERE,
    "KVAR": UnitOfReactivePower.KILO_VOLT_AMPERE_REACTIVE,
}
"""units.schema.yaml (OpenADR 3.1.1); "greenhouse gas emissions: g/kWh"."""
_OF_ITSELF = {"GHG": "GHG"}
"""The unit of a type whose own text says it ("in g/kWh", event-interval-payloads.schema.yaml)."""


# Prices

_ENABLED = ("price", "export_price")
"""What is in force; the others are in the forecast of it, and there to be enabled."""


def _is_alone(subject: PricedSubject) -> bool:
    """Whether nothing else tells prices or messages: of what is told beside a gateway, its price is shown at first."""
    return not subject.source


def price_unit(subject: PricedSubject) -> str:
    """Return in what prices are, as the Energy dashboard takes them."""
    return f"{subject.currency}/{UnitOfEnergy.KILO_WATT_HOUR}"


def price_rows(prices: Sequence[Price]) -> list[dict[str, Any]]:
    """Return prices for templates: ``start`` and ``end`` in ISO 8601, ``price`` per kWh, ``tier`` where it has one."""
    return [
        {**_times(price), "price": price.per_kwh, **({"tier": price.tier} if price.tier else {})} for price in prices
    ]


def _times(each: Price | Signal) -> dict[str, str]:
    return {"start": each.start.isoformat(), "end": each.end.isoformat()}


def _coming[T: (Price, Signal)](course: Sequence[T]) -> Sequence[T]:
    now = dt_util.utcnow()
    return between(course, now, now + _AHEAD, _MOST_AHEAD)


def _used(subject: PricedSubject) -> Sequence[Price]:
    return subject.prices


def _given(subject: PricedSubject) -> Sequence[Price]:
    return subject.received


type _Course = Callable[[PricedSubject], Sequence[Price]]
type _Chosen = Callable[[PricedSubject], Price | None]


def _price(
    subject: PricedSubject, key: str, chosen: _Chosen, attributes: Callable[[PricedSubject], Mapping[str, Any]],
    told: Callable[[PricedSubject], object], **more: Any,
) -> _Sensor:  # fmt: skip
    of_several: dict[str, Any] = {} if key == "price" else {"enabled_fn": _is_alone}

    def value(subject: PricedSubject) -> float | None:
        price = chosen(subject)
        return price.per_kwh if price else None

    return SubjectSensorDescription(
        key=f"{subject.prefix}{key}",
        translation_key=key,
        translation_placeholders={"source": subject.source},
        suggested_display_precision=3,
        comes_later=True,
        exists_fn=lambda subject: bool(told(subject)) or subject.has_entity(f"{subject.prefix}{key}"),
        available_fn=lambda subject: chosen(subject) is not None,
        value_fn=value,
        unit_fn=price_unit,
        attributes_fn=attributes,
        entity_registry_enabled_default=key in _ENABLED,
        **of_several,
        **more,
    )


def _now_row(subject: PricedSubject, key: str, course: _Course) -> _Sensor:
    """Return the row of a price that is in force, with what comes."""

    def forecast(subject: PricedSubject) -> dict[str, Any]:
        rows, now = price_rows(_coming(course(subject))), now_of(course(subject))
        asked = next(iter(subject.to_acknowledge), None) if key == "price" else None
        return {
            **({"tier": now.tier} if now and now.tier else {}),
            **({"acknowledge": asked} if asked else {}),
            "forecast": rows,
        }

    return _price(
        subject, key, lambda subject: now_of(course(subject)), forecast, course,
        state_class=SensorStateClass.MEASUREMENT,
    )  # fmt: skip


def _chosen_row(subject: PricedSubject, key: str, chosen: _Chosen) -> _Sensor:
    """Return the row of a price that is chosen of several: of one there is nothing to choose."""

    def times(subject: PricedSubject) -> dict[str, str]:
        return _times(price) if (price := chosen(subject)) is not None else {}

    return _price(subject, key, chosen, times, lambda subject: len(subject.prices) > 1)


def price_sensors(subject: PricedSubject) -> tuple[_Sensor, ...]:
    """Return the rows of prices; each is there once it was told of."""
    return (
        _now_row(subject, "price", _used),
        _chosen_row(subject, "next_price", lambda subject: following(subject.prices, dt_util.utcnow())),
        _chosen_row(subject, "lowest_price", lambda subject: subject.extreme(min)),
        _chosen_row(subject, "highest_price", lambda subject: subject.extreme(max)),
        _now_row(subject, "export_price", _given),
    )


# Signals


def signal_unit(subject: PricedSubject, kind: str, course: Sequence[Signal]) -> str | None:
    """Return in what the values of a signal are, by the descriptor of its event or program."""
    told = now_of(course) or (course[-1] if course else None)
    units = (told and told.units) or _OF_ITSELF.get(kind)
    unit = UNITS.get(units) if units else None
    if kind not in _MONEY:
        return unit
    currency = (told and told.currency) or subject.currency
    return f"{currency}/{unit}" if unit else currency


def signal_value(signal: Signal, *, words: bool = False) -> str | float | None:
    """Return a value of a signal as its unit has it, None where it is none; of what is no number the ``words``."""
    if words:
        return ", ".join(map(str, signal.values))[:255]
    value = signal.values[0] if signal.values else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not -_MOST <= value <= _MOST:
        return None
    return round(value * 100, 6) if signal.units == "PERCENT" else value


def signal_rows(signals: Sequence[Signal], *, words: bool = False) -> list[dict[str, Any]]:
    """Return the values of a signal for templates: ``start`` and ``end`` in ISO 8601, ``value``."""
    return [{**_times(signal), "value": signal_value(signal, words=words)} for signal in signals]


_QUANTITIES = (
    "GHG",
    "DISPATCH_SETPOINT_RELATIVE",
    *(
        f"{way}_CAPACITY_{what}"
        for way in ("IMPORT", "EXPORT")
        for what in ("SUBSCRIPTION", "RESERVATION", "AVAILABLE")
    ),
    "EXPORT_CAPACITY_LIMIT",
)
_MONEY = (
    "PRICE_ALTERNATE",
    *(f"{way}_CAPACITY_{what}" for way in ("IMPORT", "EXPORT") for what in ("RESERVATION_FEE", "AVAILABLE_PRICE")),
)
_WORDS = ("DISPATCH_INSTRUCTION", "OLS")
"""Words, and many values at once."""
_SHOWN_AT_FIRST = ("GHG", "EXPORT_CAPACITY_LIMIT", "DISPATCH_INSTRUCTION")
"""What a home can go by without a contract for capacity; the rest is there to be enabled."""
SIGNALS = (*_QUANTITIES, *_MONEY, *_WORDS)
"""The types that are shown by a sensor of their own, where a program tells them."""


def _signal_row(subject: PricedSubject, kind: str) -> _Sensor:
    key, words = f"{subject.prefix}{kind.lower()}", kind in _WORDS

    def course(subject: PricedSubject) -> Sequence[Signal]:
        return subject.signals.get(kind, ())

    def value(subject: PricedSubject) -> Value:
        now = now_of(course(subject))
        return signal_value(now, words=words) if now else None

    return SubjectSensorDescription(
        key=key,
        translation_key=kind.lower(),
        state_class=None if words else SensorStateClass.MEASUREMENT,
        comes_later=True,
        entity_registry_enabled_default=kind in _SHOWN_AT_FIRST,
        enabled_fn=_is_alone,
        exists_fn=lambda subject: bool(course(subject)) or subject.has_entity(key),
        available_fn=lambda subject: now_of(course(subject)) is not None,
        value_fn=value,
        unit_fn=None if words else lambda subject: signal_unit(subject, kind, course(subject)),
        attributes_fn=lambda subject: {"forecast": signal_rows(_coming(course(subject)), words=words)},
    )


def signal_sensors(subject: PricedSubject) -> tuple[_Sensor, ...]:
    """Return the rows of everything else that is told over time."""
    return tuple(_signal_row(subject, kind) for kind in SIGNALS)
