"""The one rule of addresses that others wrote, before anything is asked or told there.

https, save on this machine; no user information (RFC 9110, 4.2.4: it would hide the host that is really meant), no
fragment (RFC 6749, 3.1 and 3.2; RFC 8707, 2). Who names an address is believed for its own origin (RFC 6454, 4) only;
another one has to be vouched for by who gives out the tokens (RFC 9728, 4), or agreed to by a person.
"""

import re
from collections.abc import Iterable

from yarl import URL

_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}")  # RFC 1035, 2.3.4
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST = 2048


def url_of(text: str) -> URL:
    """Return a text as a URL; ``ValueError`` where it is none, for which yarl raises ``IndexError`` as well."""
    try:
        return URL(text)
    except IndexError as err:
        raise ValueError("a URL that ends where its host should be") from err


def host_of(text: str) -> URL:
    """Return an address whose host is one; ``ValueError`` where it is none, or is hidden behind user information."""
    url = url_of(text if len(text) <= _LONGEST else "")
    if not _HOST.fullmatch(url.host or "") or url.user is not None or url.password is not None:
        raise ValueError("no address of a server")
    return url


def endpoint_of(text: str) -> URL:
    """Return an address to which something may be said that nobody else is to hear; ``ValueError`` otherwise."""
    url = host_of(text)
    if not (url.scheme == "https" or (url.scheme == "http" and url.host in _LOCAL)):
        raise ValueError("an address that is not encrypted")
    if url.raw_fragment:
        raise ValueError("an address with a fragment")
    return url


def identifier_of(text: str) -> URL:
    """Return the address by which an issuer or a resource is known (RFC 8414, 2; RFC 9728, 1.2); ``ValueError`` else.

    Such an address has no query.
    """
    url = endpoint_of(text)
    if url.raw_query_string:
        raise ValueError("an identifier with a query")
    return url


def typed_endpoint(text: str) -> URL:
    """Return what a person typed as the address of a server; ``ValueError`` where it is none.

    A server on this machine is one without a certificate where they do not say.
    """
    url = endpoint_of(with_scheme(text))
    return url if "://" in text or url.host not in _LOCAL else url.with_scheme("http")


def with_scheme(text: str) -> str:
    """Return what a person typed for an address, as https where they do not say."""
    text = text.strip()
    return text if "://" in text else f"https://{text}"


def is_within(url: URL, places: Iterable[URL]) -> bool:
    """Whether an address is one of ``places``, or below it: the same origin, and its path first."""
    return any(
        url.origin() == place.origin() and f"{url.raw_path.rstrip('/')}/".startswith(f"{place.raw_path.rstrip('/')}/")
        for place in places
    )
