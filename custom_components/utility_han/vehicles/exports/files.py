"""Writes documents where Home Assistant may write, and nowhere else."""

from pathlib import Path
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util.file import WriteError, write_utf8_file_atomic

from ...const import DOMAIN, LOGGER

if TYPE_CHECKING:
    from .exporting import Document  # loaded when one is wanted


async def async_write(hass: HomeAssistant, document: Document, path: str) -> str:
    """Write a document to a path, under its own name where that is a folder; return where it is.

    Whole or not at all. What is relative is below the configuration's folder; ``ServiceValidationError`` where Home
    Assistant does not let anything be written (``allowlist_external_dirs``).
    """
    return await hass.async_add_executor_job(_write, hass, document, path)


def _write(hass: HomeAssistant, document: Document, path: str) -> str:
    try:
        target = Path(hass.config.path(path))
        if path.endswith("/") or target.is_dir():
            target /= document.name
        # Where links lead to is what counts, also of folders that are yet to be made.
        target = target.parent.resolve() / target.name
        if not _allowed(hass, target):
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="may_not_write", translation_placeholders={"path": path}
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        write_utf8_file_atomic(str(target), document.data, mode="wb")
    except (OSError, ValueError, WriteError) as err:
        LOGGER.warning("%s could not be written: %s", path, err)
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="path_not_writable",
            translation_placeholders={"path": path},
        ) from err
    return str(target)


def _allowed(hass: HomeAssistant, target: Path) -> bool:
    return hass.config.is_allowed_path(str(target)) and not target.is_dir()
