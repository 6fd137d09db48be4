"""aio2030dot5's exceptions, and two more of their kind, as reasons of ours."""

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager

from aio2030dot5 import (
    MeterAuthError,
    MeterBusy,
    MeterConnectionError,
    MeterError,
    MeterHttpError,
    MeterIdentityMismatch,
    MeterNotFound,
    MeterProtocolError,
    MeterTimeout,
)

from ..errors import GatewayError, Reason


class AnswerTooLargeError(MeterProtocolError):
    """The answer is larger than any resource of a gateway."""


class NotXmlError(MeterProtocolError):
    """The answer is not an XML document of IEEE 2030.5 at all."""


# The first kind that fits; a timeout of the TCP connection is told from a later one by its message.
_REASONS: tuple[tuple[type[MeterError], Reason], ...] = (
    (MeterIdentityMismatch, Reason.WRONG_GATEWAY),
    (MeterBusy, Reason.GATEWAY_BUSY),
    (MeterTimeout, Reason.GATEWAY_SILENT),
    (MeterConnectionError, Reason.GATEWAY_SILENT),
    (AnswerTooLargeError, Reason.TOO_LARGE),
    (NotXmlError, Reason.MALFORMED),
    (MeterNotFound, Reason.NOT_FOUND),
    (MeterHttpError, Reason.HTTP_ERROR),
    (MeterProtocolError, Reason.MALFORMED),
)


def reason_of(err: MeterError, *, accepted_before: bool) -> Reason:
    """Return why ``err`` happened; ``accepted_before`` tells a pending registration from a withdrawn one."""
    if isinstance(err, MeterAuthError):
        if err.reason == "certificate_expired":
            return Reason.CERTIFICATE_EXPIRED
        return Reason.CERTIFICATE_REFUSED if accepted_before else Reason.PORTAL_PENDING
    text = str(err)
    if isinstance(err, MeterConnectionError):
        if text.startswith("connect to "):
            return Reason.UNREACHABLE
        if text.startswith("TLS handshake failed"):
            return Reason.TLS_FAILED
    return next((reason for kind, reason in _REASONS if isinstance(err, kind)), Reason.MALFORMED)


@contextmanager
def gateway_errors(*, accepted_before: bool) -> Iterator[None]:
    """Turn what the gateway makes aio2030dot5 raise into :class:`GatewayError`."""
    try:
        yield
    except MeterError as err:
        raise GatewayError(reason_of(err, accepted_before=accepted_before), str(err)) from err


async def optional[T](reading: Awaitable[T]) -> T | None:
    """Return what an optional resource holds, None where the gateway answers nothing usable for it."""
    try:
        return await reading
    except MeterProtocolError:
        return None
    except GatewayError as err:
        if err.reason is not Reason.MALFORMED:
            raise
        return None
