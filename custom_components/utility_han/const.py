"""Names used across the integration."""

import logging
from datetime import timedelta
from typing import Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN

DOMAIN: Final = "utility_han"
LOGGER = logging.getLogger(__package__)

AWAY_STATES: Final = (STATE_UNAVAILABLE, STATE_UNKNOWN)
"""Of an entity that says nothing about what it is of."""

CONF_AREA: Final = "area"
CONF_EUI64: Final = "eui64"
CONF_FORMER: Final = "former"
"""Entries on the gateway's list that are left from identities which Home Assistant had before."""
CONF_FORMER_DEVICES: Final = "devices"
"""Of a former identity: LFDIs of the devices that it announced, which the gateway takes to be its own."""
CONF_DCAP_PATH: Final = "dcap_path"
CONF_GATEWAY_LFDI: Final = "gateway_lfdi"
CONF_GATEWAY_SFDI: Final = "gateway_sfdi"
"""What tells hubs apart: the gateway's SFDI, or over Zigbee the EUI64 of the radio."""
CONF_IDENTITY: Final = "identity"
CONF_INSTALL_CODE: Final = "install_code"
CONF_KIND: Final = "kind"
CONF_METER: Final = "meter"
"""The EUI64 of the meter that a person chose, of several on a certified stick."""
CONF_NETWORK: Final = "network"
"""The extended PAN id of the meter's Zigbee network."""
CONF_PREMISE: Final = "premise"
CONF_STATE: Final = "state"
CONF_TRANSPORT: Final = "transport"

SUBENTRY_DEVICE: Final = "device"
SUBENTRY_VEHICLE: Final = "vehicle"
CONF_ADDED_BY_US: Final = "added_by_us"
CONF_CONTROL: Final = "control"
CONF_DEVICE_BATTERY: Final = "battery"
"""In the ``control`` of a charging station: the sensor that says how full is what it charges, in percent."""
CONF_DEVICE_CAPACITY: Final = "capacity"
"""Likewise how much that holds, in kWh."""
CONF_LFDI: Final = "lfdi"
CONF_BY_UTILITY: Final = "by_utility"
"""Of a device: it is registered with the utility alone, and no gateway lists it."""
CONF_METHOD: Final = "method"
CONF_MODEL: Final = "model"
CONF_SERIAL: Final = "serial"
CONF_SFDI: Final = "sfdi"

CONF_UTILITY: Final = "utility"
CONF_VTN: Final = "vtn"
"""A utility, aggregator or price service that speaks OpenADR; a hub has it or ``CONF_UTILITY``, never both."""
CONF_ACCOUNT_REFUSED: Final = "account_refused"
CONF_COMMISSION_AGAIN: Final = "commission_again"

CONF_CORRECTION_FACTOR: Final = "correction_factor"
CONF_KEEP_IDENTITY: Final = "keep_identity"
CONF_NOTIFY: Final = "notify"
CONF_OTHERS_MAY: Final = "others_may"
"""What users who are no administrators may do besides (``hub/allowed.py``)."""
CONF_RENAMED: Final = "renamed"
"""Ids of entities before and after, that stores have not taken over yet (``hub/renaming.py``)."""
CONF_POLL_INTERVAL: Final = "poll_interval"
CONF_VTN_INTERVAL: Final = "vtn_interval"
CONF_SWAP_DIRECTIONS: Final = "swap_directions"

EVENT_HEALTH: Final = f"{DOMAIN}_health"
"""On the event bus, for the logbook: what a health event entity tells; of the others likewise."""
EVENT_CONTROL: Final = f"{DOMAIN}_control"
EVENT_REGISTRATION: Final = f"{DOMAIN}_registration"
EVENT_SESSION: Final = f"{DOMAIN}_session"
EVENT_MESSAGE: Final = f"{DOMAIN}_message"
EVENT_CARE: Final = f"{DOMAIN}_care"
"""On the event bus, for the logbook: something was diagnosed, or its repair was begun."""

DEFAULT_PORT: Final = 8081
DEFAULT_POLL_INTERVAL = timedelta(seconds=30)
"""Used where the gateway gives no rate of its own."""
MIN_POLL_INTERVAL = timedelta(seconds=10)
DEFAULT_VTN_INTERVAL = timedelta(minutes=5)
"""How often a VTN is asked; OpenADR 3.1 gives no rate."""
