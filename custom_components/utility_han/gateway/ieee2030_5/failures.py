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

from ..errors import ABOUT_RESOURCE, GatewayError, Reason


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

# In the words of aio2030dot5: no connection came about.
_OF_THE_WAY = ("connect to ", "TLS handshake")


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


def is_unavailable(err: MeterError | GatewayError) -> bool:
    """Whether ``err`` says only that one resource cannot be had for now.

    That is: refused by HTTP (401, 403), missing, broken, busy, or the connection dropped instead of an answer. A
    refused handshake or a connection that does not come about says something of the gateway.
    """
    if isinstance(err, GatewayError):
        if err.reason in ABOUT_RESOURCE:
            return True
        cause = err.__cause__
        return isinstance(cause, MeterError) and is_unavailable(cause)
    if isinstance(err, MeterAuthError):
        return is_refusal(err)
    if isinstance(err, MeterConnectionError):
        return isinstance(err, MeterBusy) or not any(word in str(err) for word in _OF_THE_WAY)
    return isinstance(err, MeterProtocolError)


def is_refusal(err: BaseException | None) -> bool:
    """Whether ``err`` is a 401 or 403 in answer to one request."""
    cause = err.__cause__ if isinstance(err, GatewayError) else err
    return isinstance(cause, MeterAuthError) and cause.reason.startswith("http_")


def of_resource(err: MeterError | GatewayError) -> GatewayError:
    """Return ``err``, which :func:`is_unavailable`, as one that says nothing of the gateway or of us."""
    if not isinstance(err, GatewayError):
        return GatewayError(_of_one(reason_of(err, accepted_before=True)), str(err))
    return GatewayError(_of_one(err.reason), err.detail)


def _of_one(reason: Reason) -> Reason:
    return reason if reason in ABOUT_RESOURCE else Reason.HTTP_ERROR


class Unreadable:
    """What could not be read of several things of a kind: where none of them was, nobody knows what there is."""

    def __init__(self) -> None:
        """Nothing was asked for yet."""
        self._failure: MeterError | GatewayError | None = None

    async def read[T](self, reading: Awaitable[T]) -> T | None:
        """Return what one holds, None where it cannot be had for now."""
        try:
            return await reading
        except (MeterError, GatewayError) as err:
            if not is_unavailable(err):
                raise
            self._failure = self._failure or err
            return None

    def raise_unless(self, found: object) -> None:
        """Raise why something could not be read, unless something else was ``found``."""
        if self._failure is not None and not found:
            raise of_resource(self._failure) from self._failure


async def optional[T](reading: Awaitable[T]) -> T | None:
    """Return what an optional resource holds, None where the gateway answers nothing usable for it now."""
    try:
        return await reading
    except (MeterError, GatewayError) as err:
        if not is_unavailable(err):
            raise
        return None


async def unless_refused[T](reading: Awaitable[T]) -> T | None:
    """Return what a resource holds, None where the gateway keeps it from us by a 401 or 403."""
    try:
        return await reading
    except MeterAuthError as err:
        if not is_refusal(err):
            raise
        return None


class OptionalReadings:
    """Optional resources that are read in one go: who is let in gets at least one of those that are offered."""

    def __init__(self) -> None:
        """Nothing was asked for yet."""
        self._answered = False
        self._refusal: MeterError | GatewayError | None = None

    async def read[T](self, reading: Awaitable[T]) -> T | None:
        """Return what an optional resource holds, None where it cannot be had for now."""
        try:
            found = await reading
        except (MeterError, GatewayError) as err:
            if not is_unavailable(err):
                raise
            if is_refusal(err):
                self._refusal = err
            return None
        self._answered = True
        return found

    def raise_if_all_were_refused(self, *, accepted_before: bool) -> None:
        """Raise what refused us where nothing at all was given: it is us then, and not one list."""
        if self._refusal is not None and not self._answered:
            reason = Reason.CERTIFICATE_REFUSED if accepted_before else Reason.PORTAL_PENDING
            raise GatewayError(reason, str(self._refusal)) from self._refusal
