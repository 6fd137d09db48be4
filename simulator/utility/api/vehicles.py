"""The operations of docs/utility-api.yaml on vehicles, bindings, sessions and bills."""

from __future__ import annotations

from typing import Any

from simulator.utility.api.call import Call, Operate, Reply
from simulator.utility.billing import Billing
from simulator.utility.problems import ProblemError
from simulator.utility.times import in_utc, time_of
from simulator.utility.vehicles import Vehicles


def _own_binding(call: Call, identifier: str) -> dict[str, Any]:
    binding = call.utility.vehicles.binding(identifier)
    if binding["user"] != call.user:
        raise ProblemError("not-found", f"there is no binding {identifier}")
    return binding


async def _list_vehicles(call: Call) -> Reply:
    vehicles = call.utility.vehicles
    return 200, {"vehicles": [vehicles.shown(each, call.user) for each in vehicles.of(call.user)]}


async def _add_vehicle(call: Call) -> Reply:
    vehicles = call.utility.vehicles
    return 201, vehicles.shown(vehicles.add(call.user, call.body), call.user)


async def _rate_programs(call: Call) -> Reply:
    call.own_premise(call.query["premise_id"])
    return 200, {"programs": call.utility.vehicles.programs(call.query["premise_id"])}


async def _list_bindings(call: Call) -> Reply:
    premise = call.own_premise(call.query["premise_id"])
    found = call.utility.vehicles.bindings_of("premise_id", premise["id"])
    return 200, {"bindings": [Vehicles.binding_shown(each) for each in found]}


async def _bind(call: Call) -> Reply:
    call.own_premise(call.body["premise_id"])
    return 201, Vehicles.binding_shown(call.utility.vehicles.bind(call.customer, call.body))


async def _get_binding(call: Call) -> Reply:
    binding = call.utility.vehicles.binding(call.path["id"])
    # The vehicle's owner, who is told of changes, may look.
    if call.user != binding["owner"]:
        binding = _own_binding(call, binding["id"])
    return 200, Vehicles.binding_shown(binding)


async def _end_binding(call: Call) -> Reply:
    binding = _own_binding(call, call.path["id"])
    ended = call.utility.vehicles.end(binding["id"], time_of(call.body["valid_until"]), call.body["reason"])
    return 200, Vehicles.binding_shown(ended)


async def _confirm(call: Call) -> Reply:
    binding = _own_binding(call, call.path["id"])
    known = call.utility.billing.confirm(binding, call.body["session_id"], in_utc(call.body["started_at"]))
    return 200, {key: known[key] for key in ("session_id", "status", "payer")}


async def _record(call: Call) -> Reply:
    binding = _own_binding(call, call.body["binding_id"])
    return 201, Billing.shown(call.utility.billing.record(binding, call.body))


async def _records(call: Call) -> Reply:
    wanted = {name: call.query[name] for name in ("vehicle_id", "premise_id", "month") if name in call.query}
    found = [
        each
        for each in call.utility.billing.records(call.user)
        if all(each[name] == value for name, value in wanted.items())
    ]
    return 200, {"records": [Billing.shown(each) for each in found]}


async def _bills(call: Call) -> Reply:
    month = call.query.get("month")
    bills = call.utility.billing.bills(call.user)
    return 200, {"bills": [each for each in bills if month in (None, each["month"])]}


OPERATIONS: dict[str, Operate] = {
    "listVehicles": _list_vehicles,
    "addVehicle": _add_vehicle,
    "listRatePrograms": _rate_programs,
    "listBindings": _list_bindings,
    "bindVehicle": _bind,
    "getBinding": _get_binding,
    "endBinding": _end_binding,
    "confirmSession": _confirm,
    "recordSession": _record,
    "listBillingRecords": _records,
    "listBills": _bills,
}
