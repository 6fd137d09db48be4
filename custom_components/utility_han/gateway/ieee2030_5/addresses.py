"""Addresses that a gateway names: links may be absolute URIs, and a server may know itself by another name."""

import re
from urllib.parse import quote, urlsplit


def local_path(href: str) -> str:
    """Return the path of ``href`` on this gateway: nothing is ever posted to another host."""
    parts = urlsplit(re.sub(r"\s", "", href))
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    return f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else path or "/"
