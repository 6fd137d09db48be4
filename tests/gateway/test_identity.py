"""The client identity: brought as PEM, refused with a reason, exported and taken back (IP-5)."""

import hashlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta

import pytest
from aio2030dot5 import format_lfdi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.utility_han.gateway.commissioning_data import parse_lfdi, parse_sfdi
from custom_components.utility_han.gateway.ieee2030_5.identity import (
    IdentityProblem,
    UnusableIdentityError,
    create_identity,
    export_identity,
    load_identity,
)

pytestmark = pytest.mark.use_case("IP-5")

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def certificate_for(key: Key, *, days_ago: int = 1, valid_days: int = 1000) -> tuple[str, str]:
    """Return a self-signed certificate and its key as PEM text."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    start = datetime.now(UTC) - timedelta(days=days_ago)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=valid_days))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), pem.decode()


def on_unknown_curve(pem: str) -> str:
    """Return a certificate or key of P-256 (OID 1.2.840.10045.3.1.7) that says that it is on a curve nobody knows."""
    first, *lines, last = pem.strip().splitlines()
    der = b64decode("".join(lines)).replace(
        bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d03017f")
    )
    return f"{first}\n{b64encode(der).decode()}\n{last}\n"


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def test_identity_made_is_known_by_the_hash_of_its_certificate() -> None:
    made = create_identity()
    der = x509.load_pem_x509_certificate(made.cert_pem.encode()).public_bytes(serialization.Encoding.DER)
    assert made.lfdi == hashlib.sha256(der).hexdigest()[:40].upper()
    assert parse_lfdi(format_lfdi(made.lfdi)) == made.lfdi
    assert parse_sfdi(made.sfdi) == made.sfdi


def test_exported_identity_is_taken_back() -> None:
    made = create_identity()
    pem = export_identity(made, "correct horse")
    certificate, key = pem.split("-----BEGIN ENCRYPTED", 1)
    back = load_identity(certificate, f"-----BEGIN ENCRYPTED{key}", "correct horse")
    assert back.to_dict() == made.to_dict()
    assert made.key_pem not in pem


@pytest.mark.parametrize(
    ("passphrase", "problem"),
    [(None, IdentityProblem.KEY_PASSPHRASE), ("wrong", IdentityProblem.KEY_PASSPHRASE)],
)
def test_protected_key_needs_its_passphrase(passphrase: str | None, problem: IdentityProblem) -> None:
    pem = export_identity(create_identity(), "correct horse")
    certificate, key = pem.split("-----BEGIN ENCRYPTED", 1)
    with pytest.raises(UnusableIdentityError) as caught:
        load_identity(certificate, f"-----BEGIN ENCRYPTED{key}", passphrase)
    assert caught.value.problem is problem


def test_passphrase_for_a_key_that_needs_none_is_no_mistake() -> None:
    assert load_identity(*certificate_for(p256()), "unneeded").lfdi


@pytest.mark.parametrize(
    ("pair", "problem"),
    [
        (lambda: certificate_for(p256(), days_ago=10, valid_days=5), IdentityProblem.CERTIFICATE_EXPIRED),
        (lambda: certificate_for(p256(), days_ago=-2), IdentityProblem.CERTIFICATE_NOT_YET_VALID),
        (lambda: certificate_for(ec.generate_private_key(ec.SECP384R1())), IdentityProblem.CERTIFICATE_NOT_P256),
        (lambda: certificate_for(rsa.generate_private_key(65537, 2048)), IdentityProblem.CERTIFICATE_NOT_P256),
        (lambda: (certificate_for(p256())[0], certificate_for(p256())[1]), IdentityProblem.KEY_MISMATCH),
        (lambda: ("nonsense", certificate_for(p256())[1]), IdentityProblem.CERTIFICATE_UNREADABLE),
        (lambda: (certificate_for(p256())[0], "nonsense"), IdentityProblem.KEY_UNREADABLE),
        (lambda: (certificate_for(p256())[0], "ключ"), IdentityProblem.KEY_UNREADABLE),
        (lambda: certificate_for(p256())[::-1], IdentityProblem.CERTIFICATE_UNREADABLE),
        (
            lambda: (certificate_for(p256())[0], on_unknown_curve(certificate_for(p256())[1])),
            IdentityProblem.KEY_UNREADABLE,
        ),
        (lambda: (on_unknown_curve(certificate_for(p256())[0]), "any"), IdentityProblem.CERTIFICATE_UNREADABLE),
    ],
)
def test_unusable_identity_is_refused_with_its_reason(pair: object, problem: IdentityProblem) -> None:
    certificate, key = pair()  # type: ignore[operator]
    with pytest.raises(UnusableIdentityError) as caught:
        load_identity(certificate, key)
    assert caught.value.problem is problem
    assert "PRIVATE" not in str(caught.value)


@pytest.mark.parametrize(
    ("lengths", "problem"),
    [
        ((65_536, 4096), None),
        ((65_537, 4096), IdentityProblem.CERTIFICATE_UNREADABLE),
        ((65_536, 4097), IdentityProblem.KEY_UNREADABLE),
    ],
)
def test_what_is_longer_than_any_certificate_or_key_is_not_looked_at(
    lengths: tuple[int, int], problem: IdentityProblem | None
) -> None:
    certificate, key = (text.ljust(length) for text, length in zip(certificate_for(p256()), lengths, strict=True))
    if problem is None:
        assert load_identity(certificate, key).cert_pem.strip() == certificate.strip()
        return
    with pytest.raises(UnusableIdentityError) as caught:
        load_identity(certificate, key)
    assert caught.value.problem is problem


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        (-2, IdentityProblem.CERTIFICATE_NOT_YET_VALID),
        (998, None),
        (1000, IdentityProblem.CERTIFICATE_EXPIRED),
    ],
)
def test_certificate_is_judged_by_the_time_that_is_told(days: int, problem: IdentityProblem | None) -> None:
    pair, at = certificate_for(p256()), datetime.now(UTC) + timedelta(days=days)
    if problem is None:
        assert load_identity(*pair, at=at).lfdi
        return
    with pytest.raises(UnusableIdentityError) as caught:
        load_identity(*pair, at=at)
    assert caught.value.problem is problem


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_refused_without_a_stray_exception(certificate: str, key: str) -> None:
    with pytest.raises(UnusableIdentityError):
        load_identity(certificate, key)
