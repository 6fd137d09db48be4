"""Reports that a utility asks for, and what is told in them: plain enough to be kept over restarts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..esi import ResponseStatus


@dataclass(frozen=True, slots=True)
class ReportInterval:
    """An interval of a report; of one that ends as it begins, what was so at that moment is told."""

    id: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class WantedReport:
    """A report that is due; ``name`` is the same whenever it is looked at, so that it is given once."""

    name: str
    event: str
    program: str
    what: str
    """One of the payload types of report-payloads.schema.yaml (OpenADR 3)."""
    reading: str | None
    """One of reading-types.schema.yaml, None where it asks for none."""
    unit: str | None
    """In which its values are given, None where they have none."""
    aggregate: bool
    """Whether its values are the sum over all devices."""
    at: datetime
    """When it fell due."""
    intervals: tuple[ReportInterval, ...]
    """Empty where we choose them."""
    devices: dict[str, str]
    """The LFDIs of the devices that it is about, by the name that the utility has for each."""
    premise: str | None = None
    """The name under which values of the whole premise are wanted, None where they are not."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """A value that was not measured as such, and follows from what was measured beside it."""

    value: float


type ReportValue = float | int | str | bool | Estimated
type ReportValues = Sequence[ReportValue | None]
"""One for each interval, None where it is not known."""


class OperatingState(StrEnum):
    """OPERATING_STATE (report-payloads.schema.yaml of OpenADR 3).

    Of those of CTA-2045, IDLE is with no consumption to speak of, RUNNING with some.
    """

    NORMAL = "NORMAL"
    ERROR = "ERROR"
    IDLE_NORMAL = "IDLE_NORMAL"
    RUNNING_NORMAL = "RUNNING_NORMAL"
    RUNNING_CURTAILED = "RUNNING_CURTAILED"
    RUNNING_HEIGHTENED = "RUNNING_HEIGHTENED"
    IDLE_CURTAILED = "IDLE_CURTAILED"
    IDLE_HEIGHTENED = "IDLE_HEIGHTENED"
    IDLE_OPTED_OUT = "IDLE_OPTED_OUT"
    RUNNING_OPTED_OUT = "RUNNING_OPTED_OUT"


_OUT = frozenset(
    {
        ResponseStatus.OPTED_OUT,
        ResponseStatus.PARTIALLY_COMPLETED_OPT_OUT,
        ResponseStatus.COMPLETED_WITHOUT_PARTICIPATION,
    }
)
_FOLLOWING = frozenset({ResponseStatus.STARTED, ResponseStatus.OPTED_IN, ResponseStatus.PARTIALLY_COMPLETED_OPT_IN})


def operating_state(
    status: ResponseStatus | None, *, running: bool | None = None, heightened: bool = False
) -> OperatingState:
    """Return the state of a device that stands so with a control, None where there is none.

    ``running`` says whether it uses energy to speak of. Where that is not known, a device that is opted out is taken
    to run, since nobody keeps it from it, and the plain state is told of one that follows nothing.
    """
    if status in _OUT:
        return OperatingState.IDLE_OPTED_OUT if running is False else OperatingState.RUNNING_OPTED_OUT
    if status in _FOLLOWING:
        how = "HEIGHTENED" if heightened else "CURTAILED"
        return OperatingState(f"{'IDLE' if running is False else 'RUNNING'}_{how}")
    if running is None:
        return OperatingState.NORMAL
    return OperatingState.RUNNING_NORMAL if running else OperatingState.IDLE_NORMAL
