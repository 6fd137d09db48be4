"""What automations are told of health, and may ask about it: how things are, and what becomes of cases."""

from collections.abc import Mapping

from homeassistant.helpers.condition import Condition
from homeassistant.helpers.trigger import Trigger

from ..hub.automation import is_so, told
from ..procedures import HealthEvent, HealthState
from .cases import CaseChange
from .manager import HEALTH


def _health_told(*events: HealthEvent) -> type[Trigger]:
    return told(HEALTH, *events)


def _case(change: CaseChange) -> type[Trigger]:
    return told(HEALTH, HealthEvent.CASE_UPDATED, change=change)


def _is(*states: HealthState) -> type[Condition]:
    return is_so(frozenset({"health"}), lambda state: state.state in states)


TRIGGERS: Mapping[str, type[Trigger]] = {
    "device_failed": _health_told(HealthEvent.FAILED, HealthEvent.FAILING),
    "device_recovered": _health_told(HealthEvent.RECOVERED),
    "device_marginal": _health_told(HealthEvent.MARGINAL),
    "registration_lost": _health_told(HealthEvent.REGISTRATION_LOST),
    "control_missed": _health_told(HealthEvent.CONTROL_MISSED),
    "case_updated": _health_told(HealthEvent.CASE_UPDATED),
    "case_opened": _case(CaseChange.OPENED),
    "appointment_made": _case(CaseChange.APPOINTMENT),
    "case_closed": _case(CaseChange.CLOSED),
}

CONDITIONS: Mapping[str, type[Condition]] = {
    "is_healthy": _is(HealthState.OK),
    "is_marginal": _is(HealthState.MARGINAL),
    "is_failing": _is(HealthState.FAILING, HealthState.FAILED),
}
