"""Writes resources: what the function sets share."""

from ..errors import GatewayError, Reason
from .connection import ConnectionSession


async def post(session: ConnectionSession, path: str, body: bytes) -> None:
    """POST a document; ``GatewayError`` where it is not taken."""
    expect_taken((await session.send("POST", path, body)).status, f"POST {path}")


def expect_taken(status: int, what: str) -> None:
    """Raise the ``GatewayError`` behind the status of a write that was not taken; ``what`` is for the log."""
    if status < 300:
        return
    reason = Reason.HTTP_ERROR
    if status in (429, 503):
        reason = Reason.GATEWAY_BUSY
    elif status in (404, 410):
        reason = Reason.NOT_FOUND
    raise GatewayError(reason, f"{what} -> HTTP {status}")
