"""How we speak to the utility: one protocol, a way per package below.

This is the public face; who is outside imports from here.
"""

from .errors import PASSING, UtilityError, UtilityReason
from .han_api.client import HanApi
from .han_api.discovery import discover_utility, register_client, utility_url
from .model import Account, CompatibleDevice, Event, Premise, Program, Registration, Stage, UtilityDescription
from .portal.portal import Portal, Witness
from .protocol import Feature, Utility
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
    "Event",
    "Feature",
    "HanApi",
    "Portal",
    "Premise",
    "Program",
    "RateProgram",
    "Registration",
    "Report",
    "Slot",
    "Stage",
    "Utility",
    "UtilityDescription",
    "UtilityError",
    "UtilityReason",
    "Vehicle",
    "Witness",
    "discover_utility",
    "register_client",
    "utility_url",
]
