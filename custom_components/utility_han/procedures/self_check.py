"""The client's self-check (step IP-3), whether all on our side is fit for commissioning."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from ..gateway.errors import GatewayError
from ..gateway.model import Signal, SignalQuality
from ..gateway.protocol import Gateway


class Check(StrEnum):
    """What is checked."""

    IDENTITY = "identity"
    CLOCK = "clock"
    STORAGE = "storage"
    NETWORK = "network"


class CheckVerdict(StrEnum):
    """How a check went; only ``FAILED`` stands in the way."""

    PASSED = "passed"
    MARGINAL = "marginal"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One item of the self-check with what was found, in figures rather than words."""

    check: Check
    verdict: CheckVerdict
    finding: str


_QUALITY = {
    SignalQuality.GOOD: CheckVerdict.PASSED,
    SignalQuality.MARGINAL: CheckVerdict.MARGINAL,
    SignalQuality.TOO_WEAK: CheckVerdict.FAILED,
}


@dataclass(frozen=True, slots=True)
class Machine:
    """What we run on: the life of our certificate where we have one, and storage.

    ``probe_storage`` writes something and reads it back, raising ``OSError`` where it cannot.
    """

    valid_from: datetime | None
    valid_until: datetime | None
    probe_storage: Callable[[], Awaitable[None]]


async def run_self_check(gateway: Gateway, machine: Machine) -> list[CheckResult]:
    """Check certificate and key, clock, storage and network path, in this order."""
    return [*await run_self_test(gateway, machine), await _network(gateway)]


async def run_self_test(gateway: Gateway, machine: Machine) -> list[CheckResult]:
    """Check what is on our side alone: certificate and key, clock and storage."""
    now = datetime.now(UTC)
    return [
        _identity(gateway.client_lfdi, now, machine.valid_until),
        _clock(now, machine.valid_from),
        await _storage(machine.probe_storage),
    ]


def _identity(lfdi: str, now: datetime, valid_until: datetime | None) -> CheckResult:
    if valid_until is None:  # a radio's own identity, which was made with it
        return CheckResult(Check.IDENTITY, CheckVerdict.PASSED if lfdi else CheckVerdict.FAILED, f"…{lfdi[-6:]}")
    days = (valid_until - now).days
    verdict = CheckVerdict.FAILED if days < 0 else CheckVerdict.MARGINAL if days < 30 else CheckVerdict.PASSED
    return CheckResult(Check.IDENTITY, verdict, f"…{lfdi[-6:]}, {valid_until:%Y-%m-%d}")


def _clock(now: datetime, valid_from: datetime | None) -> CheckResult:
    # Before the gateway lets us read its own clock, a certificate of the future is the one sign of a wrong one.
    verdict = CheckVerdict.PASSED if valid_from is None or now >= valid_from else CheckVerdict.FAILED
    return CheckResult(Check.CLOCK, verdict, f"{now:%Y-%m-%d %H:%M} UTC")


async def _network(gateway: Gateway) -> CheckResult:
    try:
        signal = await gateway.measure_signal()
    except GatewayError as err:
        return CheckResult(Check.NETWORK, CheckVerdict.FAILED, err.detail)
    return CheckResult(Check.NETWORK, _QUALITY[signal.quality], figures(signal))


def figures(signal: Signal) -> str:
    """Return a signal in the figures that installers know, without words: in brackets the part that was lost."""
    found = []
    if signal.lqi is not None:
        found.append(f"LQI {signal.lqi}" + (f" ({signal.rssi} dBm)" if signal.rssi is not None else ""))
    if signal.latency_ms is not None:
        found.append(f"{signal.latency_ms:.1f} ms" + (f" (-{signal.loss:.0%})" if signal.loss else ""))
    return ", ".join(found) or "–"


async def _storage(probe: Callable[[], Awaitable[None]]) -> CheckResult:
    try:
        await probe()
    except OSError as err:
        return CheckResult(Check.STORAGE, CheckVerdict.FAILED, err.strerror or type(err).__name__)
    return CheckResult(Check.STORAGE, CheckVerdict.PASSED, "OK")
