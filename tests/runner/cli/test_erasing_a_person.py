"""`journal erase-person`, from a form that was run to nothing readable being left; and who may not be erased."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.runner.cli.commands import Result, deskhand, is_one_sentence
from tests.runner.cli.directories import AT_ONCE, person

PERSONAL = ("Novák", "RDM-canary", "Rotterdam,OU")


@pytest.fixture(scope="module")
def ran_desk(company_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk on which one form was run for t.novak, and never changed."""
    folder = tmp_path_factory.mktemp("ran") / "desk"
    copied(company_desk, folder)
    (folder / "forms" / "at-once.form.yaml").write_text(AT_ONCE, encoding="utf-8")
    options = ("--as", "agent.rotterdam", "--target", "t.novak", "--set", "office=RDM-canary")
    done = deskhand("run", "at-once", "--desk", folder, *options)
    assert done.code == 0, done.text
    return folder


@pytest.fixture
def desk(ran_desk: Path, tmp_path: Path) -> Path:
    return copied(ran_desk, tmp_path / "desk")


def copied(desk: Path, to: Path) -> Path:
    """Copy a desk folder, with what SQLite still has in its log."""
    return Path(shutil.copytree(desk, to))


def erase(desk: Path, who: object, *more: object, because: str = "asked on 3 March", stdin: bytes = b"") -> Result:
    return deskhand("journal", "erase-person", who, "--because", because, "--desk", desk, *more, stdin=stdin)


def listed(desk: Path, *more: object) -> str:
    return deskhand("journal", "list", "--desk", desk, *more).out


def exported(desk: Path, *more: object) -> str:
    return deskhand("journal", "export", "--desk", desk, *more).out


def test_the_journal_is_read_plain_and_stored_and_proved_encrypted(desk: Path, tmp_path: Path) -> None:
    assert "Tomáš Novák: done" in listed(desk)
    assert "RDM-canary" in listed(desk)
    assert '"after":"RDM-canary"' in listed(desk, "--json")
    assert "RDM-canary" in exported(desk, "--format", "csv")
    assert "RDM-canary" in exported(desk, "--plain")
    assert not any(word in exported(desk) for word in PERSONAL)
    file = tmp_path / "journal.jsonl"
    assert deskhand("journal", "export", "--desk", desk, "--output", file).code == 0
    assert deskhand("journal", "verify", "--file", file).code == 0
    with sqlite3.connect(desk / "deskhand.db") as database:
        lines = "".join(line for (line,) in database.execute("SELECT line FROM journal"))
    assert not any(word in lines for word in PERSONAL)


def test_afterwards_everybody_reads_erased_and_the_chain_holds(desk: Path) -> None:
    id_ = person(desk, "t.novak").ref.id
    done = erase(desk, "t.novak", "--yes")
    assert (done.code, done.err) == (0, "")
    assert "1 key, 1 submission" in done.out
    assert "1 key destroyed, 1 submission blanked" in done.out
    for text in (listed(desk), listed(desk, "--json"), exported(desk), exported(desk, "--format", "csv")):
        assert not any(word in text for word in PERSONAL)
    assert "erased: done: directory.user" in listed(desk)
    assert "Erase person: asked on 3 March" in listed(desk)
    assert id_ in exported(desk)
    assert deskhand("journal", "verify", "--desk", desk).code == 0
    with sqlite3.connect(desk / "deskhand.db") as database:
        assert not any(word in "".join(database.iterdump()) for word in PERSONAL)


def test_without_a_yes_nothing_is_erased(desk: Path) -> None:
    for answer in (b"n\n", b""):
        asked = erase(desk, "t.novak", stdin=answer)
        assert asked.code == 130
        assert "cannot be undone" in asked.out
    assert "Tomáš Novák: done" in listed(desk)
    assert erase(desk, "t.novak", stdin=b"y\n").code == 0
    assert "Tomáš Novák: done" not in listed(desk)


def test_a_person_is_named_by_id_too_when_the_directory_has_them_no_longer(desk: Path) -> None:
    id_ = person(desk, "t.novak").ref.id
    with sqlite3.connect(desk / "directory.db") as database:
        database.execute("DELETE FROM directory_objects WHERE id = ?", (id_,))
    assert erase(desk, "t.novak", "--yes").code == 1
    assert erase(desk, id_, "--yes").code == 0
    assert not any(word in listed(desk) for word in PERSONAL)


@pytest.mark.parametrize(
    ("who", "because", "code", "says"),
    [
        ("nobody.here", "asked", 1, "Nothing is kept of"),
        ("t.novak", "T.Novak asked", 1, "Leave the name out"),
        ("t.novak", "tomáš novák asked", 1, "Leave the name out"),
        ("t.novak", "  ", 2, "says nothing"),
    ],
)
def test_what_cannot_be_erased_is_said_and_nothing_changes(
    desk: Path, who: str, because: str, code: int, says: str
) -> None:
    refused = erase(desk, who, "--yes", because=because)
    assert (refused.code, says in refused.err) == (code, True), refused.text
    assert code == 2 or is_one_sentence(refused.err) or refused.err.count("\n") == 1
    assert "Tomáš Novák: done" in listed(desk)


def test_a_person_for_whom_something_runs_is_not_erased(desk: Path) -> None:
    with sqlite3.connect(desk / "deskhand.db") as database:
        database.execute("UPDATE submissions SET state = 'queued'")
    refused = erase(desk, "t.novak", "--yes")
    assert (refused.code, "waits or runs" in refused.err) == (1, True)
    assert "Tomáš Novák: done" in listed(desk)


def test_a_lost_key_of_the_desk_shows_that_nothing_can_be_read(desk: Path) -> None:
    assert json.loads(listed(desk, "--json", "--kind", "intent"))["changes"][0]["after"] == "RDM-canary"
    key = desk / "secret.key"
    fresh = desk / "fresh"
    assert deskhand("init", fresh).code == 0
    key.write_bytes((fresh / "secret.key").read_bytes())
    (change,) = json.loads(listed(desk, "--json", "--kind", "intent"))["changes"]
    assert change == {"what": "not readable with the key of this desk"}
