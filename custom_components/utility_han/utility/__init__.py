"""How we speak to the utility: one protocol, a way per package below.

This is the public face; who is outside imports from here.
"""

from .answer import parse_json
from .errors import PASSING, UtilityError, UtilityReason
from .han_api.client import HanApi
from .han_api.discovery import discover_utility, register_client, utility_url
from .model import (
    Account,
    AuthorizationServer,
    CompatibleDevice,
    Event,
    Premise,
    Program,
    Registration,
    Stage,
    UtilityDescription,
)
from .portal.portal import Portal, Witness
from .protocol import Feature, Utility, VehicleFunctions
from .rate_model import Block, PriceKind, PriceSource, RateProgram, TierPeriod
from .report_model import (
    Estimated,
    OperatingState,
    ReportInterval,
    ReportValue,
    ReportValues,
    WantedReport,
    operating_state,
)
from .request import Answer, ask
from .service_model import Case, CaseStatus, DiagnosticsRequest, Report, Slot
from .vehicle_model import (
    Bill,
    BillingRecord,
    Binding,
    BindingRequest,
    BindingStatus,
    ChargingSession,
    Confirmation,
    Payer,
    Vehicle,
)

__all__ = [
    "PASSING",
    "Account",
    "Answer",
    "AuthorizationServer",
    "Bill",
    "BillingRecord",
    "Binding",
    "BindingRequest",
    "BindingStatus",
    "Block",
    "Case",
    "CaseStatus",
    "ChargingSession",
    "CompatibleDevice",
    "Confirmation",
    "DiagnosticsRequest",
    "Estimated",
    "Event",
    "Feature",
    "HanApi",
    "OperatingState",
    "Payer",
    "Portal",
    "Premise",
    "PriceKind",
    "PriceSource",
    "Program",
    "RateProgram",
    "Registration",
    "Report",
    "ReportInterval",
    "ReportValue",
    "ReportValues",
    "Slot",
    "Stage",
    "TierPeriod",
    "Utility",
    "UtilityDescription",
    "UtilityError",
    "UtilityReason",
    "Vehicle",
    "VehicleFunctions",
    "WantedReport",
    "Witness",
    "ask",
    "discover_utility",
    "operating_state",
    "parse_json",
    "register_client",
    "utility_url",
]
