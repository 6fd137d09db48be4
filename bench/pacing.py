"""At what pace hubs speak to a gateway for the time of a benchmark."""

from collections.abc import Iterator
from contextlib import contextmanager

from custom_components.utility_han.gateway.ieee2030_5.connection import Pacing
from custom_components.utility_han.hub.reach import link

NO_PAUSES = Pacing(connections=0.0, requests=0.0, probes=0.0)
PACINGS = {"paced": Pacing(), "work": NO_PAUSES}
"""With the pauses that meters need, and without."""


@contextmanager
def at_pace(pacing: Pacing = NO_PAUSES) -> Iterator[None]:
    """Have hubs that are set up meanwhile keep to it, and those after it to what it was before."""
    before, link.PACING = link.PACING, pacing
    try:
        yield
    finally:
        link.PACING = before
