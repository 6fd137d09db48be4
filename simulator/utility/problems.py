"""Problem details (RFC 9457) of the utility's API."""

from __future__ import annotations

from typing import Any, override

from aiohttp import web

from simulator.utility.failing import RefusalError

PREFIX = "urn:utility-han:problem:"
_TITLES = {
    "invalid-request": (400, "The request is not as the API says"),
    "unauthorized": (401, "No valid access token"),
    "account-suspended": (403, "The account is suspended"),
    "not-found": (404, "There is no such resource"),
    "method-not-allowed": (405, "The resource does not have this method"),
    "cursor-expired": (410, "The cursor is no longer known"),
    "idempotency-key-reused": (409, "The idempotency key was used for another request"),
    "gateway-not-at-premise": (409, "The gateway does not belong to the premise"),
    "device-already-registered": (409, "The device is registered already"),
    "not-discovered": (409, "The device was not found on the gateway"),
    "not-identified": (409, "The device was not identified"),
    "terms-changed": (409, "The terms of a program have changed"),
    "registration-closed": (409, "The registration is closed"),
    "registration-refused": (409, "The registration was refused"),
    "wrong-stage": (409, "The registration is not that far"),
    "link-failed": (409, "The device could not be linked"),
    "not-vehicle-owner": (409, "The vehicle belongs to another account"),
    "vehicle-already-bound": (409, "The vehicle is bound elsewhere"),
    "binding-overlap": (409, "The vehicle is bound at that time"),
    "binding-not-in-force": (409, "The binding is not in force"),
    "sessions-after-end": (409, "Sessions were recorded after that"),
    "session-outside-binding": (409, "The session is not within the binding"),
    "session-overlaps": (409, "The session overlaps another one"),
    "session-differs": (409, "The session was recorded otherwise"),
    "session-not-confirmed": (409, "The vehicle's owner has not confirmed the session"),
    "control-under-way": (409, "A test signal would disturb a control that is under way"),
    "case-closed": (409, "The case is closed"),
    "case-not-resolved": (409, "No diagnosis since has found nothing wrong"),
    "slot-taken": (409, "Somebody else has the appointment"),
    "not-enrolled": (409, "The device is in no program that has controls"),
    "diagnosis-denied": (409, "The customer has not allowed the diagnosis"),
    "session-inconsistent": (422, "The figures of the session contradict each other"),
    "invalid-vin": (422, "There is no such VIN"),
    "program-not-for-premise": (422, "The program is not open to the premise"),
    "device-incompatible": (422, "The device is not supported"),
    "wrong-serial": (422, "The serial number is unknown or in use"),
    "wrong-key": (422, "The key does not belong to the device"),
    "program-closed": (422, "The program takes no devices"),
    "program-not-for-device": (422, "The program does not take this kind of device"),
    "commissioning-refused": (422, "The gateway is not told about the device"),
    "rate-limited": (429, "Too many requests"),
    "internal-error": (500, "The utility has a problem"),
    "unavailable": (503, "The utility is not available"),
}


class ProblemError(RefusalError):
    """A request that is answered with a problem; ``name`` is the end of its type."""

    def __init__(self, name: str, detail: str = "", **more: Any) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail
        self.more = more

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _TITLES[self.name][0]

    def body(self) -> dict[str, Any]:
        """The problem document."""
        status, title = _TITLES[self.name]
        document = {"type": PREFIX + self.name, "title": title, "status": status, **self.more}
        return document | ({"detail": self.detail} if self.detail else {})

    @override
    def response(self) -> web.Response:
        headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'} if self.status == 401 else None
        return web.json_response(
            self.body(), status=self.status, content_type="application/problem+json", headers=headers
        )
