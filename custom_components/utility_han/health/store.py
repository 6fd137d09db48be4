"""What is kept of a hub's health over restarts: how everything is, what was diagnosed, and the open cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..hub.storage import HubFiles
from ..procedures import Health, Place

_VERSION = 1


@dataclass(slots=True)
class Condition:
    """How one thing is; ``diagnosis`` is the last one (see ``Diagnosis.to_dict``) with its time, ``at``."""

    health: Health = field(default_factory=Health)
    diagnosis: dict[str, Any] | None = None
    case: dict[str, str] | None = None
    """The case open at the utility: ``id``, ``status``, ``summary``; ``note`` and ``appointment`` where there are."""
    survey: list[Place] = field(default_factory=list)
    """The places it was carried to, the last measured last."""

    def to_dict(self) -> dict[str, Any]:
        """Return it for storage."""
        return {
            "health": self.health.to_dict(),
            "diagnosis": self.diagnosis,
            "case": self.case,
            "survey": [place.to_dict() for place in self.survey],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Condition:
        """Take up what :meth:`to_dict` gave."""
        survey = [Place.from_dict(place) for place in data["survey"]]
        return cls(Health.from_dict(data["health"]), data["diagnosis"], data["case"], survey)


@dataclass
class Conditions:
    """The conditions of one hub, by subject: the config entry's id for the gateway, else the subentry's."""

    store: Store[dict[str, Any]]
    known: dict[str, Condition] = field(default_factory=dict)
    always_allowed: bool = False
    """The person lets the utility diagnose whenever it wants to."""

    async def async_load(self) -> None:
        """Read the file, once."""
        data: Mapping[str, Any] = await self.store.async_load() or {}
        self.known = {subject: Condition.from_dict(each) for subject, each in data.get("known", {}).items()}
        self.always_allowed = data.get("always_allowed", False)

    def of(self, subject: str) -> Condition:
        """Return the condition of a subject; of one that nothing is known of it is well."""
        return self.known.setdefault(subject, Condition())

    def save_later(self) -> None:
        """Write within a few seconds, for what would be found out again."""
        self.store.async_delay_save(self._snapshot, 5)

    async def async_save(self) -> None:
        """Write everything; on disk when this returns."""
        await self.store.async_save(self._snapshot())

    def _snapshot(self) -> dict[str, Any]:
        return {
            "known": {subject: each.to_dict() for subject, each in self.known.items()},
            "always_allowed": self.always_allowed,
        }


_FILES = HubFiles("health", _VERSION, Conditions)


async def async_get_conditions(hass: HomeAssistant, entry_id: str) -> Conditions:
    """Return the conditions of a hub, read on first use."""
    return await _FILES.async_get(hass, entry_id)


async def async_remove_conditions(hass: HomeAssistant, entry_id: str) -> None:
    """Forget everything about a hub that was removed."""
    await _FILES.async_remove(hass, entry_id)
