"""The OpenLDAP server of the tests is what it says: TLS, password policy, groups, rights, resets."""

import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.connectors.ldap.sample_cast import PASSWORD as SAMPLE_PASSWORD
from tests.connectors.ldap.sample_cast import stable_id
from tests.servers.certificates import Certificates
from tests.servers.ldif import replacement
from tests.servers.openldap import NOBODY, PASSWORD, READER, SERVICE, SUFFIX, OpenLdap, Template
from tests.servers.slapd import program

ALICE = f"uid=alice,OU=Sales,OU=People,{SUFFIX}"
BOB = f"uid=bob,OU=Sales,OU=People,{SUFFIX}"
HANNA = f"uid=hanna,OU=Sales,OU=People,{SUFFIX}"


@pytest.fixture(scope="module")
def running(openldap_sample: Template) -> Iterator[OpenLdap]:
    with OpenLdap.started(openldap_sample) as server:
        yield server


@pytest.fixture
def openldap(running: OpenLdap) -> OpenLdap:
    running.reset()
    return running


def changed(server: OpenLdap, ldif: str, user: str = SERVICE) -> int:
    command = [program("ldapmodify"), "-x", "-H", server.tls_url, "-D", user, "-w", PASSWORD]
    environment = {"LDAPTLS_CACERT": str(server.authority)}
    return subprocess.run(command, input=ldif.encode(), env=environment, capture_output=True, check=False).returncode


def test_it_shows_its_certificate_and_refuses_a_wrong_password(openldap: OpenLdap) -> None:
    assert openldap.lets_in(SERVICE, PASSWORD)
    assert not openldap.lets_in(SERVICE, "wrong")
    starttls = ("ldapwhoami", "-x", "-ZZ", "-H", openldap.url, "-D", ALICE, "-w", SAMPLE_PASSWORD)
    assert openldap.run(*starttls).strip().lower() == f"dn:{ALICE}".lower()


def test_a_certificate_that_is_bad_is_noticed(openldap_sample: Template, certificates: Certificates) -> None:
    for bad in (certificates.expired, certificates.wrong_name, certificates.unknown):
        with OpenLdap.started(openldap_sample, certificate=bad) as server:
            assert not server.lets_in(SERVICE, PASSWORD)


def test_what_was_changed_is_gone_after_a_reset(openldap: OpenLdap) -> None:
    port = openldap.tls_port
    openldap.modify(replacement(ALICE, {"title": ["Somebody else"]}))
    assert "Somebody else" in openldap.search("(uid=alice)", "title")
    openldap.reset()
    assert openldap.tls_port == port
    assert "Account manager" in openldap.search("(uid=alice)", "title")


def test_a_lock_is_gone_after_a_reset_and_a_reset_of_nothing_costs_nothing(openldap: OpenLdap) -> None:
    for _ in range(3):
        assert not openldap.lets_in(ALICE, "wrong")
    assert not openldap.lets_in(ALICE, SAMPLE_PASSWORD)
    openldap.reset()
    assert openldap.lets_in(ALICE, SAMPLE_PASSWORD)
    began = time.monotonic()
    openldap.search("(uid=*)")
    for _ in range(100):
        openldap.reset()
    assert time.monotonic() - began < 2


def test_it_can_be_stopped_started_and_frozen(openldap: OpenLdap) -> None:
    openldap.stop()
    openldap.stop()
    assert not openldap.lets_in(SERVICE, PASSWORD)
    openldap.start()
    assert openldap.lets_in(SERVICE, PASSWORD)
    search = [program("ldapsearch"), "-x", "-H", openldap.url, "-s", "base", "-b", ""]
    with openldap.frozen(), subprocess.Popen(search, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as waiting:
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(0.3)
        waiting.kill()
    assert openldap.lets_in(SERVICE, PASSWORD)


def test_the_service_account_writes_and_is_held_to_the_policy(openldap: OpenLdap) -> None:
    assert changed(openldap, replacement(ALICE, {"userPassword": ["Lantern-Boat-5"], "pwdReset": ["TRUE"]})) == 0
    assert changed(openldap, replacement(ALICE, {"userPassword": ["short"]})) == 19
    assert changed(openldap, replacement(ALICE, {"userPassword": [SAMPLE_PASSWORD]})) == 19, "used before"
    assert changed(openldap, replacement(ALICE, {"memberOf": []})) == 19
    assert changed(openldap, replacement(ALICE, {"title": ["x"]}), READER) == 50


def test_states_of_the_sample_count(openldap: OpenLdap) -> None:
    assert not openldap.lets_in(BOB, SAMPLE_PASSWORD), "locked, and the password is too old"
    assert changed(openldap, replacement(HANNA, {"pwdAccountLockedTime": ["000001010000Z"]})) == 0
    assert not openldap.lets_in(HANNA, SAMPLE_PASSWORD), "disabled"
    assert changed(openldap, replacement(HANNA, {"pwdAccountLockedTime": []})) == 0
    assert openldap.lets_in(HANNA, SAMPLE_PASSWORD)
    assert changed(openldap, replacement(HANNA, {"pwdEndTime": ["20200101000000Z"]})) == 0
    assert not openldap.lets_in(HANNA, SAMPLE_PASSWORD), "ended"
    assert not openldap.lets_in(f"cn=Fiona Łukasz,OU=People,{SUFFIX}", SAMPLE_PASSWORD), "not begun"


def test_ids_are_those_of_the_sample_and_passwords_stay_unseen(openldap: OpenLdap) -> None:
    assert stable_id("u-alice") in openldap.search("(uid=alice)", "entryUUID", user=READER)
    seen = openldap.search("(uid=alice)", "*", "+", user=READER)
    assert "userPassword" not in seen
    assert "pwdHistory" not in seen


def test_groups_follow_their_members(openldap: OpenLdap) -> None:
    company = f"cn=GG-Company,OU=Groups,{SUFFIX}"
    openldap.modify(f"dn: {company}\nchangetype: modify\nadd: member\nmember: {ALICE}\n")
    assert company.lower() in openldap.search("(uid=alice)", "memberOf").lower()
    openldap.modify(f"dn: {ALICE}\nchangetype: delete\n")
    assert "uid=alice" not in openldap.search("(cn=GG-*)", "member")
    assert NOBODY.lower() in openldap.search("(cn=Empty)", "member").lower()


def test_limits_hold_for_all_but_the_service_account(openldap_sample: Template) -> None:
    with OpenLdap.started(openldap_sample, sizelimit=3) as server:
        assert server.search("(uid=*)", "uid", user=SERVICE).count("\ndn:") >= 7
        search = [program("ldapsearch"), "-x", "-H", server.tls_url, "-D", READER, "-w", PASSWORD, "-b", SUFFIX]
        environment = {"LDAPTLS_CACERT": str(server.authority)}
        assert subprocess.run(search, env=environment, capture_output=True, check=False).returncode == 4
