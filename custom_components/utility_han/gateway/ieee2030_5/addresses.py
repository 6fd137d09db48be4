"""Addresses that a gateway names: links may be absolute URIs, and a server may know itself by another name."""

import re
from urllib.parse import quote, urlsplit

from aio2030dot5 import MeterProtocolError

_PLAIN = re.compile(r"/(?!/)[\w.~/-]*(?:\?[\w.~=&/-]+)?", re.ASCII)
"""A path that stays as it is, which nearly all are: each poll asks for the same few."""


def local_path(href: str) -> str:
    """Return the path of ``href`` on this gateway: nothing is ever posted to another host.

    ``MeterProtocolError`` where it is no URI.
    """
    if _PLAIN.fullmatch(href):
        return href
    try:
        parts = urlsplit(re.sub(r"\s", "", href))
    except ValueError as err:
        raise MeterProtocolError(f"the gateway names an address that is none: {err}") from err
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    return f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else path or "/"
