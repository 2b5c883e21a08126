"""A certificate authority of our own and what it issues for servers on loopback: one good certificate, several bad ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK = ("localhost", "127.0.0.1")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files in PEM: the certificate, its key (0600), and the authority that clients are told to trust."""

    file: Path
    key: Path
    authority: Path


class Authority:
    """Issues certificates into ``folder``; its own stands in ``<name>.pem``."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._name = _common_name(f"Deskhand tests, {name}")
        self._key = generate_private_key(SECP256R1())
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self._own().public_bytes(Encoding.PEM))

    def issue(
        self, name: str, hosts: Sequence[str] = LOOPBACK, *, from_days: int = -2, until_days: int = 30
    ) -> Certificate:
        """Issue for host names and addresses, valid from and until that many days from now."""
        key = generate_private_key(SECP256R1())
        builder = self._builder(_common_name(hosts[0]), key, from_days, until_days)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False
        )
        signed = builder.sign(self._key, SHA256())
        made = Certificate(self._folder / f"{name}.pem", self._folder / f"{name}.key", self.file)
        made.file.write_bytes(signed.public_bytes(Encoding.PEM))
        made.key.touch(mode=0o600)
        made.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return made

    def _own(self) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        builder = self._builder(self._name, self._key, -3, 60)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        return builder.add_extension(usage, critical=True).sign(self._key, SHA256())

    def _builder(
        self, subject: x509.Name, key: EllipticCurvePrivateKey, from_days: int, until_days: int
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + from_days * _DAY)
            .not_valid_after(now + until_days * _DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )


@dataclass(frozen=True, slots=True)
class Certificates:
    """What a server can show. ``authority`` is the file that clients trust, whichever certificate the server has."""

    authority: Path
    good: Certificate
    expired: Certificate
    wrong_name: Certificate
    unknown: Certificate

    @classmethod
    def made(cls, folder: Path, addresses: Sequence[str] = ()) -> Self:
        """Make them all in ``folder``; the good one also names ``addresses``. Takes a few milliseconds."""
        ours, foreign = Authority(folder), Authority(folder, "foreign")
        return cls(
            ours.file,
            good=ours.issue("good", (*LOOPBACK, *addresses)),
            expired=ours.issue("expired", from_days=-2, until_days=-1),
            wrong_name=ours.issue("wrong-name", ("other.example.test",)),
            unknown=foreign.issue("unknown"),
        )


def _common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
