"""The libraries of a radio or stick: where they come from, and what is said where they have moved beyond us.

Home Assistant has one installation of a package for all integrations. Versions of our own would be installed over
those of its ``zha`` and ``rainforest_raven``, or theirs over ours, and break whichever is started last. So we require
what these two require, at the versions that the running Home Assistant names for them, and only where there is a
radio: there is never a second version. The price is that the libraries move without us. What this version was tried
with is ``TRIED``, the versions that the tests run on. A newer major version, which may mean other things by the same
names, is told by a notice; libraries that we cannot even import end setup with the same words.
"""

from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

from awesomeversion import AwesomeVersion
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.importlib import async_import_module
from homeassistant.loader import async_get_integration
from homeassistant.requirements import RequirementsNotFound, async_process_requirements

from ...const import DOMAIN, LOGGER

TRIED: Mapping[str, str] = {"aioraven": "0.7.1", "bellows": "1.1.0", "zigpy": "2.3.0"}
MOVED = "zigbee_libraries_moved"
MISSING = "zigbee_libraries_missing"
_OF = ("zha", "rainforest_raven")
"""Home Assistant's integrations whose libraries we use."""


async def async_load_zigbee(hass: HomeAssistant) -> None:
    """Have the libraries at hand, installed and imported only now that somebody has a radio.

    ``ConfigEntryNotReady`` where they cannot be installed now, ``ConfigEntryError`` where they are none that we know;
    the ``translation_key`` of either is an error of the dialog's too.
    """
    try:
        for domain in _OF:
            integration = await async_get_integration(hass, domain)
            await async_process_requirements(hass, DOMAIN, integration.requirements)
    except RequirementsNotFound as err:
        raise ConfigEntryNotReady(translation_domain=DOMAIN, translation_key=MISSING) from err
    try:
        await async_import_module(hass, f"custom_components.{DOMAIN}.gateway.zigbee")
    except (ImportError, AttributeError) as err:
        LOGGER.exception("the Zigbee libraries are none that this version knows")
        raise ConfigEntryError(
            translation_domain=DOMAIN, translation_key=MOVED, translation_placeholders=await _async_versions(hass)
        ) from err


async def async_load_for(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Load the libraries for a hub, and tell by a notice where they have moved beyond us; errors as above."""
    try:
        await async_load_zigbee(hass)
    except ConfigEntryError:
        _tell(hass, entry, await _async_versions(hass))
        raise
    if beyond(await hass.async_add_executor_job(_installed)):
        versions = await _async_versions(hass)
        LOGGER.warning(
            "%s: the Zigbee libraries are %s; tried was %s", entry.title, versions["found"], versions["tried"]
        )
        _tell(hass, entry, versions)
    else:
        ir.async_delete_issue(hass, DOMAIN, f"{MOVED}_{entry.entry_id}")


def _tell(hass: HomeAssistant, entry: ConfigEntry, versions: Mapping[str, str]) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{MOVED}_{entry.entry_id}",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=MOVED,
        translation_placeholders={"title": entry.title, **versions},
    )


def beyond(found: Mapping[str, str]) -> bool:
    """Whether a library is of a newer major version than was tried, or gone."""
    return any(name not in found or _major(found[name]) > _major(tried) for name, tried in TRIED.items())


def _major(told: str) -> int:
    return int(AwesomeVersion(told).section(0))


def _installed() -> dict[str, str]:
    found = {}
    for name in TRIED:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


async def _async_versions(hass: HomeAssistant) -> dict[str, str]:
    found = await hass.async_add_executor_job(_installed)
    return {"found": _listed({name: found.get(name, "–") for name in TRIED}), "tried": _listed(TRIED)}


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {told}" for name, told in versions.items())
