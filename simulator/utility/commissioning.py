"""Commissioning requests: the customer has the gateway told about a device."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from simulator.fleet.fleet import Fleet
from simulator.utility.state import UtilityState
from simulator.utility.work import Work


class Commissioning:
    """Takes requests, and tells gateways after a while."""

    def __init__(self, state: UtilityState, fleet: Fleet, work: Work) -> None:
        self._state = state
        self._fleet = fleet
        self._work = work

    def resume(self) -> None:
        """Go on with what a restart interrupted."""
        for request in self._state.store.all("commissioning"):
            if request["status"] == "pending":
                self._work.start(self._tell_gateway(request["id"]))

    def get(self, identifier: str, user: str) -> dict[str, Any]:
        """One request, or the problem that there is none of this customer."""
        return self._state.find("commissioning", identifier, "commissioning request", user=user)

    def request(self, user: str, body: dict[str, Any]) -> dict[str, Any]:
        """Have the gateway told about a device."""
        request = {
            "id": f"com-{secrets.token_hex(8)}",
            "user": user,
            "status": "pending",
            "reason": None,
            "device_lfdi": body["device"]["lfdi"],
            "gateway_lfdi": body["gateway_lfdi"],
            "key": body["device"].get("key"),
            "zigbee": body["device"].get("zigbee"),
        }
        self._state.store.put("commissioning", request["id"], request)
        self._work.start(self._tell_gateway(request["id"]))
        return request

    async def _tell_gateway(self, identifier: str) -> None:
        await asyncio.sleep(self._state.settings["commission_seconds"])
        async with self._state.writing:
            request = self._state.store.get("commissioning", identifier)
            if request is None:
                return
            gateway = self._fleet.known_as(request["gateway_lfdi"])
            if gateway is None or self._state.faults.take("refuse_commissioning"):
                request |= {"status": "refused", "reason": "the gateway does not accept the device"}
            else:
                state = gateway.state
                pin = state.settings.pin if request["key"] is None else int(request["key"])
                request["status"] = "accepted"
                if request.get("zigbee") is None:
                    state.registrations.add(request["device_lfdi"], pin, in_band=False)
                elif gateway.zigbee is None or not gateway.zigbee.permitted(**request["zigbee"]):
                    request |= {"status": "refused", "reason": "the meter cannot take this install code"}
                await state.changed()
            self._state.store.put("commissioning", identifier, request)
            self._state.tell(request["user"], "commissioning_request.updated", identifier)
