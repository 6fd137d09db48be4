"""Which objects a client may see (OpenADR 3.1.1, Definition, "Object Privacy")."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from simulator.utility.store import Document, UtilityStore
from simulator.vtn.clients import Caller

TARGETED = frozenset({"program", "event"})
"""What the utility makes for those to whom it granted a target; all else belongs to a client."""


class Privacy:
    """Shows objects to those who may see them."""

    def __init__(self, store: UtilityStore, targets_in_query: Callable[[], bool]) -> None:
        """``targets_in_query``: a VEN sees what has targets only where it names them, as the Definition has it."""
        self._store = store
        self._named_only = targets_in_query

    def granted(self, client_id: str) -> set[str]:
        """The targets that the utility gave a client's vens and resources."""
        return {
            target
            for kind in ("ven", "resource")
            for each in self._store.all(kind)
            if each["clientID"] == client_id
            for target in each.get("targets") or ()
        }

    def shower(self, kind: str, caller: Caller, asked: Sequence[str] | None) -> Callable[[Document], Document | None]:
        """What shows an object to who asks, or None where they may not see it or did not ask for it.

        ``asked`` are the targets of a query, each of which has to match; None: the object was asked for by its id.
        """
        wanted = set(asked or ())
        if caller.business or kind not in TARGETED:
            mine = None if caller.business else caller.id

            def own(found: Document) -> Document | None:
                allowed = caller.business or found["clientID"] == mine
                return found if allowed and wanted <= set(found.get("targets") or ()) else None

            return own
        granted = self.granted(caller.id) if caller.id is not None else set()
        by_grant = asked is None or (not wanted and not self._named_only())
        usable = granted if by_grant else granted & wanted

        def targeted(found: Document) -> Document | None:
            targets = found.get("targets") or ()
            if not targets:
                return None if wanted else found
            if not usable.intersection(targets) or (wanted and not usable <= set(targets)):
                return None
            # Target hiding: a VEN learns no target that it was not given.
            return found | {"targets": [target for target in targets if target in usable]}

        return targeted

    def hears(self, subscription: Document, kind: str, found: Document, *, business: bool) -> Document | None:
        """An object as a subscription is told of it, None where it is not."""
        caller = Caller(subscription["clientID"], business=business, scopes=frozenset())
        # Without targets of its own, a subscription is for all that was granted.
        return self.shower(kind, caller, subscription.get("targets") or None)(found)


def matches(found: Document, filters: dict[str, Any]) -> bool:
    """Whether an object has all these values."""
    return all(found.get(key) == value for key, value in filters.items())
