"""The action that compares a bill with the home's own meter. It reads, and changes nothing."""

from typing import Any

import probatio
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import selector
from homeassistant.helpers.service import async_get_config_entry

from ..const import DOMAIN, LOGGER
from ..documents.green_button import GreenButtonError
from ..hub.allowed import async_register_action
from ..hub.hub import UtilityHanConfigEntry
from ..hub.readable import file_not_read, readable_file
from .billed import Billed, async_bill_of_statistic, async_compare, async_meter, read_bill

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

    async def compare(call: ServiceCall) -> ServiceResponse:
        return await _compare(hass, call)

    async_register_action(hass, "compare_bill", compare, _SCHEMA, SupportsResponse.ONLY)


async def _compare(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
    entry: UtilityHanConfigEntry = async_get_config_entry(hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY])
    billed = await _billed(hass, call.data)
    meter = await async_meter(hass, entry, billed.bills)
    if meter is None:
        raise _refused("no_meter_statistics", title=entry.title)
    return await async_compare(hass, billed, meter, call.data[ATTR_TOLERANCE] / 100)


async def _billed(hass: HomeAssistant, data: dict[str, Any]) -> Billed:
    if (path := data.get(ATTR_PATH)) is not None:
        return await hass.async_add_executor_job(_read, hass, path)
    if (statistic := data.get(ATTR_STATISTIC)) is None:
        raise _refused("no_bill_named")
    if (found := await async_bill_of_statistic(hass, statistic)) is None:
        raise _refused("no_energy_statistic", statistic=statistic)
    return found


def _read(hass: HomeAssistant, path: str) -> Billed:
    try:
        return read_bill(readable_file(hass, path))
    except GreenButtonError as err:
        LOGGER.debug("%s is not read: %s", path, err)
        raise _refused(f"bill_{err.reason.value}", path=path) from err
    except OSError as err:
        raise file_not_read(path, err) from err


def _refused(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
