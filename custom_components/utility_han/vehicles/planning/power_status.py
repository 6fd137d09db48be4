"""Tells the gateway how vehicles are that are at a registered EVSE (PowerStatus and its PEVInfo, sep.xsd)."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...gateway import Gateway, GatewayError, VehiclePowerStatus
from ...hub.background.pacing import is_time
from ..chargers.charging_power import greatest_power
from ..chargers.sources import CONF_ENERGY, is_power, read_power
from ..store import Charging, VehicleRecord
from .chargers import Chargers
from .departing import time_needed

_EVERY = timedelta(minutes=5)
"""How often it is told while the vehicle is plugged in."""


class PowerStatuses:
    """What the gateway was told of the vehicles of a hub."""

    def __init__(self, hass: HomeAssistant, gateway: Gateway, charging: Charging, chargers: Chargers) -> None:
        """``chargers`` knows what is plugged in."""
        self._hass = hass
        self._gateway = gateway
        self._charging = charging
        self._chargers = chargers
        self._published: dict[str, datetime] = {}

    @callback
    def async_tell_again(self, record: VehicleRecord) -> None:
        """Have it told with the next look: the vehicle, or what is planned for it, is not as it was told."""
        self._published.pop(record.key, None)

    async def async_publish(self, record: VehicleRecord, href: str) -> None:
        """Tell the gateway how the vehicle is: after each change of the plug, and now and then while it charges."""
        now = dt_util.utcnow()
        plugged = bool(self._chargers.plugged(record))
        last = self._published.get(record.key)
        if last is not None and not (plugged and is_time(last, _EVERY, now)):
            return
        plan = record.plan
        charging_power = self.power(record)
        level = self._chargers.battery(record)
        limit = greatest_power(record.data)
        left = self.left(record) if plugged else 0.0
        status = VehiclePowerStatus(
            charging_power=charging_power,
            energy_requested=left,
            max_power=limit,
            minimum_duration=time_needed(left, limit),
            target_state_of_charge=self._target(record, level, left),
            state_of_charge=level,
            charge_needed_at=plan.departure,
            changed=now,
        )
        gateway = self._gateway
        self._published[record.key] = now  # what changes while it is told is told again
        try:
            async with gateway.session():
                await gateway.publish_vehicle(href, status)
        except GatewayError:
            self.async_tell_again(record)
            raise

    def left(self, record: VehicleRecord) -> float:
        """Return the energy in Wh that a vehicle still needs for its departure."""
        if record.plan.departure is None:
            return 0.0
        session, plan = self._chargers.session(record), record.plan
        charged = session.energy if session else 0.0
        if session is not None and plan.before is not None and plan.before[0] == session.id:
            charged -= plan.before[1]
        return max(plan.energy_wh - charged, 0.0)

    @staticmethod
    def _target(record: VehicleRecord, level: float | None, left: float) -> float | None:
        if level is None or not record.run.battery_wh:
            return None
        return min(level + 100 * left / record.run.battery_wh, 100.0)

    def power(self, record: VehicleRecord) -> float:
        """Return with what a vehicle's charger charges now, W."""
        state = self._hass.states.get(record.data[CONF_ENERGY])
        if state is not None and is_power(state):
            return read_power(state) or 0.0
        point = self._charging.points.get(record.data[CONF_ENERGY])
        session = point.session if point else None
        if point is None or session is None or len(session.marks) < 2 or not point.is_counting:
            return 0.0
        before, last = session.marks[-2], session.marks[-1]
        hours = (last.at - before.at).total_seconds() / 3600
        return (last.total - before.total) / hours if hours else 0.0
