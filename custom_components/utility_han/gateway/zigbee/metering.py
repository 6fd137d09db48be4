"""The meter's registers: which there are, what their raw values mean, and completed intervals (annex D.3)."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from zigpy.zcl.clusters.smartenergy import MeteringStatus

from ..errors import GatewayError, Reason
from ..model import Battery, Interval, Register, RegisterKind, SelfReport
from .clusters import Metering
from .messenger import Messenger
from .scale import Scale
from .times import EPOCH, moment, utc_time

_A = Metering.AttributeDefs
_TIERS = 15
_DIRECTIONS = ("delivered", "received")
_INVALID_24 = 2**24 - 1
_INTERVAL_SECONDS = {0: 86400, 1: 3600, 2: 1800, 3: 900, 4: 600, 5: 450, 6: 300, 7: 150}
"""ProfileIntervalPeriod (table D.35)."""
_PERIODS_AT_ONCE = 24
"""MaxNumberOfPeriodsDelivered (D.3.2.2.6) of a meter that does not say another number."""
_REQUESTS_AT_MOST = 60
_FAST_MINUTES = 15
"""The longest that a meter grants."""
_OFTEN = 0.8
"""The share of the update period below which reading again gives nothing new."""


@dataclass(frozen=True, slots=True)
class Source:
    """One register and the attribute that it is."""

    register: Register
    attribute: int


def sources(present: Collection[int]) -> tuple[Source, ...]:
    """Return the registers behind the attributes that a meter has."""
    known = [Source(Register("power", "power", RegisterKind.INSTANTANEOUS, "net", "W"), _A.instantaneous_demand.id)]
    for offset, direction in enumerate(_DIRECTIONS):
        known.append(Source(_energy(direction), offset))
        known += [
            Source(_energy(direction, tier), _A.current_tier1_summ_delivered.id + 2 * (tier - 1) + offset)
            for tier in range(1, _TIERS + 1)
        ]
    return tuple(source for source in known if source.attribute in present)


def _energy(direction: str, tier: int | None = None) -> Register:
    key = f"energy_summation_{direction}" + (f"_tier_{tier}" if tier else "")
    return Register(key, "energy", RegisterKind.SUMMATION, direction, "Wh", tier)


async def discover(messenger: Messenger, known: Collection[int]) -> tuple[Source, ...]:
    """Find the meter's registers; ``NO_READINGS`` where it has none.

    One that is ``known`` from before goes only where the meter says that it does not have it.
    """
    candidates = {source.attribute for source in sources(range(0x10000))}
    # Tiers come without gaps: where the first is missing there are none.
    basic = {attribute for attribute in candidates if attribute < _A.current_tier1_summ_delivered.id}
    basic |= {_A.current_tier1_summ_delivered.id, _A.instantaneous_demand.id}
    present, lost = await _look_for(messenger, basic, known)
    if _A.current_tier1_summ_delivered.id in present:
        present |= (await _look_for(messenger, candidates - basic, known))[0]
    if not (found := sources(present)):
        if lost:
            raise GatewayError(Reason.GATEWAY_SILENT, "the meter did not say whether it has registers")
        raise GatewayError(Reason.NO_READINGS, "the meter has none of the registers that are known")
    return found


async def _look_for(
    messenger: Messenger, candidates: Collection[int], known: Collection[int]
) -> tuple[set[int], set[int]]:
    """Return which attributes the meter has, and for which that could not be found out."""
    told = await messenger.read(Metering, sorted(candidates))
    lost = told.lost(candidates)
    return set(told) | (lost & set(known)), lost


def values(found: Sequence[Source], scale: Scale, raw: Mapping[int, Any]) -> dict[str, float]:
    """Return what was read by register key, in W and Wh; what the meter marks as invalid is left out."""
    told = {source.register.key: raw.get(source.attribute) for source in found}
    return {key: scale(int(value)) for key, value in told.items() if isinstance(value, int)}


@dataclass(slots=True)
class UpdatePeriods:
    """How often the meter's values change, in seconds: as a rule, and at best when it is asked to hurry.

    None where it does not say, or does not offer to hurry. ``until`` (monotonic) is how long it hurries now.
    """

    default: int | None = None
    fast: int | None = None
    until: float = 0.0

    @property
    def current(self) -> int | None:
        """How often they change now."""
        return self.fast if time.monotonic() < self.until else self.default

    async def read(self, messenger: Messenger) -> None:
        """Ask the meter for both."""
        numbers = (_A.default_update_period.id, _A.fast_poll_update_period.id)
        found = await messenger.read(Metering, numbers)
        self.default, self.fast = (int(found[number]) if found.get(number) else None for number in numbers)

    async def keep_up(self, messenger: Messenger, since_last: float) -> None:
        """Have the meter hurry where it is read more often than its values change (fast polling, D.3.3.1.4).

        One that does not answer to that is not asked again until :meth:`read`: its registers can be read all the same.
        """
        if self.default is None or self.fast is None or time.monotonic() < self.until:
            return
        if since_last >= self.default * _OFTEN or self.fast >= self.default:
            return
        try:
            said = await messenger.ask(
                Metering,
                Metering.ServerCommandDefs.request_fast_poll_mode,
                Metering.ClientCommandDefs.request_fast_poll_mode_response,
                update_period=self.fast,
                duration_minutes=_FAST_MINUTES,
            )
        except GatewayError as err:
            if err.reason is not Reason.GATEWAY_SILENT:
                raise
            said = ()
        if not said:
            self.fast = None
            return
        self.fast = int(said[0].applied_update_period)
        self.until = time.monotonic() + _FAST_MINUTES * 60


async def self_report(messenger: Messenger) -> SelfReport:
    """Return what the meter's status flags say of it (D.3.2.2.2.1)."""
    status = (await messenger.read(Metering, [_A.status.id])).get(_A.status.id)
    if status is None:
        return SelfReport(None, ())
    raised = {flag for flag in MeteringStatus if flag & int(status)}
    battery = Battery.LOW if MeteringStatus.Low_Battery in raised else Battery.NORMAL
    others = raised - {MeteringStatus.Low_Battery, MeteringStatus.Reserved}
    return SelfReport(battery, (), tuple(sorted(str(flag.name).lower() for flag in others)))


async def serial_number(messenger: Messenger) -> str | None:
    """Return the serial number of the meter, None where it does not tell it.

    MeterSerialNumber (Metering cluster, attribute 0x0308) is an octet string of up to 24 characters in UTF-8, "used to
    provide a unique identification of the metering device".
    """
    told = (await messenger.read(Metering, [_A.meter_serial_number.id])).get(_A.meter_serial_number.id)
    if not isinstance(told, bytes):
        return None
    text = told.decode(errors="replace").strip("\0 ")
    return text if text and text.isprintable() and "\N{REPLACEMENT CHARACTER}" not in text else None


async def intervals(messenger: Messenger, scale: Scale, direction: str, since: datetime) -> list[Interval]:
    """Return completed intervals ending after ``since``, oldest first; none where the meter keeps no profile."""
    if direction not in _DIRECTIONS:
        return []
    periods = await _periods_at_once(messenger)
    found: dict[datetime, Interval] = {}
    end = 0
    for _ in range(_REQUESTS_AT_MOST):
        said = await messenger.ask(
            Metering,
            Metering.ServerCommandDefs.get_profile,
            Metering.ClientCommandDefs.get_profile_response,
            interval_channel=_DIRECTIONS.index(direction),
            end_time=end,
            periods=periods,
        )
        if not said or said[0].status or not (seconds := _INTERVAL_SECONDS.get(int(said[0].interval_period))):
            break
        length, last = timedelta(seconds=seconds), moment(said[0].end_time)
        data = bytes(said[0].intervals)
        raw = [int.from_bytes(data[at : at + 3], "little") for at in range(0, len(data) - 2, 3)]
        for back, value in enumerate(raw):
            start = last - length * (back + 1)
            if value != _INVALID_24 and start + length > since:
                found[start] = Interval(start, start + length, scale(value))
        oldest = last - length * len(raw)
        if not raw or oldest <= max(since, EPOCH):
            break
        end = utc_time(oldest)
    return [found[start] for start in sorted(found)]


async def _periods_at_once(messenger: Messenger) -> int:
    """Return how many intervals may be asked for at once: "this value cannot exceed" MaxNumberOfPeriodsDelivered."""
    number = _A.max_number_of_periods_delivered.id
    told = (await messenger.read(Metering, [number])).get(number)
    return min(told, _PERIODS_AT_ONCE) if isinstance(told, int) and told > 0 else _PERIODS_AT_ONCE
