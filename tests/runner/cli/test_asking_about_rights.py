"""`access explain`, `who-can`, `what-can` and `simulate`: the answers, their exit codes, and what a program reads."""

import json
from pathlib import Path

import pytest

from tests.runner.cli.commands import Result, deskhand, is_one_sentence

AGENT, ALICE = "agent.rotterdam", "alice"


def access(desk: Path, *words: str) -> Result:
    return deskhand("access", *words, "--desk", desk)


def test_a_yes_names_the_binding_and_a_no_the_nearest_miss(company: Path) -> None:
    yes = access(company, "explain", AGENT, "user.unlock", "z.lindqvist")
    assert (yes.code, yes.out.partition(":")[0]) == (0, "YES")
    assert 'user.unlock is given by the binding "desk-rotterdam/group:SD-Rotterdam/rotterdam".' in yes.out
    no = access(company, "explain", AGENT, "user.unlock", "u.bakker")
    assert (no.code, no.out.partition(":")[0]) == (1, "NO")
    assert "would be allowed by desk-rotterdam, but the account is not in GG-Location-Rotterdam" in no.out
    assert "desk-utrecht/group:SD-Utrecht/utrecht: the actor is not in the group SD-Utrecht" in no.out


def test_an_explanation_as_json_holds_every_row_that_was_considered(company: Path) -> None:
    found = access(company, "explain", AGENT, "user.unlock", "r.admin", "--json")
    assert found.code == 1
    (part,) = found.json["permissions"]
    assert (found.json["allowed"], part["code"], part["binding"]) == (False, "protected", None)
    assert "Ruud Admin is in Domain Admins through Tier0-Admins" in part["sentence"]
    first = part["rows"][0]
    assert (first["is_own"], first["lacks"]) == (True, [])


def test_a_dash_asks_for_all_that_a_form_needs(company: Path) -> None:
    found = access(company, "explain", AGENT, "-", "z.lindqvist", "unlock-account", "--json")
    assert found.code == 0
    assert {"user.unlock", "user.read"} <= {part["permission"] for part in found.json["permissions"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", AGENT, "user.unlok", "alice"), 'There is no permission "user.unlok". Did you mean "user.unlock"?'),
        (("explain", "nobodyx", "user.read", "alice"), 'There is no account and no person "nobodyx".'),
        (("explain", AGENT, "user.read", "group:Nope"), 'There is no group "Nope".'),
        (("explain", AGENT, "user.read", "alice", "unlock"), 'There is no form "unlock".'),
        (("explain", AGENT, "user.read", "alice", "unlock-acount"), 'Did you mean "unlock-account"?'),
        (("explain", AGENT, "user.read", "form:unlock-acount"), 'Did you mean "unlock-account"?'),
        (("who-can", "user.raed", "alice"), 'Did you mean "user.read"?'),
        (("what-can", "client:feed"), 'No binding is for a client "feed".'),
        (("simulate", "nobodyx"), 'There is no account and no person "nobodyx".'),
        (("simulate", "f.former"), "disabled in the directory"),
        (("simulate", AGENT, "--person", "u.bakker"), "There is nothing here, or it is not yours to see."),
        (("simulate", AGENT, "--form", "nope"), "There is nothing here, or it is not yours to see."),
    ],
)
def test_what_is_unknown_is_one_sentence_and_no_answer(company: Path, words: tuple[str, ...], said: str) -> None:
    found = access(company, *words)
    assert found.code == (1 if words[0] == "simulate" else 2)
    assert said in found.err
    assert is_one_sentence(found.err)
    assert said in json.loads(access(company, *words, "--json").out)["error"]


def test_who_can_lists_people_with_what_gives_it(company: Path) -> None:
    found = access(company, "who-can", "user.unlock", "z.lindqvist", "--json")
    assert found.code == 0
    assert [(one["who"], one["account"]) for one in found.json["who"]] == [(AGENT, AGENT), ("second.rotterdam", None)]
    said = access(company, "who-can", "user.unlock", "z.lindqvist").out
    assert "(no account here)" in said
    assert "2 may user.unlock on Zoë Lindqvist." in said
    assert access(company, "who-can", "user.delete", "z.lindqvist").code == 1


def test_what_can_counts_and_names_the_rows(company: Path) -> None:
    said = access(company, "what-can", AGENT)
    assert said.code == 0
    assert "group.read on 3 groups, such as APP-Atlas, APP-Payroll, APP-Visio" in said.out
    found = access(company, "what-can", AGENT, "--json").json
    unlock = next(one for one in found["can"] if one["permission"] == "user.unlock")
    assert unlock["rows"] == ["desk-rotterdam/group:SD-Rotterdam/rotterdam"]
    assert (unlock["kind"], unlock["more"]) == ("user", False)


def test_another_day_is_asked_about_with_on_day(company: Path) -> None:
    file = next((company / "forms").rglob("access.yaml"))
    text = file.read_text(encoding="utf-8").replace(
        "  - id: desk-rotterdam\n", "  - id: desk-rotterdam\n    until: 2026-01-31\n"
    )
    file.write_text(text, encoding="utf-8")
    asked = ("explain", AGENT, "user.unlock", "z.lindqvist")
    late = access(company, *asked, "--on-day", "2026-02-01")
    assert (late.code, "only until 2026-01-31" in late.out) == (1, True)
    assert access(company, *asked, "--on-day", "2026-01-31").code == 0
    assert "until 2026-01-31" in access(company, "what-can", AGENT, "--on-day", "2026-01-31").out
    assert access(company, *asked, "--on-day", "soon").code == 2


def test_the_desk_is_shown_as_somebody_sees_it_and_that_is_on_record(company: Path) -> None:
    home = access(company, "simulate", AGENT, "--json")
    assert home.code == 0
    assert "unlock-account" in [one["form"] for forms in home.json["forms"].values() for one in forms]
    found = access(company, "simulate", AGENT, "--find", "lindqvist", "--json").json
    assert [one["name"] for one in found["people"]] == ["Zoë Lindqvist"]
    assert access(company, "simulate", ALICE, "--find", "lindqvist", "--json").json["people"] == []
    card = access(company, "simulate", AGENT, "--person", "z.lindqvist")
    assert "Zoë Lindqvist" in card.out
    step = access(company, "simulate", AGENT, "--person", "z.lindqvist", "--form", "unlock-account", "--json").json
    assert step["step"]["title"] == "Unlock account"
    assert access(company, "simulate", AGENT, "--form", "unlock-account", "--json").json["step"]["is"] == "choose"
    lines = deskhand("journal", "export", "--desk", company, "--format", "jsonl").out.splitlines()
    seen = [one for one in map(json.loads, lines) if one.get("operation") == "simulate"]
    assert {one["simulated"] for one in seen} == {AGENT, ALICE}
    assert {one["actor"]["id"] for one in seen} == {"cli"}


@pytest.mark.parametrize(
    "words", [("explain", AGENT, "user.read", "alice"), ("who-can", "user.read", "alice"), ("what-can", AGENT)]
)
def test_a_policy_with_errors_answers_nothing(company: Path, words: tuple[str, ...]) -> None:
    file = company / "forms" / "access.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("user.unlock", "user.unlok", 1), encoding="utf-8")
    found = access(company, *words)
    file.write_text(text, encoding="utf-8")
    assert (found.code, found.out) == (3, "")
    assert "access.yaml has errors" in found.err
