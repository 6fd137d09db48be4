"""The action that compares a bill with the home's own meter. It reads, and changes nothing."""

import probatio
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import selector
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.service import async_get_config_entry

from ..const import DOMAIN
from ..hub.allowed import async_register_action
from ..hub.hub import UtilityHanConfigEntry

ATTR_CONFIG_ENTRY = "config_entry"
ATTR_PATH = "path"
ATTR_STATISTIC = "statistic_id"
ATTR_TOLERANCE = "tolerance"
_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_CONFIG_ENTRY): selector.ConfigEntrySelector({"integration": DOMAIN}),
        probatio.Exclusive(ATTR_PATH, "bill"): cv.string,
        probatio.Exclusive(ATTR_STATISTIC, "bill"): cv.string,
        probatio.Optional(ATTR_TOLERANCE, default=2): probatio.All(
            probatio.Coerce(float), probatio.Range(min=0.1, max=50)
        ),
    }
)


@callback
def async_register_bill_actions(hass: HomeAssistant) -> None:
    """Register the action, whether a hub is loaded or not."""
    async_register_action(hass, "compare_bill", _compare, _SCHEMA, SupportsResponse.ONLY)


async def _compare(call: ServiceCall) -> ServiceResponse:
    hass, data = call.hass, call.data
    entry: UtilityHanConfigEntry = async_get_config_entry(hass, DOMAIN, data[ATTR_CONFIG_ENTRY])
    await async_import_module(hass, f"{__package__}.comparing")
    from .comparing import async_compare_bill  # noqa: PLC0415 - what reads bills is loaded where there is one

    share = data[ATTR_TOLERANCE] / 100
    return await async_compare_bill(hass, entry, data.get(ATTR_PATH), data.get(ATTR_STATISTIC), share)
