"""A meter over Zigbee that is none of the simulator's: it answers what a test has written down."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from zigpy.zcl.foundation import Direction, ZCLHeader

from custom_components.utility_han.gateway.zigbee import waiting
from custom_components.utility_han.gateway.zigbee.clusters import PROFILE
from custom_components.utility_han.gateway.zigbee.messenger import Messenger
from custom_components.utility_han.gateway.zigbee.radio import METER, Incoming, Radio


class SaidMeter(Radio):
    """A radio, and behind it a meter that answers each question with what ``answer`` makes of it."""

    def __init__(self, answer: Callable[[int, bytes], list[bytes]] = lambda _cluster, _asked: []) -> None:
        super().__init__("none")
        self.answer = answer
        self.messenger = Messenger(self)

    def hear(
        self, cluster: int, payload: bytes, *, profile: int = PROFILE, endpoint: int = 1, source: int | None = None
    ) -> None:
        """Have the meter send a frame, with the link key, from its endpoint ``source``: by default that of ours."""
        source = endpoint if source is None else source
        self.on_message(Incoming(profile, cluster, endpoint, payload, 200, -50, METER, source, secured=True))

    async def send(
        self, profile: int, cluster: int, endpoint: int, destination: int, payload: bytes, *, secured: bool
    ) -> None:
        """Put a question to the meter."""
        for answer in self.answer(cluster, payload):
            to = cluster | 0x8000 if profile == 0 else cluster
            self.hear(to, answer, profile=profile, endpoint=endpoint)

    @property
    def well(self) -> bool:
        """Whether nothing of us stumbled over what was heard."""
        return not self.messenger.failing.kinds


def from_meter(tsn: int, command: int, payload: bytes, *, general: bool = False) -> bytes:
    """Return a frame of the meter's."""
    make = ZCLHeader.general if general else ZCLHeader.cluster
    return bytes(make(tsn, command, direction=Direction.Server_to_Client).serialize() + payload)


@contextmanager
def impatient() -> Iterator[None]:
    """Wait for no answer that is not there already."""
    with patch.object(waiting, "ANSWER_SECONDS", 0.0), patch.object(waiting, "QUIET_SECONDS", 0.0):
        yield
