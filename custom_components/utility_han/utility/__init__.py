"""How we speak to the utility: one protocol, a way per package below.

This is the public face; who is outside imports from here.
"""

from .errors import PASSING, UtilityError, UtilityReason
from .han_api.client import HanApi
from .han_api.discovery import discover_utility, register_client, utility_url
from .model import Account, CompatibleDevice, Event, Premise, Program, Registration, Stage, UtilityDescription
from .portal.portal import Portal, Witness
from .protocol import Feature, Utility
from .report_model import (
    Estimated,
    OperatingState,
    ReportInterval,
    ReportValue,
    ReportValues,
    WantedReport,
    operating_state,
)
from .service_model import Case, CaseStatus, DiagnosticsRequest, Report, Slot
from .vehicle_model import Binding, BindingStatus, RateProgram, Vehicle

__all__ = [
    "PASSING",
    "Account",
    "Binding",
    "BindingStatus",
    "Case",
    "CaseStatus",
    "CompatibleDevice",
    "DiagnosticsRequest",
    "Estimated",
    "Event",
    "Feature",
    "HanApi",
    "OperatingState",
    "Portal",
    "Premise",
    "Program",
    "RateProgram",
    "Registration",
    "Report",
    "ReportInterval",
    "ReportValue",
    "ReportValues",
    "Slot",
    "Stage",
    "Utility",
    "UtilityDescription",
    "UtilityError",
    "UtilityReason",
    "Vehicle",
    "WantedReport",
    "Witness",
    "discover_utility",
    "operating_state",
    "register_client",
    "utility_url",
]
