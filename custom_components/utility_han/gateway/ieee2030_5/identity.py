"""The certificate and key by which a gateway knows this client: made, brought, exported, kept."""

from datetime import UTC, datetime
from enum import StrEnum

from aio2030dot5 import Identity, InvalidIdentity, check_identity, generate_identity
from aio2030dot5 import load_identity as read_identity
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from .key_derivation import opens_in_time

__all__ = [
    "Identity",
    "IdentityProblem",
    "UnusableIdentityError",
    "create_identity",
    "export_identity",
    "load_identity",
]


_UNREADABLE = (InvalidIdentity, ValueError, UnsupportedAlgorithm)
"""What is raised of a certificate or key; a curve that nobody knows is no ``ValueError``."""
_LONGEST_PEM = 65536
"""Characters: a chain of several certificates is a tenth of it."""
_LONGEST_KEY = 4096
"""Characters: a key on P-256 is a tenth of it. Whether RSA's numbers are prime would be looked at for minutes."""


class IdentityProblem(StrEnum):
    """Why a certificate or key cannot be used."""

    CERTIFICATE_UNREADABLE = "certificate_unreadable"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_NOT_P256 = "certificate_not_p256"
    KEY_UNREADABLE = "key_unreadable"
    KEY_PASSPHRASE = "key_passphrase"  # noqa: S105 - the name of a problem
    KEY_MISMATCH = "key_mismatch"


class UnusableIdentityError(ValueError):
    """A certificate or key that no gateway of IEEE 2030.5 would take; ``problem`` says why."""

    def __init__(self, problem: IdentityProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


# What aio2030dot5 finds fault with, where no gateway would let such a certificate in. Its other remarks (not
# self-signed, other policies) are a utility's own choice.
_FATAL = (
    ("certificate expired", IdentityProblem.CERTIFICATE_EXPIRED),
    ("certificate is not valid yet", IdentityProblem.CERTIFICATE_NOT_YET_VALID),
    ("key is not ECDSA P-256", IdentityProblem.CERTIFICATE_NOT_P256),
    ("private key does not match", IdentityProblem.KEY_MISMATCH),
)


def create_identity() -> Identity:
    """Make a P-256 key and a self-signed certificate of three years (IEEE 2030.5-2018, 6.11). Blocking."""
    return generate_identity()


def load_identity(
    certificate: str, key: str, passphrase: str | None = None, *, at: datetime | None = None
) -> Identity:
    """Take a certificate and key brought as PEM text; ``UnusableIdentityError`` where a gateway would refuse them.

    Blocking. ``passphrase`` opens an encrypted key, which is kept unencrypted from here on.
    """
    if max(len(certificate), len(key)) > _LONGEST_PEM:
        raise UnusableIdentityError(IdentityProblem.CERTIFICATE_UNREADABLE)
    try:
        check_identity(certificate)
    except _UNREADABLE:
        raise UnusableIdentityError(IdentityProblem.CERTIFICATE_UNREADABLE) from None
    plain_key = _opened(key, passphrase)
    try:
        check = check_identity(certificate, plain_key, now=at or datetime.now(UTC))
    except _UNREADABLE:
        raise UnusableIdentityError(IdentityProblem.KEY_UNREADABLE) from None
    for prefix, problem in _FATAL:
        if any(text.startswith(prefix) for text in check.problems):
            raise UnusableIdentityError(problem)
    try:
        return read_identity(certificate.strip(), plain_key, strict=False)
    except _UNREADABLE:
        raise UnusableIdentityError(IdentityProblem.CERTIFICATE_UNREADABLE) from None


def export_identity(identity: Identity, passphrase: str) -> str:
    """Return certificate and encrypted key as PEM text that :func:`load` takes back. Blocking."""
    key = load_pem_private_key(identity.key_pem.encode(), None)
    encrypted = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode()))
    return identity.cert_pem + encrypted.decode()


def _opened(key: str, passphrase: str | None) -> str:
    if len(key) > _LONGEST_KEY or not key.isascii() or not opens_in_time(key):
        raise UnusableIdentityError(IdentityProblem.KEY_UNREADABLE)
    try:
        # A passphrase typed for a key that needs none is no mistake worth an error.
        loaded = load_pem_private_key(key.strip().encode(), passphrase.encode() if passphrase else None)
    except TypeError:
        if passphrase:
            return _opened(key, None)
        raise UnusableIdentityError(IdentityProblem.KEY_PASSPHRASE) from None
    except _UNREADABLE:
        problem = IdentityProblem.KEY_PASSPHRASE if passphrase else IdentityProblem.KEY_UNREADABLE
        raise UnusableIdentityError(problem) from None
    return loaded.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
