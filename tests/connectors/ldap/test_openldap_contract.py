"""The LDAP connector passes the contract of connectors on a real OpenLDAP."""

import pytest

from tests.connectors.ldap.ldap_contract import LdapContract
from tests.servers.openldap import PASSWORD, SERVICE, SUFFIX, OpenLdap


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

    dialect, base, account = "openldap", SUFFIX, SERVICE

    @pytest.fixture
    def server(self, openldap: OpenLdap) -> OpenLdap:
        return openldap
