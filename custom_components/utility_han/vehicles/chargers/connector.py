"""The connector of a charger as OCPI has it (``mod_locations``), from what the home knows; nobody is asked for it.

A CDR cannot be without it: ``connector_standard``, ``connector_format`` and ``connector_power_type`` of CdrLocation
have cardinality 1.
"""

from dataclasses import dataclass
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant

from ...devices.linked_entity import sensors_beside
from .power import TYPE_1, phases_of
from .sources import CONF_ENERGY, CONF_MAX_POWER

_GB_T = frozenset({"CN"})
"""Where homes charge by the connector of GB/T 20234.2."""
_POWER_TYPES = {1: "AC_1_PHASE", 2: "AC_2_PHASE", 3: "AC_3_PHASE"}
_OF_ONE_PHASE = 7.4
"""kW: 32 A at 230 V. What gives more has several phases."""
_LEVEL_1 = 2.0
"""kW: 16 A at 120 V, level 1 of SAE J1772. What gives more has both legs of a split phase."""


@dataclass(frozen=True, slots=True)
class Connector:
    """ConnectorType, ConnectorFormat and PowerType."""

    standard: str
    power_type: str
    format: str = "CABLE"
    """Type 1 has no socket; of the others, the charger does not say which it has."""


def connector_of(hass: HomeAssistant, data: dict[str, Any]) -> Connector:
    """Return the connector of the charger that a vehicle's subentry names."""
    power = float(data.get(CONF_MAX_POWER) or 0.0)
    country = hass.config.country
    if country in TYPE_1:
        return Connector("IEC_62196_T1", "AC_2_PHASE_SPLIT" if power > _LEVEL_1 else "AC_1_PHASE")
    standard = "GBT_AC" if country in _GB_T else "IEC_62196_T2"
    phases = _phases(hass, data.get(CONF_ENERGY)) or (3 if power > _OF_ONE_PHASE else 1)
    return Connector(standard, _POWER_TYPES[phases])


def _phases(hass: HomeAssistant, energy: str | None) -> int | None:
    """Return how many phases the sensors of the charger speak of, None where they speak of none."""
    if energy is None:
        return None
    wanted = (SensorDeviceClass.CURRENT, SensorDeviceClass.POWER, SensorDeviceClass.VOLTAGE)
    beside = (hass.states.get(sensor) for _, sensor in sensors_beside(hass, energy, wanted))
    return phases_of([state for state in beside if state is not None])
