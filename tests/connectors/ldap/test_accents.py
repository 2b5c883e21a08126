"""Words typed without their accents find names that have them, on a server that compares letter by letter."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.ldap.reading.accents import Accents
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Row, Search
from connectors.spi import Everything, Operation, Question, Ref, Under
from tests.servers.openldap import PASSWORD, SERVICE, SUFFIX, OpenLdap


@pytest.fixture
def directory(openldap: OpenLdap, monkeypatch: pytest.MonkeyPatch) -> Iterator[LdapDirectory]:
    openldap.reset()
    monkeypatch.setenv("DIRECTORY_PASSWORD", PASSWORD)
    made = LdapDirectory(
        [openldap.tls_url],
        dialect="openldap",
        base=SUFFIX,
        user=SERVICE,
        password_env="DIRECTORY_PASSWORD",
        ca_file=str(openldap.authority),
    )
    yield made
    made.close()


def found(directory: LdapDirectory, typed: str, scope: object = None) -> list[str]:
    question = Question("user", scope or Everything(), text=typed, search=("display_name",))  # type: ignore[arg-type]
    return [entry.label for entry in directory.read(question).entries]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("muller", "Charlie Müller"),
        ("MULL", "Charlie Müller"),
        ("müller", "Charlie Müller"),
        ("orsted erik", "Erik Ørsted"),
        ("lukasz", "Fiona Łukasz"),
        ("strasse", "Dörthe Straße"),
        ("ελενη", "Hanna Ἑλένη (sales)"),
    ],
)
def test_a_name_is_found_however_its_accents_are_typed(directory: LdapDirectory, typed: str, label: str) -> None:
    assert found(directory, typed) == [label]


def test_what_is_proposed_is_compared_with_the_scope_and_with_what_stands_there_now(
    directory: LdapDirectory, openldap: OpenLdap
) -> None:
    assert found(directory, "muller") == ["Charlie Müller"]
    assert found(directory, "muller", Under(directory.place_of(f"OU=Sales,OU=People,{SUFFIX}"))) == []
    openldap.modify(
        f"dn: cn=Charlie Müller,OU=People,{SUFFIX}\nchangetype: modify\nreplace: displayName\ndisplayName: Moller\n"
    )
    assert found(directory, "muller") == []


def test_a_name_that_deskhand_gave_is_found_at_once(directory: LdapDirectory) -> None:
    assert found(directory, "zoe") == []
    alice = directory.locate("alice", "user")
    operation = Operation("s", "directory.user.update", {"user": alice, "set": {"display_name": "Zoë Jansen"}})
    directory.perform(operation, directory.prepare(operation).guards, {})
    assert found(directory, "zoe") == ["Zoë Jansen"]


def test_a_name_that_somebody_else_gave_is_found_after_a_minute(directory: LdapDirectory, openldap: OpenLdap) -> None:
    now = [datetime.now(UTC)]
    accents = Accents(Serving(directory.session), directory.layout, lambda: now[0])
    alice = directory.locate("alice", "user")
    assert isinstance(alice, Ref)
    assert accents.proposals("user", ("zoe",), ()) == ((), False)
    openldap.modify(
        f"dn: uid=alice,OU=Sales,OU=People,{SUFFIX}\nchangetype: modify\nreplace: displayName\ndisplayName: Zoë\n"
    )
    assert accents.proposals("user", ("zoe",), ()) == ((), False)
    now[0] += timedelta(minutes=2)
    until = time.monotonic() + 20
    while accents.proposals("user", ("zoe",), ()) == ((), False) and time.monotonic() < until:
        time.sleep(0.02)  # no keystroke waits for what is only looked at again
    assert accents.proposals("user", ("zoe",), ()) == ((alice.id,), False)


def test_a_directory_that_does_not_answer_proposes_nobody_and_is_asked_again(
    directory: LdapDirectory, openldap: OpenLdap
) -> None:
    accents = Accents(Serving(directory.session), directory.layout, lambda: datetime.now(UTC))
    openldap.stop()
    try:
        assert accents.proposals("user", ("muller",), ()) == ((), False)
    finally:
        openldap.start()
    ids = accents.proposals("user", ("muller",), ())[0]
    assert len(ids) == 1


def test_too_many_proposals_are_cut_and_said_to_be(directory: LdapDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.ldap.reading.accents._MOST", 2)
    assert len(found(directory, "e")) >= 2
    question = Question("user", Everything(), text="e", search=("display_name",))
    assert directory.read(question).more


def test_what_is_being_read_ends_with_the_directory_and_begins_anew_with_the_next_question(
    directory: LdapDirectory,
) -> None:
    class Slow(Serving):
        def some(self, wanted: Search) -> Iterator[Row | None]:
            while True:
                asked.append(wanted.base)
                time.sleep(0.01)
                yield Row("cn=x", {})

    asked = list[str]()
    accents = Accents(Slow(directory.session), directory.layout, lambda: datetime.now(UTC), patience_seconds=0.05)
    for _ in range(2):
        before = len(asked)
        assert accents.proposals("user", ("muller",), ()) == ((), False)
        assert len(asked) > before
        (thread,) = accents._threads
        accents.patience_seconds = 10
        accents.close()
        assert not thread.is_alive()
        accents.patience_seconds = 0.05
