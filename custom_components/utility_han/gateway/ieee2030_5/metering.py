"""The gateway's registers: found once, read, and their completed intervals (aio2030dot5's part)."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from urllib.parse import urljoin

from aio2030dot5 import (
    TIME_ERROR_KEY,
    Channel,
    Direction,
    Measurement,
    MeterConnectionError,
    MeterNotFound,
    MeterProfile,
    ProfileError,
    QualityFlags,
    Quantity,
    ReadingType,
    Statistic,
    questionable,
)
from py20305.models import sep

from ..model import Interval, Readings, Register
from .addresses import local_path
from .clock import find_clock, read_clock_offset
from .connection import Connection, ConnectionSession
from .electricity import LeftOut, select_electricity
from .end_devices import EndDevices
from .failures import gateway_errors, optional
from .reader import Reader
from .registers import WHOLE_METER, channel_registers, is_value, one_of_each, phase_of
from .resources import render

_LOGGER = logging.getLogger(__name__)
_WALKED_AGAIN_AFTER, _LONGEST_AFTER = 900.0, 86_400.0
"""Seconds before the resources are walked once more for a reading that a walk did not bring back, and at most."""


class MeterRegisters:
    """What the metering resources hold, by the profile of them that was found or restored."""

    def __init__(self, connection: Connection, end_devices: EndDevices) -> None:
        self._connection = connection
        self._end_devices = end_devices
        self._profile: MeterProfile | None = None
        self._registers: Sequence[Register] = ()
        """Those of the profile: asked for several times a poll."""
        self._left_out: tuple[LeftOut, ...] = ()
        self._named: set[LeftOut] = set()
        """Those that the log has."""
        self._to_walk = True
        """Whether they are to be walked before the next reading, once: a gateway may have no metering."""
        self._rest = _WALKED_AGAIN_AFTER
        self._walk_from = 0.0
        """From when on (monotonic) a reading that is not found has them walked: some stay away, a walk is long."""

    async def discover(self) -> Sequence[Register]:
        """Walk the metering resources once (about 30 requests) and keep what was found for reading.

        Nothing is found where there is no metering, or none to be had for now.
        """
        self._take(None)
        self._to_walk = True
        await self._known_profile()
        return self.known()

    def known(self) -> Sequence[Register]:
        """Return what was discovered or restored, without asking the gateway."""
        return self._registers

    def _take(self, profile: MeterProfile | None) -> None:
        self._profile = profile
        self._registers = channel_registers(profile) if profile else ()

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        """Read the registers named; what is missing, and what the meter itself calls questionable, is left out."""
        if (profile := await self._known_profile()) is None:
            return await self._sign_of_life(include_clock=include_clock)
        registers = {register.key for register in self._registers}
        channels = [c for c in profile.channels if _wanted(c, keys)]
        async with self._connection.session():
            snapshot = await self._connection.read(profile, channels, include_time=include_clock, partial=True)
        self._connection.accepted = True
        self._note_moved(moved=any(isinstance(err, MeterNotFound) for err in snapshot.errors.values()))
        types = {channel.key: channel.reading_type for channel in channels}
        values: dict[str, float] = {}
        for key, measured in snapshot.values.items():
            values |= _told(key, measured, types[key])
        for key, tiers in snapshot.tou.items():
            for tier, measured in tiers.items():
                values |= _told(f"{key}_tier_{tier}" if tier else key, measured, types[key])
        failed = frozenset(key for key in snapshot.errors if key != TIME_ERROR_KEY)
        if channels and len(failed) == len(channels):
            err = next(iter(snapshot.errors.values()))
            with gateway_errors(accepted_before=self._connection.accepted):
                raise err
        return Readings(
            at=snapshot.fetched_at,
            values={key: value for key, value in values.items() if key in registers},
            clock_offset=snapshot.clock_skew,
            failed=failed,
        )

    def _note_moved(self, *, moved: bool) -> None:
        """Have paths that have changed found by a walk; where it did not help, the next is later each time."""
        if not moved:
            self._rest, self._walk_from = _WALKED_AGAIN_AFTER, 0.0
        elif (now := monotonic()) >= self._walk_from:
            self._to_walk = True
            self._walk_from = now + self._rest
            self._rest = min(2 * self._rest, _LONGEST_AFTER)

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Return completed 15-minute energies ending after ``since``, oldest first, of a phase at a time.

        Those of the whole meter are taken where it has them, else those of each phase.
        """
        if (profile := await self._known_profile()) is None:
            return []
        channels = [
            each
            for each in profile.channels
            if (each.quantity, each.statistic) == (Quantity.ENERGY, Statistic.INTERVAL)
            and each.direction == Direction(direction)
            and each.reading_set_list_href
        ]
        whole = [each for each in channels if each.phase in WHOLE_METER]
        found: list[Interval] = []
        async with self._connection.session():
            for channel in whole[:1] or channels:
                found += await self._intervals_of(channel, since)
        return found

    async def _intervals_of(self, channel: Channel, since: datetime) -> list[Interval]:
        values = await self._connection.read_intervals_since(channel, since)
        return [
            Interval(each.start, each.end, each.value, phase_of(channel))
            for each in values
            if each.value is not None
            and is_value(each.value, channel.reading_type)
            and not (each.quality or 0) & QualityFlags.QUESTIONABLE
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return the discovered profile and what is not in it, JSON-safe."""
        return {
            "profile": self._profile.to_dict() if self._profile else None,
            "left_out": [asdict(each) for each in self._left_out],
        }

    def load(self, data: dict[str, Any]) -> None:
        """Take up the profile again.

        One of another library version is discovered anew. One that was kept before commodities were looked at is for a
        start that does not wait, and walked again before anything is read by it.
        """
        try:
            left_out = tuple(LeftOut(**each) for each in data.get("left_out", ()))
            profile = MeterProfile.from_dict(data["profile"])
            self._connection.adopt(profile)
        except ProfileError, KeyError, TypeError:
            return
        self._take(one_of_each(profile)[0])
        self._left_out, self._named, self._to_walk = left_out, set(left_out), "left_out" not in data

    async def _known_profile(self) -> MeterProfile | None:
        if self._to_walk:
            async with self._connection.session() as session:
                self._take(await self._walk(session))
            self._to_walk = False
        return self._profile

    async def _walk(self, session: ConnectionSession) -> MeterProfile | None:
        """Return the first profile behind a UsagePointListLink of our assignments, or of DeviceCapability."""
        offer, dcap = await self._end_devices.offer(session), self._connection.dcap_path
        profile: MeterProfile | None = None
        # What DeviceCapability links is found by whoever walks from it.
        assigned = any(each.time_link is not None for each in offer.assignments)
        clock = await find_clock(Reader(session), offer) if assigned else None
        for href in offer.hrefs("usage_point_list_link"):
            at = local_path(urljoin(dcap, href))
            capability = offer.capability.model_copy(update={"usage_point_list_link": sep.UsagePointListLink(href=at)})
            if clock is not None:
                capability.time_link = sep.TimeLink(href=local_path(urljoin(dcap, clock.href)))
            with session.instead({dcap: render(capability)}):
                profile = await optional(self._discover_twice(session, at))
            if profile is not None:
                self._connection.accepted = True
                break
        for each in self._left_out:
            if each not in self._named:
                self._named.add(each)
                _LOGGER.warning("%s: not read: %s", self._connection.host, each)
        return profile

    async def _discover_twice(self, session: ConnectionSession, href: str) -> MeterProfile | None:
        """Walk again where one of thirty answers got lost: meters do that, and it does not say that there are none."""
        try:
            return await self._discover(session, href)
        except MeterConnectionError:
            return await self._discover(session, href)

    async def _discover(self, session: ConnectionSession, href: str) -> MeterProfile | None:
        """Return the profile of the electricity that is metered behind a UsagePointList, None where none is."""
        selected = await select_electricity(session, href)
        self._left_out = tuple(selected.left_out)
        if not selected.bodies:
            return None
        with session.instead(selected.bodies):
            profile, alike = one_of_each(await self._connection.discover())
        self._left_out += alike
        return profile

    async def _sign_of_life(self, *, include_clock: bool) -> Readings:
        """Return readings of no register: the gateway answers, and how its clock is."""
        at = datetime.now(UTC)
        async with self._connection.session() as session:
            offer = await self._end_devices.offer(session)
            offset = await read_clock_offset(Reader(session), offer) if include_clock else None
        return Readings(at, {}, offset)


def _wanted(channel: Channel, keys: Collection[str]) -> bool:
    return channel.key in keys or any(f"{channel.key}_tier_{tier}" in keys for tier in channel.tou_tiers)


def _told(key: str, measured: Measurement, reading_type: ReadingType) -> dict[str, float]:
    """Return what was measured by its register's key, nothing where the meter says that it is no value."""
    if measured.value is None or questionable(measured) or not is_value(measured.value, reading_type):
        return {}
    return {key: measured.value}
