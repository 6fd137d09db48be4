"""Entities that were away when the hub was removed that had changed them: told of, and handed back when there.

Nothing is kept of a removed hub, so they are handed back for as long as Home Assistant runs; the notice stays over a
restart, until a person has taken note of it.
"""

from collections.abc import Awaitable, Callable

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event

from ..const import AWAY_STATES, DOMAIN

LEFT = "left_switched"

type Back = Callable[[], Awaitable[bool]]
"""Hands an entity back that is there; False where that fails."""


@callback
def async_hand_back_later(hass: HomeAssistant, hub: str, entity_id: str, back: Back) -> None:
    """Tell people that ``entity_id`` is as ``hub``, by its title, left it, and hand it back when it is there."""
    issue_id = f"{LEFT}_{entity_id}"
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"key": LEFT},
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=LEFT,
        translation_placeholders={"title": hub, "entity": entity_id},
    )
    busy = False

    async def changed(event: Event[EventStateChangedData]) -> None:
        nonlocal busy
        state = event.data["new_state"]
        if busy or state is None or state.state in AWAY_STATES:
            return
        busy = True
        try:
            if await back():  # else with the next change
                cancel()
                ir.async_delete_issue(hass, DOMAIN, issue_id)
        finally:
            busy = False

    cancel = async_track_state_change_event(hass, [entity_id], changed)
