"""The first page: which vehicle it is, and where it is charged (SC-1)."""

from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import AbortFlow

from ...const import SUBENTRY_VEHICLE
from ...procedures import VinError, make_of, parse_vin
from ...utility import UtilityError, Vehicle
from ..chargers.known_vehicle import async_known_vehicle
from . import forms as vehicle_forms
from .charger import ChargerFields
from .forms import (
    CONF_BATTERY_SIZE,
    CONF_MAKE,
    CONF_MORE,
    CONF_OWNER,
    CONF_VEHICLE,
    CONF_VEHICLE_MODEL,
    CONF_VIN,
    GUEST,
    OWN,
)
from .numbers import read_numbers, typed_numbers, unfit_numbers

_MORE = (CONF_NAME, CONF_MAKE, CONF_BATTERY_SIZE)


class VehicleDescriptionPages(ChargerFields):
    """Leads from a VIN to a vehicle of which everything but who pays, and by which rate, is known."""

    known: list[Vehicle]
    """The vehicles that the utility knows and the hub does not show."""

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
        """The vehicle, whose number is checked before it goes anywhere, and the charger."""
        errors: dict[str, str] = {}
        if user_input is None:
            shown = self._suggested() | self.charger_suggested()
        else:
            errors = self._take_vehicle(user_input) | self.take_charger(user_input)
            if not errors:
                await self._async_take_from_another()
                await self.async_keep_draft()
                return await self.async_described()
            shown = user_input | self.charger_typed
        schema = vehicle_forms.vehicle(self.charger_fields(errors), folded=CONF_MORE not in errors)
        return self.async_show_form(
            step_id="vehicle",
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
            last_step=False,
        )

    async def _async_take_from_another(self) -> None:
        """End a dialog that began with this vehicle and was left open; ``AbortFlow`` where that is through with it."""
        charging = await self.async_charging()
        others = (key for key, flow_id in charging.claimed.items() if flow_id != self.flow_id)
        other = next((key for key in others if charging.vehicles[key].run.vin == self.data[CONF_VIN]), None)
        if other is not None:
            self.hass.config_entries.subentries.async_abort(charging.claimed[other])
            if other in charging.vehicles:  # the utility was told of it: it is shown as that dialog left it
                raise AbortFlow("vehicle_is_shown")

    def _suggested(self) -> dict[str, Any]:
        """Return what was answered of the vehicle, else what the home knows of one that is not bound."""
        told = dict(self.data)
        if CONF_VIN not in told and (known := async_known_vehicle(self.hass, self._vins_shown())) is not None:
            told |= {
                CONF_VIN: known.vin,
                CONF_MAKE: known.make,
                CONF_VEHICLE_MODEL: known.model,
                CONF_NAME: known.name,
            }
        more = {name: told[name] for name in _MORE if told.get(name) is not None}
        return told | {CONF_MORE: typed_numbers(self.words.style, more)}

    def _take_vehicle(self, typed: dict[str, Any]) -> dict[str, str]:
        """Take what was answered; return what is wrong with it, as errors of the form."""
        more, wrong = read_numbers(self.words.style, typed.get(CONF_MORE, self._suggested()[CONF_MORE]))
        try:
            vin = parse_vin(typed[CONF_VIN])
        except VinError as err:
            return {CONF_VIN: err.reason}
        make = (more.get(CONF_MAKE) or "").strip() or make_of(vin) or ""
        model = typed[CONF_VEHICLE_MODEL].strip()
        if vin in self._vins_shown():
            return {CONF_VIN: "vehicle_already_here"}
        if not make:
            return {CONF_MORE: "make_missing"}
        if not model:
            return {CONF_VEHICLE_MODEL: "model_missing"}
        if wrong or unfit_numbers(more, (CONF_BATTERY_SIZE,), 1, 1000):
            return {CONF_MORE: "battery_size_unfit"}
        if vin != self.data.get(CONF_VIN):
            self.data.pop("vehicle_id", None)
        self.data |= {
            CONF_VIN: vin,
            CONF_MAKE: make,
            CONF_VEHICLE_MODEL: model,
            CONF_BATTERY_SIZE: more.get(CONF_BATTERY_SIZE),
            CONF_NAME: (more.get(CONF_NAME) or "").strip() or f"{make} {model}",
        }
        return {}
