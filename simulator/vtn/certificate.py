"""The VTN's certificate and the authority that issued it, which a VEN on the local network is given by hand.

OpenADR 3.1.1, Definition, "HTTPS/TLS": a VTN within a private network may use a certificate that no well-known
authority issued; local VENs are configured with its CA certificate.
"""

from __future__ import annotations

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_PEM = serialization.Encoding.PEM
_DAYS = 3650


def make_certificate() -> dict[str, str]:
    """A new authority (``ca``), and a certificate of loopback (``certificate``, ``key``); PEM texts."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Simulated Power & Light CA")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Simulated Power & Light VTN")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.IPAddress(ip_address(address)) for address in ("127.0.0.1", "::1")]
    ca = _builder(ca_name, ca_name, ca_key.public_key(), ca_key.public_key(), ca=True).sign(ca_key, hashes.SHA256())
    certificate = (
        _builder(name, ca_name, key.public_key(), ca_key.public_key(), ca=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    secret = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {
        "ca": ca.public_bytes(_PEM).decode(),
        "certificate": certificate.public_bytes(_PEM).decode(),
        "key": secret.decode(),
    }


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    *,
    ca: bool,
) -> x509.CertificateBuilder:
    usage = dict.fromkeys(
        (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    usage |= {"key_cert_sign": True, "crl_sign": True} if ca else {"digital_signature": True}
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
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
