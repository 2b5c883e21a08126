"""The Samba domain controller of the tests is what it says: TLS, lockout, rights, resets."""

import subprocess
from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.connectors.ldap.sample_active_directory import SERVICE
from tests.connectors.ldap.sample_cast import PASSWORD as SAMPLE_PASSWORD
from tests.connectors.ldap.sample_cast import stable_id
from tests.servers.certificates import Certificates
from tests.servers.ldif import replacement
from tests.servers.samba import ADMIN, PASSWORD, SUFFIX, SambaDc, Template
from tests.servers.slapd import program

SALES = f"OU=Sales,OU=People,{SUFFIX}"
ALICE, BOB = f"CN=Alice Jansen,{SALES}", f"CN=Bob de Vries,{SALES}"


@pytest.fixture(scope="module")
def running(samba_sample: Template) -> Iterator[SambaDc]:
    with SambaDc.started(samba_sample) as server:
        yield server


@pytest.fixture
def samba(running: SambaDc) -> SambaDc:
    running.reset()
    return running


def changed(server: SambaDc, ldif: str) -> int:
    command = [program("ldapmodify"), "-x", "-H", server.tls_url, "-D", SERVICE, "-w", SAMPLE_PASSWORD]
    environment = {"LDAPTLS_CACERT": str(server.authority)}
    return subprocess.run(command, input=ldif.encode(), env=environment, capture_output=True, check=False).returncode


def everything(server: SambaDc) -> list[str]:
    """Return what administrators see of all entries, those that are deleted among them, but when they themselves were here."""
    found = server.run(
        "ldapsearch", "-LLL", "-E", "!1.2.840.113556.1.4.417", *server._bind(""), "-b", SUFFIX, "*", "uSNChanged"
    )
    return [entry for entry in found.split("\n\n") if "sAMAccountName: Administrator" not in entry]


def test_it_shows_its_certificate_and_refuses_a_wrong_password(samba: SambaDc) -> None:
    assert samba.lets_in(ADMIN, PASSWORD)
    assert not samba.lets_in(ADMIN, "wrong")
    bind = ("-x", "-D", ADMIN, "-w", PASSWORD, "-s", "base", "-b", SUFFIX, "dn")
    assert SUFFIX in samba.run("ldapsearch", "-LLL", "-ZZ", "-H", samba.url, *bind)
    plain = [program("ldapsearch"), "-H", samba.url, *bind]
    assert subprocess.run(plain, capture_output=True, check=False).returncode == 8


def test_a_certificate_that_is_bad_is_noticed(samba_sample: Template, certificates: Certificates) -> None:
    with SambaDc.started(samba_sample, certificate=certificates.expired) as server:
        assert not server.lets_in(ADMIN, PASSWORD)


def test_what_was_changed_is_gone_after_a_reset(samba: SambaDc) -> None:
    address = samba.address
    samba.modify(replacement(ALICE, {"title": ["Somebody else"]}))
    assert "Somebody else" in samba.search("(cn=Alice Jansen)", "title")
    samba.reset()
    assert samba.address == address
    assert "Account manager" in samba.search("(cn=Alice Jansen)", "title")


def test_a_lock_is_gone_after_a_reset(samba: SambaDc) -> None:
    for _ in range(3):
        assert not samba.lets_in("alice@example.test", "wrong")
    assert not samba.lets_in("alice@example.test", SAMPLE_PASSWORD)
    samba.reset()
    assert samba.lets_in("alice@example.test", SAMPLE_PASSWORD)


def test_it_keeps_running_while_it_is_reset_and_afterwards_everything_is_as_it_was(samba: SambaDc) -> None:
    process = samba._process
    before = everything(samba)
    new = "dn: CN=New {0},{1}\nchangetype: add\nobjectClass: user\nsAMAccountName: new{0}\ndescription: {2}\n\n"
    for _ in range(3):
        samba.modify("".join(new.format(number, SALES, "x" * 1000) for number in range(20)))
        samba.modify(f"dn: {ALICE}\nchangetype: modrdn\nnewrdn: CN=Renamed\ndeleteoldrdn: 1\nnewsuperior: {SUFFIX}\n\n")
        samba.modify(f"dn: {BOB}\nchangetype: delete\n\n")
        assert everything(samba) != before
        samba.reset()
        assert everything(samba) == before
    assert samba._process is process


def test_what_waits_for_a_frozen_one_does_not_come_after_a_reset(samba: SambaDc) -> None:
    process = samba._process
    with samba.frozen():
        pass
    samba.reset()
    assert samba._process is not process


def test_a_second_one_takes_another_address(samba: SambaDc, samba_sample: Template) -> None:
    with SambaDc.started(samba_sample) as second:
        assert second.address != samba.address
        second.modify(replacement(ALICE, {"title": ["Somebody else"]}))
        assert "Account manager" in samba.search("(cn=Alice Jansen)", "title")


def test_it_can_be_stopped_and_started_and_ends_when_its_tests_do(samba: SambaDc) -> None:
    samba.modify(replacement(ALICE, {"title": ["Kept"]}))
    samba.stop()
    samba.stop()
    assert not samba.lets_in(ADMIN, PASSWORD)
    samba.start()
    assert "Kept" in samba.search("(cn=Alice Jansen)", "title")
    process = samba._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=10) == 0


def test_states_of_the_sample_count(samba: SambaDc) -> None:
    assert not samba.lets_in("bob@example.test", SAMPLE_PASSWORD), "locked"
    assert "msDS-User-Account-Control-Computed: 8388624" in samba.search(
        "(sAMAccountName=bob)", "msDS-User-Account-Control-Computed"
    ), "locked, and the password is too old"
    assert samba.lets_in("hanna@example.test", SAMPLE_PASSWORD)
    assert not samba.lets_in("dorthe@example.test", SAMPLE_PASSWORD), "disabled"


def test_the_service_account_does_its_work_and_no_more(samba: SambaDc) -> None:
    password = '"Lantern-Boat-5"'.encode("utf-16-le")
    assert changed(samba, replacement(ALICE, {"unicodePwd": [password], "pwdLastSet": ["-1"]})) == 0
    assert samba.lets_in("alice@example.test", "Lantern-Boat-5")
    assert changed(samba, replacement(BOB, {"lockoutTime": ["0"], "userAccountControl": ["512"]})) == 0
    assert changed(samba, replacement(f"CN=Administrator,CN=Users,{SUFFIX}", {"title": ["x"]})) == 50
    assert changed(samba, replacement(SALES, {"description": ["x"]})) == 50


def test_ids_are_those_of_the_sample(samba: SambaDc) -> None:
    found = samba.search(f"(objectGUID={stable_id('u-alice')})", "sAMAccountName")
    assert "sAMAccountName: alice" in found
    assert UUID(stable_id("u-alice"))
