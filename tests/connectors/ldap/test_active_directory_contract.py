"""The LDAP connector passes the contract of connectors on a real Active Directory domain (Samba), with delegated rights."""

import pytest

from tests.connectors.ldap.ldap_contract import LdapContract
from tests.connectors.ldap.sample_active_directory import SERVICE
from tests.connectors.ldap.sample_cast import PASSWORD
from tests.servers.samba import SUFFIX, SambaDc


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRECTORY_PASSWORD", PASSWORD)


class TestActiveDirectory(LdapContract):
    cannot = frozenset({"directory.user.reset_mfa", "directory.user.activate", "directory.user.clear_sessions"})

    dialect, base, account = "active_directory", SUFFIX, SERVICE
    drops = 1
    few = frozenset({"directory.user.create", "directory.user.join_groups", "directory.user.update"})

    # AD has no assertions, and these values cannot be named in the request as they were read
    both_may_change = frozenset(
        f"directory.{verb}"
        for verb in (
            "user.enable", "user.disable", "user.expire_password", "user.unlock", "user.set_password", "user.rename",
            "user.move", "computer.enable", "computer.disable", "computer.move", "group.set_owner",
        )
    )  # fmt: skip

    @pytest.fixture
    def server(self, samba: SambaDc) -> SambaDc:
        return samba
