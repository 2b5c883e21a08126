"""Signing in by the directory's passwords: what a login that nobody has is told apart by, and what is sent for it."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.ldap.reading.reader import Reader
from connectors.ldap.reading.signing_in import SigningIn
from connectors.ldap.requests import Answer, Search
from connectors.spi import FindsLogins, Ref, Secret
from runner.identity.directory import DirectorySignIn
from tests.connectors.ldap.on_servers import on_openldap, on_samba
from tests.connectors.ldap.sample_cast import PASSWORD, stable_id
from tests.servers import openldap, samba

ALICE = Ref("user", stable_id("u-alice"))


@pytest.fixture(scope="module", params=["openldap", "samba"])
def directory(request: pytest.FixtureRequest) -> Iterator[LdapDirectory]:
    with ExitStack() as stack:
        if request.param == "openldap":
            template: openldap.Template = request.getfixturevalue("openldap_sample")
            server = stack.enter_context(openldap.OpenLdap.started(template))
            yield stack.enter_context(on_openldap(server))
        else:
            domain: samba.Template = request.getfixturevalue("samba_sample")
            yield stack.enter_context(on_samba(stack.enter_context(samba.SambaDc.started(domain))))


class Sent:
    """What is sent over a session of a directory while it is watched."""

    def __init__(self, directory: LdapDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
        session = directory.session
        self.searches: list[Search] = []
        self.binds: list[tuple[str, str]] = []
        search, verify = session.search, session.verify

        def searching(wanted: Search) -> object:
            self.searches.append(wanted)
            return search(wanted)

        def verifying(user: str, password: Secret) -> Answer:
            self.binds.append((user, password.reveal()))
            return verify(user, password)

        monkeypatch.setattr(session, "search", searching)
        monkeypatch.setattr(session, "verify", verifying)


@pytest.fixture
def sent(directory: LdapDirectory, monkeypatch: pytest.MonkeyPatch) -> Sent:
    directory.check()
    return Sent(directory, monkeypatch)


def test_a_login_is_looked_up_by_one_light_search_whether_there_is_somebody_or_not(
    directory: LdapDirectory, sent: Sent
) -> None:
    assert isinstance(directory, FindsLogins)
    asking = DirectorySignIn(directory)
    assert asking.counted_as(" ALICE ") == asking.counted_as("alice") == (ALICE.id,)
    assert asking.counted_as("nobody-at-all@example.test") == ("nobody-at-all",)
    assert len(sent.searches) == 3
    assert len({search.attributes for search in sent.searches}) == 1
    light = {name.lower() for name in sent.searches[0].attributes}
    assert light.isdisjoint({"memberof", "directreports", "member", "jpegphoto", "thumbnailphoto"})
    assert len(light) <= 7


def test_who_is_called_so_comes_with_two_attributes_and_no_groups(directory: LdapDirectory) -> None:
    (alice,) = directory.called("alice")
    assert alice.ref == ALICE
    kept = "upn" in directory.layout.kind("user").texts
    assert dict(alice.attributes) == {"login": "alice", "upn": "alice@example.test" if kept else None}
    assert directory.called("Alice@example.test") == ((alice,) if kept else ())
    assert alice.place == directory.place_of(alice.dn)[:-1]
    assert not alice.groups
    for nobody in (
        "",
        " ",
        "alice*",
        "*",
        "ELSEWHERE\\alice",
        "\\alice",
        "EXAMPLE\\",
        "EXAMPLE\\alice@example.test",
        "alice\0",
        "Alice Jansen",
    ):
        assert directory.called(nobody) == ()


def test_the_name_of_the_domain_before_a_login_makes_it_no_other(directory: LdapDirectory, sent: Sent) -> None:
    is_domain = directory.layout.dialect.name == "active_directory"
    asking = DirectorySignIn(directory)
    for login in ("EXAMPLE\\alice", "example\\Alice"):
        result = directory.authenticate(login, Secret(PASSWORD))
        assert (result.state, result.ref) == (("ok", ALICE) if is_domain else ("wrong", None))
        assert asking.counted_as(login) == ((ALICE.id,) if is_domain else ("alice",))
    sent.searches.clear()
    assert directory.authenticate("EXAMPLE\\nobody-at-all", Secret("typed-for-nobody")).state == "wrong"
    assert directory.authenticate("ELSEWHERE\\alice", Secret("typed-elsewhere")).state == "wrong"
    assert len(sent.searches) == 2
    assert not [typed for _, typed in sent.binds if typed.startswith("typed-")]
    assert directory.suffixes() == (("example.test",) if is_domain else ())


def test_a_password_is_not_sent_for_a_login_that_nobody_has(directory: LdapDirectory, sent: Sent) -> None:
    for login, typed in (("nobody-at-all", "typed-for-nobody"), ("charlie", "typed-for-charlie")):
        result = directory.authenticate(login, Secret(typed))
        assert (result.state, result.ref) == ("wrong", None)
    assert len(sent.searches) == len(sent.binds) == 2
    assert sent.binds[0][0].startswith("cn=nobody here,")
    assert sent.binds[0][1] != "typed-for-nobody"
    assert sent.binds[1][1] == "typed-for-charlie"


def test_a_refusal_comes_at_the_end_of_a_step_of_time_and_a_welcome_at_once(directory: LdapDirectory) -> None:
    now, pauses = [100.0], list[float]()

    def monotonic() -> float:
        now[0] += 0.13
        return now[0]

    reader: Reader = directory._reader()
    door = SigningIn(directory.session, reader, monotonic, pauses.append)
    assert door.authenticate("nobody-at-all", Secret("wrong")).state == "wrong"
    assert door.authenticate("hanna", Secret("wrong")).state == "wrong"
    assert pauses == [pytest.approx(0.07), pytest.approx(0.07)]
    assert door.authenticate("alice", Secret(PASSWORD)).ref == ALICE
    assert len(pauses) == 2
