"""A coverage survey: how good the way is at each place of a home (DM-4b, DM-5b).

At each place two ways are looked at: how well what is carried there receives, where it has a sensor that tells, and
how the gateway answers Home Assistant meanwhile. The worse of the two is what the place is worth. Where nothing is
carried that tells, only the second was looked at, which is the same from everywhere: no place is better for it.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..esi.typed import read_record
from ..gateway.model import Signal, SignalQuality

ROUNDS = 5
"""How often both ways are looked at, at each place."""
WEAK_DBM = -85.0
"""Below this a radio loses what is sent to it."""
_GOOD_DBM = -70.0
_SILENT_SHARE = 0.4

_FROM_BEST = tuple(SignalQuality)


@dataclass(frozen=True, slots=True)
class Place:
    """What was measured at a place.

    ``signal`` is the median of what was received (dBm), ``latency_ms`` that of the gateway's answers (ms); None where
    nothing came. ``loss`` is the share of what was asked of either way and did not come (0 to 1).
    """

    name: str
    quality: SignalQuality
    signal: float | None
    latency_ms: float | None
    loss: float
    at: datetime
    carried: bool = True
    """Whether something there told what it receives; else only the way from Home Assistant to the gateway is known."""

    @property
    def figures(self) -> dict[str, str]:
        """What was measured, for people to read: ``signal``, ``latency`` and ``loss``, each where there is one."""
        found = {}
        if self.signal is not None:
            found["signal"] = f"{self.signal:.0f} dBm"
        if self.latency_ms is not None:
            found["latency"] = f"{max(self.latency_ms, 1):.0f} ms"
        return found | {"loss": f"{self.loss:.0%}"}

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe, for storage and for the utility."""
        return {
            "name": self.name,
            "quality": self.quality.value,
            "signal": self.signal,
            "latency_ms": self.latency_ms,
            "loss": self.loss,
            "at": self.at.isoformat(),
            "carried": self.carried,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Place:
        """Take up what :meth:`to_dict` gave; version 0.1.0 did not say whether something was carried."""
        return read_record(cls, {"carried": data.get("signal") is not None, **data})


@dataclass(slots=True)
class Measurement:
    """A place while it is measured; ``carried`` says whether something there tells its signal."""

    name: str
    carried: bool
    _ways: list[Signal | None] = field(default_factory=list)
    _signals: list[float | None] = field(default_factory=list)

    @property
    def rounds(self) -> int:
        """How often was measured yet."""
        return len(self._ways)

    def add(self, way: Signal | None, signal: float | None) -> None:
        """Take a round: the way to the gateway (None if there is none now), and what is received (dBm)."""
        self._ways.append(way)
        self._signals.append(signal)

    def place(self, at: datetime) -> Place:
        """Return what is known by now; there must have been a round."""
        received = [signal for signal in self._signals if signal is not None]
        latencies = [way.latency_ms for way in self._ways if way is not None and way.latency_ms is not None]
        lost = statistics.mean(way.loss if way is not None else 1.0 for way in self._ways)
        silent = 1 - len(received) / self.rounds if self.carried else 0.0
        signal = statistics.median(received) if received else None
        qualities = [_usual([way.quality if way is not None else SignalQuality.TOO_WEAK for way in self._ways])]
        if self.carried:
            qualities.append(_received(signal, silent))
        return Place(
            self.name,
            max(qualities, key=_FROM_BEST.index),
            signal,
            round(statistics.median(latencies), 1) if latencies else None,
            round(max(lost, silent), 2),
            at,
            self.carried,
        )


def _usual(qualities: Sequence[SignalQuality]) -> SignalQuality:
    return _FROM_BEST[statistics.median_high(_FROM_BEST.index(quality) for quality in qualities)]


def _received(signal: float | None, silent: float) -> SignalQuality:
    if signal is None or signal < WEAK_DBM or silent > _SILENT_SHARE:
        return SignalQuality.TOO_WEAK
    return SignalQuality.MARGINAL if silent or signal < _GOOD_DBM else SignalQuality.GOOD


def from_best(places: Sequence[Place]) -> list[Place]:
    """Return places, the best first: by quality, then by what is received, what is lost, and how soon it answers.

    Places where nothing was carried are behind those that were measured.
    """
    return sorted(
        places,
        key=lambda place: (
            not place.carried,
            _FROM_BEST.index(place.quality),
            -place.signal if place.signal is not None else math.inf,
            place.loss,
            place.latency_ms or 0.0,
        ),
    )
