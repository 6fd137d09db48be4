"""Files that an action is to read: below folders that Home Assistant lets be read, and nowhere else."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..const import DOMAIN, LOGGER


def readable_file(hass: HomeAssistant, path: str) -> Path:
    """Return the file of a path, in an executor; ``ServiceValidationError`` where there is none that may be read."""
    if not hass.config.is_allowed_path(path):
        raise _refused("path_not_allowed", path=path)
    if not Path(path).is_file():
        raise _refused("no_such_file", path=path)
    return Path(path)


def file_not_read(path: str, err: OSError) -> ServiceValidationError:
    """Return what is said of a file that the disk does not give."""
    LOGGER.warning("%s could not be read: %s", path, err)
    return _refused("file_not_read", path=path)


def _refused(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
