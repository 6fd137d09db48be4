"""Forms of the vehicle flow that hold no logic."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import probatio
from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TimeSelector,
)

from ...const import CONF_SERIAL
from ...devices.flow.forms import CONF_CONSENT
from ...hub.bounds import DAY, NAME
from ...hub.flow.choices import choice, choice_or_other
from ..chargers.sources import (
    CONF_BATTERY,
    CONF_ENERGY,
    CONF_EVSE,
    CONF_MAX_POWER,
    CONF_METER,
    CONF_PLUG,
    CONF_PRESENCE,
    CONF_SIGNED,
    CONF_SWITCH,
    CONF_VEHICLE_POWER,
)

CONF_ACCOUNT_NUMBER = "account_number"
CONF_BACK = "back"
CONF_BATTERY_SIZE = "battery_size"
CONF_BILL_TO = "bill_to"
CONF_EVSE_ID = "evse_id"
CONF_LATER = "later"
CONF_MAKE = "make"
CONF_MORE = "more"
CONF_OWNER = "owner"
CONF_PAYS = "pays"
CONF_PROGRAM = "program"
CONF_REASON = "reason"
CONF_STATION = "station"
CONF_VALID_FROM = "valid_from"
CONF_VALID_FROM_TIME = "valid_from_time"
CONF_VALID_UNTIL = "valid_until"
CONF_VALID_UNTIL_TIME = "valid_until_time"
CONF_VEHICLE = "vehicle"
CONF_VEHICLE_MODEL = "vehicle_model"
CONF_VIN = "vin"
CONF_WAY_BACK = "way_back"

OTHER = "other"
OWN = "own"
GUEST = "guest"
PAYS = {"own": (OWN, "vehicle_owner"), "guest": (GUEST, "vehicle_owner"), "host": (GUEST, "premise_account")}
"""Whose a vehicle is, and ``bill_to``, by what a person chooses."""
END_REASONS = ("sold", "moved", "changed", "other")

type Field = probatio.Required | probatio.Optional
type Fields = dict[Field, object]


def number(unit: str | None = None) -> TextSelector:
    """A number as a text: a browser's own field for numbers may make 3199 of 31,99."""
    return TextSelector(TextSelectorConfig(suffix=unit) if unit else TextSelectorConfig())


def _radio(options: Sequence[str], translation_key: str) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=list(options), translation_key=translation_key, mode=SelectSelectorMode.LIST)
    )


def back(*pages: str) -> Fields:
    """The way back from a page, to one of ``pages``; folded away, since most people go on."""
    selector = SelectSelector(
        SelectSelectorConfig(options=list(pages), translation_key="back_to", mode=SelectSelectorMode.DROPDOWN)
    )
    fields = probatio.Schema({probatio.Optional(CONF_BACK): selector})
    return {probatio.Optional(CONF_WAY_BACK): section(fields, {"collapsed": True})}


_VEHICLE: Fields = {probatio.Required(CONF_VIN): TextSelector(), probatio.Required(CONF_VEHICLE_MODEL): NAME}
_MORE: Fields = {
    probatio.Optional(CONF_NAME): NAME,
    probatio.Optional(CONF_MAKE): NAME,
    probatio.Optional(CONF_BATTERY_SIZE): number("kWh"),
}
_ENERGY = EntitySelector(
    EntitySelectorConfig(
        filter=[
            EntityWithDeviceFilterSelectorConfig(
                domain="sensor", device_class=[SensorDeviceClass.ENERGY, SensorDeviceClass.POWER]
            )
        ]
    )
)
_PLUG = EntitySelector(EntitySelectorConfig(domain=["binary_sensor", "sensor"]))
_MEASURED: Fields = {
    probatio.Required(CONF_METER, default="evse"): _radio(["evse", "vehicle", "submeter"], CONF_METER),
    probatio.Optional(CONF_MAX_POWER): number("kW"),
    probatio.Optional(CONF_VEHICLE_POWER): number("kW"),
    probatio.Optional(CONF_SWITCH): EntitySelector(EntitySelectorConfig(domain=["switch", "input_boolean"])),
    probatio.Optional(CONF_BATTERY): EntitySelector(
        EntitySelectorConfig(
            filter=[EntityWithDeviceFilterSelectorConfig(domain="sensor", device_class=[SensorDeviceClass.BATTERY])]
        )
    ),
    probatio.Optional(CONF_PRESENCE): EntitySelector(
        EntitySelectorConfig(
            filter=[
                EntityWithDeviceFilterSelectorConfig(
                    domain="binary_sensor",
                    device_class=[BinarySensorDeviceClass.PLUG, BinarySensorDeviceClass.BATTERY_CHARGING],
                ),
                EntityWithDeviceFilterSelectorConfig(domain="sensor", device_class=[SensorDeviceClass.ENUM]),
            ]
        )
    ),
    probatio.Optional(CONF_SIGNED): EntitySelector(EntitySelectorConfig(domain="sensor")),
}


def charger(devices: Mapping[str, str], *, plug_found: bool, at_home: bool, folded: bool) -> Fields:
    """Where it is charged: what measures it, and the station with what was found of it, ``folded`` away if well.

    ``devices`` are the charging stations that are registered, by their subentry; the vehicle's plug is asked for
    in the open where none was found.
    """
    plug: Field = probatio.Optional(CONF_PLUG) if plug_found else probatio.Required(CONF_PLUG)
    station: Fields = {probatio.Optional(CONF_NAME): NAME, probatio.Optional(CONF_SERIAL): TextSelector()}
    if at_home:
        station[probatio.Optional(CONF_EVSE_ID)] = TextSelector()
    if devices:
        station[probatio.Required(CONF_EVSE, default=next(iter(devices)))] = choice_or_other(devices, OTHER, CONF_EVSE)
    if plug_found:
        station[plug] = _PLUG
    return {
        probatio.Required(CONF_ENERGY): _ENERGY,
        **({} if plug_found else {plug: _PLUG}),
        probatio.Optional(CONF_STATION): section(probatio.Schema(station | _MEASURED), {"collapsed": folded}),
    }


def schema(fields: Fields) -> probatio.Schema:
    """Return a page of these fields."""
    return probatio.Schema(fields)


def vehicle(where: Fields, *, folded: bool) -> probatio.Schema:
    """The vehicle, and ``where`` it is charged; what has a good answer is ``folded`` away unless that is wrong."""
    more: Fields = {probatio.Optional(CONF_MORE): section(probatio.Schema(_MORE), {"collapsed": folded})}
    return probatio.Schema({**_VEHICLE, **more, **where})


def vehicle_choice(options: Mapping[str, str]) -> probatio.Schema:
    """Choose among the vehicles that the utility knows, or say that it is another one."""
    return probatio.Schema(
        {probatio.Required(CONF_VEHICLE, default=next(iter(options))): choice_or_other(options, OTHER, CONF_VEHICLE)}
    )


def account(programs: Mapping[str, str], chosen: str | None, way_back: Fields) -> probatio.Schema:
    """Who pays, and the rate program; the first one where none of them was ``chosen``."""
    known = chosen if chosen in programs else next(iter(programs))
    return probatio.Schema(
        {
            probatio.Required(CONF_PROGRAM, default=known): choice(programs),
            probatio.Required(CONF_PAYS, default=OWN): _radio(list(PAYS), CONF_PAYS),
            probatio.Optional(CONF_ACCOUNT_NUMBER): TextSelector(),
            **way_back,
        }
    )


def later_of(answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was answered of a later beginning."""
    return answers.get(CONF_LATER) or {}


def agreement(
    way_back: Fields,
    shown: Mapping[str, Any],
    errors: Collection[str],
    *,
    fixed: bool = False,
    to_the_minute: bool = False,
) -> probatio.Schema:
    """Consent, and from when on where that is not ``fixed``, folded away where nothing is ``shown`` or wrong there.

    Days begin at midnight unless it is ``to_the_minute``.
    """
    at_once = CONF_LATER not in errors and not any(later_of(shown).values())
    begin: Fields = {probatio.Optional(CONF_VALID_FROM): DAY}
    if to_the_minute:
        # A date and time in one field is wider than a phone where the clock has twelve hours.
        begin[probatio.Optional(CONF_VALID_FROM_TIME)] = TimeSelector()
    later: Fields = {probatio.Optional(CONF_LATER): section(probatio.Schema(begin), {"collapsed": at_once})}
    consent = {probatio.Required(CONF_CONSENT, default=False): BooleanSelector()}
    return probatio.Schema({**consent, **({} if fixed else later), **way_back})


END = probatio.Schema(
    {
        probatio.Required(CONF_VALID_UNTIL): DAY,
        probatio.Required(CONF_VALID_UNTIL_TIME): TimeSelector(),
        # Optional, or the frontend chooses the first one: nobody is to say by an oversight that it was sold.
        probatio.Optional(CONF_REASON): _radio(END_REASONS, "end_reason"),
        **back("reconfigure"),
    }
)
