"""What can be wrong in an access file: each mistake is found, at its place, and the policy then allows nothing."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from runner.access.model import Policy, Principal, Selector
from runner.access.reading import read_access

EXAMPLE = Path(__file__).with_name("example-access.yaml").read_bytes()
START = "format: access/1\n"
ROLE = "roles: [{ id: r, permissions: [user.unlock] }]\n"
SET = "resource_sets: [{ id: s, resources: [{ users: all }] }]\n"
BINDING = "bindings: [{ id: b, principals: [everyone], role: r, on: [s] }]\n"
MISTAKES = YAML(typ="safe", pure=True).load(
    Path(__file__).with_name("access-mistakes.yaml").read_text(encoding="utf-8")
)


def read(text):
    return read_access("access.yaml", text.encode())


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake(mistake):
    given = MISTAKES[mistake]
    policy, problems = read(given["file"])
    errors = [f"{found.code} {found.line}:{found.column}" for found in problems if found.level == "error"]
    assert errors == [given["found"]]
    assert given.get("says", "") in problems[0].message + problems[0].fix
    assert problems[0].source == given["file"].split("\n")[problems[0].line - 1]
    assert policy == Policy()


def test_all_problems_are_found_in_one_run():
    _, problems = read(START + "roles: [{ id: r, permissions: [x, y] }]\nprotected: [z]\nbindings: [{ id: b }]\n")
    assert [(found.code, found.line) for found in problems] == [("E127", 2), ("E127", 2), ("E124", 3), ("E111", 4)]


def test_a_permission_that_fits_nothing_is_a_warning_at_the_role_of_the_binding():
    text = START + "roles: [{ id: r, permissions: [user.unlock, group.read, audit.read] }]\n" + SET + BINDING
    policy, problems = read(text)
    assert [(found.level, found.code, found.line, found.column) for found in problems] == [("warning", "W320", 4, 51)]
    assert "group.read" in problems[0].message
    assert "user.unlock" not in problems[0].message
    assert "audit.read" not in problems[0].message
    assert len(policy.bindings) == 1


def test_a_missing_format_and_a_file_that_is_no_yaml_allow_nothing():
    for text in (ROLE, "", "- a", "format: [", 'format: "access/1'):
        policy, problems = read(text)
        assert policy == Policy()
        assert any(found.level == "error" for found in problems)


def test_a_file_with_empty_lists_is_fine():
    assert read(START + "roles: []\nresource_sets: []\nprotected: []\nbindings: []\nstandard_roles: []\n")[1] == ()


def test_the_worked_example_has_no_problems():
    policy, problems = read_access("access.yaml", EXAMPLE)
    assert problems == ()
    assert policy.protected == ("privileged-accounts",)
    lead = policy.roles["identity-lead"].permissions
    assert {"user.unlock", "user.create", "mailbox.create", "audit.read"} <= lead
    assert policy.sets["self"].resources == (Selector("user", own=True),)
    assert policy.sets["assignable-groups"].excluded == (Selector("group", in_group="Tier0-Groups"),)
    assert [binding.id for binding in policy.bindings][-2:] == ["HELP_DESK_ADMIN", "READ_ONLY_ADMIN"]
    assert policy.bindings[-2].principals == (Principal("group", "Vendor-ServiceDesk"),)


def test_a_binding_about_the_installation_needs_no_resource_set():
    text = (
        START
        + "roles: [{ id: r, permissions: [form.author] }]\nbindings: [{ id: b, principals: [everyone], role: r }]\n"
    )
    policy, problems = read(text)
    assert problems == ()
    assert policy.bindings[0].on == ()


LINES = EXAMPLE.decode().split("\n")
PIECES = st.sampled_from(
    ["all", "{", "}", "[]", "- ", "$(actor.id)", "$(", "id: x", "user.*", "null", ": ", "&a", "é", "0", "\t", ""]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, 90), PIECES), min_size=1, max_size=3))
def test_a_damaged_file_gives_problems_and_never_more_than_was_there(damage):
    lines = list(LINES)
    for number, column, piece in damage:
        line = lines[number]
        lines[number] = line[:column] + piece + line[column + 1 :]
    policy, problems = read("\n".join(lines))
    if any(found.level == "error" for found in problems):
        assert policy == Policy()
    assert all(found.file == "access.yaml" and found.code and found.message for found in problems)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_problems_at_most(content):
    policy, problems = read_access("access.yaml", content)
    assert policy == Policy()
    assert problems
