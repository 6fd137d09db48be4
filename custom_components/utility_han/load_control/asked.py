"""A control in one word, for people and automations."""

from ..esi import LoadControl
from ..procedures import asked, asks_nothing

_WORDS = {
    "level": "load_level",
    "level_offset": "load_level",
    "duty_cycle": "duty_cycle",
    "target_reduction": "power_limit",
    "load_adjustment": "load_limit",
    "cooling_offset": "temperature_offset",
    "heating_offset": "temperature_offset",
    "cooling_setpoint": "set_point",
    "heating_setpoint": "set_point",
    "charge_state": "charge_state",
    "charge_energy": "charge_state",
}
_ANYTHING = "reduction"
TEST = "test"
"""Of a control that asks for nothing: whether it arrives is all that is looked at."""
ASKED_WORDS = (*dict.fromkeys(_WORDS.values()), _ANYTHING, TEST)
"""Every word of :func:`what_is_asked`."""


def what_is_asked(control: LoadControl) -> str:
    """Return what a control asks for first of all.

    ``reduction`` where it leaves that to the device, ``test`` where it asks for nothing.
    """
    asks = asked(control)
    if asks_nothing(control) and "level" not in asks:
        return TEST
    return next((word for name, word in _WORDS.items() if name in asks), _ANYTHING)
