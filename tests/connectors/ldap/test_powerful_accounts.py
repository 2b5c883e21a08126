"""Who can rule an Active Directory domain is marked as privileged from the moment on, not when AD gets round to it."""

from collections.abc import Iterator

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.ldap.reading.powerful import is_powerful
from connectors.spi import Compare, Everything, Filter, Not, Question
from tests.connectors.ldap.sample_active_directory import SERVICE
from tests.connectors.ldap.sample_cast import PASSWORD
from tests.servers.samba import SUFFIX, SambaDc


@pytest.fixture
def directory(samba: SambaDc, monkeypatch: pytest.MonkeyPatch) -> Iterator[LdapDirectory]:
    samba.reset()
    monkeypatch.setenv("DIRECTORY_PASSWORD", PASSWORD)
    made = LdapDirectory(
        [samba.tls_url],
        dialect="active_directory",
        base=SUFFIX,
        user=SERVICE,
        password_env="DIRECTORY_PASSWORD",
        ca_file=str(samba.authority),
    )
    yield made
    made.close()


def called(directory: LdapDirectory, kind: str, wanted: Filter) -> set[str]:
    return {entry.label for entry in directory.read(Question(kind, wanted, limit=1000)).entries}


def test_administrator_and_krbtgt_are_and_the_cast_is_not(directory: LdapDirectory) -> None:
    privileged = Compare("privileged", "==", True)
    assert called(directory, "user", privileged) == {"Administrator", "krbtgt"}
    everybody = called(directory, "user", Everything())
    assert called(directory, "user", Not(privileged)) == everybody - {"Administrator", "krbtgt"}


@pytest.mark.parametrize("group", ["CN=Account Operators,CN=Builtin", "CN=Domain Admins,CN=Users"])
def test_whoever_comes_into_a_powerful_group_by_another_group_is_at_once(
    directory: LdapDirectory, samba: SambaDc, group: str
) -> None:
    samba.modify(f"dn: {group},{SUFFIX}\nchangetype: modify\nadd: member\nmember: CN=GG-Factory,OU=Groups,{SUFFIX}\n")
    assert "Dörthe Straße" in called(directory, "user", Compare("privileged", "==", True))
    assert "adminCount" not in samba.search("(sAMAccountName=dorthe)", "adminCount")
    assert "GG-Factory" in called(directory, "group", Compare("sensitive", "==", True))


def test_powerful_groups_are_sensitive(directory: LdapDirectory) -> None:
    sensitive = called(directory, "group", Compare("sensitive", "==", True))
    assert {"Domain Admins", "Enterprise Admins", "Administrators", "Backup Operators", "GG-Company"} <= sensitive
    assert not sensitive & {"Domain Users", "Users", "GG-Sales", "Empty"}


def test_a_security_id_is_read_whole() -> None:
    domain = bytes.fromhex("0105000000000005150000008f5ef2b752b0ea22fde3b0c4")
    assert is_powerful([domain + (512).to_bytes(4, "little")])
    assert not is_powerful([domain + (513).to_bytes(4, "little")])
    assert not is_powerful([b"", b"\x00\x02", domain[:10] + (512).to_bytes(4, "little")])
    builtin = bytes.fromhex("01020000000000052000000020020000")
    assert is_powerful([builtin])
    assert not is_powerful([builtin[:-4] + (545).to_bytes(4, "little")])
