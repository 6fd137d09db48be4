"""How far the registration of a HAN device has come, as it is kept over a restart."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from ..esi import DemandResponseProgram
from ..esi.typed import UnreadableRecordError, read_record, read_value
from ..gateway.model import DeviceState
from ..utility.errors import UtilityReason
from ..utility.model import Stage
from .step import Outcome, Step, StepResult

_OF_IDENTIFICATION = frozenset({UtilityReason.NOT_IDENTIFIED, UtilityReason.WRONG_KEY, UtilityReason.WRONG_SERIAL})


@dataclass(slots=True)
class RegistrationRun:
    """How far a device has come; JSON-safe through :meth:`to_dict`."""

    lfdi: str
    kind: str
    """DeviceKind, as the utility's API names it."""
    model_id: str
    premise_id: str
    gateway_lfdi: str
    name: str | None = None
    """What the utility was told that the person calls the device: what is sent again is the same."""
    href: str | None = None
    """The device's entry on the gateway's list."""
    serial: str | None = None
    key: str | None = None
    """The registration PIN; forgotten once the utility has taken it."""
    pin: str | None = None
    """That PIN again, where the gateway does not tell it (over Zigbee nothing does): it is asked for once."""
    consents: list[dict[str, str]] | None = None
    """Programs agreed to (``program_id``, ``name``, ``terms_version``, ``consented_at``); None while undecided."""
    id: str = field(default_factory=lambda: uuid4().hex)
    attempt: int = 1
    """Counts registrations begun anew after a refusal; part of the idempotency keys."""
    request_id: str | None = None
    registration_id: str | None = None
    pre_registered: bool = False
    """Begun by the utility (UR-a, UR-b) and taken over."""
    version: int = 0
    stage: str | None = None
    record_id: str | None = None
    dr_programs: list[dict[str, Any]] = field(default_factory=list)
    """The demand response programs that the gateway assigns to the device."""
    state: str = DeviceState.COMMISSIONED.value
    closing: bool = False
    """The person removed the device; the utility has still to be told."""
    returned: bool = False
    """It was brought again while its end was told: whether the utility has heard that has still to be seen."""
    under_way: bool = False
    """A pass was begun and has not come to its end: what it has read of the utility may not be applied yet."""
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The last result of each step, by step id."""

    def to_dict(self) -> dict[str, Any]:
        """Return the run for storage. It may hold the PIN."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RegistrationRun:
        """Take up what :meth:`to_dict` gave."""
        # Another id or attempt would make other idempotency keys: what was done could be done twice.
        run = read_record(cls, data, needs=("id", "attempt"))
        run.check()
        return run

    def check(self) -> None:
        """``UnreadableRecordError`` where the run holds what is worked with only later, and cannot be read."""
        read_value(DeviceState, self.state, "RegistrationRun.state")
        read_value(tuple[DemandResponseProgram, ...], self.dr_programs, "RegistrationRun.dr_programs")
        if self.consents is not None and not all("name" in consent for consent in self.consents):
            raise UnreadableRecordError("RegistrationRun.consents", "without a name")

    @property
    def device_state(self) -> DeviceState:
        """How far the device has come, in OpenHAN's words."""
        return DeviceState(self.state)

    @property
    def programs(self) -> tuple[DemandResponseProgram, ...]:
        """The demand response programs whose controls are meant for the device."""
        return tuple(read_record(DemandResponseProgram, program) for program in self.dr_programs)

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do until the utility changes something."""
        through = not self.under_way and self.stage == Stage.ACTIVE
        return through and self.device_state in (DeviceState.REGISTERED, DeviceState.ENROLLED)

    def bring_again(self) -> None:
        """Have the device stay that was removed; what the utility has heard of that may be known to nobody here."""
        self.closing, self.returned = False, True

    @property
    def waits_for(self) -> UtilityReason | None:
        """Why the last pass ended before it was through, None where it did not wait."""
        return self._reason_of(Outcome.WAITING)

    @property
    def failed_for(self) -> UtilityReason | None:
        """Why the last pass failed, None where it did not, or not by the utility."""
        return self._reason_of(Outcome.FAILED) if self.device_state is DeviceState.FAILED else None

    def _reason_of(self, outcome: Outcome) -> UtilityReason | None:
        ended = [str(each.get("reason")) for each in self.results.values() if each.get("outcome") == outcome]
        return next((UtilityReason(reason) for reason in ended if reason in UtilityReason), None)

    @property
    def unidentified(self) -> UtilityReason | None:
        """Why the registration waits for a person to say serial number and PIN (UR-8), None where it does not."""
        if self.stage != Stage.OPEN:
            return None
        reason = self.results.get(Step.UR_8.value, {}).get("reason")
        return UtilityReason(reason) if reason in _OF_IDENTIFICATION else None

    def note(self, result: StepResult) -> None:
        """Remember what came of a step as the latest of it, unless that says what is known.

        A registration that waits or is suspended is looked at each minute: as long as it is as it was, nothing has to
        be kept anew.
        """
        told, known = result.to_dict(), self.results.get(result.step.value)
        if known is None or known | {"at": told["at"]} != told:
            self.results[result.step.value] = told

    def begin_anew(self) -> None:
        """Forget a registration that was refused or closed, so that the next pass opens another."""
        self.returned = False
        self.attempt += 1
        self.request_id = self.registration_id = self.record_id = self.stage = self.name = None
        self.version, self.pre_registered = 0, False
        self.dr_programs.clear()
        self.results.clear()
        self.state = DeviceState.COMMISSIONED.value

    def idempotency_key(self, of: str) -> str:
        """Return the key for one write of this run; the same one whenever it is made again."""
        return f"{self.id}-{self.attempt}-{of}"


type Save = Callable[[RegistrationRun], Awaitable[None]]
