"""The payload types of reports, and which of them are answered.

The names are those of ``report-payloads.schema.yaml`` and ``reading-types.schema.yaml`` (OpenADR 3.1.1, enumerations).
"""

from enum import StrEnum

from ...esi import ResponseStatus

REPORTS: dict[str, str | None] = {
    "READING": "KWH",
    "USAGE": "KWH",
    "DEMAND": "KW",
    "SETPOINT": "CELSIUS",
    "BASELINE": "KWH",
    "OPERATING_STATE": "",
    "SIMPLE_LEVEL": None,
    "DELTA_USAGE": None,
    "UP_REGULATION_AVAILABLE": None,
    "DOWN_REGULATION_AVAILABLE": None,
    "REGULATION_SETPOINT": None,
    "STORAGE_USABLE_CAPACITY": None,
    "STORAGE_CHARGE_LEVEL": None,
    "STORAGE_MAX_DISCHARGE_POWER": None,
    "STORAGE_MAX_CHARGE_POWER": None,
    "USAGE_FORECAST": None,
    "STORAGE_DISPATCH_FORECAST": None,
    "LOAD_SHED_DELTA_AVAILABLE": None,
    "GENERATION_DELTA_AVAILABLE": None,
    "DATA_QUALITY": None,
    "IMPORT_RESERVATION_CAPACITY": None,
    "IMPORT_RESERVATION_FEE": None,
    "EXPORT_RESERVATION_CAPACITY": None,
    "EXPORT_RESERVATION_FEE": None,
}
"""The unit in which each is answered where none is asked for, empty where it has none; None: it is not answered."""

READING_TYPES = frozenset(
    {"DIRECT_READ", "ESTIMATED", "SUMMED", "MEAN", "PEAK", "FORECAST", "AVERAGE", "NORMAL", "ERROR"}
)
"""reading-types.schema.yaml."""

AGGREGATED = "AGGREGATED_REPORT"
"""The resource name of a report that sums all resources (user guide 7.7)."""


class OperatingState(StrEnum):
    """OPERATING_STATE; of those of CTA-2045, IDLE is with no consumption to speak of, RUNNING with some."""

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
