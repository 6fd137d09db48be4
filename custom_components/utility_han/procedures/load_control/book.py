"""The book of the controls of all devices, and whose clock each goes by."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ...esi import LoadControl, Source
from .known import KnownControls
from .levels import level_of
from .record import ControlRecord, Phase, control_to_dict

_AT_ONCE = timedelta(seconds=1)
"""What begins so soon after an end follows on it."""


class ControlBook:
    """What is known of the controls of all devices.

    The times of a control are on the clock of who asks for it.
    """

    def __init__(self) -> None:
        """There are none."""
        self._known = KnownControls()
        self._standing: set[str] = set()
        self.clock_offset = timedelta(0)
        """The gateway's clock less ours."""

    def restore(
        self, records: Iterable[ControlRecord], remembered: Mapping[str, tuple[str, float]], standing: Iterable[str]
    ) -> None:
        """Take up what was read of what :meth:`to_dict` gave."""
        self._known.keep(records)
        self._known.remembered, self._standing = dict(remembered), set(standing)

    def to_dict(self) -> dict[str, Any]:
        """Return everything JSON-safe; a control that many devices are asked is made to JSON once."""
        controls = {id(record.control): record.control for record in self._known}
        made = {key: control_to_dict(control) for key, control in controls.items()}
        return {
            "records": [record.to_dict(made[id(record.control)]) for record in self._known],
            "remembered": {mrid: list(interval) for mrid, interval in self._known.remembered.items()},
            "standing": sorted(self._standing),
        }

    def keep_only(self, lfdis: Collection[str]) -> None:
        """Forget devices that are gone."""
        self._known.keep([record for record in self._known if record.lfdi in lfdis])
        self._standing &= set(lfdis)

    # Whose clock it is

    def ours(self, record: ControlRecord) -> ControlRecord:
        """Return a record with its times on our clock."""
        overridden_at = record.overridden_at
        return replace(
            record,
            start=self.our_time(record.control, record.start),
            end=self.our_time(record.control, record.end),
            changed=self.our_time(record.control, record.changed),
            overridden_at=None if overridden_at is None else self.our_time(record.control, overridden_at),
        )

    def on_gateway_clock(self, record: ControlRecord) -> ControlRecord:
        """Return a record with its times on the gateway's clock, whoever asks."""
        if record.control.source is Source.GATEWAY:
            return record
        return replace(record, start=record.start + self.clock_offset, end=record.end + self.clock_offset)

    def our_time(self, control: LoadControl, time: datetime) -> datetime:
        """Return a time of who asks for a control on our clock."""
        return (time - self._offset(control)).astimezone(UTC)

    def _there(self, control: LoadControl, now: datetime) -> datetime:
        """Return what time it is for who asks for a control."""
        return now + self._offset(control)

    def _offset(self, control: LoadControl) -> timedelta:
        return self.clock_offset if control.source is Source.GATEWAY else timedelta(0)

    # What there is

    def records(self, lfdi: str) -> list[ControlRecord]:
        """Return all that is known for a device, by start."""
        return self._known.of(lfdi)

    def record(self, lfdi: str, control_id: str) -> ControlRecord | None:
        """Return what is known of one control for a device."""
        return self._known.get(control_id, lfdi)

    def active(self, lfdi: str) -> ControlRecord | None:
        """Return the control that lasts now, whether the device takes part or not."""
        return next((each for each in self.records(lfdi) if each.phase is Phase.ACTIVE), None)

    def in_force(self, lfdi: str) -> LoadControl | None:
        """Return what the device is to do now."""
        record = self.active(lfdi)
        return record.control if record is not None and record.in_force else None

    def level(self, lfdi: str, now: datetime) -> int | None:
        """Return the level of load that is in force, None where none is asked for."""
        record = self.active(lfdi)
        if record is None or not record.in_force:
            return None
        return level_of(record, self._known.of(lfdi), self._there(record.control, now))

    def lasted(self, lfdi: str) -> tuple[datetime, datetime] | None:
        """Return from when to when something was asked last, on our clock: what follows at once goes on."""
        span: tuple[datetime, datetime] | None = None
        for record in reversed(self.records(lfdi)):
            if record.to_come or not record.took_place:
                continue
            its = self.ours(record)
            if span is not None and its.end < span[0] - _AT_ONCE:
                break
            span = (its.start, its.end) if span is None else (min(span[0], its.start), max(span[1], its.end))
        return span

    def looked_for(self, lfdi: str) -> list[ControlRecord]:
        """Return those that ended while the appliance was out of sight: how it is found says what it did."""
        return [each for each in self.records(lfdi) if each.phase is Phase.RUN_OUT]

    def upcoming(self, lfdi: str) -> list[ControlRecord]:
        """Return what is to come, soonest first."""
        return [each for each in self.records(lfdi) if each.phase is Phase.SCHEDULED]

    def next_change(self) -> datetime | None:
        """Return when :meth:`advance` has something to do, if nothing comes before."""
        return min((self._next(record) for record in self._known if record.to_come), default=None)

    def _next(self, record: ControlRecord) -> datetime:
        """Return when a record that is to come starts, or ends."""
        return self.our_time(record.control, record.end if record.phase is Phase.ACTIVE else record.start)
