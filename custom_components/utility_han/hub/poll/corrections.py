"""The meter as a person says that it is: between the gateway, whatever the transport, and the guard."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from ...const import CONF_CORRECTION_FACTOR, CONF_SWAP_DIRECTIONS
from ...gateway import Gateway, Interval, Readings, Register
from ...procedures import Corrected, Corrections, correct, correct_readings, keys_told, sum_phases


def corrections_of(options: Mapping[str, Any]) -> Corrections:
    """Return what the options of a config entry say."""
    return Corrections(float(options.get(CONF_CORRECTION_FACTOR, 1.0)), bool(options.get(CONF_SWAP_DIRECTIONS, False)))


class CorrectedMeter:
    """A gateway's registers as they are judged and shown."""

    def __init__(self, gateway: Gateway, corrections: Corrections) -> None:
        """``corrections`` hold for as long as the hub is loaded: whoever changes the options loads it anew."""
        self._gateway = gateway
        self._corrections = corrections
        self._told: Sequence[Register] = ()
        self._corrected: tuple[Corrected, ...] = ()
        self._registers: tuple[Register, ...] = ()

    @property
    def registers(self) -> Sequence[Register]:
        """What was discovered or restored, without asking the gateway."""
        self._look()
        return self._registers

    @property
    def factor(self) -> float:
        """What the meter's own values are multiplied by where current transformers make them smaller."""
        return self._corrections.factor

    async def read(self, keys: Collection[str], *, include_clock: bool) -> Readings:
        """Read the registers named."""
        asked = keys_told(self._shown, keys)
        told = await self._gateway.read(asked, include_clock=include_clock)
        return correct_readings(told, self._shown)

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Return completed intervals of energy ending after ``since``, oldest first."""
        told = self._corrections.told_direction(direction)
        found = await self._gateway.intervals(told, since)
        whole = sum_phases(found, self._gateway.known_registers(), told)
        return [self._corrections.interval(each) for each in whole]

    @property
    def _shown(self) -> tuple[Corrected, ...]:
        self._look()
        return self._corrected

    def _look(self) -> None:
        """Correct what the gateway tells anew where it tells other registers: every poll asks several times."""
        if (told := self._gateway.known_registers()) != self._told:
            self._told, self._corrected = told, correct(told, self._corrections)
            self._registers = tuple(each.register for each in self._corrected)
