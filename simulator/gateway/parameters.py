"""Reading JSON objects against a table of what each key may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.gateway.texts import unfit


class BadParameterError(ValueError):
    """A key is unknown, or its value is not what the table asks for."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a key may hold: a type, limits (inclusive), choices or a check; its default when it is left out.

    A text may hold what XML can carry, as it is likely to be served.
    """

    kind: type[bool | int | float | str]
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    convert: Callable[[Any], Any] | None = None
    required: bool = False

    def read(self, key: str, value: Any) -> Any:
        """``value`` converted, or ``BadParameterError`` naming ``key``."""
        if value is None and not self.required:
            return self.default
        if self.kind is float and type(value) is int:
            value = float(value)
        if type(value) is not self.kind:
            raise BadParameterError(f"{key} must be of type {self.kind.__name__}")
        if isinstance(value, str) and (wrong := unfit(value)):
            raise BadParameterError(f"{key} holds the character {wrong}, which XML cannot carry")
        if self.choices and value not in self.choices:
            raise BadParameterError(f"{key} must be one of {', '.join(self.choices)}")
        if isinstance(value, int | float):
            below = self.minimum is not None and value < self.minimum
            if below or (self.maximum is not None and value > self.maximum):
                raise BadParameterError(f"{key} must be between {self.minimum} and {self.maximum}")
        if self.convert is None:
            return value
        try:
            return self.convert(value)
        except ValueError as err:
            raise BadParameterError(f"{key}: {err}") from err


def read_parameters(table: Mapping[str, Parameter], data: Any) -> dict[str, Any]:
    """Every key of ``table`` with its value from ``data`` or its default."""
    if not isinstance(data, Mapping):
        raise BadParameterError("expected a JSON object")
    if unknown := sorted(set(data) - set(table)):
        known = ", ".join(table) or "nothing"
        raise BadParameterError(f"unknown: {', '.join(map(str, unknown))}; known: {known}")
    return {key: parameter.read(key, data.get(key)) for key, parameter in table.items()}
