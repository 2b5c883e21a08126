"""The LDAP connector passes the contract of connectors on a real Active Directory domain (Samba), with delegated rights."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.errors import RejectedError
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


_TWICE = frozenset(
    f"directory.{verb}"
    for verb in (
        "user.enable", "user.disable", "user.expire_password", "user.unlock", "user.set_password", "computer.enable",
        "computer.disable", "user.rename", "user.move", "computer.move",
        "group.set_owner",
    )
)  # fmt: skip


class TestActiveDirectory(LdapContract):
    cannot = frozenset({"directory.user.reset_mfa", "directory.user.activate", "directory.user.clear_sessions"})

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

    def test_of_two_at_once_only_one_changes_something(self, connector: LdapDirectory, verb: str) -> None:
        """AD has no assertions: where both do the same to a value that cannot be named in the request, both may say so."""
        if verb not in _TWICE:
            super().test_of_two_at_once_only_one_changes_something(connector, verb)
            return
        case = self.case_for(connector, verb)
        operation = self.operation(verb, case)
        guards = connector.prepare(operation).guards

        def attempt(_number: int) -> str:
            try:
                return connector.perform(operation, guards, case.secrets).state
            except RejectedError:
                return "rejected"

        with ThreadPoolExecutor(2) as pool:
            states = set(pool.map(attempt, range(2)))
        assert "changed" in states
        assert connector.prepare(operation).changes == () or verb.endswith("set_password")

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
