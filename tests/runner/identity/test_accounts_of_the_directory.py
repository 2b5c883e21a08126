"""Accounts whose password is the directory's: what may be changed here, when their sessions are over, who is a member."""

from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from connectors.spi import Secret
from runner.errors import NotFoundError, RefusedError
from runner.identity.directory import standing
from runner.identity.identity import identity_on
from runner.store import schema
from runner.store.schema import upgrade
from runner.store.store import Store
from tests.runner.identity.directory_door import Door
from tests.runner.identity.people_directory import NOW, THEIRS, person

LATER = NOW + timedelta(minutes=5)


def test_a_password_and_a_name_are_not_set_here(door: Door) -> None:
    account, accounts = door.account(), door.identity.accounts
    before = door.store.journal.head().seq
    with pytest.raises(
        RefusedError, match=r"^alice signs in with the directory\. Its password is changed there; nothing"
    ):
        accounts.set_password(account.id, Secret("a new password"), by="cli", now=LATER)
    with pytest.raises(RefusedError, match="login and name are changed there"):
        accounts.rename(account.id, "root", "Root", by="cli", now=LATER)
    assert (accounts.get(account.id), door.store.journal.head().seq) == (account, before)


def test_an_account_with_a_password_is_handed_over_with_its_id_and_its_sessions_end(door: Door) -> None:
    own = door.own_account("alice", "id-alice")
    _, token = door.come_in("alice", "correct horse")
    door.identity.accounts.use_directory(own.id, by="cli", now=LATER)
    assert door.identity.sessions.lookup(token, NOW) is None
    door.refused("alice", "correct horse")
    after = door.account("alice")
    assert (after.id, after.kind, after.person_id) == (own.id, "directory", "id-alice")
    assert "account_uses_directory" in [one["outcome"]["code"] for one in door.records("config")]


def test_only_an_account_with_a_person_is_handed_over_and_only_once(door: Door) -> None:
    own = door.own_account("kiosk")
    before = door.store.journal.head().seq
    with pytest.raises(RefusedError, match="no person in the directory"):
        door.identity.accounts.use_directory(own.id, by="cli", now=LATER)
    with pytest.raises(NotFoundError):
        door.identity.accounts.use_directory("nobody", by="cli", now=LATER)
    assert door.store.journal.head().seq == before
    with pytest.raises(RefusedError, match="already"):
        door.identity.accounts.use_directory(door.account().id, by="cli", now=LATER)


def test_an_account_prepared_without_a_password_is_taken_over_by_its_person(door: Door) -> None:
    prepared = door.identity.accounts.create("al", "Al", person_id="id-alice", by="setup", now=NOW)
    taken = door.account("alice")
    assert (taken.id, taken.login, taken.kind) == (prepared.id, "alice", "directory")
    assert door.records("config")[-1]["outcome"]["code"] == "account_uses_directory"
    kiosk = door.identity.accounts.create("bob", "A kiosk without a password", by="setup", now=NOW)
    assert door.account("bob").id != kiosk.id


def test_a_new_password_ends_the_sessions_that_the_former_one_opened(door: Door) -> None:
    account = door.account()
    _, token = door.come_in()
    assert door.identity.why_over(account, door.directory.people["id-alice"], NOW) == ""
    door.directory.change("id-alice", password_set_on=NOW)
    assert door.identity.why_over(account, door.directory.people["id-alice"], NOW) == "new password"
    door.come_in()
    assert door.identity.sessions.lookup(token, NOW) is None
    assert len(door.identity.sessions.own(account.id, NOW)) == 1


def test_a_directory_that_does_not_say_when_a_password_was_set_ends_nothing(door: Door) -> None:
    door.directory.change("id-alice", password_set_on=None)
    account = door.account()
    assert door.identity.why_over(account, door.directory.people["id-alice"], NOW) == ""


def test_only_members_come_in_where_it_is_said(door: Door) -> None:
    door.use(members_of=lambda: "g-desk")
    door.refused()
    door.directory.join("id-alice", "g-other", "g-desk")
    assert door.account().person_id == "id-alice"
    door.refused("bob")
    assert door.outcomes() == [("refused", "not a member"), ("signed_in", ""), ("refused", "not a member")]
    assert list(door.accounts()) == ["alice"]
    door.directory.join("id-alice")
    account = door.identity.accounts.list()[0]
    assert door.identity.why_out(account, door.directory.people["id-alice"], NOW) == "not a member"


def test_a_group_that_does_not_exist_lets_nobody_in(door: Door) -> None:
    door.use(members_of=lambda: "")
    door.directory.join("id-alice", "", "g-desk")
    door.refused()


def test_a_session_of_the_directory_is_over_where_the_directory_is_not_used_any_more(door: Door) -> None:
    account, entry = door.account(), door.directory.people["id-alice"]
    without = identity_on(door.store)
    assert (without.why_out(account, entry, NOW), without.why_over(account, entry, NOW)) == ("not used", "not used")
    with pytest.raises(RefusedError):
        without.signing_in.sign_in("alice", Secret(THEIRS), address="", user_agent="", now=NOW)


def test_an_account_of_our_own_is_never_over_for_what_the_directory_says(door: Door) -> None:
    own = door.own_account("glass", "id-alice")
    assert door.identity.why_over(own, None, NOW) == ""
    assert door.identity.why_over(own, person("id-alice", "alice", locked=True), NOW) == ""


def test_what_stands_against_a_person_has_an_order() -> None:
    everything = {"enabled": False, "expired": True, "locked": True, "must_change": True}
    found = []
    while everything:
        found.append(standing(person("id", "alice", **everything), NOW))
        everything.pop(next(iter(everything)))
    assert found == ["disabled", "expired", "locked", "must_change"]
    assert standing(None, NOW) == "gone"
    assert standing(person("id", "alice", enabled=None), NOW) == ""


def test_accounts_from_before_have_passwords_of_their_own(database_from_before: str) -> None:
    with Store.open(database_from_before) as store:
        found = store.accounts.by_login("alice")
    assert found is not None
    assert (found[0].kind, found[0].password_set_on, found[1]) == ("local", None, "a hash")


@pytest.fixture
def database_from_before(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with an account of the release before, upgraded."""
    url = f"sqlite:///{tmp_path_factory.mktemp('before') / 'desk.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        moment = "2026-01-01T00:00:00.000000Z"
        connection.execute(
            text(
                "INSERT INTO accounts (id, login, login_key, display_name, person_id, disabled, password_hash, created_at, "
                "updated_at) VALUES ('a', 'alice', 'alice', 'Alice', 'id-alice', 0, 'a hash', :at, :at)"
            ),
            {"at": moment},
        )
    engine.dispose()
    upgrade(url)
    return url
