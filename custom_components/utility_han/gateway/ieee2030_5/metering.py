"""The gateway's registers: found once, read, and their completed intervals (aio2030dot5's part)."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from aio2030dot5 import (
    TIME_ERROR_KEY,
    Channel,
    Direction,
    MeterConnectionError,
    MeterNotFound,
    MeterProfile,
    ProfileError,
    Quantity,
    Statistic,
    questionable,
)
from py20305.models import sep

from ..model import Interval, Readings, Register
from .capability import read_capability
from .clock import read_clock_offset
from .connection import Connection, ConnectionSession
from .end_devices import EndDevices
from .failures import gateway_errors, optional
from .reader import Reader
from .registers import channel_registers
from .resources import render


class MeterRegisters:
    """What the metering resources hold, by the profile of them that was found or restored."""

    def __init__(self, connection: Connection, end_devices: EndDevices) -> None:
        self._connection = connection
        self._end_devices = end_devices
        self._profile: MeterProfile | None = None
        self._walked = False
        """Whether they were walked since the start: a gateway without metering is not asked for it at each poll."""

    async def discover(self) -> Sequence[Register]:
        """Walk the metering resources once (about 30 requests) and keep what was found for reading.

        Nothing is found where there is no metering, or none to be had for now.
        """
        self._profile, self._walked = None, False
        await self._known_profile()
        return self.known()

    def known(self) -> Sequence[Register]:
        """Return what was discovered or restored, without asking the gateway."""
        return channel_registers(self._profile) if self._profile else ()

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        """Read the registers named; what is missing, and what the meter itself calls questionable, is left out."""
        if (profile := await self._known_profile()) is None:
            return await self._sign_of_life(include_clock=include_clock)
        registers = {register.key: register for register in channel_registers(profile)}
        channels = [c for c in profile.channels if _wanted(c, keys)]
        async with self._connection.session():
            snapshot = await self._connection.read(profile, channels, include_time=include_clock, partial=True)
        self._connection.accepted = True
        if any(isinstance(err, MeterNotFound) for err in snapshot.errors.values()):
            self._profile, self._walked = None, False  # paths have changed: walk again next time
        measured = dict(snapshot.values)
        for key, tiers in snapshot.tou.items():
            measured |= {f"{key}_tier_{tier}" if tier else key: value for tier, value in tiers.items()}
        failed = frozenset(key for key in snapshot.errors if key != TIME_ERROR_KEY)
        if channels and len(failed) == len(channels):
            err = next(iter(snapshot.errors.values()))
            with gateway_errors(accepted_before=self._connection.accepted):
                raise err
        return Readings(
            at=snapshot.fetched_at,
            values={
                key: of.value
                for key, of in measured.items()
                if of.value is not None and key in registers and not questionable(of)
            },
            clock_offset=snapshot.clock_skew,
            failed=failed,
        )

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Return completed 15-minute energies ending after ``since``, oldest first."""
        if (profile := await self._known_profile()) is None:
            return []
        channel = profile.find(Quantity.ENERGY, Statistic.INTERVAL, Direction(direction))
        if not channel or not channel.reading_set_list_href:
            return []
        async with self._connection.session():
            values = await self._connection.read_intervals_since(channel, since)
        return [Interval(v.start, v.end, v.value) for v in values if v.value is not None]

    def to_dict(self) -> dict[str, Any]:
        """Return the discovered profile, JSON-safe."""
        return {"profile": self._profile.to_dict() if self._profile else None}

    def load(self, data: dict[str, Any]) -> None:
        """Take up the profile again; one of another library version is discovered anew."""
        try:
            profile = MeterProfile.from_dict(data["profile"])
            self._connection.adopt(profile)
        except ProfileError, KeyError:
            return
        self._profile = profile

    async def _known_profile(self) -> MeterProfile | None:
        if self._profile is None and not self._walked:
            async with self._connection.session() as session:
                self._profile = await self._walk(session)
            self._walked = True
        return self._profile

    async def _walk(self, session: ConnectionSession) -> MeterProfile | None:
        """Return the first profile behind a UsagePointListLink of our assignments, or of DeviceCapability."""
        offer, dcap = await self._end_devices.offer(session), self._connection.dcap_path
        for href in offer.hrefs("usage_point_list_link"):
            capability = offer.capability.model_copy(
                update={"usage_point_list_link": sep.UsagePointListLink(href=href)}
            )
            with session.instead(dcap, render(capability)):
                profile = await optional(self._discover_twice())
            if profile is not None:
                self._connection.accepted = True
                return profile
        return None

    async def _discover_twice(self) -> MeterProfile:
        """Walk again where one of thirty answers got lost: meters do that, and it does not say that there are none."""
        try:
            return await self._connection.discover()
        except MeterConnectionError:
            return await self._connection.discover()

    async def _sign_of_life(self, *, include_clock: bool) -> Readings:
        """Return readings of no register: the gateway answers, and how its clock is."""
        at = datetime.now(UTC)
        async with self._connection.session() as session:
            capability = await read_capability(session, self._connection.dcap_path)
            offset = await optional(read_clock_offset(Reader(session), capability)) if include_clock else None
        return Readings(at, {}, offset)


def _wanted(channel: Channel, keys: Collection[str]) -> bool:
    return channel.key in keys or any(f"{channel.key}_tier_{tier}" in keys for tier in channel.tou_tiers)
