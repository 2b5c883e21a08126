"""What `plan` and `run` answer to names, missing targets and questions that are not there, and what JSON says of errors."""

import json
from pathlib import Path

import pytest

from connectors.local.connector import LocalDirectory
from connectors.spi import Operation, Ref
from tests.runner.cli.commands import deskhand
from tests.runner.cli.directories import AT_ONCE, person


@pytest.fixture
def desk(company: Path) -> Path:
    (company / "forms" / "at-once.form.yaml").write_text(AT_ONCE, encoding="utf-8")
    return company


def plan(desk: Path, *more: object, form: str = "at-once") -> tuple[object, ...]:
    return ("plan", form, "--desk", desk, "--as", "agent.rotterdam", *more)


def rename(desk: Path, login: str, name: str) -> None:
    directory = LocalDirectory(f"sqlite:///{desk / 'directory.db'}")
    arguments = {"user": Ref("user", f"u-{login}"), "set": {"display_name": name}}
    directory.perform(Operation("outside", "directory.user.update", arguments), (), {})
    directory.close()


@pytest.mark.parametrize("name", ["Tomáš Novák", "tomáš novák"])
def test_a_name_that_one_visible_person_has_is_found(desk: Path, name: str) -> None:
    planned = deskhand(*plan(desk, "--target", name, "--set", "office=RDM-1"))
    assert (planned.code, planned.err) == (0, "")
    assert "Tomáš Novák: Office: (empty) -> RDM-1" in planned.out


def test_a_name_that_several_have_is_refused_with_their_number(desk: Path) -> None:
    for login in ("p.dewit", "n.mail", "u.bakker"):
        rename(desk, login, "Tomáš Novák")
    refused = deskhand(*plan(desk, "--target", "Tomáš Novák", "--set", "office=RDM-1"))
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == 'deskhand: "Tomáš Novák" matches 3 people; use the login.\n'


def test_a_name_outside_the_scope_sounds_like_nobody(desk: Path) -> None:
    before = person(desk, "u.bakker").version
    other, nobody = (
        deskhand(*plan(desk, "--target", name, "--set", "office=X")) for name in ("Ursula Bakker", "No Body")
    )
    assert (other.code, other.out, other.err) == (1, "", nobody.err)
    assert person(desk, "u.bakker").version == before


def test_a_form_for_a_person_asks_for_the_person(desk: Path) -> None:
    for command in ("plan", "run"):
        refused = deskhand(command, "at-once", "--desk", desk, "--as", "agent.rotterdam", "--set", "office=X")
        assert (refused.code, refused.out) == (2, "")
        assert "This form is for a person: say whom with --target." in refused.err
    assert deskhand("journal", "list", "--kind", "intent", "--desk", desk).out == ""


def test_an_answer_to_no_question_is_named(desk: Path) -> None:
    refused = deskhand(*plan(desk, "--target", "t.novak", "--set", "office=X", "--set", "ofice=Y"))
    assert (refused.code, refused.err) == (1, 'deskhand: There is no question "ofice" in this form.\n')


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (("--target", "u.bakker", "--set", "office=X"), 1, "There is nothing here, or it is not yours to see."),
        (("--set", "office=X"), 2, "This form is for a person: say whom with --target."),
        (("--target", "t.novak", "--nonsense"), 2, "No such option '--nonsense'. Did you mean '--answers'?"),
    ],
)
def test_an_error_stands_in_the_json_where_json_is_asked_for(
    desk: Path, more: tuple[str, ...], code: int, says: str
) -> None:
    refused = deskhand(*plan(desk, *more, "--json"))
    assert (refused.code, refused.json, refused.err) == (code, {"error": says}, "")


def test_the_journal_says_what_was_refused(desk: Path) -> None:
    deskhand(*plan(desk, "--target", "u.bakker", "--set", "office=X"))
    listed = deskhand("journal", "list", "--kind", "deny", "--desk", desk)
    assert listed.out.rstrip().endswith(
        "at-once, target u-u.bakker: refused: open: There is nothing here, or it is not yours to see."
    )
    line = deskhand("journal", "list", "--kind", "deny", "--json", "--desk", desk).out
    assert json.loads(line)["kind"] == "deny"
