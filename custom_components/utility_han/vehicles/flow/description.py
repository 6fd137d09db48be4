"""Pages on which a vehicle is described: what it is, whose it is, and where it is charged (SC-1)."""

import re
from typing import Any, override

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_NAME

from ...const import CONF_LFDI, CONF_SERIAL, SUBENTRY_VEHICLE
from ...devices.linked_entity import serial_number_of
from ...devices.manager import Registrar
from ...procedures import DeviceKind, EvseIdError, VinError, make_of, parse_evse_id, parse_vin
from ...utility import UtilityError, Vehicle
from ..planning import CONF_EVSE_DEVICE
from ..sources import (
    CONF_ENERGY,
    CONF_MAX_POWER,
    CONF_PLUG,
    SOURCES,
    ChargerFound,
    async_find_chargers,
    read_energy,
    read_plug,
    read_power,
)
from . import forms as vehicle_forms
from .dialog import VehicleDialog
from .forms import (
    CONF_ACCOUNT_NUMBER,
    CONF_BATTERY_SIZE,
    CONF_BILL_TO,
    CONF_CHARGER,
    CONF_EVSE,
    CONF_EVSE_ID,
    CONF_MAKE,
    CONF_OWNER,
    CONF_VEHICLE,
    CONF_VEHICLE_MODEL,
    CONF_VIN,
    GUEST,
    OTHER,
    OWN,
)


class VehicleDescriptionPages(VehicleDialog):
    """Leads from a VIN to a vehicle of which everything but its rate program is known."""

    known: list[Vehicle]
    """The vehicles that the utility knows and the hub does not show."""
    _chargers: list[ChargerFound]

    async def async_step_begin(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Begin with a vehicle that the utility knows already, where there is one."""
        if self.at_home:
            return await self.async_step_vehicle()
        try:
            known = await self.utility.vehicles()
        except UtilityError as err:
            return self.async_abort(reason=err.reason)
        shown = self._vins_shown()
        self.known = [vehicle for vehicle in known if vehicle.vin not in shown]
        return await (self.async_step_known() if self.known else self.async_step_vehicle())

    def _vins_shown(self) -> set[str | None]:
        return {subentry.unique_id for subentry in self.entry.get_subentries_of_type(SUBENTRY_VEHICLE)}

    async def async_step_known(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Which of the vehicles that the utility knows it is."""
        if user_input is not None:
            chosen = next((each for each in self.known if each.id == user_input[CONF_VEHICLE]), None)
            if chosen is None:
                return await self.async_step_vehicle()
            self.data |= {
                CONF_VIN: chosen.vin,
                CONF_MAKE: chosen.make,
                CONF_VEHICLE_MODEL: chosen.model,
                CONF_OWNER: GUEST if chosen.guest else OWN,
                "vehicle_id": chosen.id,
            }
            if chosen.battery_wh:
                self.data[CONF_BATTERY_SIZE] = chosen.battery_wh / 1000
            return await self.async_step_vehicle()
        options = {each.id: f"{each.make} {each.model}, …{each.vin[-6:]}" for each in self.known}
        return self.async_show_form(
            step_id="known", data_schema=vehicle_forms.vehicle_choice(options), last_step=False
        )

    async def async_step_vehicle(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """What the vehicle is; its number is checked before it goes anywhere."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                vin = parse_vin(user_input[CONF_VIN])
            except VinError as err:
                errors[CONF_VIN] = err.reason
            else:
                make = (user_input.get(CONF_MAKE) or "").strip() or make_of(vin) or ""
                model = user_input[CONF_VEHICLE_MODEL].strip()
                if vin in self._vins_shown():
                    errors[CONF_VIN] = "vehicle_already_here"
                elif not make:
                    errors[CONF_MAKE] = "make_missing"
                elif not model:
                    errors[CONF_VEHICLE_MODEL] = "model_missing"
                else:
                    if vin != self.data.get(CONF_VIN):
                        self.data.pop("vehicle_id", None)
                    name = (user_input.get(CONF_NAME) or "").strip() or f"{make} {model}"
                    told = {CONF_VIN: vin, CONF_MAKE: make, CONF_VEHICLE_MODEL: model, CONF_NAME: name}
                    self.data |= {**user_input, **told}
                    await self.async_keep_draft()
                    return await self.async_identified()
        return self.async_show_form(
            step_id="vehicle",
            data_schema=self.add_suggested_values_to_schema(vehicle_forms.VEHICLE, user_input or self.data),
            errors=errors,
            last_step=False,
        )

    async def async_step_account(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Whose the vehicle is, and who pays for what it charges here."""
        errors: dict[str, str] = {}
        if user_input is not None:
            number = re.sub(r"[\s-]", "", user_input.get(CONF_ACCOUNT_NUMBER) or "")
            known_guest = user_input[CONF_OWNER] == GUEST == self.data.get(CONF_OWNER) and "vehicle_id" in self.data
            if user_input[CONF_OWNER] == GUEST and not known_guest and not re.fullmatch(r"[0-9]{4,20}", number):
                errors[CONF_ACCOUNT_NUMBER] = "account_number_missing"
            else:
                if user_input[CONF_OWNER] != self.data.get(CONF_OWNER, OWN):
                    self.data.pop("vehicle_id", None)
                self.data |= {
                    CONF_OWNER: user_input[CONF_OWNER],
                    CONF_BILL_TO: user_input[CONF_BILL_TO],
                    CONF_ACCOUNT_NUMBER: number if user_input[CONF_OWNER] == GUEST and not known_guest else None,
                }
                await self.async_keep_draft()
                return await self.async_account_chosen()
        return self.async_show_form(
            step_id="account",
            data_schema=self.add_suggested_values_to_schema(vehicle_forms.ACCOUNT, user_input or self.data),
            errors=errors or self.failed_for("account"),
            last_step=False,
        )

    @override
    async def async_account_chosen(self) -> SubentryFlowResult:
        return await self.async_step_charger_choice()

    async def async_step_charger_choice(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Offer the chargers that the home seems to have; one of them fills the next page."""
        if user_input is not None:
            chosen = user_input[CONF_CHARGER]
            if chosen != OTHER:
                found = self._chargers[int(chosen)]
                self.data |= found.entities | {CONF_EVSE: {CONF_NAME: found.name}}
                if found.max_power is not None:
                    self.data[CONF_MAX_POWER] = found.max_power
                if found.serial:
                    self.data[CONF_EVSE][CONF_SERIAL] = found.serial
            return await self.async_step_charger()
        self._chargers = async_find_chargers(self.hass)
        if not self._chargers or CONF_ENERGY in self.data:
            return await self.async_step_charger()
        options = {str(index): self._charger_label(found) for index, found in enumerate(self._chargers)}
        return self.async_show_form(
            step_id="charger_choice", data_schema=vehicle_forms.charger_choice(options), last_step=False
        )

    def _charger_label(self, found: ChargerFound) -> str:
        state = self.hass.states.get(found.entities[CONF_ENERGY])
        return f"{found.name} ({state.name if state else found.entities[CONF_ENERGY]})"

    async def async_step_charger(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The entities that say what is charged and when."""
        errors: dict[str, str] = {}
        if user_input is not None:
            for use in SOURCES:
                self.data.pop(use, None)
            self.data |= user_input
            errors = self._unfit(user_input)
            if not errors:
                await self.async_keep_draft()
                return await self.async_step_evse()
        return self.async_show_form(
            step_id="charger",
            data_schema=self.add_suggested_values_to_schema(vehicle_forms.CHARGER, self.data),
            errors=errors,
            last_step=False,
        )

    def _unfit(self, chosen: dict[str, Any]) -> dict[str, str]:
        """Return what is wrong with entities; one that gives nothing at the moment may still be right."""
        errors: dict[str, str] = {}
        energy, plug = (self.hass.states.get(chosen[use]) for use in (CONF_ENERGY, CONF_PLUG))
        silent = ("unavailable", "unknown")
        if energy is None or (
            energy.state not in silent and read_energy(energy) is None and read_power(energy) is None
        ):
            errors[CONF_ENERGY] = "no_energy"
        if plug is None or (plug.state not in silent and read_plug(plug) is None):
            errors[CONF_PLUG] = "no_plug"
        return errors

    async def async_step_evse(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Which EVSE it is: one that is registered with the utility can be planned with and controlled."""
        devices = {
            device.key: device
            for device in self.hub.manager(Registrar).devices.values()
            if device.kind is DeviceKind.EVSE
        }
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = _unfit_evse(user_input)
            if errors.get(CONF_EVSE_ID) == "evse_id_without_stars":
                user_input |= {CONF_EVSE_ID: parse_evse_id(user_input[CONF_EVSE_ID])}
        if user_input is not None and not errors:
            evse = {CONF_NAME: user_input[CONF_NAME].strip()}
            if typed := (user_input.get(CONF_EVSE_ID) or "").strip():
                evse[CONF_EVSE_ID] = parse_evse_id(typed)
            if serial := (user_input.get(CONF_SERIAL) or "").strip():
                evse[CONF_SERIAL] = serial
            device = devices.get(user_input.get(CONF_EVSE, OTHER))
            if device is not None:
                evse[CONF_LFDI] = device.lfdi
            self.data |= {CONF_EVSE: evse, CONF_EVSE_DEVICE: device.subentry_id if device else None}
            await self.async_keep_draft()
            return await self.async_described()
        known = self.data.get(CONF_EVSE) or {}
        serial = known.get(CONF_SERIAL) or serial_number_of(self.hass, self.data[CONF_ENERGY])
        suggested = {CONF_NAME: known.get(CONF_NAME) or self._energy_name(), CONF_SERIAL: serial}
        suggested[CONF_EVSE_ID] = known.get(CONF_EVSE_ID)
        if before := self.data.get(CONF_EVSE_DEVICE):
            suggested[CONF_EVSE] = before
        options = {subentry_id: device.title for subentry_id, device in devices.items()}
        return self.async_show_form(
            step_id="evse",
            data_schema=self.add_suggested_values_to_schema(
                vehicle_forms.evse(options, at_home=self.at_home), user_input or suggested
            ),
            errors=errors,
            last_step=False,
        )

    def _energy_name(self) -> str:
        state = self.hass.states.get(self.data[CONF_ENERGY])
        return " ".join(state.name.split()[:2]) if state else ""


def _unfit_evse(typed: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong with what was said of a charging station, by field."""
    errors: dict[str, str] = {}
    if not typed[CONF_NAME].strip():
        errors[CONF_NAME] = "name_missing"
    try:
        evse_id = (typed.get(CONF_EVSE_ID) or "").strip()
        # Their stars are optional, so that many a name has the form of one: "garage 1" would be Gabon's.
        if evse_id and parse_evse_id(evse_id) and "*" not in evse_id:
            errors[CONF_EVSE_ID] = "evse_id_without_stars"
    except EvseIdError as err:
        errors[CONF_EVSE_ID] = err.reason
    return errors
