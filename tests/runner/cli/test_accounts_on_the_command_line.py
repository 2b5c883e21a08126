"""`accounts`: who signs in."""

from pathlib import Path

import pytest

from tests.runner.cli.commands import deskhand, is_one_sentence, process

PASSWORD = b"a long enough password\r\n"


def logins(desk: Path) -> dict[str, bool]:
    listed = deskhand("accounts", "list", "--json", "--desk", desk)
    assert listed.code == 0
    return {row["login"]: row["disabled"] for row in listed.json}


def add(desk: Path, login: str, *more: object, password: bytes = PASSWORD) -> tuple[int, str]:
    added = deskhand("accounts", "add", login, *more, "--password-stdin", "--desk", desk, stdin=password)
    return added.code, added.text


def test_an_account_is_made_with_the_name_of_the_person_behind_it(company: Path) -> None:
    added = deskhand(
        "accounts", "add", "bob", "--person", "p.dewit", "--password-stdin", "--desk", company, stdin=PASSWORD
    )
    assert (added.code, added.out, added.err) == (0, "bob may sign in.\n", "")
    listed = deskhand("accounts", "list", "--desk", company).out
    assert "bob                      Pieter de Wit" in listed


def test_a_weak_password_leaves_no_account_behind(desk: Path) -> None:
    code, text = add(desk, "bob", password=b"short\n")
    assert (code, is_one_sentence(text)) == (1, True)
    assert "8 to 1024 characters" in text
    assert logins(desk) == {}
    assert add(desk, "bob")[0] == 0


@pytest.mark.parametrize(("more", "login"), [((), "bob"), ((), "BOB")])
def test_a_login_that_is_taken_is_refused_with_what_to_do(desk: Path, more: tuple[str, ...], login: str) -> None:
    assert add(desk, "bob")[0] == 0
    code, text = add(desk, login, *more)
    assert (code, is_one_sentence(text)) == (1, True)
    assert f"deskhand accounts password {login}" in text
    assert list(logins(desk)) == ["bob"]


@pytest.mark.parametrize(
    ("login", "more", "password", "says"),
    [
        ("bob", ("--person", "no.body"), PASSWORD, 'There is no person "no.body"'),
        (" ", (), PASSWORD, "1 to 200 visible characters"),
        ("bob", (), b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\n", "not UTF-8"),
        ("bob", (), b"", "8 to 1024 characters"),
    ],
)
def test_what_cannot_be_an_account_makes_none(
    company: Path, login: str, more: tuple[str, ...], password: bytes, says: str
) -> None:
    before = logins(company)
    code, text = add(company, login, *more, password=password)
    assert (code, is_one_sentence(text)) == (1, True), text
    assert says in text
    assert logins(company) == before


def test_an_account_is_disabled_and_enabled(desk: Path) -> None:
    add(desk, "bob")
    assert deskhand("accounts", "disable", "bob", "--desk", desk).code == 0
    assert logins(desk) == {"bob": True}
    assert "disabled" in deskhand("accounts", "list", "--desk", desk).out
    assert deskhand("accounts", "enable", "bob", "--desk", desk).code == 0
    assert logins(desk) == {"bob": False}


def test_every_change_of_an_account_is_journalled(desk: Path) -> None:
    add(desk, "bob")
    deskhand("accounts", "password", "bob", "--password-stdin", "--desk", desk, stdin=b"another password\n")
    deskhand("accounts", "disable", "bob", "--desk", desk)
    records = deskhand("journal", "list", "--json", "--kind", "config", "--desk", desk).out.splitlines()
    codes = [code for line in reversed(records) for code in ("created", "password_set", "disabled") if code in line]
    assert codes == ["created", "password_set", "password_set", "disabled"]
    assert "password" not in "".join(records).replace("password_set", "")


@pytest.mark.parametrize("command", ["password", "disable", "enable"])
def test_an_unknown_account_is_said_and_nothing_recorded(desk: Path, command: str) -> None:
    refused = deskhand("accounts", command, "nobody", "--desk", desk)
    assert (refused.code, is_one_sentence(refused.err)) == (1, True)
    assert "See: deskhand accounts list" in refused.err
    assert deskhand("journal", "list", "--desk", desk).out == ""


def test_a_weak_new_password_leaves_the_old_one(desk: Path) -> None:
    add(desk, "bob")
    refused = deskhand("accounts", "password", "bob", "--password-stdin", "--desk", desk, stdin=b"short\n")
    assert (refused.code, is_one_sentence(refused.err)) == (1, True)
    assert len(deskhand("journal", "list", "--desk", desk).out.splitlines()) == 2


def test_a_question_nobody_answers_ends_the_command(desk: Path) -> None:
    stopped = process("accounts", "add", "bob", "--desk", desk)
    assert stopped.code == 130
    assert stopped.err.endswith("deskhand: Stopped.\n")
    assert "Traceback" not in stopped.err
    assert logins(desk) == {}
