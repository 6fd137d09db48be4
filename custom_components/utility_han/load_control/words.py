"""A control in one word, for people and automations."""

from ..gateway.model import LoadControl
from ..procedures.control_validity import asked

_WORDS = {
    "duty_cycle": "duty_cycle",
    "load_adjustment": "load_limit",
    "cooling_offset": "temperature_offset",
    "heating_offset": "temperature_offset",
    "cooling_setpoint": "set_point",
    "heating_setpoint": "set_point",
}
_ANYTHING = "reduction"
ASKED_WORDS = (*dict.fromkeys(_WORDS.values()), _ANYTHING)
"""Every word of :func:`what_is_asked`."""


def what_is_asked(control: LoadControl) -> str:
    """Return what a control asks for first of all; ``reduction`` where it leaves that to the device."""
    asks = asked(control)
    return next((word for name, word in _WORDS.items() if name in asks), _ANYTHING)
