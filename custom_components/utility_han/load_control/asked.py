"""A control in one word, for people and automations."""

from ..esi import LoadControl
from ..procedures import asked, asks_nothing

_WORDS = {
    "duty_cycle": "duty_cycle",
    "load_adjustment": "load_limit",
    "target_reduction": "power_limit",
    "cooling_offset": "temperature_offset",
    "heating_offset": "temperature_offset",
    "cooling_setpoint": "set_point",
    "heating_setpoint": "set_point",
}
_ANYTHING = "reduction"
_TEST = "test"
ASKED_WORDS = (*dict.fromkeys(_WORDS.values()), _ANYTHING, _TEST)
"""Every word of :func:`what_is_asked`."""


def what_is_asked(control: LoadControl) -> str:
    """Return what a control asks for first of all.

    ``reduction`` where it leaves that to the device, ``test`` where it asks for nothing.
    """
    if asks_nothing(control):
        return _TEST
    asks = asked(control)
    return next((word for name, word in _WORDS.items() if name in asks), _ANYTHING)
