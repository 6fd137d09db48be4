"""What the certificates of the simulator have in common, whoever they are for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
_OF_AUTHORITY = frozenset({"key_cert_sign", "crl_sign"})


def unsigned(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    until: datetime,
    usage: Collection[str] | None,
) -> x509.CertificateBuilder:
    """A certificate valid since yesterday, to be added to and signed; ``usage`` is None for an authority's."""
    ca = usage is None
    used = _OF_AUTHORITY if usage is None else usage
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(x509.KeyUsage(**{each: each in used for each in _USAGES}), critical=True)
    )
