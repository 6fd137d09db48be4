"""The operations of docs/utility-api.yaml on accounts, programs, device registrations and events."""

from __future__ import annotations

import random
import secrets
from typing import Any

from simulator.utility.api.call import Call, Operate, Reply
from simulator.utility.catalogue import COMPATIBLE_DEVICES, OURS, program_shown
from simulator.utility.problems import ProblemError


def _shown(registration: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in registration.items() if key != "user"}


async def _accounts(call: Call) -> Reply:
    premise = call.customer["premise"]
    shown = {**premise, "gateways": [{"lfdi": lfdi} for lfdi in premise["gateways"]]}
    return 200, {"accounts": [{**call.customer["account"], "premises": [shown]}]}


async def _verify(call: Call) -> Reply:
    call.own_gateway(call.path["premise_id"], call.body["gateway_lfdi"])
    return 200, {"premise_id": call.path["premise_id"], "verified": True}


async def _compatible(call: Call) -> Reply:
    kind, every = call.query.get("kind"), call.utility.state.settings["models"] == "all"
    listed = [device for device in COMPATIBLE_DEVICES if every or device["manufacturer"] != OURS]
    return 200, {"devices": [device for device in listed if kind in (None, device["kind"])]}


async def _programs(call: Call) -> Reply:
    call.own_premise(call.query["premise_id"])
    return 200, {"programs": [program_shown(program) for program in call.utility.state.store.all("program")]}


def _request_shown(request: dict[str, Any]) -> dict[str, Any]:
    return {key: request[key] for key in ("id", "status", "device_lfdi", "reason")}


async def _request_commissioning(call: Call) -> Reply:
    call.own_gateway(call.body["premise_id"], call.body["gateway_lfdi"])
    return 201, _request_shown(call.utility.commissioning.request(call.user, call.body))


async def _commissioning(call: Call) -> Reply:
    return 200, _request_shown(call.utility.commissioning.get(call.path["id"], call.user))


async def _request_registration(call: Call) -> Reply:
    call.own_gateway(call.body["premise_id"], call.body["gateway_lfdi"])
    request = {
        "id": f"req-{secrets.token_hex(8)}",
        "premise_id": call.body["premise_id"],
        "received_at": call.utility.state.now_text(),
    }
    call.utility.state.store.put("request", request["id"], {**request, "user": call.user})
    return 201, request


async def _list(call: Call) -> Reply:
    call.own_premise(call.query["premise_id"])
    wanted = call.query.get("gateway_lfdi")
    return 200, {
        "registrations": [
            _shown(registration)
            for registration in call.utility.registrations.all()
            if registration["user"] == call.user
            and registration["stage"] != "closed"
            and wanted in (None, registration["gateway_lfdi"])
        ]
    }


async def _open(call: Call) -> Reply:
    call.own_gateway(call.body["premise_id"], call.body["gateway_lfdi"])
    call.utility.state.find("request", call.body["request_id"], "request", user=call.user)
    return 201, _shown(call.utility.desk.open(call.user, call.body))


async def _get(call: Call) -> Reply:
    return 200, _shown(call.own_registration())


async def _close(call: Call) -> Reply:
    return 200, _shown(await call.utility.desk.end(call.own_registration()))


async def _take_over(call: Call) -> Reply:
    return 200, _shown(call.utility.desk.take_over(call.own_registration()))


async def _discover(call: Call) -> Reply:
    return 200, _shown(call.utility.desk.discover(call.own_registration()))


async def _identify(call: Call) -> Reply:
    registration = call.own_registration()
    return 200, _shown(call.utility.desk.identify(registration, call.body["serial"], call.body["key"]))


async def _set_programs(call: Call) -> Reply:
    registration = call.own_registration()
    return 200, _shown(await call.utility.desk.set_programs(registration, call.body["programs"]))


async def _link(call: Call) -> Reply:
    return 200, _shown(call.utility.links.begin(call.own_registration()))


async def _acknowledge(call: Call) -> Reply:
    registration = call.own_registration()
    return 200, _shown(
        await call.utility.links.acknowledge(registration, call.body["messages"], ready=call.body["ready"])
    )


async def _events(call: Call) -> Reply:
    state, cursor = call.utility.state, int(call.query.get("cursor", "0"))
    if cursor > state.store.last_event():
        raise ProblemError("cursor-expired", "begin again without a cursor")
    found = await state.events_after(call.user, cursor, call.query.get("wait", 0))
    events = [event for _, event in found]
    if state.faults.take("duplicate_events"):
        events += events
    if state.faults.take("shuffled_events"):
        random.Random(len(events)).shuffle(events)
    return 200, {"events": events, "cursor": str(found[-1][0] if found else cursor)}


OPERATIONS: dict[str, Operate] = {
    "listAccounts": _accounts,
    "verifyPremise": _verify,
    "listCompatibleDevices": _compatible,
    "listPrograms": _programs,
    "requestCommissioning": _request_commissioning,
    "getCommissioningRequest": _commissioning,
    "requestRegistration": _request_registration,
    "listRegistrations": _list,
    "openRegistration": _open,
    "getRegistration": _get,
    "closeRegistration": _close,
    "takeOverRegistration": _take_over,
    "discoverDevice": _discover,
    "identifyDevice": _identify,
    "setPrograms": _set_programs,
    "linkDevice": _link,
    "acknowledgeMessages": _acknowledge,
    "listEvents": _events,
}
