"""The VTN's certificate and the authority that issued it, which a VEN on the local network is given by hand.

OpenADR 3.1.1, Definition, "HTTPS/TLS": a VTN within a private network may use a certificate that no well-known
authority issued; local VENs are configured with its CA certificate.
"""

from __future__ import annotations

import secrets
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from simulator.gateway.certificates import unsigned

_PEM = serialization.Encoding.PEM
_DAYS = 3650
_LONGEST_NAME = 64
"""Of a common name (RFC 5280, A.1, ub-common-name-length)."""


def make_certificate() -> dict[str, str]:
    """A new authority (``ca``), and a certificate (``certificate``, ``key``) of loopback and of a ``hostname``."""
    hostname = f"vtn-{secrets.token_hex(4)}.local"
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name, name = _named("Simulated Power & Light CA"), _named("Simulated Power & Light VTN")
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName(hostname)]
    names += [x509.IPAddress(ip_address(address)) for address in ("127.0.0.1", "::1")]
    ca = _builder(ca_name, ca_name, ca_key.public_key(), ca_key.public_key(), ca=True).sign(ca_key, hashes.SHA256())
    certificate = (
        _builder(name, ca_name, key.public_key(), ca_key.public_key(), ca=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    return {
        "ca": ca.public_bytes(_PEM).decode(),
        "certificate": certificate.public_bytes(_PEM).decode(),
        "key": _secret(key),
        "hostname": hostname,
    }


class ClientAuthority:
    """An authority for the certificates by which clients of the MQTT broker authenticate; kept nowhere."""

    def __init__(self) -> None:
        self._name = _named("Simulated Power & Light Clients")
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key()
        made = _builder(self._name, self._name, public, public, ca=True).sign(self._key, hashes.SHA256())
        self.certificate = made.public_bytes(_PEM).decode()

    def issue(self, client_id: str) -> tuple[str, str]:
        """A certificate of a client, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = (
            _builder(_named(client_id[:_LONGEST_NAME]), self._name, key.public_key(), self._key.public_key(), ca=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return made.public_bytes(_PEM).decode(), _secret(key)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _secret(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    *,
    ca: bool,
) -> x509.CertificateBuilder:
    until = datetime.now(UTC) + timedelta(days=_DAYS)
    return (
        unsigned(subject, issuer, key, until, None if ca else ("digital_signature",))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def server_context(made: dict[str, str]) -> ssl.SSLContext:
    """TLS 1.2 or newer with a certificate of ``make_certificate``."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # The ssl module reads keys from files only; the folder is its owner's.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vtn.pem"
        path.write_text(made["key"] + made["certificate"])
        context.load_cert_chain(path)
    return context
