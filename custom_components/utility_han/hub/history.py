"""Fills the hours of an outage into long-term statistics from the intervals the meter kept.

The energy itself is never lost: the register's next value holds it. But without this the Energy dashboard shows all of
it in the hour of the return, what was used before the end of the hour in which the outage began among it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate, pairwise
from typing import Any

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.models import StatisticData
from homeassistant.components.recorder.statistics import (
    async_import_statistics,
    get_metadata,
    statistics_during_period,
)
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import EnergyConverter

from ..const import LOGGER
from ..gateway import GatewayError, Interval
from .background.rounds import Rounds
from .link_record import LinkRecord
from .outage import Anchor, Outage
from .poll.corrections import CorrectedMeter
from .subject import registered_id

_HOUR = timedelta(hours=1)
_MISSED_POLLS, _SHORTEST = 3, timedelta(minutes=10)
"""What is no outage yet: statistics are as coarse as readings are."""
_COMPILED_WITHIN = timedelta(minutes=1)
"""How long after its end Home Assistant has made an hour's statistics, which it begins with ten seconds after it.

Whoever puts in an hour before has it lose those of all entities: it finds the one there and gives up the whole.
"""
_MOST = 100
"""Outages that wait to be filled in: where that fails for months, the oldest goes first."""
_SAME = 0.001
"""Wh that are a matter of adding numbers up."""
# The registers that the Energy dashboard lives on, by the direction of their intervals.
_REGISTERS = {"delivered": "energy_summation_delivered", "received": "energy_summation_received"}


class OutageFiller:
    """Fills what an outage left out, when a poll has ended one in which an hour began."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        meter: CorrectedMeter,
        link: LinkRecord,
        interval: Callable[[], timedelta],
        rounds: Rounds,
    ) -> None:
        """``link`` says when and with what the gateway was last heard of, ``interval`` how often it is read."""
        self._hass = hass
        self._entry = entry
        self._meter = meter
        self._link = link
        self._interval = interval
        self._rounds = rounds
        self._filling: list[Outage] = []

    @callback
    def async_polled(self, values: Mapping[str, float]) -> None:
        """Look what the poll ends that has just brought ``values``; the record of the link is still as before it.

        A register that was not read, or whose value is doubted, is not filled: it may be another meter's by now.
        """
        since, last_contact = self._link.contact.contact_before, self._link.contact.last_contact
        if since is None or last_contact is None:
            return
        hour = last_contact.replace(minute=0, second=0, microsecond=0)
        if since < hour and last_contact - since > max(_MISSED_POLLS * self._interval(), _SHORTEST):
            before = self._link.values
            anchors = {key: Anchor(since, before[key], values[key]) for key in before.keys() & values.keys()}
            self._link.outages = [*self._link.outages, Outage(hour, anchors)][-_MOST:]
            self._link.save_later(0)  # it waits for more than this poll, and may have to over a restart
        for outage in self._link.outages:
            if last_contact >= outage.until + _COMPILED_WITHIN and outage not in self._filling:
                self._filling.append(outage)
                self._rounds.begin("filling an outage", partial(self._async_fill, outage), f"until {outage.until}")

    async def _async_fill(self, outage: Outage) -> None:
        """Fill an outage, and have done with it; where it fails or the hub is unloaded, it waits to be filled."""
        if outage in self._link.outages:  # too many wait where it is not
            await _async_fill(self._hass, self._entry, self._meter, outage)
        self._filling.remove(outage)
        self._link.outages = [each for each in self._link.outages if each != outage]
        self._link.save_later(0)


async def _async_fill(hass: HomeAssistant, entry: ConfigEntry, meter: CorrectedMeter, outage: Outage) -> None:
    """Put the hours of an outage right in long-term statistics."""
    if RECORDER_DOMAIN not in hass.config.components:
        return
    for direction, key in _REGISTERS.items():
        entity_id = registered_id(hass, SENSOR_DOMAIN, entry.entry_id, key)
        anchor = outage.anchors.get(key)
        if entity_id is None or anchor is None:
            continue
        try:
            intervals = await meter.intervals(direction, anchor.at)
        except GatewayError as err:
            LOGGER.info("%s: the outage cannot be filled in: %s", entry.title, err)
            return
        await _async_import(hass, entity_id, anchor, intervals, outage.until)


async def _async_import(
    hass: HomeAssistant, entity_id: str, anchor: Anchor, intervals: Sequence[Interval], end: datetime
) -> None:
    recorder = get_instance(hass)
    found = await recorder.async_add_executor_job(partial(get_metadata, hass, statistic_ids={entity_id}))
    if entity_id not in found:
        return
    metadata = found[entity_id][1]
    unit = metadata["unit_of_measurement"] or UnitOfEnergy.WATT_HOUR
    first = anchor.at.replace(minute=0, second=0, microsecond=0)
    rows = await recorder.async_add_executor_job(
        partial(
            statistics_during_period,
            hass,
            first - _HOUR,
            None,
            {entity_id},
            "hour",
            {EnergyConverter.UNIT_CLASS: UnitOfEnergy.WATT_HOUR},
            {"state", "sum"},
        )
    )
    to_unit = EnergyConverter.converter_factory(UnitOfEnergy.WATT_HOUR, unit)
    missing = [
        StatisticData(start=start, state=to_unit(state), sum=to_unit(total))
        for start, state, total in missing_hours(rows.get(entity_id, []), anchor, intervals, end)
    ]
    if missing:
        async_import_statistics(hass, metadata, missing)
        LOGGER.info("%s: %d hours of an outage filled in", entity_id, len(missing))


def missing_hours(
    rows: Iterable[Any], anchor: Anchor, intervals: Sequence[Interval], end: datetime
) -> list[tuple[datetime, float, float]]:
    """Return ``(start, state, sum)`` in Wh for the anchor's hour, and for all whole hours from then until ``end``.

    ``rows`` are hourly statistics in Wh, oldest first, from the anchor's hour or before on. Those that are there hold
    the last reading before the outage, which was shown until it was too old: none was read since. Hours that the
    meter's intervals do not cover completely are left out: what was not measured is not invented. So are those for
    which the register would have had to count more than it did: behind them would be an hour below zero. Where that is
    no more than the share of the interval in which contact was lost, it was used before, and no hour is left out.
    """
    by_start = {dt_util.utc_from_timestamp(row["start"]): row for row in rows}
    hour = anchor.at.replace(minute=0, second=0, microsecond=0)
    base = max((start for start in by_start if start <= hour), default=None)
    if base is None or by_start[base]["sum"] is None or by_start[base]["state"] is None:
        return []
    behind = anchor.value - by_start[base]["state"] + by_start[base]["sum"]
    counted = anchor.returned - anchor.value
    energies = list(_energies(anchor.at, intervals, end))
    share = sum(_within(each, anchor.at, each.end) for each in intervals if each.start < anchor.at < each.end)
    too_much = max(energies[-1] - counted, 0.0) if energies else 0.0
    before = too_much if too_much <= share + _SAME else 0.0
    found: list[tuple[datetime, float, float]] = []
    for number, of_all in enumerate(energies):
        energy = max(of_all - before, 0.0)
        if energy > counted + _SAME:
            break
        found.append((hour + number * _HOUR, anchor.value + energy, behind + energy))
    return found


def _energies(since: datetime, intervals: Sequence[Interval], end: datetime) -> Iterator[float]:
    """Yield Wh from ``since`` until the end of its hour, and of each after it that is covered, until ``end``."""
    first = since.replace(minute=0, second=0, microsecond=0)
    hours = (min(_covered_until(since, intervals), end) - first) // _HOUR
    # Each interval is looked at for its own hours: an outage of months has thousands of either.
    used: defaultdict[int, float] = defaultdict(float)
    for interval in intervals:
        for number in range(max((interval.start - first) // _HOUR, 0), hours):
            hour = first + number * _HOUR
            if hour >= interval.end:
                break
            used[number] += _within(interval, max(hour, since), hour + _HOUR)
    yield from accumulate(used[number] for number in range(hours))


def _covered_until(since: datetime, intervals: Sequence[Interval]) -> datetime:
    """Return the end of the unbroken row of intervals that begins at or before ``since``."""
    usable = [interval for interval in intervals if interval.end > since]
    if not usable or usable[0].start > since:
        return since
    for earlier, later in pairwise(usable):
        if later.start > earlier.end:
            return earlier.end
    return usable[-1].end


def _within(interval: Interval, since: datetime, until: datetime) -> float:
    """Return the share of the interval's energy between ``since`` and ``until``, in Wh."""
    overlap = min(interval.end, until) - max(interval.start, since)
    if overlap <= timedelta():
        return 0.0
    return interval.energy * (overlap / (interval.end - interval.start))
