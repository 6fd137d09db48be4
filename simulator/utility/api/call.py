"""A request to the API, once it is as the document says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from simulator.utility.problems import ProblemError
from simulator.utility.utility import Utility

type Reply = tuple[int, dict[str, Any]]
"""Status and body."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that is as the document says; ``customer`` is who asks."""

    utility: Utility
    customer: dict[str, Any]
    path: dict[str, Any]
    query: dict[str, Any]
    body: Any

    @property
    def user(self) -> str:
        """The customer's name."""
        return str(self.customer["name"])

    def own_premise(self, premise_id: str) -> dict[str, Any]:
        """The customer's premise, or the problem that it is not theirs."""
        premise: dict[str, Any] = self.customer["premise"]
        if premise["id"] != premise_id:
            raise ProblemError("not-found", f"there is no premise {premise_id}")
        return premise

    def own_gateway(self, premise_id: str, lfdi: str) -> None:
        """Raise the problem unless the gateway is the premise's."""
        if lfdi not in self.own_premise(premise_id)["gateways"]:
            raise ProblemError("gateway-not-at-premise", "the gateway does not belong to this premise")

    def own_registration(self) -> dict[str, Any]:
        """The customer's registration that the path names."""
        registration = self.utility.registrations.get(self.path["id"])
        if registration["user"] != self.user:
            raise ProblemError("not-found", f"there is no registration {self.path['id']}")
        return registration


type Operate = Callable[[Call], Awaitable[Reply]]
"""Carries an operation out."""
