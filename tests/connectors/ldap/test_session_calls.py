"""Searches, writes and sign-ins by `DirectorySession` on a real OpenLDAP."""

import threading
from collections.abc import Iterator

import pytest

from connectors.errors import RejectedError
from connectors.ldap.requests import (
    Add,
    Control,
    Delete,
    LimitReachedError,
    Modification,
    Modify,
    Rename,
    Row,
    Search,
    SearchRefusedError,
    SetPassword,
)
from connectors.ldap.talking.endpoints import parse_endpoint
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Content, Secret
from tests.servers.certificates import Certificates
from tests.servers.openldap import PASSWORD, READER, SERVICE, SUFFIX, OpenLdap, Template

COUNT = 230
PEOPLE = f"ou=people,{SUFFIX}"
ALICE = f"uid=alice,{SUFFIX}"
ALICES_PASSWORD = "Correct horse 7"
EVERYBODY = Search(PEOPLE, "(objectClass=inetOrgPerson)", ("uid",), page=50)
POLICY_ANSWER = "1.3.6.1.4.1.42.2.27.8.5.1"


def people() -> str:
    lines = [f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: people\n"]
    lines += [
        f"dn: uid=u{number:03d},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: u{number:03d}\ncn: Person {number}\nsn: Person\n"
        for number in range(COUNT)
    ]
    lines.append(
        f"dn: {ALICE}\nobjectClass: inetOrgPerson\nuid: alice\ncn: Alice Åkesson\nsn: Åkesson\n"
        f"mail: alice@example.test\ndescription: one\ndescription: two\nuserPassword: {ALICES_PASSWORD}\n"
    )
    lines.append(
        f"dn: ou=elsewhere,{SUFFIX}\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\n"
        "ref: ldap://rogue.example.test/ou=elsewhere\n"
    )
    return "\n".join(lines)


@pytest.fixture(scope="module")
def template(certificates: Certificates) -> Iterator[Template]:
    with Template.made(certificates.good, people()) as made:
        yield made


@pytest.fixture(scope="module")
def running(template: Template) -> Iterator[OpenLdap]:
    with OpenLdap.started(template, sizelimit=100) as server:
        yield server


@pytest.fixture
def openldap(running: OpenLdap) -> OpenLdap:
    running.reset()
    return running


def session_on(server: OpenLdap, user: str = SERVICE, password: str = PASSWORD) -> DirectorySession:
    return DirectorySession(
        [parse_endpoint(server.tls_url)], user=user, password=Secret(password), ca_file=str(server.authority)
    )


@pytest.fixture
def session(openldap: OpenLdap) -> Iterator[DirectorySession]:
    made = session_on(openldap)
    yield made
    made.close()


def base(dn: str, *attributes: str) -> Search:
    return Search(dn, "(objectClass=*)", attributes, "base")


def replacing(dn: str, attribute: str, *values: bytes | Content) -> Modify:
    return Modify(dn, (Modification("replace", attribute, values),))


# --- searches -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [0, 1, 7, 50, 229, 230, 231, 1000])
def test_a_search_brings_everything_whatever_the_page(session: DirectorySession, page: int) -> None:
    rows = list(session.search(Search(PEOPLE, "(objectClass=inetOrgPerson)", ("uid",), page=page)))
    assert sorted(row.first("uid") or b"" for row in rows) == [b"u%03d" % number for number in range(COUNT)]


def test_values_come_as_octets_under_names_in_lower_case(session: DirectorySession) -> None:
    row = session.first(base(ALICE, "CN", "description", "mail", "telephoneNumber", "entryUUID"))
    assert row is not None
    assert row.dn.lower() == ALICE.lower()
    assert set(row.values) == {"cn", "description", "mail", "entryuuid"}
    assert row.first("CN") == "Alice Åkesson".encode()
    assert row.values["description"] == (b"one", b"two")


def test_without_attributes_only_names_come(session: DirectorySession) -> None:
    assert session.first(base(ALICE)) is not None
    assert [dict(row.values) for row in session.search(Search(ALICE, "(uid=alice)", ()))] == [{}]


def test_scopes_are_as_asked_for(session: DirectorySession) -> None:
    def names(scope: str) -> int:
        return len(list(session.search(Search(SUFFIX, "(objectClass=*)", (), scope))))  # type: ignore[arg-type]

    assert names("base") == 1
    assert 1 < names("one") < COUNT < names("subtree")


def test_a_search_that_is_given_up_leaves_its_connection_to_the_next(session: DirectorySession) -> None:
    for _ in range(30):
        rows = session.search(EVERYBODY)
        next(rows)
        rows.close()  # type: ignore[attr-defined]
        assert session.first(base(ALICE)) is not None


@pytest.mark.parametrize("page", [0, 30, 100])
def test_a_limit_of_the_server_is_an_error_after_the_rows_that_came(openldap: OpenLdap, page: int) -> None:
    limited = session_on(openldap, READER)
    rows: list[Row] = []
    with pytest.raises(LimitReachedError) as limit:
        rows.extend(limited.search(Search(PEOPLE, "(objectClass=inetOrgPerson)", ("uid",), page=page)))
    assert len(rows) == 100
    assert limit.value.answer.code == 4
    assert limited.first(base(ALICE)) is not None
    limited.close()


def test_reading_one_entry_that_is_not_there_gives_none(session: DirectorySession) -> None:
    assert session.first(base(f"uid=nobody,{PEOPLE}")) is None
    assert session.first(Search(ALICE, "(uid=bob)", (), "base")) is None


def test_searching_below_what_is_not_there_is_refused(session: DirectorySession) -> None:
    with pytest.raises(SearchRefusedError) as refused:
        list(session.search(Search(f"ou=gone,{SUFFIX}", "(objectClass=*)", ())))
    assert refused.value.answer.code == 32
    assert refused.value.answer.matched_dn == SUFFIX.lower()


def test_referrals_are_left_out_of_results_and_refused_as_a_base(session: DirectorySession) -> None:
    assert not [row for row in session.search(Search(SUFFIX, "(ou=*)", ())) if "elsewhere" in row.dn]
    with pytest.raises(SearchRefusedError) as refused:
        list(session.search(Search(f"ou=elsewhere,{SUFFIX}", "(ou=*)", ())))
    assert refused.value.answer.code == 10
    assert session.apply(replacing(f"uid=x,ou=elsewhere,{SUFFIX}", "description", b"x")).code == 10


@pytest.mark.parametrize(
    ("filter", "count"),
    [
        ("(cn=Alice \\c3\\85kesson)", 1),
        ("(cn=*\\c3\\85kess*)", 1),
        ("(&(uid=alice)(!(mail=x)))", 1),
        ("(description=\\2a)", 0),
        ("(cn:caseIgnoreMatch:=alice \\c3\\85kesson)", 1),
        ("(&(uid=alice)(createTimestamp>=20200101000000Z))", 1),
    ],
)
def test_filters_are_sent_as_written(session: DirectorySession, filter: str, count: int) -> None:
    assert len(list(session.search(Search(SUFFIX, filter, ("uid",))))) == count


@pytest.mark.parametrize("filter", ["", "uid=alice", "(uid=alice", "(uid=alice))", "()", "(uid=\udcff)"])
def test_filters_that_are_none_are_refused_before_anything_is_sent(session: DirectorySession, filter: str) -> None:
    with pytest.raises(RejectedError):
        list(session.search(Search(SUFFIX, filter, ())))


def test_controls_go_with_requests_and_their_answers_come_raw(session: DirectorySession) -> None:
    read_after = Control("1.3.6.1.1.13.2", True, bytes.fromhex("300d040b") + b"description")
    answer = session.apply(Modify(ALICE, replacing(ALICE, "description", b"new").modifications, (read_after,)))
    assert answer.is_success
    assert b"new" in answer.controls["1.3.6.1.1.13.2"]
    unknown = Control("1.2.3.4", True)
    assert session.apply(Delete(ALICE, (unknown,))).code == 12
    with pytest.raises(SearchRefusedError):
        list(session.search(Search(SUFFIX, "(uid=*)", (), controls=(unknown,))))
    assert session.first(base(ALICE)) is not None


def test_the_root_entry_says_what_the_server_offers(session: DirectorySession, openldap: OpenLdap) -> None:
    assert b"1.2.840.113556.1.4.319" in session.root().values["supportedcontrol"]
    assert session.root().first("namingContexts") == SUFFIX.lower().encode()
    assert session.server() == openldap.tls_url


# --- writes ---------------------------------------------------------------------------------------------------------


def test_every_kind_of_write_is_carried_out(session: DirectorySession, openldap: OpenLdap) -> None:
    bob = f"uid=bob,{SUFFIX}"
    attributes = {"objectClass": (b"inetOrgPerson",), "uid": (b"bob",), "cn": (b"Bob",), "sn": (b"B", Content(b"Bb"))}
    assert session.apply(Add(bob, attributes)).is_success
    steps = (
        Modification("add", "description", (b"a", b"b")),
        Modification("delete", "sn", (b"Bb",)),
        Modification("delete", "description", (b"a",)),
        Modification("replace", "title"),
    )
    assert session.apply(Modify(bob, steps)).is_success
    assert session.apply(SetPassword(bob, Secret("ein längeres Wort ß"))).is_success
    assert openldap.lets_in(bob, "ein längeres Wort ß")
    assert session.apply(Rename(bob, "uid=robert", PEOPLE)).is_success
    robert = f"uid=robert,{PEOPLE}"
    row = session.first(base(robert, "uid", "sn", "description"))
    assert row is not None
    assert dict(row.values) == {"uid": (b"robert",), "sn": (b"B",), "description": (b"b",)}
    assert session.apply(Delete(robert)).is_success
    assert session.first(base(robert)) is None


def test_refusals_of_writes_are_answers(session: DirectorySession) -> None:
    assert session.apply(Delete(PEOPLE)).code == 66
    assert session.apply(replacing(ALICE, "nonsense", b"x")).code == 17
    weak = session.apply(SetPassword(ALICE, Secret("short")))
    assert weak.code == 19
    assert weak.message == "Password fails quality checking policy"
    gone = session.apply(Delete(f"uid=x,ou=gone,{PEOPLE}"))
    assert (gone.code, gone.matched_dn) == (32, PEOPLE.lower())


@pytest.mark.parametrize(
    "request_",
    [
        Delete("uid=\udcff"),
        replacing("cn=\udcff", "sn", b"x"),
        SetPassword(ALICE, Secret("hunter2\udcff")),
    ],
)
def test_what_cannot_be_written_in_ldap_is_refused_without_saying_it(
    session: DirectorySession, request_: Delete
) -> None:
    with pytest.raises(RejectedError) as refused:
        session.apply(request_)
    assert refused.value.__context__ is None
    assert "hunter2" not in repr(refused.value)


def test_a_password_is_right_or_wrong(session: DirectorySession) -> None:
    assert session.verify(ALICE, Secret(ALICES_PASSWORD)).is_success
    wrong = session.verify(ALICE, Secret("wrong"))
    assert wrong.code == 49
    assert POLICY_ANSWER in wrong.controls


@pytest.mark.parametrize(
    ("user", "password"),
    [(ALICE, ""), ("", "anything"), ("", ""), (ALICE, "a\0b"), ("uid=\0", "x"), (ALICE, "\udcff"), ("uid=\udcff", "x")],
)
def test_what_servers_take_for_anonymous_and_what_none_can_take_is_refused_without_asking(
    user: str, password: str
) -> None:
    nowhere = DirectorySession([parse_endpoint("ldaps://127.0.0.1:9")], user=SERVICE, password=Secret(PASSWORD))
    assert nowhere.verify(user, Secret(password)).code == 49


def test_passwords_are_sent_letter_by_letter(session: DirectorySession) -> None:
    for password in ("  spaces kept  ", "ﬁne ª Ⅸ \u00a0", "\u00adsoft\u200bhyphen", "パスワードです日本語", "x" * 250):
        assert session.apply(SetPassword(ALICE, Secret(password))).is_success
        assert session.verify(ALICE, Secret(password)).is_success
        assert session.verify(ALICE, Secret(password + "x")).code == 49


def test_locked_accounts_are_told_by_the_policy_s_control(session: DirectorySession) -> None:
    for _ in range(3):
        assert session.verify(ALICE, Secret("wrong")).code == 49
    assert session.verify(ALICE, Secret(ALICES_PASSWORD)).controls[POLICY_ANSWER] == bytes.fromhex("3003810101")


def test_signing_somebody_in_does_not_change_who_deskhand_is(session: DirectorySession) -> None:
    assert session.verify(ALICE, Secret(ALICES_PASSWORD)).is_success
    assert session.apply(replacing(f"uid=u002,{PEOPLE}", "description", b"by svc")).is_success


# --- threads --------------------------------------------------------------------------------------------------------


def test_threads_never_get_each_other_s_answers(session: DirectorySession) -> None:
    wrong: list[object] = []

    def read(number: int) -> None:
        for turn in range(60):
            uid = f"u{(number * 37 + turn) % COUNT:03d}"
            row = session.first(base(f"uid={uid},{PEOPLE}", "uid"))
            if row is None or row.first("uid") != uid.encode():
                wrong.append(row)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_one_search_under_way_does_not_hinder_another_call(session: DirectorySession) -> None:
    rows = session.search(EVERYBODY)
    seen = [next(rows)]
    for row in rows:
        seen.append(row)
        if len(seen) % 50 == 0:
            assert session.first(base(ALICE)) is not None
    assert len(seen) == COUNT
