"""A repair notice about a limit of the premise that nothing measures: a person can say what does."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN

_UNMEASURED = "limit_unmeasured"


@callback
def async_update(hass: HomeAssistant, entry: ConfigEntry, *, unmeasured: bool) -> None:
    """Say that a limit is kept to without a reading, and no longer once it is over or measured."""
    issue_id = f"{_UNMEASURED}_{entry.entry_id}"
    if not unmeasured:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=_UNMEASURED,
        translation_placeholders={"title": entry.title},
    )
