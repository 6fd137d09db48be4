"""Forms of the device flow that hold no logic."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import probatio
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import CONF_ENTITY_ID, CONF_NAME, UnitOfEnergy, UnitOfTemperature
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    AreaSelector,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from ...const import (
    CONF_AREA,
    CONF_DEVICE_BATTERY,
    CONF_DEVICE_CAPACITY,
    CONF_EUI64,
    CONF_INSTALL_CODE,
    CONF_KIND,
    CONF_LFDI,
    CONF_MODEL,
    CONF_SERIAL,
)
from ...hub.bounds import NAME
from ...hub.flow.choices import choice, choice_or_other, choices
from ...hub.flow.forms import CONF_MORE
from ...procedures import DEVICE_KINDS
from ..levels import meanings_of, usual_meanings
from ..responses import CONF_IMPORTANCE, DEFAULT_IMPORTANCE, responses_of
from ..settings import DOMAINS

CONF_CHOOSE_WAY = "choose_way"
CONF_CONSENT = "consent"
CONF_DEVICES = "devices"
CONF_ENTITIES = "entities"
CONF_KEY = "key"
CONF_LIMIT = "limit"
CONF_OFFSET = "offset"
CONF_PROGRAMS = "programs"
CONF_RESPONSE = "response"
CONF_SEVERAL = "several"
"""In a draft: the answers of each device that the gateway does not list yet."""

_OFFSETS = {UnitOfTemperature.CELSIUS: (0.5, 5.0, 2.0), UnitOfTemperature.FAHRENHEIT: (1.0, 9.0, 4.0)}
"""How far a temperature may be moved: by which steps, which are the least as well, how far at most and usually."""

_KEY = TextSelector(TextSelectorConfig(autocomplete="one-time-code"))


def _kinds(mode: SelectSelectorMode) -> SelectSelector:
    return SelectSelector(SelectSelectorConfig(options=list(DEVICE_KINDS), translation_key=CONF_KIND, mode=mode))


KIND = probatio.Schema(
    {
        probatio.Required(CONF_KIND): _kinds(SelectSelectorMode.LIST),
        probatio.Required(CONF_NAME): NAME,
        probatio.Optional(CONF_AREA): AreaSelector(),
    }
)
IN_BAND = probatio.Schema({probatio.Optional(CONF_LFDI): TextSelector(), probatio.Required(CONF_KEY): _KEY})
JOIN = probatio.Schema(
    {probatio.Optional(CONF_EUI64): TextSelector(), probatio.Required(CONF_INSTALL_CODE): TextSelector()}
)
DISCOVERED_LABEL = probatio.Schema({probatio.Required(CONF_LFDI): TextSelector()})
PORTAL = probatio.Schema({probatio.Optional(CONF_LFDI): TextSelector()})
IDENTIFICATION = probatio.Schema({probatio.Required(CONF_SERIAL): TextSelector(), probatio.Required(CONF_KEY): _KEY})


def control(taken: Iterable[str], *, needed: bool) -> probatio.Schema:
    """Choose the entity that a device is; ``taken`` are other devices, or none."""
    chosen = EntitySelector(EntitySelectorConfig(domain=list(DOMAINS), exclude_entities=sorted(taken)))
    marker = probatio.Required if needed else probatio.Optional
    return probatio.Schema({marker(CONF_ENTITY_ID): chosen})


def entities(taken: Iterable[str], *, needed: bool) -> probatio.Schema:
    """Choose one or several entities that are no device yet; ``taken`` are, or are none."""
    chosen = EntitySelector(EntitySelectorConfig(domain=list(DOMAINS), exclude_entities=sorted(taken), multiple=True))
    marker = probatio.Required if needed else probatio.Optional
    return probatio.Schema({marker(CONF_ENTITIES, default=[]): chosen})


def device(
    models: Mapping[str, str], other: str, response: probatio.Schema, *, serial: bool, ways: bool
) -> probatio.Schema:
    """What an entity is and how it responds, each with what was derived; ``models`` are empty where none are listed.

    ``serial`` is where the utility asks for one, ``ways`` where the gateway may come to know it in several.
    """
    fields: dict[probatio.Marker, Any] = {
        probatio.Required(CONF_NAME): NAME,
        probatio.Required(CONF_KIND): _kinds(SelectSelectorMode.DROPDOWN),
        probatio.Optional(CONF_AREA): AreaSelector(),
    }
    if models:
        fields[probatio.Required(CONF_MODEL)] = choice_or_other(
            models, other, CONF_MODEL, mode=SelectSelectorMode.DROPDOWN
        )
    if serial:
        fields[probatio.Optional(CONF_SERIAL)] = TextSelector()
    fields |= response.schema
    if ways:
        way = probatio.Schema({probatio.Optional(CONF_CHOOSE_WAY, default=False): BooleanSelector()})
        fields[probatio.Optional(CONF_MORE)] = section(way, {"collapsed": True})
    return probatio.Schema(fields)


def several(names: Iterable[str]) -> probatio.Schema:
    """The kind of each of several devices; the fields have the names of the devices."""
    return probatio.Schema({probatio.Required(name): _kinds(SelectSelectorMode.DROPDOWN) for name in names})


def model(options: Mapping[str, str], other: str) -> probatio.Schema:
    """Choose among the utility's compatible models, or say that it is none of them."""
    return probatio.Schema({probatio.Required(CONF_MODEL): choice_or_other(options, other, CONF_MODEL)})


def response(entity_id: str, *, beyond: bool, charges: bool, unit: str) -> probatio.Schema:
    """How an entity responds to controls, with what its way of responding needs to know.

    ``beyond`` is where the utility itself asks: by levels, by limits that devices share, and, of what ``charges`` a
    battery, by its state of charge. ``unit`` is the one that the home measures temperatures in.
    """
    possible = responses_of(entity_id)
    fields: dict[probatio.Marker, SelectSelector | NumberSelector | EntitySelector] = {
        probatio.Required(CONF_RESPONSE, default=possible[0]): SelectSelector(
            SelectSelectorConfig(options=list(possible), translation_key=CONF_RESPONSE, mode=SelectSelectorMode.LIST)
        )
    }
    if "offset" in possible:
        step, most, moved = _OFFSETS[UnitOfTemperature(unit)]
        fields[probatio.Required(CONF_OFFSET, default=moved)] = NumberSelector(
            NumberSelectorConfig(min=step, max=most, step=step, mode=NumberSelectorMode.BOX, unit_of_measurement=unit)
        )
    if "limit" in possible:
        fields[probatio.Required(CONF_LIMIT, default=0)] = NumberSelector(
            NumberSelectorConfig(min=0, step="any", mode=NumberSelectorMode.BOX)
        )
    if beyond:
        options = list(meanings_of(entity_id))
        for name, usual in usual_meanings(entity_id).items():
            fields[probatio.Required(name, default=usual)] = SelectSelector(
                SelectSelectorConfig(options=options, translation_key="level", mode=SelectSelectorMode.DROPDOWN)
            )
        fields[probatio.Required(CONF_IMPORTANCE, default=DEFAULT_IMPORTANCE)] = NumberSelector(
            NumberSelectorConfig(min=1, max=10, step=1, mode=NumberSelectorMode.SLIDER)
        )
    if beyond and charges:
        fields[probatio.Optional(CONF_DEVICE_BATTERY)] = EntitySelector(
            EntitySelectorConfig(domain="sensor", device_class=SensorDeviceClass.BATTERY)
        )
        fields[probatio.Optional(CONF_DEVICE_CAPACITY)] = NumberSelector(
            NumberSelectorConfig(
                min=1,
                max=1000,
                step="any",
                mode=NumberSelectorMode.BOX,
                unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
            )
        )
    return probatio.Schema(fields)


def listed(options: Mapping[str, str]) -> probatio.Schema:
    """Choose among the devices on the gateway's list."""
    return probatio.Schema({probatio.Required(CONF_LFDI): choice(options)})


def programs(options: Mapping[str, str], chosen: Sequence[str]) -> probatio.Schema:
    """Programs to take part in, and consent to their terms."""
    return probatio.Schema(
        {
            probatio.Optional(CONF_PROGRAMS, default=list(chosen)): choices(options),
            probatio.Required(CONF_CONSENT, default=False): BooleanSelector(),
        }
    )


def devices(options: Mapping[str, str]) -> probatio.Schema:
    """Devices that the utility registered beforehand."""
    return probatio.Schema({probatio.Required(CONF_DEVICES, default=list(options)): choices(options)})
