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
    for_few = frozenset(
        {
            "test_an_object_that_does_not_exist_is_refused",
            "test_an_unknown_or_missing_argument_is_refused",
            "test_what_is_not_needed_may_be_left_out_or_empty",
            "test_a_guard_that_does_not_hold_stops_everything",
            "test_an_outage_is_told_apart_and_nothing_is_claimed",
            "test_only_errors_of_the_contract_come_out",
        }
    )

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
