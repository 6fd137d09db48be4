"""A utility that is told in its portal: what becomes of a device is seen on the gateway alone."""

from collections.abc import Awaitable, Callable, Sequence
from typing import override

from ...esi import DemandResponseProgram
from ..protocol import Standing, Utility

type Witness = Callable[[str], Awaitable[Sequence[DemandResponseProgram]]]
"""Returns the demand response programs that the gateway assigns to the device at an address of its list."""


class Portal(Utility):
    """Has no feature of its own: everything is done by a person, and looked for on the gateway."""

    def __init__(self, witness: Witness) -> None:
        """``witness`` is asked what the gateway knows."""
        self._witness = witness

    @override
    async def standing(self, href: str) -> Standing:
        return Standing(tuple(await self._witness(href)))
