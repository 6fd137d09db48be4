"""Entities that were away when the hub that had changed them was removed or disabled: told of, handed back when there.

Nothing is kept of a removed hub, so they are handed back for as long as Home Assistant runs; the notice stays over a
restart, until a person has taken note of it. A hub that is enabled again hands back itself.
"""

from collections.abc import Awaitable, Callable, Collection
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util.hass_dict import HassKey

from ..const import AWAY_STATES, DOMAIN
from .naming import name_of
from .telling.texts import plain

LEFT = "left_switched"

_HUB = "hub"
_WAITING: HassKey[dict[tuple[str, str], CALLBACK_TYPE]] = HassKey(f"{DOMAIN}_handing_back")
"""What ends waiting for an entity, by the entry's id and its own."""

type Back = Callable[[], Awaitable[bool]]
"""Hands an entity back that is there; False where that fails."""
type PutBack = Callable[[HomeAssistant, str], Awaitable[Collection[str]]]
"""Puts back what a hub changed, by its entry's id, while nobody acts for it; returns the entities that are left."""


@callback
def async_hand_back_later(hass: HomeAssistant, entry: ConfigEntry, entity_id: str, back: Back) -> None:
    """Tell people that ``entity_id`` is as the hub left it, and hand it back when it is there."""
    waiting, key = hass.data.setdefault(_WAITING, {}), (entry.entry_id, entity_id)
    if (before := waiting.pop(key, None)) is not None:
        before()
    issue_id, name = f"{LEFT}_{entity_id}", name_of(hass, entity_id)
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"key": LEFT, _HUB: entry.entry_id},
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=LEFT,
        translation_placeholders={"title": plain(entry.title), "entity": name, "named": plain(name)},
    )
    busy = False

    async def changed(event: Event[EventStateChangedData]) -> None:
        nonlocal busy
        state = event.data["new_state"]
        if busy or state is None or state.state in AWAY_STATES:
            return
        busy = True
        try:
            if await back() and waiting.get(key) is cancel:  # else with the next change
                del waiting[key]
                cancel()
                ir.async_delete_issue(hass, DOMAIN, issue_id)
        finally:
            busy = False

    cancel = waiting[key] = async_track_state_change_event(hass, [entity_id], changed)


async def async_put_back_of_disabled(hass: HomeAssistant, entry: ConfigEntry, put_back: PutBack) -> None:
    """Put back what a hub changed that is disabled, or see to it that it will be."""

    async def is_back(entity_id: str) -> bool:
        return entity_id not in await put_back(hass, entry.entry_id)

    for entity_id in await put_back(hass, entry.entry_id):
        async_hand_back_later(hass, entry, entity_id, partial(is_back, entity_id))


@callback
def async_wait_no_more(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Leave it to a hub that is loaded again to hand back what it has changed."""
    waiting = hass.data.get(_WAITING, {})
    for key in [each for each in waiting if each[0] == entry.entry_id]:
        waiting.pop(key)()
    for (domain, issue_id), issue in list(ir.async_get(hass).issues.items()):
        if domain == DOMAIN and issue_id.startswith(LEFT) and (issue.data or {}).get(_HUB) == entry.entry_id:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
