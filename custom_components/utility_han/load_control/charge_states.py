"""Charging up to a state of charge that a utility asks for, where it is known how full the vehicle is.

OpenADR 3.1 (``event-interval-payloads.schema.yaml``): CHARGE_STATE_SETPOINT is "the state of charge of an energy
storage resource", in percent or kWh. A charger can be kept from charging beyond that and be left to charge up to it;
nothing here takes energy out of a vehicle again.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from homeassistant.core import HomeAssistant

from ..devices.device import HanDevice
from ..devices.linked_entity import number_of
from ..esi import LoadControl
from ..procedures import ASKS, ControlRecord

_STATE, _ENERGY = "charge_state", "charge_energy"


class Storage(Protocol):
    """What is charged at a device."""

    @property
    def battery(self) -> str | None:
        """The sensor that says how full it is, in percent."""

    @property
    def capacity(self) -> float | None:
        """How many kWh it holds, None where that is not known."""


class ChargeStates:
    """How full the vehicles are that are charged at devices."""

    def __init__(self, hass: HomeAssistant) -> None:
        """``storage_of`` is set by who knows the vehicles."""
        self._hass = hass
        self.storage_of: Callable[[HanDevice], Storage | None] = lambda _: None

    def answers_of(self, device: HanDevice) -> frozenset[str]:
        """Return what a device can answer to, by the names of ``ASKS``."""
        storage = self.storage_of(device)
        if storage is None or storage.battery is None:
            return frozenset()
        return frozenset({_STATE, _ENERGY} if storage.capacity else {_STATE})

    def as_asked(
        self, device: HanDevice, record: ControlRecord, config: Mapping[str, Any]
    ) -> tuple[ControlRecord, Mapping[str, Any]]:
        """Return what a control comes to for a device now, and how it responds to that."""
        storage = self.storage_of(device)
        wanted = _wanted(record.control, storage)
        if storage is None or storage.battery is None or wanted is None:
            return record, config
        charged = number_of(self._hass.states.get(storage.battery))
        nothing_else: dict[str, Any] = dict.fromkeys(ASKS)
        share = 0.0 if charged is not None and charged >= wanted else 100.0
        control = replace(record.control, **nothing_else | {"load_adjustment": share})
        return replace(record, control=control), {**config, "response": "off"}


def _wanted(control: LoadControl, storage: Storage | None) -> float | None:
    """Return the percent that is asked for, None where none is."""
    if control.charge_state is not None:
        return control.charge_state
    if control.charge_energy is None or storage is None or not storage.capacity:
        return None
    return 100 * control.charge_energy / storage.capacity
