"""The use cases as step machines: written once, shown in flows, returned by actions, kept in diagnostics.

This is the public face; who is outside imports from here.
"""

from ..esi.typed import YEARS, UnreadableRecordError, plain, read_record, read_value
from .charging.attribution import Candidate, whose
from .charging.billing import Measured, billable_records, cost_of, record_id
from .charging.books import EMPLOYER, GUEST, PAYERS, HouseholdBooks, HouseholdRecords, is_home, masked
from .charging.charge import Charge, ChargedVehicle, ChargePeriod
from .charging.charges import charges_of, issue
from .charging.coins import in_coins
from .charging.delivery import compare_bills, deliver_records
from .charging.elsewhere import Elsewhere, ForeignSession, SessionElsewhere, TakenUp, TooManyError, plain_contract
from .charging.handed_over import HandedOver
from .charging.home_use import Counted, HomeCost, HomeUse, may_tell_more, mean_price
from .charging.ledger import BillableRecord, CreditedRecord, Ledger, LedgerEntry, RecordState
from .charging.meter import LONGEST_GAP, EnergyMeter
from .charging.point import ChargingPoint
from .charging.price_points import PricePoints
from .charging.pricing import (
    Cost,
    PriceCourse,
    PricesMissingError,
    PriceSpan,
    charge_of,
    cost_of_charge,
    taxed,
)
from .charging.rate_periods import overlapping, seasons, specific_first
from .charging.reckoning import reckon, wh_before
from .charging.session import MeasuredSession
from .charging.settling import (
    PlainRates,
    Rates,
    charge_under,
    price_waiting,
    settle_session,
    take_back_records,
    total_cost,
)
from .charging.signed_values import SignedValueError, keep_signed, read_signed, session_of
from .charging.tariff import Holidays, no_holidays, rate_zone, tiers_between
from .commissioning import CommissioningRun, Method, clock_reason, commission, take_back
from .contract_id import ContractIdError, parse_contract_id
from .corrections import Corrected, Corrections, correct, correct_readings, keys_told, sum_phases
from .deregistration import close_registration, come_back, deregister
from .device_commissioning import DeviceCommissioning, DeviceMethod, ZigbeeCredentials, commission_device
from .diagnosis import Diagnosis, DiagnosisSubject, Local, ServicePoint, diagnose
from .evse_id import EvseIdError, parse_evse_id
from .health import Finding, Health, HealthEvent, HealthReason, HealthState
from .installation import DEVICE_KINDS, HUB_KINDS, INSTALLATIONS, DeviceKind, Installation
from .lasting import Lasting
from .load_control.deciding import ControlledDevice, ControlRules, OptError
from .load_control.effects import Effect, Happening
from .load_control.premise import (
    MANAGER_CATEGORY,
    PremiseGoal,
    applied_to_premise,
    goal_of,
    is_limit,
    is_of_premise,
    part_id,
    part_of,
    program_of_parts,
    whole_id,
)
from .load_control.premise_limit import LimitedLoad, LimitState, PremiseLimit
from .load_control.record import ControlRecord, OptedOut, Refusal
from .load_control.validity import ASKS, CHARGES, LEVELS, asked, asks_nothing, threshold_watts
from .recorded_values import (
    FIVE_MINUTES,
    Number,
    RecordedValues,
    StatisticsRow,
    baseline,
    baseline_since,
    difference,
    next_five_minutes,
)
from .register_guard import GuardRecord, RegisterGuard
from .registration import find_registration, register
from .registration_run import RegistrationRun
from .repair import OF_DEVICE, Tools, commission_again, repair_device
from .self_check import Check, CheckResult, CheckVerdict, Machine, figures, run_self_check, run_self_test
from .serial_number import serial_fits
from .step import AnyReason, Outcome, Step, StepResult
from .survey import ROUNDS, WEAK_DBM, Measurement, Place, from_best
from .vehicle_binding import VehicleRun, Wanted, bind_vehicle, end_binding, find_vehicle, refresh_bindings
from .verdict import BY_OTHERS, CAUSES, Repair, Verdict, finding, meaning, registration_failure
from .vin import VinError, make_of, parse_vin

__all__ = [
    "ASKS",
    "BY_OTHERS",
    "CAUSES",
    "CHARGES",
    "DEVICE_KINDS",
    "EMPLOYER",
    "FIVE_MINUTES",
    "GUEST",
    "HUB_KINDS",
    "INSTALLATIONS",
    "LEVELS",
    "LONGEST_GAP",
    "MANAGER_CATEGORY",
    "OF_DEVICE",
    "PAYERS",
    "ROUNDS",
    "WEAK_DBM",
    "YEARS",
    "AnyReason",
    "BillableRecord",
    "Candidate",
    "Charge",
    "ChargePeriod",
    "ChargedVehicle",
    "ChargingPoint",
    "Check",
    "CheckResult",
    "CheckVerdict",
    "CommissioningRun",
    "ContractIdError",
    "ControlRecord",
    "ControlRules",
    "ControlledDevice",
    "Corrected",
    "Corrections",
    "Cost",
    "Counted",
    "CreditedRecord",
    "DeviceCommissioning",
    "DeviceKind",
    "DeviceMethod",
    "Diagnosis",
    "DiagnosisSubject",
    "Effect",
    "Elsewhere",
    "EnergyMeter",
    "EvseIdError",
    "Finding",
    "ForeignSession",
    "GuardRecord",
    "HandedOver",
    "Happening",
    "Health",
    "HealthEvent",
    "HealthReason",
    "HealthState",
    "Holidays",
    "HomeCost",
    "HomeUse",
    "HouseholdBooks",
    "HouseholdRecords",
    "Installation",
    "Lasting",
    "Ledger",
    "LedgerEntry",
    "LimitState",
    "LimitedLoad",
    "Local",
    "Machine",
    "Measured",
    "MeasuredSession",
    "Measurement",
    "Method",
    "Number",
    "OptError",
    "OptedOut",
    "Outcome",
    "Place",
    "PlainRates",
    "PremiseGoal",
    "PremiseLimit",
    "PriceCourse",
    "PricePoints",
    "PriceSpan",
    "PricesMissingError",
    "Rates",
    "RecordState",
    "RecordedValues",
    "Refusal",
    "RegisterGuard",
    "RegistrationRun",
    "Repair",
    "ServicePoint",
    "SessionElsewhere",
    "SignedValueError",
    "StatisticsRow",
    "Step",
    "StepResult",
    "TakenUp",
    "TooManyError",
    "Tools",
    "UnreadableRecordError",
    "VehicleRun",
    "Verdict",
    "VinError",
    "Wanted",
    "ZigbeeCredentials",
    "applied_to_premise",
    "asked",
    "asks_nothing",
    "baseline",
    "baseline_since",
    "billable_records",
    "bind_vehicle",
    "charge_of",
    "charge_under",
    "charges_of",
    "clock_reason",
    "close_registration",
    "come_back",
    "commission",
    "commission_again",
    "commission_device",
    "compare_bills",
    "correct",
    "correct_readings",
    "cost_of",
    "cost_of_charge",
    "deliver_records",
    "deregister",
    "diagnose",
    "difference",
    "end_binding",
    "figures",
    "find_registration",
    "find_vehicle",
    "finding",
    "from_best",
    "goal_of",
    "in_coins",
    "is_home",
    "is_limit",
    "is_of_premise",
    "issue",
    "keep_signed",
    "keys_told",
    "make_of",
    "masked",
    "may_tell_more",
    "mean_price",
    "meaning",
    "next_five_minutes",
    "no_holidays",
    "overlapping",
    "parse_contract_id",
    "parse_evse_id",
    "parse_vin",
    "part_id",
    "part_of",
    "plain",
    "plain_contract",
    "price_waiting",
    "program_of_parts",
    "rate_zone",
    "read_record",
    "read_signed",
    "read_value",
    "reckon",
    "record_id",
    "refresh_bindings",
    "register",
    "registration_failure",
    "repair_device",
    "run_self_check",
    "run_self_test",
    "seasons",
    "serial_fits",
    "session_of",
    "settle_session",
    "specific_first",
    "sum_phases",
    "take_back",
    "take_back_records",
    "taxed",
    "threshold_watts",
    "tiers_between",
    "total_cost",
    "wh_before",
    "whole_id",
    "whose",
]
