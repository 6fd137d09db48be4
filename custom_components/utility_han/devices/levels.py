"""What a level of load is to a device: a person has said it of each that a utility may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..esi import LoadControl
from ..procedures import ASKS
from .responses import NUMBERS, THERMAL, TOGGLES

LEVELS = ("level_1", "level_2", "level_3")
"""SIMPLE of OpenADR beyond 0, which is normal operation; by these names in a device's ``control``."""
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What an entity of these domains does: a response (of ``RESPONSES``) to what is asked then."""

    domains: frozenset[str]
    response: str
    asks: Mapping[str, float]


def _share(percent: float) -> tuple[_Meaning, ...]:
    return (
        _Meaning(TOGGLES, "duty_cycle", {"load_adjustment": percent}),
        _Meaning(NUMBERS, "limit", {"load_adjustment": percent}),
    )


def _moved(by: float) -> tuple[_Meaning, ...]:
    return (_Meaning(THERMAL, "offset", {"cooling_offset": by, "heating_offset": by}),)


_ALL = TOGGLES | NUMBERS | THERMAL
MEANINGS: dict[str, tuple[_Meaning, ...]] = {
    NOTHING: (_Meaning(_ALL, "off", {"load_adjustment": 100.0}),),
    "percent_75": _share(75.0),
    "percent_50": _share(50.0),
    "percent_25": _share(25.0),
    "offset_1": _moved(1.0),
    "offset_2": _moved(2.0),
    "offset_3": _moved(3.0),
    "off": (_Meaning(_ALL, "off", {"load_adjustment": 0.0}),),
}
"""By the value of ``level_1`` to ``level_3`` in a device's ``control``, the mildest first."""
_MIDDLE = ("offset_2", "percent_50")


def meanings_of(entity_id: str) -> tuple[str, ...]:
    """Return what a level can be to an entity, the mildest first."""
    domain = entity_id.partition(".")[0]
    return tuple(name for name, found in MEANINGS.items() if any(domain in each.domains for each in found))


def usual_meanings(entity_id: str) -> dict[str, str]:
    """Return what is proposed to a person."""
    possible = meanings_of(entity_id)
    middle = next((each for each in _MIDDLE if each in possible), "off")
    return dict(zip(LEVELS, (NOTHING, middle, "off"), strict=True))


def knows_levels(config: Mapping[str, Any]) -> bool:
    """Return whether a person has said what levels are to the device with this ``control``."""
    return all(name in config for name in LEVELS)


def at_level(control: LoadControl, config: Mapping[str, Any], level: int) -> tuple[LoadControl, Mapping[str, Any]]:
    """Return what a control comes to at a level of load, and the ``control`` of the device that responds so."""
    chosen = config[LEVELS[level - 1]] if level else NOTHING
    domain = config["entity_id"].partition(".")[0]
    meaning = next((each for each in MEANINGS.get(chosen, ()) if domain in each.domains), MEANINGS[NOTHING][0])
    asks: dict[str, Any] = dict.fromkeys(ASKS) | dict(meaning.asks)
    return replace(control, **asks, shift_forward=False), {**config, "response": meaning.response}
