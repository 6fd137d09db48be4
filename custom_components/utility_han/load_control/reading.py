"""Reads the controls of programs, each for itself, and says where there are more than a device can have."""

from collections.abc import Sequence

from ..const import LOGGER
from ..esi import DemandResponseProgram, LoadControl
from ..gateway import ABOUT_RESOURCE, Gateway, GatewayError


class ControlsReader:
    """Reads over the session that is open."""

    def __init__(self, gateway: Gateway, title: str) -> None:
        """``title`` is the hub's, for the log."""
        self._gateway = gateway
        self._title = title
        self.left: dict[str, int] = {}
        """How many controls were not read because there are too many, by the href of their program."""

    async def async_read(self, programs: Sequence[DemandResponseProgram]) -> tuple[list[LoadControl], set[str]] | None:
        """Return the controls of ``programs``, and of which what is not there is called off; None without a program.

        Those are what was read fully, where the gateway has it so. A program that cannot be read does not lose others.
        """
        if not programs:
            return None
        controls: list[LoadControl] = []
        complete: set[str] = set()
        for program in programs:
            try:
                controls += await self._gateway.controls([program])
            except GatewayError as err:
                LOGGER.debug("%s: controls of %s: %s", self._title, program.href, err)
                if err.reason not in ABOUT_RESOURCE:
                    break
            else:
                if not self._too_many(program.href) and self._gateway.removal_cancels(program.href):
                    complete.add(program.href)
        return controls, complete

    def _too_many(self, program: str) -> bool:
        """Whether controls of a program were left unread, which is counted, and said when it begins."""
        left = self._gateway.controls_left(program)
        if left and program not in self.left:
            LOGGER.warning(
                "%s: %s lists more controls than a device can have; the last %d are not read. If it is not an error "
                "of the utility, they are read once others are over",
                self._title,
                program,
                left,
            )
        self.left.pop(program, None)
        if left:
            self.left[program] = left
        return bool(left)
