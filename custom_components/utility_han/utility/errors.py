"""What can go wrong between us and the utility, as a closed list of reasons a person can be told."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Program
    from .vehicle_model import Binding

PROBLEM = "urn:utility-han:problem:"


class UtilityReason(StrEnum):
    """Why something did not work. Each has its own words and next step in the translations."""

    UTILITY_UNREACHABLE = "utility_unreachable"
    """No answer: no network, a wrong address, or the utility's servers are down."""
    UTILITY_BUSY = "utility_busy"
    """It asks to be left alone for a while (429, 503)."""
    UTILITY_ERROR = "utility_error"
    """An error of its own (5xx)."""
    UTILITY_NOT_UNDERSTOOD = "utility_not_understood"
    """What it answers is not what its API says."""
    NOT_A_UTILITY = "not_a_utility"
    """At the address there is no utility with this API."""
    NOT_VOUCHED_FOR = "not_vouched_for"
    """The server for signing in that it names does not say that its tokens are for this address."""
    UNAUTHORIZED = "unauthorized"
    """The customer's permission was revoked or has run out."""
    SCOPE_MISSING = "scope_missing"
    """It knows us, and its credentials do not allow what was asked (403)."""
    CREDENTIALS_REFUSED = "credentials_refused"
    """Client id and secret give no token."""
    ELSEWHERE = "authorized_elsewhere"
    """Tokens come from another host than the utility's, which a person has not agreed to yet."""
    NOT_ENCRYPTED = "not_encrypted"
    """Its address is no https address."""
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    """Its certificate cannot be verified."""
    NAME_TAKEN = "name_taken"
    """Somebody else's object has the name at the utility."""
    INVALID_REQUEST = "invalid_request"
    UNKNOWN_TO_UTILITY = "unknown_to_utility"
    ACCOUNT_SUSPENDED = "account_suspended"
    GATEWAY_NOT_AT_PREMISE = "gateway_not_at_premise"
    COMMISSIONING_REFUSED = "commissioning_refused"
    DEVICE_INCOMPATIBLE = "device_incompatible"
    DEVICE_ALREADY_REGISTERED = "device_already_registered"
    NOT_DISCOVERED = "not_discovered"
    NOT_IDENTIFIED = "not_identified"
    WRONG_SERIAL = "wrong_serial"
    WRONG_KEY = "wrong_key"
    PROGRAM_CLOSED = "program_closed"
    PROGRAM_NOT_FOR_DEVICE = "program_not_for_device"
    TERMS_CHANGED = "terms_changed"
    REFUSED_BY_UTILITY = "refused_by_utility"
    REGISTRATION_CLOSED = "registration_closed"
    REGISTRATION_SUSPENDED = "registration_suspended"
    WRONG_STAGE = "wrong_stage"
    LINK_FAILED = "link_failed"
    CURSOR_EXPIRED = "cursor_expired"
    AWAITING_APPROVAL = "awaiting_approval"
    """A representative has still to decide."""
    LINKING = "linking"
    """The utility is still making the link."""
    NOT_CONFIGURED = "not_configured"
    """The gateway does not offer the device what the utility says it does."""
    CONSENT_MISSING = "consent_missing"
    INVALID_VIN = "invalid_vin"
    NOT_VEHICLE_OWNER = "not_vehicle_owner"
    VEHICLE_ALREADY_BOUND = "vehicle_already_bound"
    BINDING_OVERLAP = "binding_overlap"
    PROGRAM_NOT_FOR_PREMISE = "program_not_for_premise"
    BINDING_NOT_IN_FORCE = "binding_not_in_force"
    SESSION_OUTSIDE_BINDING = "session_outside_binding"
    SESSION_OVERLAPS = "session_overlaps"
    SESSION_INCONSISTENT = "session_inconsistent"
    SESSION_DIFFERS = "session_differs"
    """The utility has another session under the same id."""
    SESSION_NOT_CONFIRMED = "session_not_confirmed"
    AT_FORMER_ACCOUNT = "at_former_account"
    """It is of an account that was linked before, and is for nobody else."""
    SESSIONS_AFTER_END = "sessions_after_end"
    CASE_CLOSED = "case_closed"
    CASE_NOT_RESOLVED = "case_not_resolved"
    SLOT_TAKEN = "slot_taken"
    NOT_ENROLLED = "not_enrolled_at_utility"
    CONTROL_UNDER_WAY = "control_under_way"
    DIAGNOSIS_DENIED = "diagnosis_denied"


PASSING = frozenset(
    {
        UtilityReason.UTILITY_UNREACHABLE,
        UtilityReason.UTILITY_BUSY,
        UtilityReason.UTILITY_ERROR,
        UtilityReason.UTILITY_NOT_UNDERSTOOD,
        UtilityReason.UNAUTHORIZED,
        UtilityReason.CREDENTIALS_REFUSED,
        UtilityReason.ELSEWHERE,
        UtilityReason.CERTIFICATE_UNTRUSTED,
    }
)
"""What says nothing about what was asked, and is waited out (or, for the permission, asked for again)."""

_BY_PROBLEM = {
    "invalid-request": UtilityReason.INVALID_REQUEST,
    "unauthorized": UtilityReason.UNAUTHORIZED,
    "not-found": UtilityReason.UNKNOWN_TO_UTILITY,
    "rate-limited": UtilityReason.UTILITY_BUSY,
    "unavailable": UtilityReason.UTILITY_BUSY,
    "internal-error": UtilityReason.UTILITY_ERROR,
    "registration-refused": UtilityReason.REFUSED_BY_UTILITY,
    "not-enrolled": UtilityReason.NOT_ENROLLED,
}


def reason_of(problem_type: str, status: int) -> UtilityReason:
    """Return the reason behind a problem's ``type`` (RFC 9457), or behind the status where the type is unknown."""
    name = problem_type.removeprefix(PROBLEM)
    if name in _BY_PROBLEM:
        return _BY_PROBLEM[name]
    try:
        return UtilityReason(name.replace("-", "_"))
    except ValueError:
        return reason_of_status(status)


def reason_of_status(status: int) -> UtilityReason:
    """Return the reason behind an answer that is no problem document."""
    if status in (429, 503):
        return UtilityReason.UTILITY_BUSY
    if status == 401:
        return UtilityReason.UNAUTHORIZED
    if status == 404:
        return UtilityReason.UNKNOWN_TO_UTILITY
    return UtilityReason.UTILITY_ERROR if status >= 500 else UtilityReason.INVALID_REQUEST


class UtilityError(Exception):
    """The utility could not do what was asked.

    ``reason`` is for people and automations, the message for the log; neither holds a secret. ``retry_after`` is how
    long the utility wants to be left alone, ``programs`` what changed with ``TERMS_CHANGED``, ``bindings`` what is in
    the way with ``BINDING_OVERLAP``.
    """

    def __init__(
        self,
        reason: UtilityReason,
        detail: str,
        *,
        retry_after: timedelta | None = None,
        programs: Sequence[Program] = (),
        bindings: Sequence[Binding] = (),
    ) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after
        self.programs = tuple(programs)
        self.bindings = tuple(bindings)
