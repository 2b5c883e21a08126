"""The LDAP connector passes the contract of connectors on a real OpenLDAP."""

from collections.abc import Iterator

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.spi import Connector, Ref
from tests.connectors.ldap.ldap_contract import LdapContract
from tests.servers.openldap import PASSWORD, SERVICE, SUFFIX, OpenLdap, Template


@pytest.fixture(scope="module")
def openldap(openldap_sample: Template) -> Iterator[OpenLdap]:
    with OpenLdap.started(openldap_sample) as server:
        yield server


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRECTORY_PASSWORD", PASSWORD)


class TestOpenLdap(LdapContract):
    cannot = frozenset(
        {
            "directory.user.reset_mfa",
            "directory.user.activate",
            "directory.user.clear_sessions",
            "directory.computer.enable",
            "directory.computer.disable",
        }
    )

    @pytest.fixture
    def connector(self, openldap: OpenLdap) -> Iterator[LdapDirectory]:
        openldap.reset()
        directory = LdapDirectory(
            [openldap.tls_url],
            dialect="openldap",
            base=SUFFIX,
            user=SERVICE,
            password_env="DIRECTORY_PASSWORD",
            ca_file=str(openldap.authority),
        )
        directory.server = openldap
        yield directory
        directory.close()

    def touch(self, connector: LdapDirectory, ref: Ref) -> None:
        dn = self.dn(connector, ref)
        connector.server.modify(f"dn: {dn}\nchangetype: modify\nreplace: description\ndescription: {self.word()}\n")

    def move(self, connector: LdapDirectory, ref: Ref) -> bool:
        if ref.kind == "ou":
            return False
        dn = self.dn(connector, ref)
        rdn = dn.partition(",")[0].replace("=", "=moved ", 1)
        connector.server.modify(
            f"dn: {dn}\nchangetype: modrdn\nnewrdn: {rdn}\ndeleteoldrdn: 0\nnewsuperior: ou=Leavers,{SUFFIX}\n"
        )
        return True

    def unreachable(self) -> Connector:
        return LdapDirectory(
            ["ldaps://127.0.0.1:1"], dialect="openldap", base=SUFFIX, user=SERVICE, password_env="DIRECTORY_PASSWORD"
        )
