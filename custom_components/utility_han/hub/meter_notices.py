"""What only a person can say of the meter's registers: whether values that do not follow are another meter's."""

from collections.abc import Callable, Sequence

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..procedures import RegisterGuard
from .subject import registered_id
from .telling.wording import Wording

DOUBTED = "meter_doubted"
"""Is it another meter, or the same one set anew?"""
REBASED = "meter_rebased"
"""It was taken for another meter, or for one that was set anew; is that right?"""
_QUESTIONS: dict[str, Callable[[RegisterGuard], Sequence[str]]] = {
    DOUBTED: lambda guard: guard.asks,
    REBASED: lambda guard: guard.rebased,
}


def asked_about(guard: RegisterGuard, question: str) -> Sequence[str]:
    """Return the registers that a question is about now."""
    return _QUESTIONS[question](guard)


@callback
def async_update(hass: HomeAssistant, entry: ConfigEntry, guard: RegisterGuard) -> None:
    """Ask what is to be asked, and nothing else."""
    for question in _QUESTIONS:
        issue_id = f"{question}_{entry.entry_id}"
        if not asked_about(guard, question):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            continue
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id, "key": question},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=question,
            translation_placeholders={"title": entry.title},
        )


async def async_values_asked_about(
    hass: HomeAssistant, entry: ConfigEntry, guard: RegisterGuard, question: str
) -> str:
    """Return the registers as a list in Markdown: what each showed before, and what the meter says now.

    Those that no entity shows repeat others, as the total of a register by tiers does.
    """
    wording = await Wording.async_of(hass)
    lines = []
    for key in asked_about(guard, question):
        if (name := _name(hass, entry, key)) is not None:
            before, now = _values(guard, key)
            lines.append(f"- {name}: {_energy(wording, before)} → {_energy(wording, now)}")
    return "\n".join(lines)


def _values(guard: RegisterGuard, key: str) -> tuple[float | None, float]:
    series, doubt = guard.series.get(key), guard.doubts.get(key)
    if series is not None and series.rebase is not None:
        return series.rebase.before.value, series.rebase.to
    if doubt is not None:
        return series.point.value if series else None, doubt.point.value
    return None, series.point.value if series else 0.0


def _name(hass: HomeAssistant, entry: ConfigEntry, key: str) -> str | None:
    entity_id = registered_id(hass, "sensor", entry.entry_id, key)
    entity = er.async_get(hass).async_get(entity_id) if entity_id else None
    return (entity.name or entity.original_name) if entity else None


def _energy(wording: Wording, watt_hours: float | None) -> str:
    return "–" if watt_hours is None else wording.energy(watt_hours / 1000)
