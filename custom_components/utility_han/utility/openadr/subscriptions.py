"""Subscriptions: the VTN posts to our webhook what happened to objects (Definition, "Subscriptions", "Webhooks").

A POST has no idempotency key, so subscriptions are found by ``clientName`` before one is made. Definition ("Object
Privacy") processes the targets of a subscription as those of a query, and means those that were granted: there is one
without targets, and one for each target, as programs and events are read.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

from ..errors import UtilityError, UtilityReason
from .connection import VtnConnection

_OBJECTS = ("PROGRAM", "EVENT", "VEN", "RESOURCE")
"""What we read: of the last two a change may be targets that were granted."""
_OPERATIONS = ("CREATE", "UPDATE", "DELETE")
_MOST_TARGETS = 20
_ID = re.compile(r"[a-zA-Z0-9_-]{1,128}")  # objectID


class Subscriptions:
    """Those of one home, whose ven's name is their ``clientName``."""

    def __init__(self, connection: VtnConnection, name: str) -> None:
        self._connection = connection
        self._name = name

    async def keep(self, callback: str, token: str, targets: Collection[str]) -> None:
        """Have the VTN post to ``callback``, with ``token``.

        What is there is written anew: the VTN challenges the webhook again, and uses one again that it had given up
        ("mark it as broken", "Additional guidelines").
        """
        there = await self._ours()
        for wanted in ([], *([target] for target in sorted(targets)[:_MOST_TARGETS])):
            body = self._request(callback, token, wanted)
            about = next((about for about, of in there if of == wanted), None)
            if about is None:
                await self._connection.call("POST", "subscriptions", body)
            else:
                there = [each for each in there if each[0] != about]
                await self._connection.call("PUT", f"subscriptions/{about}", body)
        await self._delete(about for about, _ in there)

    async def remove(self) -> None:
        """Have the VTN post no more."""
        await self._delete(about for about, _ in await self._ours())

    async def _ours(self) -> list[tuple[str, list[str]]]:
        entries, _ = await self._connection.pages("subscriptions", {"clientName": self._name})
        return [
            (each["id"], list(each.get("targets") or ()))
            for each in entries
            if isinstance(each, dict)
            and each.get("clientName") == self._name
            and isinstance(each.get("id"), str)
            and _ID.fullmatch(each["id"])
        ]

    async def _delete(self, subscriptions: Iterable[str]) -> None:
        for about in subscriptions:
            try:
                await self._connection.call("DELETE", f"subscriptions/{about}")
            except UtilityError as err:
                if err.reason is not UtilityReason.UNKNOWN_TO_UTILITY:
                    raise

    def _request(self, callback: str, token: str, targets: list[str]) -> dict[str, Any]:
        """Return a ``subscriptionRequest``."""
        told = {"objects": _OBJECTS, "operations": _OPERATIONS, "callbackUrl": callback, "bearerToken": token}
        return {"clientName": self._name, "objectOperations": [told]} | ({"targets": targets} if targets else {})
