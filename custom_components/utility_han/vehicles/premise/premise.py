"""Keeps the account of a home without its vehicles: by each poll of its meter, and by who tells prices."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ...gateway import Register, RegisterKind
from ...hub.hub import Hub
from ...hub.subject import registered_id
from ...procedures import Counted, HomeCost, HomeUse, may_tell_more, mean_price
from ...utility import RateProgram
from ..chargers.sources import CONF_ENERGY, CONF_METER
from ..rates.price_following import PriceFollowing
from ..store import Charging
from .home_price import Tellers, async_home_program
from .store import HomeBook

_EVERY = timedelta(minutes=15)
_LOOKED_BACK_AFTER = timedelta(minutes=10)
"""After this long a price that nobody told is looked for in Home Assistant's history, which is a little behind."""
_ELSEWHERE_TOO = "vehicle"
"""A vehicle's own meter also counts what it charges at other places."""


class HomeWithoutVehicles:
    """The account of one hub's home, where it has a meter and chargers."""

    def __init__(self, hass: HomeAssistant, hub: Hub, charging: Charging, book: HomeBook, tellers: Tellers) -> None:
        """``tellers`` tell of prices where they are."""
        self._hass = hass
        self._hub = hub
        self._charging = charging
        self._book = book
        self._tellers = tellers
        self._prices = PriceFollowing(hass, charging.prices, tellers, hub.rounds, self._prices_known)
        self._program: RateProgram | None = None
        self._unsubscribe: list[CALLBACK_TYPE] = []
        _note_chargers(charging)

    @property
    def use(self) -> HomeUse:
        """The account as it stands."""
        return self._book.use

    @property
    def delivered(self) -> Register | None:
        """The register of what the home takes from the grid, None where its meter has none."""
        return _whole(self._hub.registers, "delivered")

    @property
    def received(self) -> Register | None:
        """That of what it gives."""
        return _whole(self._hub.registers, "received")

    @property
    def tiers(self) -> list[Register]:
        """Those of what it takes, by tier."""
        return [each for each in self._hub.registers if _is_energy(each, "delivered") and each.tier is not None]

    @property
    def points(self) -> set[str]:
        """The charging points of this home, those that are used no more among them."""
        return {point_id for record in self._charging.vehicles.values() for point_id in record.chargers}

    async def async_start(self) -> None:
        """Begin to take what the meter counts."""
        if self.delivered is None or not self.points:
            return
        coordinator = self._hub.coordinator
        for register in filter(None, (self.delivered, self.received)):
            self._unsubscribe.append(coordinator.async_add_listener(lambda: None, register.key))
        self._unsubscribe += [
            coordinator.polled.add(self._polled),
            async_track_time_interval(
                self._hass, self._hub.rounds.timed("what a home costs", self._async_look), _EVERY
            ),
            *(subject.async_add_listener(self._told) for subject in self._tellers.values()),
        ]
        await self._async_look_for_prices()

    async def async_shutdown(self) -> None:
        """End it, and keep how it stands."""
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self._prices.async_end()
        await self._book.async_save()

    # What is counted

    @callback
    def _polled(self, succeeded: bool) -> None:
        values, delivered, received = self._hub.coordinator.data.values, self.delivered, self.received
        if not succeeded or delivered is None or delivered.key not in values:
            return
        now = dt_util.utcnow()
        counted = Counted(
            now,
            values[delivered.key],
            values.get(received.key) if received is not None else None,
            {each.key: values[each.key] for each in self.tiers if each.key in values},
            {point_id: self._charging.counted(point_id) for point_id in self.points},
        )
        points = self._charging.points.values()
        self.use.take(counted, may_tell_more=any(may_tell_more(point, now) for point in points))
        self._settle()
        self._book.note()

    # What it costs

    @callback
    def _told(self, _happened: object) -> None:
        """Look who tells prices where nobody has until now."""
        if self._program is None and any(subject.prices for subject in self._tellers.values()):
            self._hub.rounds.begin("what a home costs", self._async_look_for_prices)

    async def _async_look(self, now: datetime) -> None:
        with self._hub.rounds.round("what a home costs"):
            await self._async_look_for_prices()
            if self._program is not None and self.use.cost is not None:
                missing = [
                    (each.start, each.end) for each in self.use.cost.unpriced if now - each.end > _LOOKED_BACK_AFTER
                ]
                await self._prices.async_fill(self._program, missing)
            self._prices_known()

    async def _async_look_for_prices(self) -> None:
        """Follow who tells prices now; cost begins where somebody does, and anew in other money."""
        meter = self._entity_id(delivered) if (delivered := self.delivered) is not None else None
        found = await async_home_program(self._hass, meter, self._tellers)
        if found is None or found == self._program or not self._unsubscribe:
            return
        self._program = found
        self._prices.async_follow([found])
        if self.use.cost is None or self.use.cost.currency != found.currency:
            self.use.cost = HomeCost(found.currency, dt_util.utcnow())
            self._hub.subject.async_tell()

    def _entity_id(self, register: Register) -> str | None:
        return registered_id(self._hass, SENSOR_DOMAIN, self._hub.entry.entry_id, register.key)

    @callback
    def _prices_known(self) -> None:
        if self._settle():
            self._hub.subject.async_tell()

    def _settle(self) -> bool:
        """Price what can be priced by now; return whether that changed what is shown."""
        cost = self.use.cost
        if cost is None or not cost.unpriced:
            return False
        self._prices.async_flush()
        return cost.settle(dt_util.utcnow(), self._mean)

    def _mean(self, start: datetime, end: datetime) -> Decimal | None:
        program = self._program
        if program is None:
            return None
        if program.source is None:
            return program.prices[program.default_tier]
        return mean_price(self._prices.book.course(program, start, end), start, end)


def _note_chargers(charging: Charging) -> None:
    """Note at which chargers of the home vehicles are charged, before one is exchanged for another."""
    for record in charging.vehicles.values():
        if record.data.get(CONF_METER) in (None, _ELSEWHERE_TOO):
            continue
        if (energy := record.data[CONF_ENERGY]) not in record.chargers:
            record.chargers.append(energy)


def _is_energy(register: Register, direction: str) -> bool:
    return (register.quantity, register.kind, register.direction, register.phase) == (
        "energy", RegisterKind.SUMMATION, direction, None,
    )  # fmt: skip


def _whole(registers: Iterable[Register], direction: str) -> Register | None:
    """Return the register of all energy in a direction; the plain one goes before the total of those by tier."""
    found = [each for each in registers if _is_energy(each, direction) and each.tier is None]
    return min(found, key=lambda each: (each.key != f"energy_summation_{direction}", each.key), default=None)
