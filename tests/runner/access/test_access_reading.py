"""What can be wrong in an access file: each mistake is found, at its place, and the policy then allows nothing."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from runner.access.model import Binding, Policy, Principal, ResourceSet, Role, Selector
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


def test_a_file_without_a_format_is_looked_through_all_the_same():
    _, problems = read("roles: [{ id: r, permissions: [x] }]\n")
    assert [(found.code, found.line) for found in problems] == [("E111", 1), ("E127", 1)]
    _, problems = read("role: []\nroles: [{ id: r, permissions: [x] }]\n")
    assert [(found.code, found.line) for found in problems] == [("E110", 1), ("E127", 2)]


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


ONE_SET = "resource_sets: [{ id: s, resources: [{ KIND: { SELECTOR } }] }]"


@pytest.mark.parametrize(
    ("file", "messages"),
    [
        *((ONE_SET.replace("KIND", kind).replace("SELECTOR", f"{key}: {{ a: b }}"), [f'"{key}" is a text'])
          for kind, key in [("users", "under"), ("users", "in_group"), ("groups", "in_list"), ("mailboxes", "kind")]),
        (ONE_SET.replace("KIND: { SELECTOR }", "users: { in_group: X, nested: 1 }"), ['"nested" must be true or false']),
        (ONE_SET.replace("KIND: { SELECTOR }", "users: { id: { a: b } }"), ['"id" is a list with at least one entry']),
        (ONE_SET.replace("KIND: { SELECTOR }", "users: { id: [''] }"), ['"id" is a text']),
        (ONE_SET.replace("KIND: { SELECTOR }", "users: [all]"), ['"users" is written as lines']),
        (ONE_SET.replace("KIND: { SELECTOR }", "users: { match: all }"), ["one of the users is written as lines"]),
        (ONE_SET.replace("KIND: { SELECTOR }", "users: { match: { title: [a] } }"), ['"title" is a text']),
        (ONE_SET.replace("KIND: { SELECTOR }", "users: { match: { enabled: maybe } }"), ['"enabled" must be t']),
        (ONE_SET.replace("{ KIND: { SELECTOR } }", "all"), ["a resource is written as lines"]),
        (ONE_SET.replace("[{ KIND: { SELECTOR } }]", "all"), ['"resources" is a list']),
        (ONE_SET.replace("KIND: { SELECTOR } }]", "users: all }], except: all"), ['"except" is a list']),
        (ONE_SET.replace("KIND: { SELECTOR } }]", "users: all }], title: []"), ['"title" is a text']),
        (ONE_SET.replace("KIND: { SELECTOR } }]", "users: all }], only: x"), ['a resource set has no "only"']),
        (ONE_SET.replace("id: s", "id: []"), ["an id is a text"]),
        ("resource_sets: s", ['"resource_sets" is a list']),
        ("resource_sets: [{ id: everything, resources: [{ users: all }] }]", ['"everything" is the name of a fixed set']),
        ("resource_sets2: []", ['this file has no "resource_sets2"']),
        ("roles: r", ['"roles" is a list']),
        ("roles: [r]", ["a role is written as lines"]),
        ("roles: [{ permissions: [user.read] }]", ['a role needs "id"']),
        ("roles: [{ id: r, permissions: { a: b } }]", ["a permission is a list"]),
        ("roles: [{ id: r, includes: { a: b }, permissions: [user.read] }]", ['"includes" is a list']),
        ("roles: [{ id: r, title: [], permissions: [user.read] }]", ['"title" is a text']),
        ("roles: [{ id: r, holders: [], permissions: [user.read] }]", ['"holders" is a text']),
        ("roles: [{ id: r, holders: some, permissions: [user.read] }]", ['"holders" is protected or ordinary, not "some"']),
        ("roles: [{ id: r, covers: [q], permissions: [user.read] }]", ['there is no role "q"']),
        ("bindings: b", ['"bindings" is a list']),
        ("bindings: [b]", ["a binding is written as lines"]),
        ("bindings: [{ id: b, role: r }]", ['a binding needs "principals"']),
        ("bindings: [{ id: b, principals: [everyone] }]", ['a binding needs "role"']),
        (ROLE + SET + BINDING.replace("role: r", "role: rr"), ['there is no role "rr"']),
        (ROLE + SET + BINDING.replace("[s]", "[ss]"), ['there is no resource set "ss"']),
        (ROLE + SET + BINDING.replace("}]", "}, { id: b, principals: [everyone], role: r, on: [s] }]"),
         ['there is already a binding "b"']),
        (ROLE + SET + BINDING.replace("id: b", "id: APP_ADMIN"), ['there is already a binding "APP_ADMIN"']),
        (ROLE.replace("}]", "}, { id: r, permissions: [user.read] }]"), ['there is already a role "r"']),
        (SET.replace("}]\n", "}, { id: s, resources: [{ users: all }] }]"), ['there is already a resource set "s"']),
        ("roles: [{ id: r, permissions: [x] }]", ['there is no permission "x"']),
        ("protected: [x]", ['there is no resource set "x"']),
        ("roles: [{ id: r, includes: [q] }]", ['there is no role "q"']),
        ("roles: [{ permissions: [user.read], id: '' }]", ["an id is a text"]),
        (ROLE + SET + BINDING.replace("[everyone]", "[{ team: a }]"), ['a principal has no "team"']),
        (ROLE + "bindings: [{ id: b, principals: [everyone], role: r, on: { a: b } }]", ["a resource set is a list"]),
        (ROLE + SET + BINDING.replace("role: r", "role: [r, r2]"), ['there is no role "r2"']),
        (ROLE.replace("}]", "}, { id: q, includes: [r] }]") + SET + BINDING.replace("role: r", "role: [r, q]"),
         ["a binding has one role"]),
        (ROLE + SET + BINDING.replace("on: [s]", "on: [s], forms: { a: b }"), ['"forms" is a list']),
        (ROLE + SET + BINDING.replace("on: [s]", "on: [s], from: soon"), ['"from" must be a']),
        (ROLE + SET + BINDING.replace("on: [s]", "on: [s], until: []"), ['"until" is a text']),
        (ROLE + SET + BINDING.replace("[everyone]", "everyone"), ['"principals" is a list']),
        (ROLE + SET + BINDING.replace("everyone", "[everyone]"), ["a principal is a text"]),
        (ROLE + SET + BINDING.replace("everyone", "{ user: [] }"), ["a user is a text"]),
        (ROLE + SET + BINDING.replace("everyone", "Everybody"), ['"Everybody" does not say what it is']),
        (ROLE + SET + BINDING + BINDING.replace("bindings", "protected").replace("[{ id: b,", "[{ id: b2,"),
         ["a resource set is a text"]),
        ("protected: { a: b }", ["a resource set is a list"]),
        ("standard_roles: r", ['"standard_roles" is a list']),
        ("standard_roles: [r]", ["a standard role is written as lines"]),
        ("standard_roles: [{ role: APP_ADMIN, targets: everything }]", ['a standard role needs "principals"']),
        ("standard_roles: [{ role: [], principals: [everyone], targets: everything }]",
         ['"role" is a text', 'there is no standard role ""']),
        ("standard_roles: [{ role: APP_ADMIN, principals: [everyone], targets: { group: G } }]", ['"targets" is a list']),
        ("standard_roles: [{ role: APP_ADMIN, principals: [everyone], targets: [[]] }]", ["a target is written as lines"]),
        ("standard_roles: [{ role: APP_ADMIN, principals: [everyone], targets: [{ group: [] }] }]", ["a group is a text"]),
        ("standard_roles: [{ role: APP_ADMIN, principals: [everyone], targets: [G] }]",
         ['"G" does not say that it is a group']),
        ("format: [x]", ['"format" is a text', "this is not a format known here"]),
    ],
)  # fmt: skip
def test_each_report_names_what_is_wrong(file, messages):
    _, problems = read(file if file.startswith("format") else START + file)
    found = [problem.message for problem in problems if problem.level == "error"]
    assert [message[: len(start)] for message, start in zip(found, messages, strict=False)] == messages
    assert len(found) == len(messages)


def test_each_circle_of_roles_is_told_once_and_an_unknown_role_has_its_own_code():
    circles = "{ id: a, includes: [b] }, { id: c, includes: [d] }, { id: b, includes: [a] }, { id: d, includes: [c] }"
    _, problems = read(f"{START}roles: [{circles}, {{ id: e, includes: [e] }}]\n")
    assert [(problem.code, problem.message) for problem in problems] == [
        ("E152", f'the role "{name}" includes itself') for name in "ace"
    ]
    _, problems = read(START + ROLE.replace("}]", ", covers: [q, r] }]"))
    assert [problem.code for problem in problems] == ["E126"]


def test_a_file_is_read_as_it_is_written():
    policy, problems = read(f"""$schema: access.json
{START}
roles:
  - {{ id: r, title: First line, permissions: [user.unlock], holders: ordinary }}
  - {{ id: q, includes: [r], permissions: [user.read], covers: [r, USER_ADMIN], holders: protected }}
  - {{ id: p, includes: [q] }}
resource_sets:
  - {{ id: s, title: People, resources: [{{ users: all }}], except: [{{ users: {{ id: bob }} }}] }}
  - {{ id: t, resources: [{{ users: {{ in_group: G, nested: false }} }}] }}
protected: [t]
bindings:
  - {{ id: b, principals: [{{ group: G }}, {{ client: C }}, {{ group: G }}], role: q, on: [s, t, s],
      from: 2030-05-01, until: 2030-05-01 }}
  - {{ id: c, principals: [everyone, {{ user: bob }}], role: r, on: [s], forms: [f, g] }}
standard_roles:
  - {{ role: APP_ADMIN, principals: [{{ user: bob }}], targets: [{{ group: G }}], from: 2030-05-01, until: 2030-06-01 }}
tests:
  - {{ who: bob, may: user.unlock, on: {{ user: alice }} }}
""")
    assert problems == ()
    day = date(2030, 5, 1)
    first, unlock = Role("r", "First line", frozenset({"user.unlock"}), ordinary=True), {"user.unlock", "user.read"}
    own = {name: role for name, role in policy.roles.items() if not role.standard}
    assert own == {
        "r": first,
        "q": Role("q", "q", frozenset(unlock), ("r",), ordinary=False, covers=("r", "USER_ADMIN")),
        "p": Role("p", "p", frozenset(unlock), ("q",)),
    }
    people, bob = (Selector("user"),), (Selector("user", ids=("bob",)),)
    assert {name: found for name, found in policy.sets.items() if not found.standard} == {
        "s": ResourceSet("s", "People", people, bob),
        "t": ResourceSet("t", "t", (Selector("user", in_group="G", nested=False),)),
    }
    assert policy.protected == ("t",)
    assert policy.bindings == (
        Binding("b", (Principal("group", "G"), Principal("client", "C")), "q", ("s", "t"), None, day, day),
        Binding("c", (Principal("everyone"), Principal("user", "bob")), "r", ("s",), frozenset({"f", "g"})),
        Binding("APP_ADMIN", (Principal("user", "bob"),), "APP_ADMIN", ("group:G",), None, day, date(2030, 6, 1)),
    )
    assert [(test.who, test.may) for test in policy.tests] == [(Principal("user", "bob"), ("user.unlock",))]


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
