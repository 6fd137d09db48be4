"""How an entity responds to controls, as the pages have it that ask for it."""

from collections.abc import Mapping
from typing import Any

import probatio
from homeassistant.const import UnitOfTemperature
from homeassistant.util.unit_conversion import TemperatureDeltaConverter

from ...hub.naming import name_of
from ...procedures import DeviceKind
from ...utility import Feature
from ..settings import range_of
from . import forms as device_forms
from .dialog import DeviceDialog
from .forms import CONF_LIMIT, CONF_OFFSET


class ResponseFields(DeviceDialog):
    """What such a page asks for, checks, and says."""

    def response_form(self, entity_id: str, kind: str) -> probatio.Schema:
        """Return what is asked of the response of an entity that is a device of that kind."""
        return device_forms.response(
            entity_id,
            beyond=self.utility.offers(Feature.CONTROLS),
            charges=kind == DeviceKind.EVSE,
            unit=self._unit,
        )

    @property
    def _unit(self) -> str:
        return self.hass.config.units.temperature_unit

    def response_kept(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is kept of answers: how far a temperature may move in °C, whatever the home measures in."""
        kept = dict(answers)
        if CONF_OFFSET in kept:
            kept[CONF_OFFSET] = TemperatureDeltaConverter.convert(
                kept[CONF_OFFSET], self._unit, UnitOfTemperature.CELSIUS
            )
        return kept

    def response_shown(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """Return kept answers as a person gave them."""
        shown = dict(kept)
        if CONF_OFFSET in shown:
            delta = TemperatureDeltaConverter.convert(shown[CONF_OFFSET], UnitOfTemperature.CELSIUS, self._unit)
            shown[CONF_OFFSET] = round(delta, 1)
        return shown

    def limit_errors(self, entity_id: str, answers: Mapping[str, Any]) -> dict[str, str]:
        """Return what is wrong with a limit, by field: it has to be a value that the entity takes."""
        lowest, highest = range_of(self.hass.states.get(entity_id))
        limit = answers.get(CONF_LIMIT)
        return {} if limit is None or lowest <= limit <= highest else {CONF_LIMIT: "limit_out_of_range"}

    def entity_said(self, entity_id: str) -> dict[str, str]:
        """Return the placeholders of such a page: what the entity is called, and which values it takes."""
        state = self.hass.states.get(entity_id)
        lowest, highest = range_of(state)
        return {"entity": name_of(self.hass, entity_id), "lowest": f"{lowest:g}", "highest": f"{highest:g}"}
