"""`access rebind`: a name in access.yaml stands for what it was first found to be, until an operator says otherwise."""

import json
from pathlib import Path

import pytest

from connectors.local.loading import NewEntry, load_entries
from connectors.local.transactions import open_engine
from tests.runner.cli.commands import deskhand, is_one_sentence
from tests.runner.cli.contents import change, contents
from tests.runner.cli.directories import AT_ONCE
from tests.runner.pipeline.small_company import GROUPS, NOW

GROUP = "SD-Rotterdam"


@pytest.fixture
def desk(company: Path) -> Path:
    """The company after its names were looked up once."""
    (company / "forms" / "at-once.form.yaml").write_text(AT_ONCE, encoding="utf-8")
    assert may_plan(company, "agent.rotterdam")
    return company


def may_plan(desk: Path, login: str) -> bool:
    planned = deskhand("plan", "at-once", "--desk", desk, "--as", login, "--target", "t.novak", "--set", "office=RDM-1")
    assert planned.code in (0, 1), planned.text
    return planned.code == 0


def rename(desk: Path) -> None:
    change(
        desk / "directory.db",
        f"UPDATE directory_groups SET name = 'Desk', name_key = 'desk' WHERE id = 'g-{GROUP}'",
    )


def take_the_name(desk: Path) -> None:
    """Rename the group of the agents, and let alice make one with its old name."""
    rename(desk)
    engine = open_engine(f"sqlite:///{desk / 'directory.db'}")
    taker = NewEntry("group", f"CN=Taker,{GROUPS}", {"name": GROUP}, members=("alice",), id="g-taker")
    report = load_entries(engine, [taker], now=NOW)
    engine.dispose()
    assert not report.problems


def warnings(desk: Path) -> str:
    lines = deskhand("doctor", "--desk", desk).out.splitlines()
    return "\n".join(line for line in lines if "access" in line and GROUP in line)


def test_what_names_stand_for_is_written_down_for_the_owner_only(desk: Path) -> None:
    file = desk / "access-names.json"
    assert {"kind": "group", "name": GROUP, "id": f"g-{GROUP}"} in json.loads(file.read_text(encoding="utf-8"))["names"]
    assert file.stat().st_mode & 0o077 == 0
    assert warnings(desk) == ""


def test_who_takes_the_name_of_a_group_gets_none_of_its_rights(desk: Path) -> None:
    take_the_name(desk)
    assert (may_plan(desk, "agent.rotterdam"), may_plan(desk, "alice")) == (True, False)
    said = warnings(desk)
    assert f'the group "{GROUP}" is called otherwise by now and keeps what access.yaml gives it.' in said
    assert f'If that one is meant, run: deskhand access rebind "{GROUP}"' in said


def test_rebind_lets_the_name_stand_for_the_new_group_and_is_journalled(desk: Path) -> None:
    take_the_name(desk)
    done = deskhand("access", "rebind", GROUP, "--desk", desk)
    assert (done.code, done.out, done.err) == (0, f'"{GROUP}" stands for the group that is called so now.\n', "")
    assert (may_plan(desk, "agent.rotterdam"), may_plan(desk, "alice")) == (False, True)
    assert warnings(desk) == ""
    record = deskhand("journal", "list", "--json", "--kind", "config", "--limit", "1", "--desk", desk).out
    assert json.loads(record)["operation"] == "access rebind"
    assert json.loads(record)["names"] == [{"id": "g-taker", "kind": "group", "name": GROUP}]


def test_a_line_removed_from_the_file_is_looked_up_anew(desk: Path) -> None:
    take_the_name(desk)
    file = desk / "access-names.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["names"] = [row for row in content["names"] if row["name"] != GROUP]
    file.write_text(json.dumps(content), encoding="utf-8")
    assert may_plan(desk, "alice")


def test_a_group_that_is_gone_selects_nothing_and_is_said(desk: Path) -> None:
    remove_the_group(desk)
    assert not may_plan(desk, "agent.rotterdam")
    assert f'the group that "{GROUP}" stood for no longer exists, so the name selects nothing.' in warnings(desk)


def remove_the_group(desk: Path) -> None:
    id_ = f"g-{GROUP}"
    change(
        desk / "directory.db",
        f"DELETE FROM directory_group_members WHERE group_id = '{id_}'",
        f"DELETE FROM directory_groups WHERE id = '{id_}'",
        f"DELETE FROM directory_objects WHERE id = '{id_}'",
    )


@pytest.mark.parametrize("name", ["Nonsense", "Back-Door", GROUP])
def test_rebinding_what_is_not_named_or_not_there_changes_nothing(desk: Path, name: str) -> None:
    rename(desk)
    before = contents(desk)
    refused = deskhand("access", "rebind", name, "--desk", desk)
    assert (refused.code, refused.out, is_one_sentence(refused.err)) == (1, "", True)
    assert f'access.yaml names nothing "{name}", or nothing is called so now. Nothing was changed.' in refused.err
    assert contents(desk) == before


LATER = "Night-Desk"


def bind_later(desk: Path) -> None:
    """Bind a group that does not exist yet, let the desk read it, and let alice make such a group."""
    file = desk / "forms" / "access.yaml"
    text = file.read_text(encoding="utf-8")
    assert f"group: {GROUP}" in text
    file.write_text(text.replace(f"group: {GROUP}", f"group: {LATER}"), encoding="utf-8")
    assert not may_plan(desk, "alice")
    engine = open_engine(f"sqlite:///{desk / 'directory.db'}")
    made = NewEntry("group", f"CN={LATER},{GROUPS}", {"name": LATER}, members=("alice",), id="g-night")
    report = load_entries(engine, [made], now=NOW)
    engine.dispose()
    assert not report.problems


def test_who_makes_the_group_that_a_binding_names_gets_nothing(desk: Path) -> None:
    bind_later(desk)
    assert not may_plan(desk, "alice")
    said = deskhand("doctor", "--desk", desk).out
    assert f'there is a group "{LATER}" by now, and there was none when access.yaml was first read' in said
    assert f'run: deskhand access rebind "{LATER}"' in said


def test_a_name_that_appeared_counts_once_an_administrator_says_so(desk: Path) -> None:
    bind_later(desk)
    done = deskhand("access", "rebind", "--appeared", "--desk", desk)
    assert (done.code, done.err) == (0, "")
    assert f'"{LATER}" stands for the group that is called so now.' in done.out
    assert may_plan(desk, "alice")
    again = deskhand("access", "rebind", "--appeared", "--desk", desk)
    assert (again.code, "stands for something" in again.out) == (0, True)


@pytest.mark.parametrize("arguments", [[], ["Night-Desk", "--appeared"]])
def test_rebind_wants_a_name_or_all_that_appeared(desk: Path, arguments: list[str]) -> None:
    assert deskhand("access", "rebind", *arguments, "--desk", desk).code == 2
