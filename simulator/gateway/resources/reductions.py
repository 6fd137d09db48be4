"""What a control asks for, and a DrResponse says was done: the elements the two have in common."""

from __future__ import annotations

from typing import Any

from simulator.gateway.load_controls import REDUCTIONS
from simulator.gateway.wire import Fields, typed

_ELEMENTS = {
    "duty_cycle": ("duty_cycle", "normal_value"),
    "cooling_offset": ("offset", "cooling_offset"),
    "heating_offset": ("offset", "heating_offset"),
    "load_adjustment": ("offset", "load_adjustment_percentage_offset"),
    "cooling_setpoint": ("set_point", "cooling_setpoint"),
    "heating_setpoint": ("set_point", "heating_setpoint"),
    "appliance_load_reduction": ("appliance_load_reduction", "type_value"),
    "target_type": ("target_reduction", "type_value"),
    "target_value": ("target_reduction", "value"),
    "override_duration": ("override_duration",),
}
_NAMED_TYPES = {"load_adjustment", "appliance_load_reduction", "target_type"}
_IN_RESPONSES = {"target_reduction": "applied_target_reduction"}
"""Elements that DrResponse calls otherwise."""


def to_fields(values: dict[str, Any]) -> Fields:
    """The elements that carry ``values``, by the names of ``REDUCTIONS``; other names and None are passed over."""
    fields: Fields = {}
    for name in REDUCTIONS:
        value = values.get(name)
        if value is None:
            continue
        *outer, last = _ELEMENTS[name]
        holder = fields.setdefault(outer[0], {}) if outer else fields
        holder[last] = typed(value) if name in _NAMED_TYPES else value
    return fields


def from_document(document: Any) -> dict[str, int]:
    """The reverse of ``to_fields``, from a py20305 model."""
    values: dict[str, int] = {}
    for name, path in _ELEMENTS.items():
        value = document
        for part in path:
            found = getattr(value, part, None)
            value = getattr(value, _IN_RESPONSES[part], None) if found is None and part in _IN_RESPONSES else found
        if value is not None:
            values[name] = value.value if name in _NAMED_TYPES else value
    return values
