"""Say who signed a certificate, so that a person can fetch the right authority. Pure."""

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256


def signed_by(der: bytes) -> str:
    """Return who signed a certificate and what it is recognised by, in words; empty when it cannot be read."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        issuer = certificate.issuer.rfc4514_string()
    except ValueError:
        return ""
    shown = certificate.fingerprint(SHA256()).hex(":").upper()
    if certificate.issuer == certificate.subject:
        return f"It signed itself ({issuer}; SHA-256 fingerprint {shown})"
    return f"It was signed by {issuer} (SHA-256 fingerprint of the certificate: {shown})"
