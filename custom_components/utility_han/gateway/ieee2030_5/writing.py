"""Writes resources: what the function sets share."""

from ..errors import GatewayError, Reason
from .connection import ConnectionSession


async def post(session: ConnectionSession, path: str, body: bytes) -> None:
    """POST a document; ``GatewayError`` where it is not taken."""
    expect_taken((await session.send("POST", path, body)).status, f"POST {path}")


def expect_taken(status: int, what: str, *, gone_is_as_good: bool = False) -> None:
    """Raise the ``GatewayError`` behind the status of a write that was not taken; ``what`` is for the log.

    What ends a resource does so as well where that is gone already (``gone_is_as_good``).
    """
    gone = status in (404, 410)
    if status < 300 or (gone and gone_is_as_good):
        return
    reason = Reason.NOT_FOUND if gone else Reason.HTTP_ERROR
    if status in (401, 403):
        reason = Reason.NOT_ALLOWED
    if status in (429, 503):
        reason = Reason.GATEWAY_BUSY
    raise GatewayError(reason, f"{what} -> HTTP {status}")
