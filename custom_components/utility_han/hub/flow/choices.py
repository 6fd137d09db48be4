"""What a person chooses from: options by their values, with the labels that are shown."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig, SelectSelectorMode

from ...const import DOMAIN


@callback
def our_entities(hass: HomeAssistant) -> set[str]:
    """Return the entities that show and steer things here: a person chooses what is behind them, and not them."""
    return {entity_id for entity_id, entry in er.async_get(hass).entities.items() if entry.platform == DOMAIN}


def _labelled(options: Mapping[str, str]) -> list[SelectOptionDict]:
    return [SelectOptionDict(value=value, label=label) for value, label in options.items()]


def choice(options: Mapping[str, str], *, mode: SelectSelectorMode = SelectSelectorMode.LIST) -> SelectSelector:
    """One of the options."""
    return SelectSelector(SelectSelectorConfig(options=_labelled(options), mode=mode))


def choices(options: Mapping[str, str]) -> SelectSelector:
    """Any of the options."""
    return SelectSelector(
        SelectSelectorConfig(options=_labelled(options), multiple=True, mode=SelectSelectorMode.LIST)
    )


def choice_or_other(
    options: Mapping[str, str],
    other: str,
    translation_key: str,
    *,
    mode: SelectSelectorMode = SelectSelectorMode.LIST,
) -> SelectSelector:
    """One of the options, or none of them; what ``other`` is called is in the translations."""
    return SelectSelector(
        SelectSelectorConfig(
            options=_labelled({**options, other: other}),
            mode=mode,
            translation_key=translation_key,
        )
    )
