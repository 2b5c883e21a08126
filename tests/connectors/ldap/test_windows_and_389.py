"""What Windows and 389 answer that the servers of the tests do not, and what depends on where the base stands."""

from datetime import UTC, datetime
from time import perf_counter

import pytest

from connectors.errors import ConnectorError, RejectedError, StaleObjectError
from connectors.ldap.changing.refusals import error_for
from connectors.ldap.connector import LdapDirectory
from connectors.ldap.layout import is_reserved, layout
from connectors.ldap.reading.decoding import attributes_of, members, version
from connectors.ldap.requests import Add, Answer, Modification, Modify, Row, Search
from connectors.spi import Compare, Question, Secret
from tests.connectors.ldap.on_servers import on_openldap, on_samba
from tests.servers import openldap as openldap_server
from tests.servers import samba as samba_server
from tests.servers.openldap import OpenLdap
from tests.servers.samba import SambaDc

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MODIFY = Modify("CN=Somebody,DC=example,DC=test", (Modification("replace", "description", (b"x",)),))
ADD = Add("CN=Somebody,DC=example,DC=test", {"objectClass": (b"user",)})


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (
            Answer(53, "00000561: SvcErr: DSID-031A11E5, problem 5003 (WILL_NOT_PERFORM)"),
            StaleObjectError,
            "same moment",
        ),
        (Answer(68, "00000562: UpdErr: DSID-031A11E2, problem 6005 (ENTRY_EXISTS)"), StaleObjectError, "same moment"),
        (Answer(53, "0000052D: SvcErr: DSID-031A12D2, problem 5003"), RejectedError, "Set one first"),
        (
            Answer(19, "000021C8: AtrErr: DSID-03200E96, #1: problem 1005"),
            RejectedError,
            "sign-in name is already in use",
        ),
        (Answer(19, "00002082: AtrErr: DSID-03151927, #1: problem 1005"), RejectedError, "too long"),
        (Answer(10, "0000202B: RefErr: DSID-0310082F, data 0"), RejectedError, "read-only copy"),
    ],
)
def test_what_windows_says_is_understood(answer: Answer, error: type[ConnectorError], words: str) -> None:
    found = error_for(MODIFY, answer)
    assert type(found) is error
    assert words in str(found)
    assert "DSID" not in str(found)


def test_a_sign_in_name_used_elsewhere_in_the_forest_is_named_when_somebody_is_made() -> None:
    assert "sign-in name" in str(error_for(ADD, Answer(19, "000021C8: AtrErr: DSID-03200E96")))


@pytest.mark.parametrize(
    "attribute",
    [
        "sambaAcctFlags",
        "shadowExpire",
        "passwordRetryCount",
        "nsRoleDN",
        "msNPAllowDialin",
        "msTSInitialProgram",
        "targetAddress",
    ],
)
def test_what_opens_doors_elsewhere_cannot_be_opened_to_forms(attribute: str) -> None:
    assert is_reserved(attribute)
    with pytest.raises(RejectedError, match="cannot be opened to forms"):
        layout("389", "dc=example,dc=test", custom={"more": {"attribute": attribute, "settable": True}})


def test_the_global_catalog_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRECTORY_PASSWORD", "secret")
    with pytest.raises(RejectedError, match="global catalog"):
        LdapDirectory(
            ["ldaps://dc1.example.test", "ldaps://dc2.example.test:3269"],
            dialect="active_directory",
            base="DC=example,DC=test",
            user="svc@example.test",
            password_env="DIRECTORY_PASSWORD",
        )


# --- 389 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "locked"), [("19700101000000Z", True), ("20260302000000Z", True), ("20260228000000Z", False)]
)
def test_389_locks_until_a_moment_or_until_somebody_unlocks(until: str, locked: bool) -> None:
    row = Row("uid=alice,dc=example,dc=test", {"uid": (b"alice",), "accountunlocktime": (until.encode(),)})
    assert attributes_of(layout("389", "dc=example,dc=test"), "user", row, NOW)["locked"] is locked


def test_where_389_counts_no_changes_the_time_of_the_last_one_guards() -> None:
    there = layout("389", "dc=example,dc=test")
    row = {"modifytimestamp": (b"20260301000000Z",)}
    assert version(there, Row("uid=alice", row)) == "20260301000000Z"
    assert version(there, Row("uid=alice", {**row, "entryusn": (b"7",)})) == "7"


# --- size, base, time -----------------------------------------------------------------------------------------------


def test_members_of_a_group_of_a_hundred_thousand_are_told_at_once() -> None:
    listed = tuple(f"CN=Person {number},OU=Staff,DC=example,DC=test".encode() for number in range(100_000))
    began = perf_counter()
    assert len(members(layout("active_directory", "DC=example,DC=test"), Row("CN=All", {"member": listed}))) == 100_000
    assert perf_counter() - began < 1


@pytest.mark.parametrize("is_primary", [False, True])
def test_who_rules_the_domain_is_privileged_also_when_the_base_leaves_that_group_out(
    samba: SambaDc, is_primary: bool
) -> None:
    samba.reset()
    alice = f"CN=Alice Jansen,OU=Sales,OU=People,{samba_server.SUFFIX}"
    samba.modify(
        f"dn: CN=Domain Admins,CN=Users,{samba_server.SUFFIX}\nchangetype: modify\nadd: member\nmember: {alice}\n"
    )
    if is_primary:
        samba.modify(f"dn: {alice}\nchangetype: modify\nreplace: primaryGroupID\nprimaryGroupID: 512\n")
    privileged = Question("user", Compare("privileged", "==", True))
    with on_samba(samba, base=f"OU=People,{samba_server.SUFFIX}") as directory:
        found = directory.read(privileged).entries
        assert [entry.attributes["login"] for entry in found] == ["alice"]
        assert not any(ref.kind == "group" for entry in found for ref in entry.attributes["groups"] or ())  # type: ignore[union-attr]


def test_a_known_and_an_unknown_login_ask_the_server_for_the_same(
    openldap_sample: openldap_server.Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenLdap.started(openldap_sample) as server, on_openldap(server) as directory:
        asked: list[str] = []
        search = directory.session.search

        def counted(wanted: Search) -> object:
            asked.append(wanted.filter)
            return search(wanted)

        monkeypatch.setattr(directory.session, "search", counted)
        for login in ("alice", "nobody-at-all"):
            assert directory.authenticate(login, Secret("wrong")).state == "wrong"
        assert len(asked) == 2
