"""What is said of a gateway, a device or a vehicle, by what it is about; the rooms below know the words."""

from collections.abc import Callable, Mapping
from typing import Any

from ..account.actions import price_sources
from ..hub.prices.messages import about_price
from ..hub.telling.wording import Said, Wording
from ..hub.telling.words import Sheet
from ..load_control.messages import about_controls
from ..procedures import Diagnosis, Verdict
from ..vehicles.manager import VehicleManager
from ..vehicles.messages import about_charging, about_month
from .manager import HealthManager
from .subjects import Watched

type _About = Callable[[HealthManager, Watched, Wording, str | None], Said | None]
"""The last is the control that is meant, where one is."""


def about_health(health: HealthManager, watched: Watched, wording: Wording, _control: str | None) -> Said:
    """Say how something is."""
    reason = health.condition(watched.key).health.reason
    if reason is None:
        return Said("healthy", {"device": watched.title})
    return Said("unhealthy", {"device": watched.title, "reason": wording.word(Sheet.HEALTH_REASON, reason)})


def about_diagnosis(watched: Watched, found: Diagnosis, wording: Wording) -> Said:
    """Say what a diagnosis found, and what to do."""
    said = {
        "device": watched.title,
        "verdict": wording.word(Sheet.VERDICT, found.verdict),
        "reason": _word(wording, Sheet.HEALTH_REASON, found.reason),
        "repair": _word(wording, Sheet.REPAIR, found.next),
    }
    return Said("diagnosed_well" if found.verdict is Verdict.NOTHING_WRONG else "diagnosed", said)


def about_repair(watched: Watched, answer: Mapping[str, Any], wording: Wording) -> Said:
    """Say what came of a repair, by what the action answers."""
    said = {
        "device": watched.title,
        "done": _word(wording, Sheet.REPAIR, answer["repair"]),
        "reason": _word(wording, Sheet.HEALTH_REASON, answer["reason"]),
        "repair": _word(wording, Sheet.REPAIR, answer["next"]),
    }
    return Said("repaired" if answer["fixed"] else "not_repaired", said)


def _word(wording: Wording, sheet: Sheet, code: str | None) -> str:
    return wording.word(sheet, code) if code is not None else "–"


def _registration(_health: HealthManager, watched: Watched, wording: Wording, _control: str | None) -> Said | None:
    if (device := watched.device) is None:
        return None
    state = wording.state("sensor", "registration_state", device.standing)
    return Said("registration_stands", {"device": device.title, "state": state})


def _controls(health: HealthManager, watched: Watched, wording: Wording, control: str | None) -> Said | None:
    return about_controls(health.controls, watched.device, wording, control) if watched.device else None


def _charging(health: HealthManager, watched: Watched, wording: Wording, _control: str | None) -> Said | None:
    manager = health.hub.manager(VehicleManager)
    return about_charging(manager, watched.vehicle, wording) if watched.vehicle else None


def _month(health: HealthManager, watched: Watched, wording: Wording, _control: str | None) -> Said | None:
    manager = health.hub.manager(VehicleManager)
    return about_month(manager, watched.vehicle, wording) if watched.vehicle else None


def _price(health: HealthManager, _watched: Watched, wording: Wording, _control: str | None) -> Said:
    return about_price((subject for _, subject in price_sources(health.hub)), wording)


ABOUT: Mapping[str, _About] = {
    "health": about_health,
    "registration": _registration,
    "load_control": _controls,
    "charging": _charging,
    "month": _month,
    "price": _price,
}
"""What can be asked about; None is answered where something has nothing of it."""
