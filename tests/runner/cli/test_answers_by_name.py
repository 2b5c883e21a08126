"""Objects on the command line: names stand for what they find, and a wrong answer is told how it is written."""

import json
from pathlib import Path

import pytest

from connectors.errors import RejectedError
from connectors.local.connector import LocalDirectory
from connectors.spi import Ref
from tests.runner.cli.commands import Result, deskhand
from tests.runner.cli.directories import person

GROUPS = """\
format: form/1
id: some-groups
title: Some groups
target: { type: user }
verify: { policy: none, because: an example without a caller }
fields:
  - { id: groups, type: membership, label: Groups, of: $(target), options: { lookup: assignable-groups } }
operations:
  - id: remove
    do: directory.user.leave_groups
    only_if: count(groups.remove) > 0
    with: { user: $(target), groups: $(groups.remove) }
  - id: add
    do: directory.user.join_groups
    title: $(target.display_name) is in $(groups.add.name)
    only_if: count(groups.add) > 0
    with: { user: $(target), groups: $(groups.add) }
"""
MANAGER = """\
format: form/1
id: manager
title: Manager
target: { type: user }
verify: { policy: none, because: an example without a caller }
fields:
  - { id: chief, type: user, label: Manager, required: true }
operations:
  - { id: update, do: directory.user.update, with: { user: $(target), set: { manager: $(chief) } } }
"""


@pytest.fixture
def desk(company: Path) -> Path:
    for name, text in (("some-groups", GROUPS), ("manager", MANAGER)):
        (company / "forms" / f"{name}.form.yaml").write_text(text, encoding="utf-8")
    return company


def run(desk: Path, form: str, *pairs: str, stdin: bytes = b"") -> Result:
    given = [word for pair in pairs for word in ("--set", pair)]
    more = ("--answers", "-") if stdin else ()
    who = ("--as", "agent.rotterdam", "--target", "z.lindqvist")
    return deskhand("run", form, "--desk", desk, *who, *given, *more, stdin=stdin)


def groups(desk: Path) -> set[str]:
    found = person(desk, "z.lindqvist").attributes["groups"]
    assert isinstance(found, tuple)
    return {one.id for one in found if isinstance(one, Ref)}


def test_memberships_are_added_and_taken_away_by_name(desk: Path) -> None:
    done = run(desk, "some-groups", "groups=+app-atlas", "groups=-APP-Visio")
    assert (done.code, done.err) == (0, "")
    assert "g-APP-Atlas" in groups(desk)
    assert "g-APP-Visio" not in groups(desk)
    lines = deskhand("journal", "list", "--kind", "outcome", "--desk", desk).out.splitlines()
    assert "some-groups, Zoë Lindqvist: done: directory.user.join_groups (APP-Atlas" in lines[0]


def test_names_and_ids_stand_in_a_file_of_answers_too(desk: Path) -> None:
    answers = json.dumps({"groups": {"add": ["APP-Atlas"], "remove": ["g-APP-Visio"]}})
    assert run(desk, "some-groups", stdin=answers.encode()).code == 0
    assert "g-APP-Visio" not in groups(desk)


def test_a_person_is_picked_by_login_or_by_a_name_that_finds_one(desk: Path) -> None:
    for written in ("t.novak", "Novák", "u-t.novak"):
        assert run(desk, "manager", f"chief={written}").code in (0, 1)
        assert person(desk, "z.lindqvist").attributes["manager"] == Ref("user", "u-t.novak")


REFUSED = {
    "a membership without a sign": ("some-groups", "groups=APP-Atlas", 2, '--set "groups=+NAME"  to add'),
    "a sign alone": ("some-groups", "groups=+", 2, '--set "groups=+NAME"  to add'),
    "a name of several": ("some-groups", "groups=+APP", 1, 'groups: "APP" finds '),
    "a name of nothing": ("some-groups", "groups=+Nothing", 1, '--set "groups=+NAME"  to add'),
    "a group that is not offered": ("some-groups", "groups=+Back-Door", 1, '--set "groups=+NAME"  to add'),
    "a person out of reach": ("manager", "chief=u.bakker", 1, '--set "chief=NAME"'),
    "nobody": ("manager", "chief=", 1, '--set "chief=NAME"'),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_answer_that_cannot_be_taken_says_how_it_is_written(desk: Path, case: str) -> None:
    form, pair, code, says = REFUSED[case]
    before = person(desk, "z.lindqvist")
    refused = run(desk, form, pair)
    assert (refused.code, refused.out) == (code, "")
    assert says in refused.err
    assert person(desk, "z.lindqvist").version == before.version
    assert "intent" not in deskhand("journal", "list", "--desk", desk).out


def test_what_is_out_of_reach_and_what_is_not_there_sound_the_same(desk: Path) -> None:
    assert run(desk, "some-groups", "groups=+Back-Door").err == run(desk, "some-groups", "groups=+Nothing").err


def test_a_step_that_failed_is_not_titled_as_if_it_were_done(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(*_: object) -> None:
        raise RejectedError("The directory does not allow this.")

    before = groups(desk)
    monkeypatch.setattr(LocalDirectory, "perform", refusing)
    failed = run(desk, "some-groups", "groups=+APP-Atlas")
    assert failed.code == 1
    assert failed.out.startswith("Not done: Zoë Lindqvist is in APP-Atlas  [failed]\n")
    assert groups(desk) == before
    (line,) = deskhand("journal", "list", "--kind", "outcome", "--desk", desk).out.splitlines()
    assert "some-groups, Zoë Lindqvist: failed: directory.user.join_groups (APP-Atlas" in line
    assert line.endswith(": The directory does not allow this.")
