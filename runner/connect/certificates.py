"""Say who signed a certificate, so that a person can fetch the right authority, and take it in either form. Pure."""

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.directory.texts import printable


def signed_by(der: bytes) -> str:
    """Return who signed a certificate and what it is recognised by, in words; empty when it cannot be read."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        issuer = printable(certificate.issuer.rfc4514_string())
    except ValueError:
        return ""
    shown = certificate.fingerprint(SHA256()).hex(":").upper()
    if certificate.issuer == certificate.subject:
        return f"It signed itself ({issuer}; SHA-256 fingerprint {shown})"
    return f"It was signed by {issuer} (SHA-256 fingerprint of the certificate: {shown})"


def pem_of(content: bytes) -> str:
    """Return a certificate in PEM form when it is in DER form, as Active Directory's tools write it; else nothing."""
    try:
        return x509.load_der_x509_certificate(content).public_bytes(Encoding.PEM).decode("ascii")
    except ValueError:
        return ""
