"""A control in one word, for people and automations."""

from collections.abc import Collection, Mapping
from typing import Any

from ..devices.responses import RESPONSES, answers_of
from ..esi import LoadControl
from ..procedures import asked, asks_nothing, whole_id

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
ANYTHING = "reduction"
TEST = "test"
"""Of a control that asks for nothing: whether it arrives is all that is looked at."""
SET_POINT = "set_point"
ASKED_WORDS = (*dict.fromkeys(_WORDS.values()), ANYTHING, TEST)
"""Every word of :func:`what_is_asked` and :func:`what_is_done`."""

# By response: what it makes of what it can use and is another's way, and of what it cannot use.
_AS: Mapping[str, Mapping[str, str]] = {
    "duty_cycle": {"load_limit": "duty_cycle"},
    "limit": {"duty_cycle": "load_limit"},
}
_INSTEAD = {"offset": "temperature_offset", "setpoint": "temperature_offset", "limit": "power_limit"}


def what_is_asked(control: LoadControl) -> str:
    """Return what a control asks for first of all.

    ``reduction`` where it leaves that to the device, ``test`` where it asks for nothing.
    """
    asks = asked(control)
    if asks_nothing(control) and "level" not in asks:
        return TEST
    return next((word for name, word in _WORDS.items() if name in asks), ANYTHING)


def what_is_done(control: LoadControl, config: Mapping[str, Any], beyond: Collection[str] = ()) -> str:
    """Return what a device does that responds as ``config`` says: not each can do what is asked.

    ``beyond`` is what else of ``ASKS`` it can do. What asks for nothing or leaves it to the device, what is a part of
    what is asked of the premise, and what the device can do nothing about, is told as it is asked.
    """
    whole, response = what_is_asked(control), RESPONSES.get(config.get("response", ""))
    asks = asked(control)
    if response is None or not asks or whole == TEST or whole_id(control) is not None:
        return whole
    answers = answers_of(config)
    used = (response.uses(asks) or frozenset()).union(beyond)
    word = next((word for name, word in _WORDS.items() if name in asks and name in used), None)
    if word is not None:
        return _AS.get(config["response"], {}).get(word, word)
    return _INSTEAD.get(config["response"], ANYTHING) if answers is None else whole
