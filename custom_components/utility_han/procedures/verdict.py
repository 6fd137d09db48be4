"""What a diagnosis ends in: which causes there are, what kind of problem each is, and what is done about it."""

from dataclasses import dataclass
from enum import StrEnum

from ..gateway.errors import Reason
from ..gateway.model import DeviceState
from ..utility.errors import PASSING, UtilityReason
from .health import Finding, HealthReason, HealthState
from .registration_run import RegistrationRun
from .step import AnyReason


class Verdict(StrEnum):
    """What kind of problem there is (RD-9, RD-11, DM-4); the values are the API's too."""

    NOTHING_WRONG = "nothing_wrong"
    ACCOUNT_PROBLEM = "account_problem"
    REGISTRATION_PROBLEM = "registration_problem"
    COMMISSIONING_PROBLEM = "commissioning_problem"
    NETWORK_COVERAGE = "network_coverage"
    FAULTY_DEVICE = "faulty_device"
    GATEWAY_DOWN = "gateway_down"
    UTILITY_DOWN = "utility_down"


class Repair(StrEnum):
    """What can be done. Each has its own words in the translations."""

    WAIT = "wait"
    """It comes back by itself, or somebody else sees to it."""
    RESYNCHRONISE = "resynchronise"
    """Find the gateway again, and read clock, configuration and devices anew."""
    RE_ANNOUNCE = "re_announce"
    """Put the device on the gateway's list again (RD-8b)."""
    COMMISSION_AGAIN = "commission_again"
    """A person commissions Home Assistant again: another meter, or one that refuses us."""
    RENEW_CERTIFICATE = "renew_certificate"
    REREGISTER = "reregister"
    """Register the device with the utility again (RD-12a)."""
    CORRECT_ENROLLMENT = "correct_enrollment"
    """Have utility and gateway agree on the programs that were agreed to."""
    SIGN_IN = "sign_in"
    """A person signs in to the utility again."""
    CONTACT_UTILITY = "contact_utility"
    CHECK_DEVICE = "check_device"
    """A person looks at the device: power, integration, battery; then it is tested again."""
    REPLACE_DEVICE = "replace_device"
    IMPROVE_COVERAGE = "improve_coverage"
    """A bridge or a stronger device, or another place (DM-6); the survey is told to the utility (DM-5b)."""


BY_OTHERS = frozenset({Repair.WAIT, Repair.CONTACT_UTILITY, Repair.REPLACE_DEVICE, Repair.IMPROVE_COVERAGE})
"""What a person, the utility or time does: nothing that is begun here helps."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What a reason means: how bad it is, what kind of problem, and what is done about it."""

    state: HealthState
    verdict: Verdict
    repair: Repair


_FAILED, _FAILING, _MARGINAL = HealthState.FAILED, HealthState.FAILING, HealthState.MARGINAL
_GATEWAY, _COMMISSIONING = Verdict.GATEWAY_DOWN, Verdict.COMMISSIONING_PROBLEM
_REGISTRATION, _ACCOUNT = Verdict.REGISTRATION_PROBLEM, Verdict.ACCOUNT_PROBLEM
_DEVICE, _COVERAGE = Verdict.FAULTY_DEVICE, Verdict.NETWORK_COVERAGE

CAUSES: dict[HealthReason, Cause] = {
    HealthReason.GATEWAY_REPLACED: Cause(_FAILED, _COMMISSIONING, Repair.COMMISSION_AGAIN),
    HealthReason.GATEWAY_REFUSES: Cause(_FAILED, _COMMISSIONING, Repair.COMMISSION_AGAIN),
    HealthReason.SELF_TEST_FAILED: Cause(_FAILING, _DEVICE, Repair.CHECK_DEVICE),
    HealthReason.CERTIFICATE_EXPIRED: Cause(_FAILED, _COMMISSIONING, Repair.RENEW_CERTIFICATE),
    HealthReason.NOT_COMMISSIONED: Cause(_FAILED, _COMMISSIONING, Repair.COMMISSION_AGAIN),
    HealthReason.GATEWAY_UNREACHABLE: Cause(_FAILING, _GATEWAY, Repair.RESYNCHRONISE),
    HealthReason.GATEWAY_SILENT: Cause(_FAILING, _GATEWAY, Repair.RESYNCHRONISE),
    HealthReason.GATEWAY_NOT_UNDERSTOOD: Cause(_FAILING, _GATEWAY, Repair.RESYNCHRONISE),
    HealthReason.GATEWAY_DOWN: Cause(_FAILING, _GATEWAY, Repair.RESYNCHRONISE),
    HealthReason.PERMISSION_LOST: Cause(_FAILING, _ACCOUNT, Repair.SIGN_IN),
    HealthReason.ACCOUNT_SUSPENDED: Cause(_FAILING, _ACCOUNT, Repair.CONTACT_UTILITY),
    HealthReason.ACCOUNT_DIFFERS: Cause(_FAILING, _ACCOUNT, Repair.CONTACT_UTILITY),
    HealthReason.NOT_LISTED: Cause(_FAILED, _COMMISSIONING, Repair.RE_ANNOUNCE),
    HealthReason.NOT_SPOKEN_FOR: Cause(_FAILING, _COMMISSIONING, Repair.REPLACE_DEVICE),
    HealthReason.REGISTRATION_LOST: Cause(_FAILED, _REGISTRATION, Repair.REREGISTER),
    HealthReason.NOT_IDENTIFIED: Cause(_FAILED, _REGISTRATION, Repair.REREGISTER),
    HealthReason.REGISTRATION_FAILED: Cause(_FAILED, _REGISTRATION, Repair.REREGISTER),
    HealthReason.BINDING_LOST: Cause(_FAILED, _REGISTRATION, Repair.CONTACT_UTILITY),
    HealthReason.REGISTRATION_SUSPENDED: Cause(_FAILING, _REGISTRATION, Repair.CONTACT_UTILITY),
    HealthReason.PROGRAMS_DIFFER: Cause(_FAILING, _REGISTRATION, Repair.CORRECT_ENROLLMENT),
    HealthReason.NOT_ASSIGNED: Cause(_FAILING, _REGISTRATION, Repair.CORRECT_ENROLLMENT),
    HealthReason.ENTITY_MISSING: Cause(_FAILED, _DEVICE, Repair.REPLACE_DEVICE),
    HealthReason.NO_ANSWER: Cause(_FAILED, _DEVICE, Repair.CHECK_DEVICE),
    HealthReason.ENTITY_UNAVAILABLE: Cause(_FAILING, _DEVICE, Repair.CHECK_DEVICE),
    HealthReason.SESSIONS_UNDELIVERED: Cause(_FAILING, Verdict.UTILITY_DOWN, Repair.WAIT),
    HealthReason.CONTROL_MISSED: Cause(_MARGINAL, _DEVICE, Repair.CHECK_DEVICE),
    HealthReason.WEAK_SIGNAL: Cause(_MARGINAL, _COVERAGE, Repair.IMPROVE_COVERAGE),
    HealthReason.WEAK_LINK: Cause(_MARGINAL, _COVERAGE, Repair.IMPROVE_COVERAGE),
    HealthReason.BATTERY_LOW: Cause(_MARGINAL, _DEVICE, Repair.CHECK_DEVICE),
    HealthReason.CLOCK_OFF: Cause(_MARGINAL, _GATEWAY, Repair.RESYNCHRONISE),
    HealthReason.READINGS_DOUBTED: Cause(_MARGINAL, _GATEWAY, Repair.WAIT),
    HealthReason.UNEXPECTED: Cause(_FAILING, _GATEWAY, Repair.WAIT),
    HealthReason.BACKGROUND_FAILING: Cause(_FAILING, _GATEWAY, Repair.WAIT),
    HealthReason.CERTIFICATE_EXPIRING: Cause(_MARGINAL, _COMMISSIONING, Repair.RENEW_CERTIFICATE),
    HealthReason.UTILITY_REFUSES: Cause(_MARGINAL, _ACCOUNT, Repair.CONTACT_UTILITY),
    HealthReason.UTILITY_UNREACHABLE: Cause(_MARGINAL, Verdict.UTILITY_DOWN, Repair.WAIT),
}
"""What every reason means."""

_MEANS: dict[AnyReason, HealthReason] = {
    Reason.PORTAL_PENDING: HealthReason.NOT_COMMISSIONED,
    Reason.CERTIFICATE_REFUSED: HealthReason.GATEWAY_REFUSES,
    Reason.CERTIFICATE_EXPIRED: HealthReason.CERTIFICATE_EXPIRED,
    Reason.UNREACHABLE: HealthReason.GATEWAY_UNREACHABLE,
    Reason.GATEWAY_SILENT: HealthReason.GATEWAY_SILENT,
    Reason.GATEWAY_BUSY: HealthReason.GATEWAY_SILENT,
    Reason.WRONG_GATEWAY: HealthReason.GATEWAY_REPLACED,
    Reason.WRONG_PIN: HealthReason.NOT_COMMISSIONED,
    Reason.REGISTRATION_REFUSED: HealthReason.NOT_COMMISSIONED,
    Reason.NOT_LISTED: HealthReason.NOT_LISTED,
    Reason.NOT_ALLOWED: HealthReason.NOT_SPOKEN_FOR,
    Reason.NO_LONGER_REGISTERED: HealthReason.GATEWAY_REFUSES,
    Reason.CLOCK_OFF: HealthReason.CLOCK_OFF,
    Reason.READINGS_DOUBTED: HealthReason.READINGS_DOUBTED,
    Reason.UNEXPECTED: HealthReason.UNEXPECTED,
    Reason.RADIO_GONE: HealthReason.GATEWAY_UNREACHABLE,
    Reason.NO_NETWORK: HealthReason.GATEWAY_UNREACHABLE,
    Reason.WRONG_INSTALL_CODE: HealthReason.NOT_COMMISSIONED,
    Reason.LEFT_NETWORK: HealthReason.GATEWAY_REFUSES,
    Reason.NOT_AUTHORIZED: HealthReason.GATEWAY_REFUSES,
    UtilityReason.UNAUTHORIZED: HealthReason.PERMISSION_LOST,
    UtilityReason.CREDENTIALS_REFUSED: HealthReason.PERMISSION_LOST,
    UtilityReason.SCOPE_MISSING: HealthReason.PERMISSION_LOST,
    UtilityReason.ELSEWHERE: HealthReason.PERMISSION_LOST,
    UtilityReason.ACCOUNT_SUSPENDED: HealthReason.ACCOUNT_SUSPENDED,
    UtilityReason.GATEWAY_NOT_AT_PREMISE: HealthReason.ACCOUNT_DIFFERS,
    UtilityReason.REGISTRATION_CLOSED: HealthReason.REGISTRATION_LOST,
    UtilityReason.REFUSED_BY_UTILITY: HealthReason.REGISTRATION_LOST,
    UtilityReason.UNKNOWN_TO_UTILITY: HealthReason.REGISTRATION_LOST,
    UtilityReason.NOT_IDENTIFIED: HealthReason.NOT_IDENTIFIED,
    UtilityReason.WRONG_KEY: HealthReason.NOT_IDENTIFIED,
    UtilityReason.WRONG_SERIAL: HealthReason.NOT_IDENTIFIED,
    UtilityReason.REGISTRATION_SUSPENDED: HealthReason.REGISTRATION_SUSPENDED,
    UtilityReason.NOT_CONFIGURED: HealthReason.NOT_ASSIGNED,
    UtilityReason.NOT_ENROLLED: HealthReason.NOT_ASSIGNED,
    UtilityReason.BINDING_NOT_IN_FORCE: HealthReason.BINDING_LOST,
}


def meaning(reason: AnyReason) -> HealthReason:
    """Return what a reason of gateway or utility means for the health of what it was about."""
    if isinstance(reason, HealthReason):
        return reason
    if isinstance(reason, Reason):
        return _MEANS.get(reason, HealthReason.GATEWAY_NOT_UNDERSTOOD)
    otherwise = HealthReason.UTILITY_UNREACHABLE if reason in PASSING else HealthReason.UTILITY_REFUSES
    return _MEANS.get(reason, otherwise)


def finding(reason: HealthReason) -> Finding:
    """Return a reason as a finding, as bad as it usually is."""
    return Finding(reason, CAUSES[reason].state)


def registration_failure(run: RegistrationRun) -> HealthReason | None:
    """Return what the failure of a registration means for the device, None where it did not fail."""
    if run.device_state is not DeviceState.FAILED:
        return None
    reason = run.failed_for
    if reason is UtilityReason.UNKNOWN_TO_UTILITY and run.registration_id is None:
        return HealthReason.REGISTRATION_FAILED  # something else is unknown: there is no registration yet
    means = _MEANS.get(reason) if reason is not None else None
    of_utility = means is not None and CAUSES[means].verdict in (_REGISTRATION, _ACCOUNT)
    return means if of_utility else HealthReason.REGISTRATION_FAILED
