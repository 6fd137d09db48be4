"""What the action that compares a bill does: finds the bill and the meter, and answers."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..const import DOMAIN, LOGGER
from ..documents.green_button import GreenButtonError
from ..hub.readable import file_not_read, readable_file
from .billed import Billed, async_bill_of_statistic, async_compare, async_meter, read_bill


async def async_compare_bill(
    hass: HomeAssistant, entry: ConfigEntry, path: str | None, statistic: str | None, share: float
) -> dict[str, Any]:
    """Return what differs by more than ``share`` of it between a bill, by path or statistic, and the hub's meter.

    ``ServiceValidationError`` where there is no such bill, or no meter.
    """
    billed = await _async_billed(hass, path, statistic)
    meter = await async_meter(hass, entry, billed.bills)
    if meter is None:
        raise _refused("no_meter_statistics", title=entry.title)
    return await async_compare(hass, billed, meter, share)


async def _async_billed(hass: HomeAssistant, path: str | None, statistic: str | None) -> Billed:
    if path is not None:
        return await hass.async_add_executor_job(_read, hass, path)
    if statistic is None:
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
