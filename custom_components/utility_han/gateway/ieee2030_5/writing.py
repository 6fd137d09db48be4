"""Writes resources: what the function sets share."""

import re
from urllib.parse import quote, urlsplit

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


def local_path(href: str) -> str:
    """Return the path of ``href`` on this gateway: nothing is ever posted to another host."""
    parts = urlsplit(re.sub(r"\s", "", href))
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    return f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else path or "/"
