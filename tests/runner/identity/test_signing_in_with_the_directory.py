"""Signing in with the passwords of a directory: who is let in, what is asked, what is kept and what is written down."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.spi import AuthenticationResult, Ref, Secret
from runner.errors import NotReachableError, RefusedError
from runner.identity.directory import is_askable
from tests.runner.identity.directory_door import OWN, Door
from tests.runner.identity.people_directory import NOW, THEIRS, PeopleDirectory, person


def test_a_first_sign_in_makes_an_account_linked_to_the_person_and_the_next_one_finds_it(door: Door) -> None:
    first = door.account("ALICE")
    assert (first.login, first.display_name, first.person_id, first.kind) == ("alice", "Alice", "id-alice", "directory")
    assert door.account("alice@example.test") == first
    assert door.accounts() == {"alice": "id-alice"}
    found = door.store.accounts.by_login("alice")
    assert found is not None
    assert found[1] is None
    (made,) = door.records("config")
    assert made["outcome"] == {"code": "account_created"}
    assert (made["actor"], made["account"]["person"]) == ({"id": first.id}, "id-alice")
    assert [one["actor"] for one in door.records()] == [{"id": first.id, "login": "alice", "subject": "id-alice"}] * 2


@pytest.mark.parametrize("state", ["locked", "disabled", "expired", "must_change", "wrong"])
def test_each_state_lets_nobody_in_and_is_told_in_the_journal_only(door: Door, state) -> None:
    door.directory.state = state
    door.refused()
    assert door.outcomes() == [("refused", state)]
    assert door.accounts() == {}
    assert door.records("config") == []
    subject = None if state == "wrong" else {"id": None, "login": None, "subject": "id-alice"}
    assert door.records()[0]["actor"] == subject


def test_a_directory_that_says_locked_without_saying_who_is_recorded_as_such(door: Door) -> None:
    door.directory.authenticate = lambda *_: AuthenticationResult("locked")  # type: ignore[method-assign]
    door.refused()
    assert door.outcomes() == [("refused", "locked")]
    assert door.records()[0]["actor"] is None


def test_a_known_account_is_named_when_it_is_refused(door: Door) -> None:
    account = door.account()
    door.directory.state = "locked"
    door.refused()
    assert door.records()[-1]["actor"] == {"id": account.id, "login": "alice", "subject": "id-alice"}


@pytest.mark.parametrize(
    ("attributes", "why"),
    [
        ({"enabled": False}, "disabled"),
        ({"pending": True}, "disabled"),
        ({"expires_on": NOW.date() - timedelta(days=1)}, "expired"),
        ({"expired": True}, "expired"),
        ({"locked": True}, "locked"),
        ({"must_change": True}, "must_change"),
    ],
)
def test_what_the_entry_says_counts_although_the_password_was_taken(door: Door, attributes, why: str) -> None:
    door.directory.change("id-alice", **attributes)
    door.refused()
    assert door.outcomes() == [("refused", why)]
    assert door.accounts() == {}


def test_the_last_day_is_still_a_day(door: Door) -> None:
    door.directory.change("id-alice", expires_on=NOW.date())
    assert door.account().login == "alice"


def test_a_person_who_is_gone_when_they_are_read_is_not_let_in(door: Door) -> None:
    class Forgetful(PeopleDirectory):
        def authenticate(self, login: str, secret: Secret) -> AuthenticationResult:
            answer = super().authenticate(login, secret)
            self.people.clear()
            return answer

    forgetful = Forgetful(dict(door.directory.people))
    door.use(forgetful)
    door.refused()
    assert door.outcomes() == [("refused", "gone")]


@pytest.mark.parametrize(
    "answer",
    [
        AuthenticationResult("ok"),
        AuthenticationResult("ok", Ref("group", "id-alice")),
        AuthenticationResult("wrong", Ref("user", "id-alice")),
        AuthenticationResult("something new", Ref("user", "id-alice")),  # type: ignore[arg-type]
    ],
)
def test_an_answer_that_makes_no_sense_lets_nobody_in(door: Door, answer: AuthenticationResult) -> None:
    door.directory.authenticate = lambda *_: answer  # type: ignore[method-assign]
    door.refused()
    assert door.accounts() == {}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("error", [UnavailableError("no"), RejectedError("no"), UnknownOutcomeError("no")])
def test_a_directory_that_does_not_answer_lets_nobody_in_and_is_recorded(door: Door, error, late: bool) -> None:
    door.account()
    before = door.accounts()
    door.directory.fails, door.directory.fails_late = error, late
    for login in ("alice", "nobody"):
        with pytest.raises(NotReachableError, match=r"^The directory does not answer\. Try again, or sign in with an"):
            door.come_in(login)
    assert door.outcomes()[1:] == [("unreachable", "the directory does not answer")] * 2
    assert door.accounts() == before


def test_an_account_of_our_own_comes_in_while_the_directory_is_down_however_many_tried_before(door: Door) -> None:
    door.own_account("glass")
    door.directory.fails = UnavailableError("no")
    for number in range(40):
        with pytest.raises(NotReachableError):
            door.come_in(f"person{number}")
    assert door.account("glass", password=OWN).kind == "local"


def test_the_local_account_with_the_same_login_wins_and_the_directory_never_hears_of_it(door: Door) -> None:
    glass = door.own_account("alice")
    assert door.account("alice", password=OWN) == glass
    door.refused("alice", THEIRS)
    assert (door.directory.asked, door.directory.reads) == ([], 0)
    door.identity.accounts.disable(glass.id, by="setup", now=NOW)
    door.refused("alice", OWN)
    door.refused("alice", THEIRS)
    assert door.directory.asked == []


def test_a_person_whose_login_a_local_account_has_gets_the_sign_in_name_instead(door: Door) -> None:
    glass = door.own_account("alice")
    taken = door.account("alice@example.test")
    assert (taken.login, taken.person_id) == ("alice@example.test", "id-alice")
    assert taken.id != glass.id
    door.own_account("bob")
    door.own_account("bob@example.test")
    door.directory.people["id-bob"] = person("id-bob", "bob", upn="bobby@example.test")
    assert door.account("bobby@example.test").login == "bobby@example.test"


def test_a_person_who_has_an_account_with_a_password_here_uses_that(door: Door) -> None:
    door.own_account("break-glass", "id-alice")
    door.refused("alice", THEIRS)
    assert door.outcomes() == [("refused", "local account")]
    assert door.accounts() == {"break-glass": "id-alice"}
    assert door.account("break-glass", password=OWN).kind == "local"


def test_an_account_that_is_disabled_here_stays_out_by_every_name(door: Door) -> None:
    account = door.account()
    door.identity.accounts.disable(account.id, by="setup", now=NOW)
    for login in ("alice", "alice@example.test"):
        door.refused(login)
    door.directory.change("id-alice", login="alicia", upn="alicia@example.test")
    door.refused("alicia")
    assert door.outcomes()[1:] == [("refused", "disabled")] * 3
    door.identity.accounts.enable(account.id, by="setup", now=NOW)
    assert door.account("alicia").id == account.id


def test_a_disabled_account_with_a_password_bars_its_person_too(door: Door) -> None:
    glass = door.own_account("old", "id-alice")
    door.identity.accounts.disable(glass.id, by="setup", now=NOW)
    door.refused("alice")
    assert door.outcomes() == [("refused", "disabled")]


def test_a_renamed_person_keeps_the_account(door: Door) -> None:
    before = door.account()
    door.directory.change("id-alice", login="alicia", upn="alicia@example.test", display_name="Alicia")
    after = door.account("alicia")
    assert (after.id, after.login, after.display_name) == (before.id, "alicia", "Alicia")
    assert door.accounts() == {"alicia": "id-alice"}
    renamed = door.records("config")[-1]
    assert renamed["outcome"] == {"code": "account_renamed"}
    assert renamed["before"] == {"login": "alice", "name": "Alice"}
    door.refused("alice")


def test_a_login_given_to_somebody_else_never_opens_the_old_account(door: Door) -> None:
    old = door.account()
    door.directory.people.pop("id-alice")
    door.directory.add(person("id-new", "alice"))
    new = door.account()
    assert new.id != old.id
    assert (new.login, new.person_id) == ("alice", "id-new")
    former = door.identity.accounts.get(old.id)
    assert former.login.startswith("alice#")
    assert former.person_id == "id-alice"
    assert [one["outcome"]["code"] for one in door.records("config")] == [
        "account_created", "account_renamed", "account_created"
    ]  # fmt: skip
    door.directory.add(person("id-alice", "alice.first"))
    assert door.account("alice.first").id == old.id


def test_two_people_who_swap_their_logins_keep_their_own_accounts(door: Door) -> None:
    alice, bob = door.account("alice"), door.account("bob")
    door.directory.change("id-alice", login="bob", upn="bob@example.test")
    door.directory.change("id-bob", login="alice", upn="alice@example.test")
    assert door.account("bob").id == alice.id
    assert door.account("alice").id == bob.id
    assert door.accounts() == {"alice": "id-bob", "bob": "id-alice"}


def test_first_sign_ins_at_the_same_time_make_one_account(door: Door) -> None:
    together = Barrier(6)

    def come_in(number: int) -> str:
        together.wait()
        return door.account("alice", address=f"192.0.2.{number}").id

    door.use(tries=50)
    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(come_in, range(6)))) == 1
    assert door.accounts() == {"alice": "id-alice"}
    assert len(door.records("config")) == 1


@pytest.mark.parametrize("login", ["x" * 300, "a\x00b", "", "a\x1b[31m"])
def test_a_login_of_the_directory_that_cannot_be_shown_is_not_taken(door: Door, login: str) -> None:
    door.directory.add(person("id-odd", login, upn="odd@example.test", display_name="\x1b[2J" + "y" * 900))
    account = door.account("odd@example.test")
    assert account.login == "odd@example.test"
    assert len(account.display_name) == 200
    assert account.display_name.isprintable()


def test_a_person_without_any_login_that_can_be_shown_still_has_an_account(door: Door) -> None:
    door.directory.add(person("id-odd", "\x00", upn="odd\x00"), person("id-even", "\x00", upn="even\x00"))
    door.directory.authenticate = lambda login, _: AuthenticationResult("ok", Ref("user", f"id-{login}"))  # type: ignore[method-assign]
    assert door.account("odd").login.startswith("person#")
    assert door.account("even").person_id == "id-even"
    assert len(door.accounts()) == 2


WRONGS = {
    "an empty password": ("alice", ""),
    "a NUL": ("alice", "\x00"),
    "a NUL behind the right one": ("alice", THEIRS + "\x00x"),
    "a surrogate": ("alice", "pass\ud800word"),
    "10,000 characters": ("alice", "x" * 10_000),
    "a login with a NUL": ("al\x00ice", THEIRS),
    "a login with a surrogate": ("alice\ud800", THEIRS),
    "a login of 10,000 characters": ("a" * 10_000, THEIRS),
    "no login": ("", THEIRS),
    "blanks": ("   ", THEIRS),
}


@pytest.mark.parametrize("case", WRONGS)
def test_what_cannot_be_right_never_reaches_the_directory(door: Door, case: str) -> None:
    door.account()
    asked = list(door.directory.asked)
    door.refused(*WRONGS[case])
    assert door.directory.asked == asked
    assert not is_askable(WRONGS[case][0], Secret(WRONGS[case][1]))


def test_an_unknown_login_takes_the_same_work_as_a_wrong_password_and_as_every_state(door: Door) -> None:
    door.account("bob")
    works = set()
    for login, password, state in [
        ("nobody", THEIRS, "ok"),
        ("alice", "wrong", "ok"),
        ("bob", "wrong", "ok"),
        *(("alice", THEIRS, state) for state in ("locked", "disabled", "expired", "must_change")),
    ]:
        door.directory.state = state  # type: ignore[assignment]
        before = door.hasher.compared, len(door.directory.asked), door.directory.reads
        door.refused(
            login, password, address=f"192.0.2.{len(works)}", now=NOW + timedelta(hours=len(door.directory.asked))
        )
        after = door.hasher.compared, len(door.directory.asked), door.directory.reads
        works.add(tuple(b - a for a, b in zip(before, after, strict=True)))
    assert works == {(1, 1, 1)}


def test_nothing_that_was_typed_is_written_anywhere(door: Door, tmp_path: Path) -> None:
    for login, password in [("Hunter2-as-login", "x"), ("alice", "Hunter2-as-password"), ("alice", THEIRS)]:
        with suppress(RefusedError):
            door.come_in(login, password)
    door.directory.fails = UnavailableError("Hunter2-in-a-message")
    with pytest.raises(NotReachableError) as caught:
        door.come_in("Hunter2-as-login", "Hunter2-as-password")
    assert caught.value.__cause__ is None
    assert "Hunter2" not in str(caught.value)
    for path in (path for path in tmp_path.iterdir() if path.is_file()):
        stored = path.read_bytes().lower()
        assert b"hunter2" not in stored
        assert THEIRS.encode() not in stored
