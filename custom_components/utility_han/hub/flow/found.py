"""What is asked once a gateway was found, on whichever page that is: what the premises are called, and where it is."""

from collections.abc import Mapping
from typing import Any

import probatio
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.const import CONF_NAME

from ...const import CONF_AREA, CONF_KIND, CONF_NOTIFY, CONF_PREMISE
from ...procedures import INSTALLATIONS, DeviceKind, Outcome, Step, StepResult
from . import forms as flow_forms
from .dialog import GatewayDialog

_NOTHING: Mapping[probatio.Marker, Any] = {}


class FoundFields(GatewayDialog):
    """The fields of IP-1, IP-2 and IP-4, which all ways to a gateway have."""

    def found_schema(
        self, answered: Mapping[str, Any] | None, first: Mapping[probatio.Marker, Any] = _NOTHING
    ) -> probatio.Schema:
        """Return the fields behind those that come ``first``, with what Home Assistant knows or was ``answered``."""
        name = self.hass.config.location_name if self._names_premises else None
        return self.add_suggested_values_to_schema(
            probatio.Schema({**first, **flow_forms.found(name)}), answered or self.data
        )

    def take_found(self, answered: Mapping[str, Any]) -> dict[str, str]:
        """Take what was answered; return what is wrong with it, as errors of the form.

        Where the premises are nobody is told who does not know: the account names them (UR-5). The one field for a
        place, ``DeviceInformation.gpsLocation`` (sep.xsd), stands among elements that are required and that a maker
        gives (mfDate, mfHwVer, mfID, mfModel, mfSerNum, ...), which we would have to invent.
        """
        more = answered.get(flow_forms.CONF_MORE, {})
        kind = DeviceKind(more.get(CONF_KIND, DeviceKind.ENERGY_MANAGEMENT_SYSTEM))
        if self._names_premises:
            if not (name := answered[CONF_NAME].strip()):
                return {CONF_NAME: "name_missing"}
            self.data |= {CONF_PREMISE: {"name": name}, CONF_NOTIFY: more.get(CONF_NOTIFY)}
        self.data |= {CONF_KIND: kind.value, CONF_AREA: answered.get(CONF_AREA)}
        # No mains wiring is touched: what there is to see to is said on the page, and confirmed by going on.
        self.note(Step.IP_2, {"confirmed": [need.value for need in INSTALLATIONS[kind].needs]})
        self.note(Step.IP_4, {"named": self._names_premises, "area": self.data[CONF_AREA] is not None})
        return {}

    def note(self, step: Step, evidence: Mapping[str, Any], outcome: Outcome = Outcome.DONE) -> None:
        """Remember what came of a step before there is a run that is told of it."""
        self.prepared[step] = StepResult(step, outcome, evidence=evidence)

    @property
    def _names_premises(self) -> bool:
        """Whether there is no hub yet that has a name."""
        return self.source != SOURCE_RECONFIGURE
