"""The payload types of reports, and which of them are answered.

The names are those of ``report-payloads.schema.yaml`` and ``reading-types.schema.yaml`` (OpenADR 3.1.1, enumerations).
"""

REPORTS: dict[str, str | None] = {
    "READING": "KWH",
    "USAGE": "KWH",
    "DEMAND": "KW",
    "SETPOINT": "CELSIUS",
    "BASELINE": "KWH",
    "OPERATING_STATE": "",
    "SIMPLE_LEVEL": "",
    "DELTA_USAGE": "KWH",
    "UP_REGULATION_AVAILABLE": None,
    "DOWN_REGULATION_AVAILABLE": None,
    "REGULATION_SETPOINT": None,
    "STORAGE_USABLE_CAPACITY": "KWH",
    "STORAGE_CHARGE_LEVEL": "PERCENT",
    "STORAGE_MAX_DISCHARGE_POWER": None,
    "STORAGE_MAX_CHARGE_POWER": "KW",
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
