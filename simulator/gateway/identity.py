"""Certificates of the gateway, and the identifiers that follow from a certificate (IEEE 2030.5-2018 clause 6.3)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from aio2030dot5.identity import lfdi_from_der, sfdi_from_lfdi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from simulator.gateway.certificates import unsigned

_NO_EXPIRY = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # device certificates never expire, clause 6.11.6
_DEVICE_POLICY = x509.ObjectIdentifier("1.3.6.1.4.1.40732.1.1")


@dataclass(frozen=True, slots=True)
class DeviceIdentity:
    """A device certificate with its issuer's and its private key."""

    certificate: x509.Certificate
    issuer: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def lfdi(self) -> str:
        """Forty hex digits, upper case."""
        return certificate_lfdi(self.certificate)

    @property
    def sfdi(self) -> str:
        """The LFDI's first 36 bits in decimal, with a check digit."""
        return sfdi_from_lfdi(self.lfdi)

    def to_dict(self) -> dict[str, str]:
        """PEM texts, the private key among them."""
        return {
            "certificate": self.certificate.public_bytes(serialization.Encoding.PEM).decode(),
            "issuer": self.issuer.public_bytes(serialization.Encoding.PEM).decode(),
            "key": self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ).decode(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, str]) -> DeviceIdentity:
        """The reverse of ``to_dict``."""
        key = serialization.load_pem_private_key(data["key"].encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the gateway's key is not an EC key")
        return cls(
            x509.load_pem_x509_certificate(data["certificate"].encode()),
            x509.load_pem_x509_certificate(data["issuer"].encode()),
            key,
        )


def generate(common_name: str, address: str | None = None) -> DeviceIdentity:
    """A new P-256 device certificate, issued by a manufacturer's authority made for it.

    Device certificates name no place; with ``address``, an IP address, this one does, for clients that insist.
    """
    issuer_key = ec.generate_private_key(ec.SECP256R1())
    issuer_name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Simulated manufacturer"),
            x509.NameAttribute(NameOID.COMMON_NAME, "IEEE 2030.5 MICA"),
        ]
    )
    issuer = _sign(issuer_name, issuer_name, issuer_key, issuer_key, ca=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    return DeviceIdentity(_sign(name, issuer_name, key, issuer_key, ca=False, address=address), issuer, key)


def _sign(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
    address: str | None = None,
) -> x509.Certificate:
    usage = None if ca else ("digital_signature", "key_agreement")
    certificate = unsigned(subject, issuer, key.public_key(), _NO_EXPIRY, usage).add_extension(
        x509.CertificatePolicies([x509.PolicyInformation(_DEVICE_POLICY, None)]), critical=True
    )
    if address is not None:
        at = x509.IPAddress(ipaddress.ip_address(address))
        certificate = certificate.add_extension(x509.SubjectAlternativeName([at]), critical=False)
    return certificate.sign(issuer_key, hashes.SHA256())


def certificate_lfdi(certificate: x509.Certificate) -> str:
    """The leftmost 160 bits of the certificate's SHA-256 fingerprint, in hex."""
    return lfdi_from_der(certificate.public_bytes(serialization.Encoding.DER))


def canonical_lfdi(text: str) -> str:
    """An LFDI however a person grouped it; ``ValueError`` unless it is 40 hex digits."""
    digits = re.sub(r"[\s:-]", "", text).upper()
    if not re.fullmatch(r"[0-9A-F]{40}", digits):
        raise ValueError("an LFDI is 40 hex digits, with or without dashes")
    return digits
