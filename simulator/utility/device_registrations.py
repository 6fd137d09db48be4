"""The device registrations that the utility keeps."""

from __future__ import annotations

from typing import Any

from simulator.utility.problems import ProblemError
from simulator.utility.state import UtilityState

type DeviceRegistration = dict[str, Any]
"""As the API has it, and ``user``: the customer's name."""

ENDED = ("refused", "closed")
"""Stages in which a device may be registered anew."""


class DeviceRegistrations:
    """Reads and writes registrations; the customer is told of every change."""

    def __init__(self, state: UtilityState) -> None:
        self._state = state

    def all(self) -> list[DeviceRegistration]:
        """Every registration."""
        return list(self._state.store.all("registration"))

    def get(self, identifier: str) -> DeviceRegistration:
        """One registration, or the problem that there is none."""
        registration = self._state.store.get("registration", identifier)
        if registration is None:
            raise ProblemError("not-found", f"there is no registration {identifier}")
        return registration

    def save(self, registration: DeviceRegistration, **changes: Any) -> DeviceRegistration:
        """Write a registration with its next version, and tell the customer."""
        registration |= changes
        registration["version"] += 1
        registration["updated_at"] = self._state.now_text()
        self._state.store.put("registration", registration["id"], registration)
        self._state.tell(
            registration["user"], "registration.updated", registration["id"], version=registration["version"]
        )
        return registration


def expect_open(registration: DeviceRegistration) -> None:
    """Raise the problem if a registration has ended."""
    if registration["stage"] == "refused":
        raise ProblemError("registration-refused", registration["reason"]["detail"])
    if registration["stage"] == "closed":
        raise ProblemError("registration-closed", "the registration is closed")
