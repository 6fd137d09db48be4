"""Reading JSON objects against a table of what each key may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.gateway.texts import unfit


class BadParameterError(ValueError):
    """A key is unknown, or its value is not what the table asks for; ``field`` is the key, where it is one's."""

    def __init__(self, text: str, field: str | None = None) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a key may hold: a type, limits (inclusive), choices or a check; its default when it is left out.

    A text may hold what XML can carry, as it is likely to be served. One that is required has to say something.
    """

    kind: type[bool | int | float | str]
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    convert: Callable[[Any], Any] | None = None
    required: bool = False
    may_be_blank: bool = False

    def read(self, key: str, value: Any) -> Any:
        """``value`` converted, or ``BadParameterError`` naming ``key``."""
        if value is None and not self.required:
            return self.default
        try:
            return self._read(value)
        except BadParameterError as err:
            raise BadParameterError(f"{key} {err}", key) from err
        except ValueError as err:
            raise BadParameterError(f"{key}: {err}", key) from err

    def _read(self, value: Any) -> Any:
        if self.kind is float and type(value) is int:
            value = float(value)
        if type(value) is not self.kind:
            raise BadParameterError(f"must be of type {self.kind.__name__}")
        if isinstance(value, str):
            if wrong := unfit(value):
                raise BadParameterError(f"holds the character {wrong}, which XML cannot carry")
            if self.required and not self.may_be_blank and not value.strip():
                raise BadParameterError("must not be blank")
        if self.choices and value not in self.choices:
            raise BadParameterError(f"must be one of {', '.join(self.choices)}")
        if isinstance(value, int | float):
            # No comparison with NaN, which Python's JSON reads, holds.
            above = self.minimum is None or value >= self.minimum
            if not (above and (self.maximum is None or value <= self.maximum)):
                raise BadParameterError(f"must be between {self.minimum} and {self.maximum}")
        return value if self.convert is None else self.convert(value)


def read_parameters(table: Mapping[str, Parameter], data: Any) -> dict[str, Any]:
    """Every key of ``table`` with its value from ``data`` or its default."""
    if not isinstance(data, Mapping):
        raise BadParameterError("expected a JSON object")
    if unknown := sorted(set(data) - set(table)):
        known = ", ".join(table) or "nothing"
        raise BadParameterError(f"unknown: {', '.join(map(str, unknown))}; known: {known}")
    return {key: parameter.read(key, data.get(key)) for key, parameter in table.items()}
