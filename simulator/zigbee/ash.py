"""The co-processor's end of ASH (Silicon Labs UG101) on bellows' own frames."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from bellows.ash import AckFrame, AshProtocol, DataFrame, Reserved, RStackFrame
from bellows.types import NcpResetCode

_VERSION = 2


class NcpAsh(AshProtocol):
    """ASH as a co-processor speaks it: a reset begins anew, everything else is the same both ways.

    ``corrupt`` gives the share of frames whose bytes are spoilt on the way to the host.
    """

    def __init__(self, on_frame: Callable[[bytes], None], on_reset: Callable[[], None]) -> None:
        super().__init__(self)
        self._on_frame = on_frame
        self._on_reset = on_reset
        self.corrupt: Callable[[], bool] = lambda: False

    def connect(self, writer: asyncio.StreamWriter) -> None:
        """Send to ``writer`` from now on."""
        self._transport = _Spoiling(writer, self)

    def rst_frame_received(self, frame: object) -> None:
        """Begin anew, as after a power-up."""
        super().rst_frame_received(frame)
        self._begin(NcpResetCode.RESET_SOFTWARE)

    def powered_up(self) -> None:
        """Tell a host that just connected, as network radios do."""
        self._begin(NcpResetCode.RESET_POWER_ON)

    def _begin(self, why: NcpResetCode) -> None:
        self._tx_seq = self._rx_seq = 0
        self._cancel_pending_data_frames()
        self._on_reset()
        self._write_frame(RStackFrame(version=_VERSION, reset_code=why), prefix=(Reserved.CANCEL,))

    def data_frame_received(self, frame: DataFrame) -> None:
        """Acknowledge a command, and have it carried out once."""
        if frame.frm_num == self._rx_seq:
            self._rx_seq = (frame.frm_num + 1) % 8
            self._write_frame(AckFrame(res=0, ncp_ready=0, ack_num=self._rx_seq))
            self._clear_reject_condition()
            self._on_frame(frame.ezsp_frame)
        elif frame.re_tx:
            self._write_frame(AckFrame(res=0, ncp_ready=0, ack_num=self._rx_seq))
        else:
            self._reject_frame()

    def reset_received(self, code: object) -> None:
        """A host sends no RSTACK."""

    def error_received(self, code: object) -> None:
        """The host acknowledges nothing any more: it will reset us."""


class _Spoiling:
    """What AshProtocol takes for its transport; a frame that is spoilt fails its CRC."""

    def __init__(self, writer: asyncio.StreamWriter, ash: NcpAsh) -> None:
        self._writer = writer
        self._ash = ash
        self._chance = random.Random(0)

    def is_closing(self) -> bool:
        return self._writer.is_closing()

    def write(self, data: bytes) -> None:
        if self._ash.corrupt() and len(data) > 3:
            spoilt = bytearray(data)
            spoilt[self._chance.randrange(1, len(data) - 1)] ^= 0x41
            data = bytes(spoilt)
        self._writer.write(data)

    def close(self) -> None:
        self._writer.close()
