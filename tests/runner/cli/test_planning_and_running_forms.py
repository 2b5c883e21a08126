"""`plan` and `run`: the whole way from the host, as a given account."""

import json
from pathlib import Path

import pytest

from tests.runner.cli.commands import deskhand, is_one_sentence, process
from tests.runner.cli.directories import AT_ONCE, person

NEW_PASSWORD = """\
format: form/1
id: new-password
title: New password
target: { type: user }
verify: { policy: none, because: an example without a caller }
fields:
  - { id: password, type: password, label: Temporary password, generate: temporary }
operations:
  - { id: reset, do: directory.user.set_password, with: { user: $(target), password: $(password) } }
result:
  message: Done.
  show:
    - { label: Temporary password, value: $(password), secret: once }
"""


@pytest.fixture
def desk(company: Path) -> Path:
    for name, text in (("at-once", AT_ONCE), ("new-password", NEW_PASSWORD)):
        (company / "forms" / f"{name}.form.yaml").write_text(text, encoding="utf-8")
    return company


def kinds(desk: Path) -> list[str]:
    lines = deskhand("journal", "list", "--json", "--desk", desk).out.splitlines()
    return [json.loads(line)["kind"] for line in reversed(lines) if json.loads(line)["kind"] != "config"]


def ask(command: str, form: str, desk: Path, *more: object, who: str = "agent.rotterdam") -> tuple[object, ...]:
    return (command, form, "--desk", desk, "--as", who, "--target", *more)


def test_a_plan_says_before_and_after_and_changes_nothing(desk: Path) -> None:
    before = person(desk, "t.novak").version
    planned = deskhand(*ask("plan", "at-once", desk, "t.novak", "--set", "office=RDM-1"))
    assert (planned.code, planned.err) == (0, "")
    assert "Tomáš Novák: Office: (empty) -> RDM-1" in planned.out
    assert person(desk, "t.novak").version == before
    assert kinds(desk) == []


def test_what_a_form_names_and_is_not_there_is_named_to_authors_only(desk: Path) -> None:
    form = AT_ONCE.replace("id: at-once", "id: vpn").partition("operations:")[0]
    step = "  - { id: join, do: directory.user.join_groups, with: { user: $(target), groups: [GG-VPNN] } }\n"
    (desk / "forms" / "vpn.form.yaml").write_text(f"{form}operations:\n{step}", encoding="utf-8")
    planned = ask("plan", "vpn", desk, "t.novak", "--set", "office=RDM-1")
    assert "The form names a group that does not exist here. Tell the owner of the form." in deskhand(*planned).text
    access = desk / "forms/access.yaml"
    bound = "\n  - { id: writes, principals: [{ user: agent.rotterdam }], role: form-author }\n\n  - id: authors\n"
    access.write_text(access.read_text("utf-8").replace("\n  - id: authors\n", bound), "utf-8")
    assert 'The form names the group "GG-VPNN", which does not exist here.' in deskhand(*planned).text


def test_a_plan_as_json_has_the_digest_and_every_change(desk: Path) -> None:
    planned = deskhand(*ask("plan", "at-once", desk, "t.novak", "--set", "office=RDM-1", "--json"))
    (operation,) = planned.json["operations"]
    assert operation["changes"] == [
        {"kind": "set", "what": "Tomáš Novák", "attribute": "Office", "before": "", "after": "RDM-1"}
    ]
    assert planned.json["digest"]
    assert planned.json["refused"] in (None, "")


def test_a_form_is_run_and_journalled(desk: Path) -> None:
    done = process(*ask("run", "at-once", desk, "t.novak", "--set", "office=RDM-1"))
    assert (done.code, done.err) == (0, "")
    assert "[done]" in done.out
    assert person(desk, "t.novak").attributes["office"] == "RDM-1"
    assert kinds(desk) == ["intent", "outcome"]
    lines = deskhand("journal", "list", "--json", "--kind", "intent", "--desk", desk)
    assert '"client":"cli"' in lines.out
    assert '"login":"agent.rotterdam"' in lines.out


def test_a_form_that_runs_later_is_handed_in(desk: Path) -> None:
    later = AT_ONCE.replace("id: at-once", "id: later").replace("operations:", "run_at: $(today() + 2d)\noperations:")
    (desk / "forms" / "later.form.yaml").write_text(later, encoding="utf-8")
    asked = deskhand(*ask("run", "later", desk, "t.novak", "--set", "office=RDM-1", "--json"))
    assert (asked.code, asked.json["state"]) == (0, "queued"), asked.text
    assert person(desk, "t.novak").attributes.get("office") is None
    assert kinds(desk) == ["decision"]
    assert "queue: 1 wait to run" in deskhand("doctor", "--desk", desk).out


def test_answers_come_from_a_file_or_standard_input_too(desk: Path) -> None:
    asked = ask("run", "at-once", desk, "t.novak", "--answers", "-", "--json")
    done = deskhand(*asked, stdin=b'{"office": "RDM-2"}')
    assert (done.code, done.json["state"]) == (0, "done")
    assert person(desk, "t.novak").attributes["office"] == "RDM-2"


def test_a_generated_password_is_printed_once_and_stored_nowhere(desk: Path) -> None:
    done = deskhand(*ask("run", "new-password", desk, "t.novak", "--json"))
    password = done.json["shows"]["Temporary password"]
    assert done.code == 0
    assert len(password) > 10
    assert "new-password" in done.json["form"] or done.json["form"]
    everything = b"".join(file.read_bytes() for file in desk.glob("*") if file.is_file())
    assert password.encode() not in everything
    assert password not in deskhand("journal", "list", "--json", "--desk", desk).out


@pytest.mark.parametrize(("who", "target"), [("alice", "t.novak"), ("agent.rotterdam", "u.bakker")])
@pytest.mark.parametrize("command", ["plan", "run"])
def test_without_rights_nothing_is_done_and_the_refusal_is_journalled(
    desk: Path, command: str, who: str, target: str
) -> None:
    before = person(desk, target).version
    refused = deskhand(*ask(command, "at-once", desk, target, "--set", "office=X", who=who))
    assert (refused.code, refused.out, is_one_sentence(refused.err)) == (1, "", True)
    assert person(desk, target).version == before
    assert kinds(desk) == ["deny"]


def test_a_person_of_another_branch_and_nobody_sound_the_same(desk: Path) -> None:
    other = deskhand(*ask("run", "at-once", desk, "u.bakker", "--set", "office=X"))
    nobody = deskhand(*ask("run", "at-once", desk, "no.body", "--set", "office=X"))
    assert (other.code, other.err) == (nobody.code, nobody.err)
    assert "intent" not in kinds(desk)


def test_a_form_with_a_caller_check_is_left_to_the_web(desk: Path) -> None:
    refused = deskhand(*ask("run", "unlock-account", desk, "z.lindqvist"))
    assert (refused.code, is_one_sentence(refused.err)) == (1, True)
    assert "asks for a caller check" in refused.err
    assert person(desk, "z.lindqvist").attributes["locked"]
    assert "intent" not in kinds(desk)


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ((), 1, "Office: Please answer"),
        (("--set", "office"), 2, "write FIELD=VALUE"),
        (("--set", "office=X", "--set", "other=Y"), 1, 'no question "other"'),
        (("--answers", "-"), 2, "--answers is not JSON"),
    ],
)
def test_answers_that_do_not_fit_are_named(desk: Path, more: tuple[str, ...], code: int, says: str) -> None:
    before = person(desk, "t.novak").version
    refused = deskhand(*ask("run", "at-once", desk, "t.novak", *more), stdin=b"[" * 200_000)
    assert (refused.code, refused.out) == (code, "")
    assert says in refused.err
    assert person(desk, "t.novak").version == before
    assert "intent" not in kinds(desk)


def test_a_disabled_or_unknown_account_runs_nothing(desk: Path) -> None:
    assert deskhand("accounts", "disable", "agent.rotterdam", "--desk", desk).code == 0
    before = person(desk, "t.novak").version
    for who, says in (("agent.rotterdam", "is disabled"), ("nobody", "There is no account")):
        refused = deskhand(*ask("run", "at-once", desk, "t.novak", "--set", "office=X", who=who))
        assert (refused.code, is_one_sentence(refused.err)) == (1, True)
        assert says in refused.err
    assert person(desk, "t.novak").version == before
    assert "intent" not in kinds(desk)


def test_a_form_is_tried_out_as_often_as_one_likes_and_used_under_one_version(desk: Path) -> None:
    form = desk / "forms" / "at-once.form.yaml"
    target = ("t.novak", "--set", "office=A")

    def reworded(old: str, new: str) -> None:
        form.write_text(form.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    for old, new in (("title: ", "title: One "), ("title: One ", "title: Two ")):
        assert deskhand(*ask("plan", "at-once", desk, *target)).code == 0
        reworded(old, new)
    assert deskhand(*ask("run", "at-once", desk, *target)).code == 0
    reworded("title: Two ", "title: Three ")
    refused = deskhand(*ask("run", "at-once", desk, *target))
    assert refused.code == 1
    assert "E131" in refused.err
    assert "Write  version: 2" in refused.err
