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

    def new_client(self, role: Role) -> Credentials:
        """Return credentials that nobody has used yet, with all scopes of a VEN, or of the business side."""

    def delete(self, kind: str, identifier: str) -> None:
        """Take one object (``kind`` as in its path) away, whoever made it."""
