"""What every VTN under test can be asked for, whoever wrote it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

type Role = Literal["ven", "bl"]


@dataclass(frozen=True)
class Credentials:
    """What a client shows at the token endpoint (RFC 6749 section 4.4)."""

    client_id: str
    client_secret: str


class ServedVtn(Protocol):
    """A VTN that runs."""

    url: str
    """Its base, without a slash at the end."""
    ca: Path
    """The authority of its certificate (PEM)."""
    tokens_outlive_clients: bool
    """Whether it honours a token until its end, although who got it is no client any more."""

    def new_client(self, role: Role, client_id: str | None = None) -> Credentials:
        """Return a secret that nobody has used yet, with all scopes of a VEN, or of the business side."""

    def remove_client(self, client_id: str) -> None:
        """Have a client get no more tokens."""

    def have_broker(self) -> None:
        """Tell of news by MQTT, and want a token at the broker, until the test is over."""

    def delete(self, kind: str, identifier: str) -> None:
        """Take one object (``kind`` as in its path) away, whoever made it."""
