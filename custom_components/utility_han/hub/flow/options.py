"""Options of a hub: how often it is asked, whom to tell, who may what, what its meter gets wrong, what is kept."""

from collections.abc import Mapping
from typing import Any

import probatio
from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)

from ...const import (
    CONF_CORRECTION_FACTOR,
    CONF_GATEWAY_SFDI,
    CONF_KEEP_IDENTITY,
    CONF_NOTIFY,
    CONF_OTHERS_MAY,
    CONF_POLL_INTERVAL,
    CONF_SWAP_DIRECTIONS,
    CONF_VTN,
    CONF_VTN_INTERVAL,
    MIN_POLL_INTERVAL,
)
from ..allowed import OPTIONAL
from ..renaming import ids_of_now

_LONGEST = 3600
_SMALLEST_FACTOR, _LARGEST_FACTOR = 0.001, 10_000
_NOTIFY = {probatio.Optional(CONF_NOTIFY): EntitySelector(EntitySelectorConfig(domain=NOTIFY_DOMAIN))}
_OTHERS = {
    probatio.Optional(CONF_OTHERS_MAY): SelectSelector(
        SelectSelectorConfig(options=[*OPTIONAL], multiple=True, translation_key="others_may")
    )
}
_VTN_OPTIONS = {
    probatio.Optional(CONF_VTN_INTERVAL): NumberSelector(
        NumberSelectorConfig(
            min=1, max=60, step=1, mode=NumberSelectorMode.BOX, unit_of_measurement=UnitOfTime.MINUTES
        )
    )
}
OPTIONS = probatio.Schema(
    {
        **_NOTIFY,
        **_OTHERS,
        probatio.Optional(CONF_POLL_INTERVAL): NumberSelector(
            NumberSelectorConfig(
                min=MIN_POLL_INTERVAL.total_seconds(),
                max=_LONGEST,
                step=1,
                mode=NumberSelectorMode.BOX,
                unit_of_measurement=UnitOfTime.SECONDS,
            )
        ),
        probatio.Required(CONF_CORRECTION_FACTOR, default=1): NumberSelector(
            NumberSelectorConfig(min=_SMALLEST_FACTOR, max=_LARGEST_FACTOR, step="any", mode=NumberSelectorMode.BOX)
        ),
        probatio.Required(CONF_SWAP_DIRECTIONS, default=False): BooleanSelector(),
        probatio.Required(CONF_KEEP_IDENTITY, default=False): BooleanSelector(),
    }
)


def options_of(data: Mapping[str, Any]) -> probatio.Schema:
    """Return the options of a hub, what most people choose first: those of its meter, if it has one, and its VTN."""
    if CONF_VTN not in data:
        return OPTIONS
    if CONF_GATEWAY_SFDI in data:
        return OPTIONS.extend(_VTN_OPTIONS)
    return probatio.Schema({**_NOTIFY, **_OTHERS, **_VTN_OPTIONS})


class UtilityHanOptionsFlow(OptionsFlowWithReload):
    """One page."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the options."""
        if user_input is not None:
            return self.async_create_entry(data=ids_of_now(self.hass, user_input))
        schema = self.add_suggested_values_to_schema(options_of(self.config_entry.data), self.config_entry.options)
        return self.async_show_form(step_id="init", data_schema=schema)
