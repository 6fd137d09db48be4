"""Forms of the pages about the utility account that hold no logic."""

from collections.abc import Mapping

import probatio
from homeassistant.const import CONF_URL
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

CONF_PREMISE = "premise"

URL = probatio.Schema({probatio.Required(CONF_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL))})


def premise(options: Mapping[str, str]) -> probatio.Schema:
    """Choose among premises; ``options`` maps values to labels."""
    choices = [SelectOptionDict(value=value, label=label) for value, label in options.items()]
    return probatio.Schema(
        {
            probatio.Required(CONF_PREMISE, default=choices[0]["value"] if choices else None): SelectSelector(
                SelectSelectorConfig(options=choices, mode=SelectSelectorMode.LIST)
            )
        }
    )
