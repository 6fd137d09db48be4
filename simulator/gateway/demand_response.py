"""Demand response of one gateway: programs, who takes part, controls and what devices answered.

IEEE 2030.5-2018 clause 10.3 (Demand Response and Load Control), with the event rules of clause 10.2.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from simulator.gateway.load_controls import (
    LOAD_CONTROL,
    PROGRAM,
    DrProgram,
    EventStatus,
    LoadControl,
    LoadControlResponse,
    Standing,
)
from simulator.gateway.parameters import read_parameters

_LISTED_SECONDS = 86400


class NotKnownError(LookupError):
    """There is no program, or no control, with this number."""


class DemandResponse:
    """The state of one gateway. ``clock`` is its Unix time, ``mrid`` makes mRIDs from names."""

    def __init__(self, clock: Callable[[], float], mrid: Callable[[str], bytes], *, offered: bool) -> None:
        self.programs: list[DrProgram] = []
        self.controls: list[LoadControl] = []
        self.responses: list[LoadControlResponse] = []
        self._clock = clock
        self._mrid = mrid
        self._last_control = 0
        self._last_response = 0
        if offered:
            self.add_program("Peak Saver", 2)
            self.add_program("EV Smart Charge", 1)

    def now(self) -> int:
        """The gateway's time, which is what events go by."""
        return int(self._clock())

    def program(self, number: int) -> DrProgram:
        """The program with this number, or ``NotKnownError``."""
        if not 1 <= number <= len(self.programs):
            raise NotKnownError(f"there is no program {number}")
        return self.programs[number - 1]

    def control(self, number: int) -> LoadControl:
        """The control with this number, or ``NotKnownError``."""
        for control in self.controls:
            if control.number == number:
                return control
        raise NotKnownError(f"there is no control {number}")

    def add_program(self, description: str, primacy: int = 1) -> DrProgram:
        """Offer another program; ``BadParameterError`` for what XML cannot carry."""
        said = read_parameters(PROGRAM, {"description": description, "primacy": primacy})
        program = DrProgram(len(self.programs) + 1, **said)
        self.programs.append(program)
        return program

    def enroll(self, lfdi: str, number: int) -> None:
        """Let a device take part in a program."""
        self.program(number).enrolled.add(lfdi)

    def unenroll(self, lfdi: str, number: int) -> None:
        """Let a device take part no longer."""
        self.program(number).enrolled.discard(lfdi)

    def unenroll_all(self, lfdi: str) -> None:
        """Take a device out of all programs."""
        for program in self.programs:
            program.enrolled.discard(lfdi)

    def enrolments(self, lfdi: str) -> list[DrProgram]:
        """The programs a device takes part in."""
        return [program for program in self.programs if lfdi in program.enrolled]

    def publish(self, program: int, **parameters: Any) -> LoadControl:
        """Put a control of a program up, described by the keys of ``LOAD_CONTROL``.

        Raises ``NotKnownError`` for the program and ``BadParameterError`` for what XML cannot carry.
        """
        self.program(program)
        said = read_parameters(LOAD_CONTROL, parameters)
        start, start_in, mrid = (said.pop(name) for name in ("start", "start_in", "mrid"))
        self._forget_old()
        self._last_control += 1
        now = self.now()
        mrid = mrid or self._mrid(f"/dr/{program}/edc/{self._last_control}")
        control = LoadControl(
            number=self._last_control,
            event_id=next((each.event_id for each in self.controls if each.mrid == mrid), self._last_control),
            program=program,
            mrid=mrid,
            created=now,
            start=now + start_in if start is None else start,
            **said,
        )
        self.controls.append(control)
        return control

    def cancel(self, number: int, *, randomized: bool = False) -> LoadControl:
        """Call a control off, unless it is; ``NotKnownError`` if there is none."""
        control = self.control(number)
        if control.cancelled_at is None:
            control.cancelled_at = self.now()
            control.cancelled_randomized = randomized
        return control

    def unlist(self, number: int) -> LoadControl:
        """List a control no longer, without a word of its being called off; ``NotKnownError`` if there is none."""
        control = self.control(number)
        control.unlisted = True
        return control

    def respond(
        self, mrid: str, lfdi: str, status: int | None, created: int | None, client: str, extras: dict[str, int]
    ) -> LoadControlResponse:
        """Keep what a device answered; its last answer once more, of the same client, is only counted."""
        last = next(
            (
                known
                for known in reversed(self.responses)
                if (known.mrid, known.lfdi, known.client) == (mrid, lfdi, client)
            ),
            None,
        )
        if last is not None and last.status == status:
            last.count += 1
            return last
        self._last_response += 1
        response = LoadControlResponse(self._last_response, mrid, lfdi, status, created, client, extras)
        self.responses.append(response)
        return response

    def clear_events(self) -> None:
        """Forget controls and responses; programs and who takes part stay."""
        self.controls.clear()
        self.responses.clear()

    def _forget_old(self) -> None:
        now = self.now()
        self.controls = [control for control in self.controls if self._listed(control, now)]
        known = {control.subject for control in self.controls}
        self.responses = [response for response in self.responses if response.mrid in known]

    @staticmethod
    def _listed(control: LoadControl, now: int) -> bool:
        return now < max(control.latest_end, control.created) + _LISTED_SECONDS

    def listed(self, program: int) -> list[LoadControl]:
        """What EndDeviceControlList has: what is to come, is on, or was until a day ago.

        In the order of clause 10.3.2: start ascending, then creationTime and mRID descending.
        """
        now = self.now()
        its = [each for each in self.controls if each.program == program and not each.unlisted]
        found = [each for each in its if self._listed(each, now)]
        return sorted(sorted(found, key=lambda each: (each.created, each.mrid), reverse=True), key=lambda c: c.start)

    def active(self, program: int) -> list[LoadControl]:
        """What ActiveEndDeviceControlList has."""
        now = self.now()
        return [
            control
            for control in self.listed(program)
            if now < control.latest_end and self.standing(control).status is EventStatus.ACTIVE
        ]

    def superseded_by(self, control: LoadControl) -> list[LoadControl]:
        """Earlier controls of the same program that this one takes the place of, once it begins."""
        return [other for other in self.controls if _supersedes(control, other)]

    def standing(self, control: LoadControl) -> Standing:
        """The EventStatus of a control now. One that is over keeps the last it had."""
        now = self.now()
        begun = (max(control.created, control.earliest_start), EventStatus.ACTIVE)
        ends: list[tuple[int, EventStatus]] = []
        if control.cancelled_at is not None:
            randomized = control.cancelled_randomized
            ends.append((control.cancelled_at, EventStatus(EventStatus.CANCELLED + randomized)))
        for other in self.controls:
            at = max(other.created, other.earliest_start)
            begins = at <= now and at < control.latest_end and (other.cancelled_at is None or at < other.cancelled_at)
            if begins and _supersedes(other, control):
                ends.append((at, EventStatus.SUPERSEDED))
        running = begun if begun[0] <= now else (control.created, EventStatus.SCHEDULED)
        since, status = min(ends, default=running)
        return Standing(status, since, self._potentially_superseded_at(control))

    def _potentially_superseded_at(self, control: LoadControl) -> int | None:
        """Since when another event may take the place of this one for some devices, or for all in two programs."""

        def rank(each: LoadControl) -> tuple[int, int]:
            return self.program(each.program).primacy, -each.number

        times = [
            max(control.created, other.created)
            for other in self.controls
            if rank(other) < rank(control)
            and other.cancelled_at is None
            and other.overlaps(control)
            and not _supersedes(other, control)
        ]
        return min(times, default=None)

    def to_dict(self) -> dict[str, Any]:
        """For storage."""
        return {
            "programs": [program.to_dict() for program in self.programs],
            "controls": [control.to_dict() for control in self.controls],
            "responses": [asdict(response) for response in self.responses],
            "last_control": self._last_control,
            "last_response": self._last_response,
        }

    def load(self, data: dict[str, Any]) -> None:
        """The reverse of ``to_dict``."""
        self.programs = [DrProgram(**each | {"enrolled": set(each["enrolled"])}) for each in data["programs"]]
        self.controls = [LoadControl.from_dict(each) for each in data["controls"]]
        self.responses = [LoadControlResponse(**each) for each in data["responses"]]
        self._last_control = data["last_control"]
        self._last_response = data["last_response"]


def _supersedes(control: LoadControl, other: LoadControl) -> bool:
    """Whether a control takes the place of an earlier one of the same program, once it begins.

    EventStatus has it so that a superseded event has nothing left: one that only loses some of its device
    categories is potentially superseded.
    """
    return (
        other.program == control.program
        and other.number < control.number
        and other.overlaps(control)
        and not other.device_category & ~control.device_category
    )
