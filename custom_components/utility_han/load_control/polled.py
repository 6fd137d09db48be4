"""The controls of a hub's devices, as a part of the poll."""

from datetime import datetime, timedelta
from typing import override

from homeassistant.core import HomeAssistant, callback

from ..esi import LoadControl, Source
from ..gateway import Gateway
from ..hub.background.listeners import Listeners
from ..hub.hub import Hub
from ..hub.poll.coordinator import GatewayCoordinator
from ..hub.poll.parts import GatewayData, Part
from .grid_power import GridPower
from .manager import LoadControlManager
from .premise import POWER, Premise


@callback
def async_follow_meter(coordinator: GatewayCoordinator, premise: Premise) -> None:
    """Have the register of the premise's power read with each poll, and ``premise`` told of it."""
    if premise.lfdi is None or not coordinator.has_gateway:
        return

    @callback
    def polled(succeeded: bool) -> None:
        if succeeded:
            premise.async_measured(coordinator.data.values.get(POWER), coordinator.poll_interval())

    unload = coordinator.config_entry.async_on_unload
    unload(coordinator.async_add_listener(lambda: None, POWER))
    unload(coordinator.polled.add(polled))


@callback
def async_follow_utility(
    hass: HomeAssistant, hub: Hub, polled: Listeners[bool], chosen: Listeners[()], manager: LoadControlManager
) -> None:
    """Have what a utility asks taken up, and what waits told to it, each time that it was read.

    So it is when other programs were ``chosen`` for a device: what they ask was read before. Where no meter tells what
    the premise draws, the energy dashboard may.
    """
    heard, programs = False, _programs(manager)
    told = any(register.key == POWER for register in hub.registers)
    grid = None if told else GridPower(hass, manager.premise)

    async def follow() -> None:
        if grid is not None:
            await grid.async_look()
        await manager.async_follow_utility()

    @callback
    def read(succeeded: bool) -> None:
        nonlocal heard
        heard = succeeded
        if succeeded:
            hub.rounds.begin("what the utility asks", follow)

    @callback
    def changed() -> None:
        nonlocal programs
        before, programs = programs, _programs(manager)
        if programs != before:
            read(heard)

    hub.entry.async_on_unload(polled.add(read))
    hub.entry.async_on_unload(chosen.add(changed))
    if grid is not None:
        hub.entry.async_on_unload(grid.async_stop)


def _programs(manager: LoadControlManager) -> frozenset[str]:
    """Return what the utility may ask devices: each has an href of its own in every program."""
    return frozenset(program.href for program in manager.programs(Source.UTILITY))


_PROGRAMS_EVERY = timedelta(minutes=15)


class OwnPrograms(Part):
    """The programs that the gateway assigns to Home Assistant itself, as the premise's energy management system."""

    def __init__(self, gateway: Gateway, premise: Premise, lfdi: str | None) -> None:
        """``premise`` is told; ``lfdi`` is Home Assistant's for the gateway, None where it is no such system."""
        super().__init__(_PROGRAMS_EVERY)
        self._lfdi = lfdi
        self._gateway = gateway
        self._premise = premise

    @property
    @override
    def wanted(self) -> bool:
        return self._lfdi is not None

    @override
    async def read(self, now: datetime) -> None:
        self._premise.async_assigned(await self._gateway.own_programs())


class Controls(Part):
    """Read with every poll, unless the gateway wants it less often; what is left to do is looked at then as well."""

    with_first = True

    def __init__(self, manager: LoadControlManager, data: GatewayData) -> None:
        """``data`` says how the gateway's clock is."""
        super().__init__(timedelta(0))
        self._manager = manager
        self._data = data
        self._controls: tuple[list[LoadControl], set[str]] | None = None

    @property
    @override
    def every(self) -> timedelta:
        return self._data.preferred("demand_response")

    @override
    async def read(self, now: datetime) -> None:
        self._controls = await self._manager.async_read()

    @override
    async def take(self, now: datetime) -> None:
        await self._manager.async_take(self._controls, self._data.clock_offset)
