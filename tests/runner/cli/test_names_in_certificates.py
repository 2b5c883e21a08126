"""A certificate that nobody has checked says what it likes; none of it moves the administrator's screen."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from runner.connect.certificates import signed_by


def certificate(issuer: str, subject: str) -> bytes:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime(2026, 3, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(
        x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, part) for part in issuer.split("|")]),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]),
        key.public_key(),
        1,
        now,
        now + timedelta(days=1),
    )
    return made.sign(key, SHA256()).public_bytes(Encoding.DER)


def test_who_signed_a_certificate_is_told_in_letters_that_can_be_printed() -> None:
    said = signed_by(certificate("Good CA\x1b[2J\x1b[1;1H\nSigned in. \u202eeverything is fine\x9b", "dc1"))
    assert said.startswith("It was signed by O=Good CA�")
    assert said.isprintable()


def test_a_long_name_is_cut_before_the_fingerprint() -> None:
    said = signed_by(certificate("|".join(["x" * 60] * 50), "dc1"))
    assert len(said) < 400
    assert "SHA-256 fingerprint of the certificate: " in said
