"""Finds out what kind of radio is at a port, and whether it can join a meter's network."""

from dataclasses import dataclass
from enum import StrEnum

from ..errors import GatewayError
from .networking import Networking
from .radio import Radio
from .raven import RavenGateway


class RadioKind(StrEnum):
    """The radios that can be used."""

    EZSP = "ezsp"
    """A Silicon Labs radio with EZSP firmware: it joins by itself."""
    RAVEN = "raven"
    """A certified Smart Energy stick."""


class RadioProblem(StrEnum):
    """Why a radio cannot be used."""

    NOT_EZSP = "radio_not_ezsp"
    """Nothing there speaks EZSP or RAVEn's XML: other firmware, or no radio."""
    IS_COORDINATOR = "radio_is_coordinator"
    """It has a Zigbee network of its own, which joining another would destroy."""


class UnusableRadioError(Exception):
    """A radio that cannot be used; ``problem`` says why."""

    def __init__(self, problem: RadioProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Probed:
    """A radio that answered: ``eui64`` as 16 hexadecimal digits, and its install code with CRC if it holds one."""

    kind: RadioKind
    eui64: str
    firmware: str | None
    install_code: bytes | None


async def probe_radio(path: str, *, stick_first: bool = False) -> Probed:
    """Ask who is at ``path``, and let go of it again; ``UnusableRadioError`` where it is nobody we can use.

    A certified stick is recognised by its USB ids before (``stick_first``); to one, EZSP's bytes are noise.
    """
    for ask in (_raven, _ezsp) if stick_first else (_ezsp, _raven):
        try:
            return await ask(path)
        except GatewayError:
            continue
    raise UnusableRadioError(RadioProblem.NOT_EZSP)


async def _ezsp(path: str) -> Probed:
    radio = Radio(path)
    try:
        await radio.open()
        if await Networking(radio).is_coordinator():
            raise UnusableRadioError(RadioProblem.IS_COORDINATOR)
        return Probed(RadioKind.EZSP, radio.eui64, radio.firmware, await radio.install_code())
    finally:
        await radio.close()


async def _raven(path: str) -> Probed:
    stick = RavenGateway(path, None)
    try:
        code = await stick.own_install_code()
        snapshot = stick.snapshot()
        return Probed(RadioKind.RAVEN, snapshot["eui64"], stick.statistics()["firmware"], code)
    finally:
        await stick.close()
