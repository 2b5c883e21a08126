"""The LDAP connector passes the contract of connectors on a real Active Directory domain (Samba), with delegated rights."""

from collections.abc import Iterator

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.spi import Connector, Ref
from tests.connectors.ldap.ldap_contract import LdapContract
from tests.connectors.ldap.sample_active_directory import SERVICE
from tests.connectors.ldap.sample_cast import PASSWORD
from tests.servers.samba import SUFFIX, SambaDc, Template


@pytest.fixture(scope="module")
def samba(samba_sample: Template) -> Iterator[SambaDc]:
    with SambaDc.started(samba_sample) as server:
        yield server


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRECTORY_PASSWORD", PASSWORD)


class TestActiveDirectory(LdapContract):
    cannot = frozenset(
        {"directory.user.reset_mfa", "directory.user.activate", "directory.user.clear_sessions"}
    )

    @pytest.fixture
    def connector(self, samba: SambaDc) -> Iterator[LdapDirectory]:
        samba.reset()
        directory = LdapDirectory(
            [samba.tls_url],
            dialect="active_directory",
            base=SUFFIX,
            user=SERVICE,
            password_env="DIRECTORY_PASSWORD",
            ca_file=str(samba.authority),
        )
        directory.server = samba
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
            f"dn: {dn}\nchangetype: modrdn\nnewrdn: {rdn}\ndeleteoldrdn: 1\nnewsuperior: OU=Leavers,{SUFFIX}\n"
        )
        return True

    def unreachable(self) -> Connector:
        return LdapDirectory(
            ["ldaps://127.0.0.1:1"],
            dialect="active_directory",
            base=SUFFIX,
            user=SERVICE,
            password_env="DIRECTORY_PASSWORD",
        )
