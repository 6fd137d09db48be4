"""A home with a meter, a pump that takes part, a charger and a vehicle, in a Home Assistant with its recorder."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry, ConfigSubentryData
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component

from custom_components.utility_han.const import (
    CONF_UTILITY,
    SUBENTRY_DEVICE,
    SUBENTRY_VEHICLE,
)
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.gateway import DeviceState
from custom_components.utility_han.health.manager import HealthManager
from custom_components.utility_han.hub.hub import Hub
from custom_components.utility_han.procedures import HealthReason
from custom_components.utility_han.utility import Stage
from tests.helpers.model_gateway import model_entry
from tests.helpers.soak.clock import now
from tests.helpers.soak.gateway import SoakGateway
from tests.helpers.soak.utility import MODEL, PREMISE, VIN, ModelUtility
from tests.helpers.vehicles import ENERGY, PLUG, Charger

PUMP = "input_boolean.pump"
POLL = UPDATE = timedelta(minutes=5)


class Pump:
    """What is switched in controls, as another integration would show it."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._on = True
        self.there = True
        for name in ("turn_on", "turn_off"):
            hass.services.async_register("input_boolean", name, self._turn)
        self.show()

    def show(self) -> None:
        """Show it as it is."""
        self._hass.states.async_set(PUMP, ("on" if self._on else "off") if self.there else "unavailable")

    async def _turn(self, call: ServiceCall) -> None:
        if self.there:
            self._on = call.service == "turn_on"
            self.show()

    @property
    def runs(self) -> bool:
        """Whether it runs."""
        return self._on


class SoakHome:
    """One home, its doubles, and what a person does in it."""

    def __init__(self, hass: HomeAssistant, seed: int) -> None:
        self.hass = hass
        self.meter = SoakGateway(seed, UPDATE, POLL)
        self.utility = ModelUtility()
        self.pump, self.charger = Pump(hass), Charger(hass)
        self.begun = now()
        self.registered = 0
        self.before: Callable[[int], int] = int
        """What the meter made of the truth before it was out of order."""
        self.charger_there, self._plugged = True, False
        vehicle = {
            "vin": VIN,
            "energy": ENERGY,
            "plug": PLUG,
            "meter": "evse",
            "max_power": 11.0,
            "evse": {"name": "Garage"},
        }
        account = {
            "url": "https://utility.invalid",
            "api_base": "https://utility.invalid/api/v1",
            "name": "Utility",
            "premise_id": PREMISE,
            "account_id": "account-1",
            "account": "*4711",
        }
        self.entry = model_entry(
            {CONF_UTILITY: account},
            [ConfigSubentryData(data=vehicle, subentry_type=SUBENTRY_VEHICLE, title="Family car", unique_id=VIN)],
        )
        self.entry.add_to_hass(hass)

    @property
    def hub(self) -> Hub | None:
        """The hub, while it is loaded."""
        return self.entry.runtime_data if self.entry.state is ConfigEntryState.LOADED else None

    async def restart(self) -> None:
        """Load the hub anew."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)

    def believed(self, subject: str | None) -> set[HealthReason] | None:
        """What is believed to be wrong with the gateway, or what a subentry is of; None while nobody can say."""
        if (hub := self.hub) is None or not hasattr(hub, "shown"):
            return None
        with suppress(KeyError):
            return set(hub.manager(HealthManager).condition(subject or self.entry.entry_id).health.believed)
        return None

    def make_well(self) -> None:
        """Have everything as it should be, but for a meter that is another one."""
        self.meter.away, self.meter.clock_off, self.meter.absurd_power = None, timedelta(0), False
        self.meter.breaks.clear()
        self.meter.shows = self.before
        self.utility.fails, self.utility.loses_answers = None, False
        if (number := self.registration()) is not None and self.utility.opened[number].stage is Stage.SUSPENDED:
            self.utility.change(number, stage=Stage.ACTIVE)
        self.pump.there = self.charger_there = True
        self.pump.show()
        self.plug(plugged=False)

    # The charger

    def plug(self, *, plugged: bool) -> None:
        """Have the vehicle plugged in, or not."""
        self._plugged = plugged
        self.show_charger()

    def charge(self, energy: int, counter: int | None = None) -> None:
        """Deliver Wh; a ``counter`` that begins anew does so where that can be seen."""
        self.charger.delivered += energy
        if counter is not None and self.charger_there:
            self.charger.counter = counter
        self.charger.counter += energy
        self.show_charger()

    def show_charger(self) -> None:
        """Have the charger's entities show what is, now: they are as old as they say that they are."""
        self.charger.at = now()
        if self.charger_there:
            self.charger.show()
            self.charger.plug(plugged=self._plugged)
        else:
            self.charger.hide()

    # The device that takes part

    @property
    def device(self) -> ConfigSubentry | None:
        """The pump's subentry."""
        return next(iter(self.entry.get_subentries_of_type(SUBENTRY_DEVICE)), None)

    @property
    def vehicle(self) -> ConfigSubentry:
        """The vehicle's subentry."""
        found: ConfigSubentry = next(iter(self.entry.get_subentries_of_type(SUBENTRY_VEHICLE)))
        return found

    def bring_device(self) -> None:
        """Have a new pump on the gateway's list, and a person add it."""
        self.registered += 1
        lfdi = f"{self.registered:040X}"
        self.meter.devices = {lfdi: f"/edev/{self.registered}"}
        data: dict[str, Any] = {
            "lfdi": lfdi,
            "kind": "pool_pump",
            "model": {"id": MODEL, "manufacturer": "Pumps", "name": "One"},
            "serial": f"PU{self.registered}",
            "control": {"entity_id": PUMP, "response": "off"},
            "consents": [
                {
                    "program_id": "peak",
                    "name": "Peak saver",
                    "terms_version": "1",
                    "consented_at": f"{self.begun.isoformat()}",
                }
            ],
        }
        subentry = ConfigSubentry(
            data=MappingProxyType(data), subentry_type=SUBENTRY_DEVICE, title="Pump", unique_id=lfdi
        )
        self.hass.config_entries.async_add_subentry(self.entry, subentry)

    def remove_device(self) -> None:
        """Have a person remove the pump."""
        if (device := self.device) is not None:
            self.hass.config_entries.async_remove_subentry(self.entry, device.subentry_id)

    @property
    def enrolled(self) -> bool:
        """Whether the pump takes part."""
        if (hub := self.hub) is None or (device := self.device) is None:
            return False
        found = hub.manager(Registrar).devices.get(device.subentry_id)
        return found is not None and found.state is DeviceState.ENROLLED

    def registration(self) -> str | None:
        """The id of the pump's registration at the utility."""
        if (device := self.device) is None:
            return None
        return next((key for key, each in self.utility.opened.items() if each.lfdi == device.unique_id), None)


@asynccontextmanager
async def soak_home(hass: HomeAssistant, seed: int) -> AsyncIterator[SoakHome]:
    """Have a home that has just been set up."""
    home = SoakHome(hass, seed)

    async def open_link(*_: Any, **__: Any) -> SoakGateway:
        return home.meter

    async def open_utility(*_: Any, **__: Any) -> tuple[ModelUtility, None]:
        return home.utility, None

    with (
        patch("custom_components.utility_han.async_open_link", open_link),
        patch("custom_components.utility_han.account.manager.async_open_utility", open_utility),
    ):
        assert await async_setup_component(hass, "repairs", {})
        assert await hass.config_entries.async_setup(home.entry.entry_id)
        home.bring_device()
        try:
            yield home
        finally:
            await hass.config_entries.async_unload(home.entry.entry_id)
