"""The operations of docs/utility-api.yaml on cases, appointments, tests and remote diagnosis."""

from __future__ import annotations

from typing import Any

from simulator.utility.api.call import Call, Operate, Reply
from simulator.utility.cases import Cases
from simulator.utility.problems import ProblemError
from simulator.utility.remote_diagnosis import RemoteDiagnosis

_OPEN = ("requested", "allowed")


def _own_case(call: Call) -> dict[str, Any]:
    return call.utility.cases.get(call.path["id"], call.user)


def _own_request(call: Call) -> dict[str, Any]:
    return call.utility.remote.get(call.path["id"], call.user)


async def _list_cases(call: Call) -> Reply:
    premise = call.own_premise(call.query["premise_id"])
    found = [case for case in call.utility.cases.all(call.user) if case["premise_id"] == premise["id"]]
    return 200, {"cases": [Cases.shown(case) for case in found]}


async def _open_case(call: Call) -> Reply:
    call.own_gateway(call.body["premise_id"], call.body["gateway_lfdi"])
    utility, about = call.utility, call.body
    for name, known in (("registration_id", utility.registrations.get), ("binding_id", utility.vehicles.binding)):
        if name in about and known(about[name])["user"] != call.user:
            raise ProblemError("not-found", f"{name}: there is no {about[name]}")
    return 201, Cases.shown(call.utility.cases.open(call.user, call.body))


async def _get_case(call: Call) -> Reply:
    return 200, Cases.shown(_own_case(call))


async def _add_report(call: Call) -> Reply:
    return 201, Cases.shown(call.utility.cases.report(_own_case(call), call.body))


async def _close_case(call: Call) -> Reply:
    return 200, Cases.shown(call.utility.cases.close(_own_case(call)))


async def _slots(call: Call) -> Reply:
    call.own_premise(call.query["premise_id"])
    return 200, {"slots": call.utility.cases.slots()}


async def _book(call: Call) -> Reply:
    return 200, Cases.shown(call.utility.cases.book(_own_case(call), call.body["slot_id"]))


async def _cancel(call: Call) -> Reply:
    return 200, Cases.shown(call.utility.cases.cancel(_own_case(call)))


async def _reach(call: Call) -> Reply:
    return 200, await call.utility.reach.reach(call.own_registration())


async def _send(call: Call) -> Reply:
    return 201, await call.utility.remote.send(call.own_registration())


async def _signal(call: Call) -> Reply:
    return 200, call.utility.remote.signal(call.path["id"], call.user)


async def _requests(call: Call) -> Reply:
    premise = call.own_premise(call.query["premise_id"])
    found = [
        each
        for each in call.utility.remote.requests(call.user)
        if each["premise_id"] == premise["id"] and each["status"] in _OPEN
    ]
    return 200, {"requests": [RemoteDiagnosis.shown(each) for each in found]}


async def _answer(call: Call) -> Reply:
    return 200, RemoteDiagnosis.shown(call.utility.remote.answer(_own_request(call), allowed=call.body["allowed"]))


async def _result(call: Call) -> Reply:
    return 200, RemoteDiagnosis.shown(call.utility.remote.take_result(_own_request(call), call.body))


OPERATIONS: dict[str, Operate] = {
    "listCases": _list_cases,
    "openCase": _open_case,
    "getCase": _get_case,
    "addReport": _add_report,
    "closeCase": _close_case,
    "listAppointmentSlots": _slots,
    "bookAppointment": _book,
    "cancelAppointment": _cancel,
    "checkReachability": _reach,
    "sendTestSignal": _send,
    "getTestSignal": _signal,
    "listDiagnosticsRequests": _requests,
    "answerDiagnosticsRequest": _answer,
    "returnDiagnosis": _result,
}
