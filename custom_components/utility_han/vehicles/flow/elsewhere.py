"""The pages on which what a vehicle has charged elsewhere is read in from a file."""

from pathlib import Path
from typing import Any

import probatio
from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.selector import BooleanSelector, FileSelector, FileSelectorConfig

from ...hub.telling.texts import plain
from ..exports.importing import Source, async_import, async_load
from .dialog import VehicleDialog

CONF_FILE = "file"
CONF_FORCE = "force"
_LONGEST_NAME = 60
_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_FILE): FileSelector(FileSelectorConfig(accept=".json,application/json")),
        probatio.Required(CONF_FORCE, default=False): BooleanSelector(),
    }
)


class ElsewherePages(VehicleDialog):
    """Takes a file of charge detail records, and says what became of it."""

    async def async_step_elsewhere(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Which file it is."""
        errors: dict[str, str] = {}
        said: dict[str, str] = {}
        if user_input is not None:
            await async_load(self.hass)
            try:
                source = await self.hass.async_add_executor_job(_uploaded, self.hass, user_input[CONF_FILE])
                read = await async_import(self.hass, self.manager, self.record, source, force=user_input[CONF_FORCE])
            except ServiceValidationError as err:
                errors["base"] = str(err.translation_key)
                said = err.translation_placeholders or {}
            except OSError, ValueError:
                errors[CONF_FILE] = "upload_gone"
            else:
                return self._read(read)
        return self.async_show_form(
            step_id="elsewhere",
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, {CONF_FORCE: False}),
            description_placeholders={"vehicle": plain(self.record.title), **said},
            errors=errors,
        )

    def _read(self, read: dict[str, Any]) -> SubentryFlowResult:
        """Say what became of a file."""
        return self.async_abort(
            reason="elsewhere_read",
            description_placeholders={
                "vehicle": plain(self.record.title),
                "energy": self.words.style.kilowatt_hours(round(read["energy_kwh"] * 1000)),
                **{name: self.words.style.count(read[name]) for name in _COUNTS},
            },
        )


_COUNTS = ("taken", "known", "taken_back", "unmatched_credits", "too_old")


def _uploaded(hass: HomeAssistant, file_id: str) -> Source:
    """Return what was uploaded, which is gone then."""
    with process_uploaded_file(hass, file_id) as path:
        return _source(path)


def _source(path: Path) -> Source:
    from ...documents.ocpi import MOST_BYTES  # noqa: PLC0415 - see async_load

    # One byte more than may be read: who reads it says that it is too much.
    with path.open("rb") as file:
        return Source(content=file.read(MOST_BYTES + 1), called=path.name[:_LONGEST_NAME])
