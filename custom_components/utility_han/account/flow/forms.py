"""Forms of the pages about a VTN."""

from collections.abc import Mapping

import probatio
from homeassistant.const import CONF_NAME, CONF_URL
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ...hub.bounds import NAME
from ...hub.flow.choices import choice_or_other

CONF_FOUND = "found"
CONF_TRUST = "trust"
CONF_CLIENT_ID = "client_id"
CONF_SECRET = "client_secret"  # noqa: S105 - the name of a field
CONF_VEN_NAME = "ven_name"
CONF_FOLLOWED = "followed"
CONF_LOWER_PERCENT = "lower_percent"
CONF_ANYWAY = "anyway"
OTHER = "other"
LESS, MORE = "less", "more"
_MANY = 8
"""More programs than this are searched in, and not all shown at once."""

_SECRET_TEXT = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
_NAME = probatio.All(TextSelector(), probatio.Length(max=128))
"""``objectName`` (openadr3.yaml)."""

ADDRESS = probatio.Schema({probatio.Required(CONF_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL))})
TRUST = probatio.Schema({probatio.Required(CONF_TRUST, default=False): BooleanSelector()})
ANYWAY = probatio.Schema({probatio.Required(CONF_ANYWAY, default=False): BooleanSelector()})
NOTHING = probatio.Schema({})
SECRET = probatio.Schema({probatio.Required(CONF_SECRET): _SECRET_TEXT})
CREDENTIALS = probatio.Schema(
    {probatio.Required(CONF_CLIENT_ID): TextSelector(), probatio.Required(CONF_SECRET): _SECRET_TEXT}
)


def heard(options: Mapping[str, str]) -> probatio.Schema:
    """Choose among the VTNs that were heard, by their URLs, or say that it is another."""
    selector = choice_or_other(options, OTHER, CONF_FOUND)
    return probatio.Schema({probatio.Required(CONF_FOUND): selector})


def ready(programs: Mapping[str, str], *, name: bool, ven_name: bool, percent: bool) -> probatio.Schema:
    """What is left to be said of a VTN: names, which of several programs are followed, what a percentage means."""
    fields: dict[probatio.Required | probatio.Optional, object] = {}
    if name:
        fields[probatio.Required(CONF_NAME)] = NAME
    if ven_name:
        fields[probatio.Required(CONF_VEN_NAME)] = _NAME
    if len(programs) > 1:
        fields[probatio.Optional(CONF_FOLLOWED)] = SelectSelector(
            SelectSelectorConfig(
                options=[SelectOptionDict(value=value, label=label) for value, label in programs.items()],
                multiple=True,
                mode=SelectSelectorMode.LIST if len(programs) <= _MANY else SelectSelectorMode.DROPDOWN,
            )
        )
    if percent:
        fields[probatio.Optional(CONF_LOWER_PERCENT)] = SelectSelector(
            SelectSelectorConfig(
                options=[LESS, MORE], translation_key=CONF_LOWER_PERCENT, mode=SelectSelectorMode.LIST
            )
        )
    return probatio.Schema(fields)
