"""Faults as this integration's own code would have them."""

from collections.abc import Callable
from typing import Any, NoReturn


def fault_of_ours(kind: type[Exception]) -> Callable[..., NoReturn]:
    """Return a function that fails as code of the integration fails, seen by where it was raised."""
    made: dict[str, Any] = {"__name__": "custom_components.utility_han.gateway.zigbee.mistaken", "kind": kind}
    exec("def mistaken(*given, **named):\n    raise kind('ours')", made)  # noqa: S102
    mistaken: Callable[..., NoReturn] = made["mistaken"]
    return mistaken
