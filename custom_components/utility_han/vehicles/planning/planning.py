"""Plans charging with the gateway: PEVInfo published, a flow reservation asked for and followed (UR-EV)."""

from datetime import datetime, timedelta
from uuid import uuid4

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ...const import LOGGER
from ...devices.device import HanDevice
from ...devices.manager import Registrar
from ...esi import ControlStatus
from ...gateway import GatewayError, Reservation, ReservationRequest
from ...hub.background.prompted import Prompted
from ...hub.hub import Hub
from ...hub.telling.notifications import async_notify
from ...hub.telling.wording import Wording
from ...load_control.manager import LoadControlManager
from ..chargers.charging_power import Limit, charged_until, greatest_power, limit_now
from ..chargers.sources import CONF_ENERGY, CONF_EVSE_DEVICE, CONF_SWITCH
from ..store import Charging, VehicleRecord
from .chargers import Chargers
from .holding import async_hold, async_let_go, held_switch
from .power_status import PowerStatuses
from .reservation_answers import ReservationAnswers

_EVERY = timedelta(seconds=30)
_STANDS = ("requested", "granted", "active")
_OVER = frozenset({ControlStatus.CANCELLED, ControlStatus.CANCELLED_RANDOMIZED, ControlStatus.SUPERSEDED})


class Planning:
    """Speaks with the gateway about vehicles whose EVSE is one of the hub's registered devices."""

    def __init__(
        self,
        hass: HomeAssistant,
        hub: Hub,
        charging: Charging,
        registrar: Registrar,
        controls: LoadControlManager,
        chargers: Chargers,
    ) -> None:
        """``chargers`` knows what is plugged in."""
        self._hass = hass
        self._entry = hub.entry
        self._rounds = hub.rounds
        self._gateway = hub.gateway
        self._answers = ReservationAnswers(hub.answers)
        self._charging = charging
        self._registrar = registrar
        self._controls = controls
        self._chargers = chargers
        self.statuses = PowerStatuses(hass, hub.gateway, charging, chargers)
        """What the gateway is told of the vehicles."""
        self._on_still: set[str] = set()
        """Keys of the vehicles whose chargers did not do it when they were switched off last."""
        self._cancel: CALLBACK_TYPE | None = None
        self._looking = Prompted(hass, hub.entry, hub.rounds, "planning", self._look, rest=0)

    @callback
    def async_start(self) -> None:
        """Begin, where a vehicle's EVSE is a registered device, or was while its charger was held back."""
        held = any(record.plan.held for record in self._charging.vehicles.values())
        if held or any(self.evse(record) is not None for record in self._chargers.vehicles):
            self._cancel = async_track_time_interval(self._hass, self._time_came, _EVERY)

    async def async_end(self) -> None:
        """End; nothing is asked for, and no charger held back, once this returns."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        await self._looking.async_end()

    def evse(self, record: VehicleRecord) -> HanDevice | None:
        """Return the registered device that the vehicle's EVSE is, None where it is none."""
        return self._registrar.devices.get(record.data.get(CONF_EVSE_DEVICE) or "")

    def evse_href(self, record: VehicleRecord) -> str | None:
        """Return the entry of the vehicle's EVSE on the gateway's list."""
        if (device := self.evse(record)) is None:
            return None
        known = self._registrar.registrations.records.get(device.lfdi)
        return known.run.href if known else None

    def reservation(self, record: VehicleRecord) -> Reservation | None:
        """Return what the gateway answered to the vehicle's request."""
        return record.plan.reservation

    def reservation_state(self, record: VehicleRecord) -> str:
        """Return ``none``, ``requested``, ``granted``, ``active``, ``over`` or ``cancelled``."""
        if record.plan.request is None:
            return "none"
        found = record.plan.reservation
        if found is None:
            return "requested"
        if found.status in _OVER:
            return "cancelled"
        now = dt_util.utcnow()
        if now < found.start:
            return "granted"
        return "active" if now < found.start + found.duration else "over"

    # What people do

    async def async_plan(self, record: VehicleRecord, departure: datetime | None, energy_wh: float | None) -> None:
        """Take when the vehicle is to leave and what it needs until then; what was asked for before is withdrawn.

        The plan that there is, said once more, is no other one: what was reserved for it stays.
        """
        plan, stands = record.plan, self.reservation_state(record) in _STANDS
        if departure != plan.departure or energy_wh not in (None, plan.energy_wh):
            if energy_wh is not None or plan.departure is None:
                session = self._chargers.session(record)
                plan.before = (session.id, session.energy) if session else None
            plan.override = False
        elif stands:
            return
        plan.departure = departure
        plan.energy_wh = plan.energy_wh if energy_wh is None else energy_wh
        await self._async_withdraw(record)
        await self._charging.async_save()
        self.statuses.async_tell_again(record)
        self._looking.async_prompt()

    async def async_charge_now(self, record: VehicleRecord) -> None:
        """Charge now whatever was planned: leave the active load control, drop the reservation, switch on.

        ``OptError`` where the control cannot be left.
        """
        device = self.evse(record)
        if device is not None and device.control and self._controls.active(device) is not None:
            await self._controls.async_opt_out(device)
        record.plan.departure = None
        await self._async_leave(record)

    async def _async_leave(self, record: VehicleRecord) -> None:
        """Charge without the reservation until the vehicle is unplugged."""
        if (device := self.evse(record)) is not None:
            self._answers.async_left(record.plan.reservation, device.lfdi)
        record.plan.override = True
        await self._async_withdraw(record)
        await self._async_release(record)
        await self._charging.async_save()
        self._chargers.async_tell()

    # What happens

    @callback
    def async_plug_changed(self, point_id: str) -> None:
        """A vehicle was plugged in or left: what was planned begins or is over."""
        for record in self._chargers.vehicles:
            if record.data[CONF_ENERGY] == point_id:
                self.statuses.async_tell_again(record)
                if self._chargers.plugged(record) is False:
                    record.plan.override = False
        self._looking.async_prompt()

    @callback
    def _time_came(self, _now: datetime) -> None:
        if not self._looking.working:
            self._looking.async_prompt()

    async def _look(self) -> None:
        shown = self._chargers.vehicles
        for record in list(self._charging.vehicles.values()):
            href = self.evse_href(record) if record in shown else None
            with self._rounds.round("planning", record.key, record.title):
                if href is not None:
                    await self._async_vehicle(record, href)
                else:  # the vehicle, or the device that its EVSE is, was removed
                    await self._async_release(record)

    async def _async_vehicle(self, record: VehicleRecord, href: str) -> None:
        try:
            await self._async_ask(record, href)
            await self.statuses.async_publish(record, href)
        except GatewayError as err:
            LOGGER.debug("%s: the gateway is told about charging later: %s", record.title, err)
            self._chargers.async_tell()  # what was to be asked for is wanted, and not answered
        await self._async_follow(record)
        if (found := record.plan.reservation) is not None and (device := self.evse(record)) is not None:
            charges = bool(self._chargers.plugged(record)) and not record.plan.held
            self._answers.async_follow(found, device.lfdi, dt_util.utcnow(), charges=charges)

    async def _async_ask(self, record: VehicleRecord, href: str) -> None:
        """Ask for a reservation where one is wanted, and read the answer."""
        plan, now = record.plan, dt_util.utcnow()
        gateway = self._gateway
        if plan.departure is not None and plan.departure <= now:
            plan.departure = None
            await self._async_withdraw(record)
            await self._charging.async_save()
            self._chargers.async_tell()
        energy = self.statuses.left(record)
        wanted = energy > 0 and bool(self._chargers.plugged(record))
        if wanted and plan.departure is not None and plan.href is None and not plan.override:
            plan.request = plan.request or uuid4().hex.upper()
            request = ReservationRequest(
                mrid=plan.request,
                created=now,
                energy=energy,
                power=self._limit(record).watts or greatest_power(record.data),
                start=now,
                duration=plan.departure - now,
                description=record.title,
            )
            await self._charging.async_save()  # the request keeps its id, should the answer be lost
            if plan.request != request.mrid:
                return  # planned anew while it was written
            async with gateway.session():
                reserved = await gateway.request_reservation(href, request)
            if plan.request != request.mrid:
                await self._async_cancel(record, reserved)  # planned anew while it was asked for
                return
            plan.href = reserved
            if plan.href is None:
                plan.request = None  # the gateway offers none
            await self._charging.async_save()
        if plan.request is not None:
            async with gateway.session():
                found = [each for each in await gateway.reservations(href) if each.subject == plan.request]
            newest = max(found, key=lambda each: each.created, default=None)
            if newest is not None and newest != plan.reservation:
                plan.reservation = newest
                await self._charging.async_save()
                self._chargers.async_tell()

    async def _async_withdraw(self, record: VehicleRecord) -> None:
        """Withdraw the reservation that was asked for; one that cannot be withdrawn runs out by itself."""
        plan, href = record.plan, record.plan.href
        plan.request = plan.href = plan.reservation = None
        await self._async_cancel(record, href)

    async def _async_cancel(self, record: VehicleRecord, href: str | None) -> None:
        if href is None:
            return
        try:
            await self._gateway.cancel_reservation(href)
        except GatewayError as err:
            LOGGER.warning("%s: the reservation could not be withdrawn: %s", record.title, err)

    # Following the answer

    async def _async_follow(self, record: VehicleRecord) -> None:
        """Hold charging back until the reserved time, where the person gave us a switch for it."""
        switch, plan = record.data.get(CONF_SWITCH), record.plan
        if plan.held and held_switch(record) != switch:
            await self._async_release(record)  # another was chosen meanwhile
        if switch is None or (plan.held and held_switch(record) != switch):
            return
        found, now, plugged = plan.reservation, dt_util.utcnow(), self._chargers.plugged(record)
        wanted = found is not None and found.status not in _OVER and now < found.start and not plan.override
        if found is not None and wanted and plugged and self._too_late(record, now):
            await self._async_go_without(record, found)
            wanted = False
        # While it is not known whether it is plugged in, as after a start, what is held stays so.
        hold = wanted and (plugged or (plugged is None and plan.held))
        if hold and (not plan.held or record.key in self._on_still):
            self._on_still.discard(record.key)
            if not await async_hold(self._hass, self._charging, record):
                self._on_still.add(record.key)
        elif not hold and plan.held:
            await self._async_release(record)

    def _too_late(self, record: VehicleRecord, now: datetime) -> bool:
        """Whether what a vehicle needs would not be there at its departure if it waited any longer."""
        departure, left = record.plan.departure, self.statuses.left(record)
        if departure is None or (not left and now < departure):
            return False
        return charged_until(departure, now, greatest_power(record.data), self._limit(record)) <= left

    def _limit(self, record: VehicleRecord) -> Limit:
        """Return with what a vehicle can charge now, and until when it is no more."""
        device = self.evse(record)
        active = self._controls.active(device) if device and device.control else None
        in_force_until = active.end if active is not None and active.in_force else None
        return limit_now(self._hass, record.data, device, in_force_until)

    async def _async_go_without(self, record: VehicleRecord, found: Reservation) -> None:
        """Charge without a reservation that comes too late: the server may modify the interval (sep.xsd)."""
        plan = record.plan
        wording = await Wording.async_of(self._hass)
        said = {
            "vehicle": record.title,
            "start": wording.time(found.start),
            "energy": wording.energy(self.statuses.left(record) / 1000),
        }
        if plan.departure is not None:
            said["departure"] = wording.time(plan.departure)
        await self._async_leave(record)
        await async_notify(self._hass, self._entry, "reservation_late", said, record.key)

    async def _async_release(self, record: VehicleRecord) -> None:
        """Let it charge again; while a load control has it off, that comes first."""
        if not record.plan.held:
            return
        device = self.evse(record)
        active = self._controls.active(device) if device and device.control else None
        if active is not None and active.in_force:
            return
        await async_let_go(self._hass, self._charging, record)
