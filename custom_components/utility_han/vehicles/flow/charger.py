"""Where a vehicle is charged: what measures it, and the station that it is (SC-1)."""

from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_NAME

from ...const import AWAY_STATES, CONF_LFDI, CONF_SERIAL
from ...devices.device import HanDevice
from ...devices.manager import Registrar
from ...hub.renaming import ids_of_now
from ...procedures import DeviceKind, EvseIdError, parse_evse_id
from ..chargers.shared import vehicles_elsewhere
from ..chargers.sources import (
    CONF_ENERGY,
    CONF_EVSE,
    CONF_EVSE_DEVICE,
    CONF_MAX_POWER,
    CONF_METER,
    CONF_PLUG,
    CONF_VEHICLE_POWER,
    SOURCES,
    ChargerFound,
    async_charger_of,
    async_find_chargers,
    read_energy,
    read_plug,
    read_power,
)
from . import forms as vehicle_forms
from .dialog import VehicleDialog
from .forms import CONF_EVSE_ID, CONF_STATION, OTHER, Fields
from .numbers import read_numbers, typed_numbers, unfit_numbers

_OF_STATION = (CONF_NAME, CONF_SERIAL, CONF_EVSE_ID)
_USUAL_POWER = 11.0
"""What a charger gives of which nothing is known, kW: 16 A on three phases."""


class ChargerFields(VehicleDialog):
    """The fields of a charger, filled in with what was answered, else with what the likeliest one of the home has."""

    _shown: dict[str, Any]
    """What the page was filled in with: the entity of the energy, and by ``station`` what is folded away."""
    _found: dict[str, Any]
    """What of that nobody typed."""

    def charger_suggested(self) -> dict[str, Any]:
        """Return what a page is to be filled in with that asks for the charger."""
        if (energy := self.data.get(CONF_ENERGY)) is not None:
            self._shown = {CONF_ENERGY: energy, CONF_STATION: self._answered()}
        elif found := async_find_chargers(self.hass):
            self._shown = {CONF_ENERGY: found[0].entities[CONF_ENERGY], CONF_STATION: self._station_of(found[0])}
        else:
            self._shown = {CONF_STATION: {}}
        self._found = self._shown[CONF_STATION]
        return self._shown

    def charger_fields(self, errors: dict[str, str]) -> Fields:
        """Return the fields behind those that the page has itself; what is wrong is not folded away."""
        devices = {subentry_id: device.title for subentry_id, device in self._stations().items()}
        plug_found = CONF_PLUG in self._shown[CONF_STATION] and CONF_PLUG not in errors
        return vehicle_forms.charger(
            devices, plug_found=plug_found, at_home=self.at_home, folded=CONF_STATION not in errors
        )

    def take_charger(self, typed: dict[str, Any]) -> dict[str, str]:
        """Take what was answered; return what is wrong with it, as errors of the form.

        Who chooses another charger than the page was filled in with means all of it: what was left as it was found
        is that of the other one then.
        """
        typed, self._shown = ids_of_now(self.hass, typed), ids_of_now(self.hass, self._shown)
        self._found = ids_of_now(self.hass, self._found)
        energy = typed[CONF_ENERGY]
        station = dict(typed.get(CONF_STATION, self._shown[CONF_STATION]))
        if energy != self._shown.get(CONF_ENERGY):
            found, self._found = self._found, self._station_of(async_charger_of(self.hass, energy))
            changed = {name for name in station.keys() | found.keys() if station.get(name) != found.get(name)}
            station = {name: value for name, value in self._found.items() if name not in changed} | {
                name: station[name] for name in changed if name in station
            }
        if plug := typed.get(CONF_PLUG):
            station[CONF_PLUG] = plug
        self._shown = {CONF_ENERGY: energy, CONF_STATION: station}
        read, wrong = read_numbers(self.words.style, station)
        errors = self._unfit_entities(energy, station.get(CONF_PLUG))
        if wrong or unfit_numbers(read, (CONF_MAX_POWER, CONF_VEHICLE_POWER), 1, 10_000):
            errors[CONF_STATION] = "power_unfit"
        elif (unfit := _unfit_evse_id(station)) is not None:
            errors[CONF_STATION] = unfit
        if not errors:
            self._keep(energy, read)
        return errors

    @property
    def charger_typed(self) -> dict[str, Any]:
        """What the page is filled in with that says what was wrong."""
        plug = self._shown[CONF_STATION].get(CONF_PLUG)
        return self._shown | ({CONF_PLUG: plug} if plug else {})

    def _keep(self, energy: str, station: dict[str, Any]) -> None:
        for use in (*SOURCES, CONF_VEHICLE_POWER):
            self.data.pop(use, None)
        told = {name: text for name in _OF_STATION if (text := (station.get(name) or "").strip())}
        evse = {CONF_NAME: async_charger_of(self.hass, energy).name} | told
        if typed := told.get(CONF_EVSE_ID):
            evse[CONF_EVSE_ID] = parse_evse_id(typed)
        device = self._stations().get(station.get(CONF_EVSE, OTHER))
        if device is not None:
            evse[CONF_LFDI] = device.lfdi
        self.data |= {use: station[use] for use in (*SOURCES, CONF_VEHICLE_POWER) if station.get(use)}
        self.data |= {
            CONF_ENERGY: energy,
            CONF_METER: station.get(CONF_METER, "evse"),
            CONF_MAX_POWER: station.get(CONF_MAX_POWER, _USUAL_POWER),
            CONF_EVSE: evse,
            CONF_EVSE_DEVICE: device.subentry_id if device else None,
        }

    def _answered(self) -> dict[str, Any]:
        """Return the station as it was answered before."""
        names = (*SOURCES, CONF_METER, CONF_MAX_POWER, CONF_VEHICLE_POWER)
        station = {name: self.data[name] for name in names if name != CONF_ENERGY and self.data.get(name) is not None}
        station |= {name: text for name in _OF_STATION if (text := (self.data.get(CONF_EVSE) or {}).get(name))}
        if self._stations():
            station[CONF_EVSE] = self.data.get(CONF_EVSE_DEVICE) or OTHER
        return typed_numbers(self.words.style, station)

    def _station_of(self, found: ChargerFound) -> dict[str, Any]:
        """Return the station as a charger has it that was found."""
        station: dict[str, Any] = {use: entity for use, entity in found.entities.items() if use != CONF_ENERGY}
        station |= {CONF_NAME: found.name, CONF_METER: "evse", CONF_MAX_POWER: found.max_power or _USUAL_POWER}
        if found.serial:
            station[CONF_SERIAL] = found.serial
        if stations := self._stations():
            station[CONF_EVSE] = next(iter(stations))
        return typed_numbers(self.words.style, station)

    def _stations(self) -> dict[str, HanDevice]:
        """Return the charging stations that are registered: they can be planned with and controlled."""
        devices = self.hub.manager(Registrar).devices.values()
        return {device.key: device for device in devices if device.kind is DeviceKind.EVSE}

    def _unfit_entities(self, energy_id: str, plug_id: str | None) -> dict[str, str]:
        """Return what is wrong with entities; one that gives nothing at the moment may still be right."""
        errors: dict[str, str] = {}
        energy, plug = self.hass.states.get(energy_id), self.hass.states.get(plug_id or "")
        if energy is None or (
            energy.state not in AWAY_STATES and read_energy(energy) is None and read_power(energy) is None
        ):
            errors[CONF_ENERGY] = "no_energy"
        elif self._is_of_another_hub(energy_id):
            errors[CONF_ENERGY] = "charger_elsewhere"
        if plug is None or (plug.state not in AWAY_STATES and read_plug(plug) is None):
            errors[CONF_PLUG] = "no_plug"
        return errors

    def _is_of_another_hub(self, energy_id: str) -> bool:
        """Whether a vehicle of another hub uses a charger: both would bill what is charged there."""
        return any(vehicles_elsewhere(self.hass, self.entry, energy_id))

    async def async_step_charger(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Another charger for a vehicle that is bound."""
        if user_input is not None and (page := self.way_back(user_input)) is not None:
            return await page()
        suggested = self.charger_suggested() if user_input is None else {}
        errors = self.take_charger(user_input) if user_input is not None else {}
        if user_input is not None and not errors:
            return await self.async_described()
        fields = {**self.charger_fields(errors), **vehicle_forms.back("reconfigure")}
        return self.async_show_form(
            step_id="charger",
            data_schema=self.add_suggested_values_to_schema(
                vehicle_forms.schema(fields), suggested or self.charger_typed
            ),
            errors=errors,
            last_step=False,
        )


def _unfit_evse_id(station: dict[str, Any]) -> str | None:
    """Return what is wrong with the EVSEID that was typed; one without its stars gets them, to be looked at."""
    typed = (station.get(CONF_EVSE_ID) or "").strip()
    try:
        # Their stars are optional, so that many a name has the form of one: "garage 1" would be Gabon's.
        if typed and (parsed := parse_evse_id(typed)) and "*" not in typed:
            station[CONF_EVSE_ID] = parsed
            return "evse_id_without_stars"
    except EvseIdError as err:
        return err.reason
    return None
