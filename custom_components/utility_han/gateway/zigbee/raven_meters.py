"""The meters that a stick lists: which of them measure electricity, and which one is read."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aioraven.data import MeterType

from ..errors import GatewayError, Reason
from .raven_device import RavenDevice

_METERS_AT_MOST = 16

type Ask = Callable[[Callable[[RavenDevice], Awaitable[Any]]], Awaitable[Any]]
"""Puts a question to the stick and returns its answer; ``GatewayError`` where there is none."""


@dataclass(frozen=True, slots=True)
class StickMeter:
    """A meter of electricity: its EUI64 (16 hexadecimal digits), and how a person called it on the stick."""

    eui64: str
    name: str | None


class StickMeters:
    """What a stick lists in MeterList and says of each in MeterInfo ("RAVEn XML API Manual" 1.27)."""

    def __init__(self, chosen: str | None) -> None:
        """``chosen`` is the EUI64 of the meter that a person chose, None where nobody was asked."""
        self._chosen = chosen
        self._several = False
        self.electric: tuple[StickMeter, ...] = ()
        """Never gas or water, nor what MeterType has no word for; a meter that does not say is taken for one."""

    @property
    def read(self) -> str | None:
        """The EUI64 of the meter that is read: the one chosen, else the first."""
        return self._chosen or (self.electric[0].eui64 if self.electric else None)

    @property
    def asked(self) -> bytes | None:
        """The meter that questions name, None where the stick has no other ("optional if only one meter")."""
        return bytes.fromhex(self.read) if self._several and self.read is not None else None

    async def discover(self, ask: Ask) -> None:
        """Ask the stick; ``NO_READINGS`` where none of its meters measures electricity, or not the one chosen."""
        listed = (await ask(lambda device: device.get_meter_list())).meter_mac_ids[:_METERS_AT_MOST]
        if not listed:
            raise GatewayError(Reason.NO_READINGS, "the stick lists no meter")
        electric: list[StickMeter] = []
        others: set[str] = set()
        for meter in listed:
            kind, name = await _described(ask, meter)
            if kind in (None, MeterType.ELECTRIC):
                electric.append(StickMeter(meter.hex().upper(), name))
            else:
                others.add(str(kind))
        if not electric:
            raise GatewayError(Reason.NO_READINGS, f"the stick's meters measure no electricity, but {sorted(others)}")
        if self._chosen is not None and self._chosen not in {meter.eui64 for meter in electric}:
            raise GatewayError(Reason.NO_READINGS, "the stick lists the meter no more that was chosen")
        self.electric, self._several = tuple(electric), len(listed) > 1

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "electric": [[meter.eui64, meter.name] for meter in self.electric],
            "several": self._several,
        }

    def load(self, data: Mapping[str, Any]) -> None:
        """Take up what :meth:`to_dict` gave."""
        electric = tuple(StickMeter(bytes.fromhex(eui64).hex().upper(), name) for eui64, name in data["electric"])
        several = bool(data["several"])
        if self._chosen is None or self._chosen in {meter.eui64 for meter in electric}:
            self.electric, self._several = electric, several


async def _described(ask: Ask, meter: bytes) -> tuple[MeterType | None, str | None]:
    """Return of which type a meter is and how it is called, None where the stick cannot say."""
    try:
        told = await ask(lambda device: device.get_meter_info(meter=meter))
    except GatewayError as err:
        if err.reason is not Reason.NOT_FOUND:
            raise
        return None, None
    return told.meter_type, told.nick_name
