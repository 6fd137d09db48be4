"""Forms of the vehicle flow that hold no logic."""

from collections.abc import Mapping

import probatio
from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateTimeSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from ...const import CONF_SERIAL
from ...devices.flow.forms import CONF_CONSENT
from ...hub.flow.choices import choice, choice_or_other
from ..sources import (
    CONF_BATTERY,
    CONF_ENERGY,
    CONF_MAX_POWER,
    CONF_METER,
    CONF_PLUG,
    CONF_PRESENCE,
    CONF_SIGNED,
    CONF_SWITCH,
)

CONF_ACCOUNT_NUMBER = "account_number"
CONF_BATTERY_SIZE = "battery_size"
CONF_BILL_TO = "bill_to"
CONF_CHARGER = "charger"
CONF_EVSE = "evse"
CONF_EVSE_ID = "evse_id"
CONF_MAKE = "make"
CONF_OWNER = "owner"
CONF_PROGRAM = "program"
CONF_REASON = "reason"
CONF_VALID_FROM = "valid_from"
CONF_VALID_UNTIL = "valid_until"
CONF_VEHICLE = "vehicle"
CONF_VEHICLE_MODEL = "vehicle_model"
CONF_VIN = "vin"

OTHER = "other"
OWN = "own"
GUEST = "guest"
END_REASONS = ("sold", "moved", "changed", "other")

VEHICLE = probatio.Schema(
    {
        probatio.Required(CONF_VIN): TextSelector(),
        probatio.Optional(CONF_MAKE): TextSelector(),
        probatio.Required(CONF_VEHICLE_MODEL): TextSelector(),
        probatio.Optional(CONF_BATTERY_SIZE): NumberSelector(
            NumberSelectorConfig(min=1, max=1000, step=0.1, mode=NumberSelectorMode.BOX, unit_of_measurement="kWh")
        ),
        probatio.Optional(CONF_NAME): TextSelector(),
    }
)
ACCOUNT = probatio.Schema(
    {
        probatio.Required(CONF_OWNER, default=OWN): SelectSelector(
            SelectSelectorConfig(options=[OWN, GUEST], translation_key=CONF_OWNER, mode=SelectSelectorMode.LIST)
        ),
        probatio.Optional(CONF_ACCOUNT_NUMBER): TextSelector(),
        probatio.Required(CONF_BILL_TO, default="vehicle_owner"): SelectSelector(
            SelectSelectorConfig(
                options=["vehicle_owner", "premise_account"],
                translation_key=CONF_BILL_TO,
                mode=SelectSelectorMode.LIST,
            )
        ),
    }
)
CHARGER = probatio.Schema(
    {
        probatio.Required(CONF_ENERGY): EntitySelector(
            EntitySelectorConfig(
                filter=[
                    EntityWithDeviceFilterSelectorConfig(
                        domain="sensor", device_class=[SensorDeviceClass.ENERGY, SensorDeviceClass.POWER]
                    )
                ]
            )
        ),
        probatio.Required(CONF_PLUG): EntitySelector(EntitySelectorConfig(domain=["binary_sensor", "sensor"])),
        probatio.Required(CONF_METER, default="evse"): SelectSelector(
            SelectSelectorConfig(
                options=["evse", "vehicle", "submeter"], translation_key=CONF_METER, mode=SelectSelectorMode.LIST
            )
        ),
        probatio.Required(CONF_MAX_POWER, default=11): NumberSelector(
            NumberSelectorConfig(min=1, max=10000, step=0.1, mode=NumberSelectorMode.BOX, unit_of_measurement="kW")
        ),
        probatio.Optional(CONF_SWITCH): EntitySelector(EntitySelectorConfig(domain=["switch", "input_boolean"])),
        probatio.Optional(CONF_BATTERY): EntitySelector(
            EntitySelectorConfig(
                filter=[
                    EntityWithDeviceFilterSelectorConfig(domain="sensor", device_class=[SensorDeviceClass.BATTERY])
                ]
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
)
END = probatio.Schema(
    {
        probatio.Required(CONF_VALID_UNTIL): DateTimeSelector(),
        # Optional, or the frontend chooses the first one: nobody is to say by an oversight that it was sold.
        probatio.Optional(CONF_REASON): SelectSelector(
            SelectSelectorConfig(options=list(END_REASONS), translation_key="end_reason", mode=SelectSelectorMode.LIST)
        ),
    }
)


def vehicle_choice(options: Mapping[str, str]) -> probatio.Schema:
    """Choose among the vehicles that the utility knows, or say that it is another one."""
    return probatio.Schema(
        {probatio.Required(CONF_VEHICLE, default=next(iter(options))): choice_or_other(options, OTHER, CONF_VEHICLE)}
    )


def charger_choice(options: Mapping[str, str]) -> probatio.Schema:
    """Choose among the chargers that the home seems to have, the likeliest first."""
    return probatio.Schema(
        {probatio.Required(CONF_CHARGER, default=next(iter(options))): choice_or_other(options, OTHER, CONF_CHARGER)}
    )


def evse(options: Mapping[str, str], *, at_home: bool) -> probatio.Schema:
    """Say which EVSE it is: a registered device, or one that the utility, or a bill, calls by its name."""
    fields: dict[probatio.Required | probatio.Optional, SelectSelector | TextSelector] = {}
    if options:
        fields[probatio.Required(CONF_EVSE, default=next(iter(options)))] = choice_or_other(options, OTHER, CONF_EVSE)
    fields[probatio.Required(CONF_NAME)] = TextSelector()
    fields[probatio.Optional(CONF_SERIAL)] = TextSelector()
    if at_home:
        fields[probatio.Optional(CONF_EVSE_ID)] = TextSelector()
    return probatio.Schema(fields)


def program(options: Mapping[str, str], chosen: str | None) -> probatio.Schema:
    """A rate program, consent to its terms, and from when on."""
    known = chosen if chosen in options else probatio.UNDEFINED
    required = probatio.Required(CONF_PROGRAM, default=known)
    return probatio.Schema(
        {
            required: choice(options),
            probatio.Optional(CONF_VALID_FROM): DateTimeSelector(),
            probatio.Required(CONF_CONSENT, default=False): BooleanSelector(),
        }
    )
