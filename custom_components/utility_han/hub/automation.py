"""Kinds of triggers and conditions over the entities of this integration; the rooms' tables make rows of them.

What a row is about are the entities of some translation keys, whatever they are called and wherever they are shown: a
target may name a device, and those that are meant are found among all that it has.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, override

import probatio
from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import (
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    CONF_OFFSET,
    CONF_OPTIONS,
    CONF_TARGET,
    STATE_UNAVAILABLE,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityConditionBase, EntityNumericalConditionBase
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.target import (
    TargetSelection,
    TargetStateChangedData,
    async_extract_referenced_entity_ids,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA,
    EntityNumericalStateCrossedThresholdTriggerBase,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .happenings import SIGNAL_HAPPENED, Happened

type Holds = Callable[[State], bool]
"""Whether a state is one that a row is about."""

_SENSORS = {SENSOR_DOMAIN: DomainSpec(), BINARY_SENSOR_DOMAIN: DomainSpec()}
_AHEAD_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_TARGET): cv.TARGET_FIELDS,
        probatio.Required(CONF_OPTIONS, default={}): {
            probatio.Required(CONF_OFFSET, default=timedelta(minutes=10)): cv.positive_time_period
        },
    }
)


@callback
def entities_of(hass: HomeAssistant, entities: set[str], keys: frozenset[str]) -> set[str]:
    """Return those of ``entities`` that are this integration's and have one of the translation keys."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entities
        if (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and entry.translation_key in keys
    }


@callback
def devices_of(hass: HomeAssistant, target: TargetSelection) -> set[str | None]:
    """Return the devices that a target names, or that entities of this integration in it are of."""
    found = async_extract_referenced_entity_ids(hass, target, primary_entities_only=False)
    registry = er.async_get(hass)
    entries = (registry.async_get(each) for each in found.referenced | found.indirectly_referenced)
    return found.referenced_devices | {each.device_id for each in entries if each and each.platform == DOMAIN}


def told(key: str, *types: str, **attributes: str) -> type[Trigger]:
    """Make a trigger of what happens to a device: one of ``types`` of the event ``key``, with these ``attributes``.

    It takes no event entity, which few have enabled: what happened is told without one.
    """

    class Told(Trigger):
        def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
            super().__init__(hass, config)
            self._target = TargetSelection(config.target or {})

        @override
        @classmethod
        async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
            checked: ConfigType = ENTITY_STATE_TRIGGER_SCHEMA(config)
            return checked

        @override
        async def async_attach_runner(
            self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
        ) -> CALLBACK_TYPE:
            @callback
            def heard(happened: Happened) -> None:
                given = [happened.attributes.get(name) for name in attributes]
                if happened.of != key or happened.type not in types or given != [*attributes.values()]:
                    return
                # Looked up each time, which is seldom: areas and labels change.
                if happened.device_id in devices_of(self._hass, self._target):
                    payload: dict[str, Any] = {ATTR_ENTITY_ID: happened.entity_id, ATTR_DEVICE_ID: happened.device_id}
                    payload |= {"type": happened.type, "attributes": dict(happened.attributes)}
                    run_action(payload, f"{key} of {happened.entity_id}")

            return async_dispatcher_connect(self._hass, SIGNAL_HAPPENED, heard)

    return Told


def became(keys: frozenset[str], holds: Holds) -> type[Trigger]:
    """Make a trigger of what a sensor shows: it ``holds`` now, and did not before."""

    class Became(EntityTriggerBase):
        _domain_specs = _SENSORS
        _primary_entities_only = False

        @override
        def entity_filter(self, entities: set[str]) -> set[str]:
            return entities_of(self._hass, super().entity_filter(entities), keys)

        @override
        def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
            return holds(state)

        @override
        def is_valid_transition(self, from_state: State, to_state: State) -> bool:
            return not holds(from_state)

    return Became


def crossed(keys: frozenset[str]) -> type[Trigger]:
    """Make a trigger of a number that comes above or below a threshold, or between two; the unit is its own."""

    class Crossed(EntityNumericalStateCrossedThresholdTriggerBase):
        _domain_specs = _SENSORS
        _primary_entities_only = False

        @override
        def entity_filter(self, entities: set[str]) -> set[str]:
            return entities_of(self._hass, super().entity_filter(entities), keys)

    return Crossed


def is_so(keys: frozenset[str], holds: Holds, shown: Holds = lambda _: True) -> type[Condition]:
    """Make a condition of what a sensor shows; only those count of which something is ``shown``."""

    class IsSo(EntityConditionBase):
        _domain_specs = _SENSORS
        _primary_entities_only = False

        @override
        def _state_valid_since(self, _state: State) -> datetime:
            return _state.last_updated  # it may be an attribute that holds

        @override
        def entity_filter(self, entities: set[str]) -> set[str]:
            return entities_of(self._hass, super().entity_filter(entities), keys)

        @override
        def _should_include(self, _state: State) -> bool:
            return super()._should_include(_state) and shown(_state)

        @override
        def is_valid_state(self, entity_state: State) -> bool:
            return holds(entity_state)

    return IsSo


def is_within(keys: frozenset[str]) -> type[Condition]:
    """Make a condition of a number that is above or below a threshold, or between two; the unit is its own."""

    class IsWithin(EntityNumericalConditionBase):
        _domain_specs = _SENSORS
        _primary_entities_only = False

        @override
        def entity_filter(self, entities: set[str]) -> set[str]:
            return entities_of(self._hass, super().entity_filter(entities), keys)

    return IsWithin


class _Ahead(Trigger):
    """A time that an entity shows is near: the option ``offset`` before it, or at once where it is nearer already.

    What is shown when the automation begins, or when Home Assistant starts, is no news: it is told at its time only.
    """

    _keys: frozenset[str]

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._target = config.target or {}
        self._offset: timedelta = (config.options or {})[CONF_OFFSET]
        self._expected: dict[str, datetime] = {}
        self._timers: dict[str, CALLBACK_TYPE] = {}

    @staticmethod
    def moment(state: State) -> datetime | None:
        """Return the time that a state shows, None where it shows none."""
        raise NotImplementedError

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        checked: ConfigType = _AHEAD_SCHEMA(config)
        return checked

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        @callback
        def changed(data: TargetStateChangedData) -> None:
            before, state = (data.state_change_event.data[name] for name in ("old_state", "new_state"))
            if state is None or state.state != STATE_UNAVAILABLE:  # what is away for a while still comes
                known = before is not None and before.state != STATE_UNAVAILABLE
                self._expect(data.state_change_event.data[ATTR_ENTITY_ID], state, run_action, news=known)

        @callback
        def updated(added: set[str], removed: set[str], states: Mapping[str, State | None]) -> None:
            for entity_id in added | removed:
                self._expect(entity_id, states.get(entity_id), run_action, news=False)

        def filtered(entities: set[str]) -> set[str]:
            return entities_of(self._hass, entities, self._keys)

        untrack = await async_track_target_selector_state_change_event(
            self._hass, self._target, changed, filtered, updated, primary_entities_only=False
        )

        @callback
        def detach() -> None:
            untrack()
            for cancel in self._timers.values():
                cancel()
            self._timers.clear()

        return detach

    @callback
    def _expect(self, entity_id: str, state: State | None, run_action: TriggerActionRunner, *, news: bool) -> None:
        when = self.moment(state) if state is not None else None
        if self._expected.get(entity_id) == when:
            return
        if (cancel := self._timers.pop(entity_id, None)) is not None:
            cancel()
        if when is None:
            self._expected.pop(entity_id)
            return
        self._expected[entity_id] = when

        @callback
        def near(_now: datetime) -> None:
            self._timers.pop(entity_id, None)
            payload = {ATTR_ENTITY_ID: entity_id, "time": when, CONF_OFFSET: self._offset, "to_state": state}
            run_action(payload, f"time of {entity_id}")

        now, due = dt_util.utcnow(), when - self._offset
        if due > now:
            self._timers[entity_id] = async_track_point_in_utc_time(self._hass, near, due)
        elif news and when > now:
            near(now)


def ahead(keys: frozenset[str], moment_of: Callable[[State], datetime | None]) -> type[Trigger]:
    """Make a trigger of a time that a sensor shows and that is near."""

    class Ahead(_Ahead):
        _keys = keys

        @staticmethod
        @override
        def moment(state: State) -> datetime | None:
            return moment_of(state)

    return Ahead
