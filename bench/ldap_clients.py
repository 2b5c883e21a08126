"""What the connector is measured against: OpenLDAP's own programs in C, and ldap3 with nothing around it."""

import ssl
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from runner.sample.parts import SUFFIX
from tests.servers.openldap import PASSWORD, OpenLdap

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # ldap3 2.9 asks pyasn1 0.6 for names by their old spelling
    import ldap3

USER = f"cn=svc,{SUFFIX}"
OFFICE = "physicalDeliveryOfficeName"


@dataclass(frozen=True, slots=True)
class Programs:
    """``ldapsearch`` and ``ldapmodify``, given many things to do on one connection; seconds for one of them."""

    server: OpenLdap
    folder: Path

    def search(self, ids: Sequence[str], attributes: Sequence[str]) -> float:
        """Look people up by id."""
        return self._each("ldapsearch", [f"{one}\n" for one in ids], ("-b", SUFFIX, "(entryUUID=%s)", *attributes))

    def modify(self, dns: Sequence[str], office: str) -> float:
        """Give people another office."""
        return self._each("ldapmodify", [f"dn: {dn}\nchangetype: modify\n{_replaced(office)}\n" for dn in dns], ())

    def _each(self, name: str, inputs: Sequence[str], arguments: Sequence[str]) -> float:
        """Return what each takes beyond the first, which pays for the start of the program, the connection and the bind."""
        first, rest = self._run(name, inputs[:1], arguments), self._run(name, inputs[1:], arguments)
        return max(rest - first, rest / 2) / max(1, len(inputs) - 2)

    def _run(self, name: str, inputs: Sequence[str], arguments: Sequence[str]) -> float:
        file = self.folder / "inputs"
        file.write_text("".join(inputs), encoding="utf-8")
        options = ("-x", "-H", self.server.tls_url, "-D", USER, "-w", PASSWORD, "-f", str(file))
        start = perf_counter()
        self.server.run(name, *options, *(("-LLL",) if name == "ldapsearch" else ()), *arguments)
        return perf_counter() - start


def _replaced(office: str) -> str:
    return f"replace: {OFFICE}\n{OFFICE}: {office}\n"


@dataclass(frozen=True, slots=True)
class Bare:
    """One connection of ldap3, set up to do as little as it can."""

    connection: ldap3.Connection

    def search(self, id_: str, attributes: Sequence[str]) -> None:
        """Look a person up by id."""
        _, _, found, _ = self.connection.search(SUFFIX, f"(entryUUID={id_})", attributes=list(attributes))
        if len(found) != 1:
            raise SystemExit(f"ldap3 found {len(found)} people with the id {id_}")

    def search_some(self, start: str, attributes: Sequence[str], most: int) -> None:
        """Look up to so many people up whose last name begins like this."""
        self.connection.search(SUFFIX, f"(sn={start}*)", attributes=list(attributes), size_limit=most)

    def modify(self, dn: str, office: str) -> None:
        """Give a person another office."""
        done, result, *_ = self.connection.modify(dn, {OFFICE: [(ldap3.MODIFY_REPLACE, [office])]})
        if not done:
            raise SystemExit(f"ldap3 could not change {dn}: {result['description']}")

    def set_password(self, dn: str, password: str) -> None:
        """Give a person another password, sent as it is for the server to hash."""
        done, result, *_ = self.connection.modify(dn, {"userPassword": [(ldap3.MODIFY_REPLACE, [password])]})
        if not done:
            raise SystemExit(f"ldap3 could not set the password of {dn}: {result['description']}")


@contextmanager
def bare_ldap3(server: OpenLdap) -> Iterator[Bare]:
    """Connect over verified TLS, without a schema and without following anything."""
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(server.authority))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        connection = ldap3.Connection(
            ldap3.Server(server.tls_url, tls=tls, get_info=ldap3.NONE),
            user=USER,
            password=PASSWORD,
            client_strategy=ldap3.SAFE_SYNC,
            auto_bind=True,
            auto_referrals=False,
            check_names=False,
        )
        try:
            yield Bare(connection)
        finally:
            connection.unbind()
