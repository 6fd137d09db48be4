"""What the fault ``spoilt`` makes of what is said, over any transport."""

from __future__ import annotations

from itertools import count
from random import Random

from simulator.gateway.faults import ActiveFaults

_TEXT = (b"", b"0", b"-1", b"9" * 20, b"</", b"<a>", b'"', b"&", b"\xff", b' xmlns=""', b"true", b"NaN", b"//[")
_BINARY = (b"", b"\x00", b"\xff", b"\x80", b"\xff" * 6, b"\x00" * 4)


class Spoiler:
    """Spoils what is said while the fault is on: the same for a seed, and other each time something is said."""

    def __init__(self, faults: ActiveFaults) -> None:
        self._faults = faults
        self._said = count()

    def text(self, path: str, said: bytes) -> bytes:
        """Return what becomes of a document."""
        return self._spoilt(path, said, _TEXT, 30)

    def frame(self, path: str, said: bytes, longest: int) -> bytes:
        """Return what becomes of a frame, which then has no more than ``longest`` bytes."""
        return said if (spoilt := self._spoilt(path, said, _BINARY, 6)) == said else spoilt[:longest]

    def _spoilt(self, path: str, said: bytes, pieces: tuple[bytes, ...], most: int) -> bytes:
        if (fault := self._faults.take("spoilt", path)) is None:
            return said
        random = Random(f"{fault['seed']} {next(self._said)}")
        for _ in range(random.randint(1, 3)):
            at = random.randint(0, len(said))
            end = min(at + random.randint(0, most), len(said))
            said = said[:at] + random.choice([*pieces, said[at:end] * 2]) + said[end:]
        return said
