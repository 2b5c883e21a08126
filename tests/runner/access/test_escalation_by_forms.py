"""Forms by which somebody could be given rights in Deskhand are told of before they are used, and no others are."""

from collections.abc import Mapping

import pytest

from forms.errors import Problem
from runner.access.lint.escalation import escalations
from runner.access.reading import read_access
from runner.access.rights_groups import KnownGroup
from runner.testing.known import known_groups
from tests.forms.desk_folders import library, load

ACCESS = """\
format: access/1
roles:
  - { id: desk, permissions: [group.members.manage, user.groups.manage, user.read, group.read] }
  - { id: keeper, permissions: [access.manage, group.members.manage] }
resource_sets:
  - { id: people, resources: [{ users: all }] }
  - { id: named, resources: [{ groups: { id: [APP-Visio, sd-utrecht] } }] }
  - { id: kept-out, resources: [{ groups: { id: [SD-Utrecht, Leads] } }] }
  - { id: placed, resources: [{ groups: { under: "OU=Desks,DC=corp" } }] }
  - { id: inside, resources: [{ groups: { in_group: All-Desks } }] }
  - { id: matched, resources: [{ groups: { match: { department: IT } } }] }
  - { id: other, resources: [{ groups: { under: "OU=Apps,DC=corp" } }] }
  - { id: cut, resources: [{ groups: all }], except: [{ groups: { id: [SD-Utrecht, Leads] } }] }
  - { id: every, resources: [{ groups: all }] }
bindings:
  - { id: utrecht, principals: [{ group: SD-Utrecht }], role: desk, on: [people, REACH] }
  - { id: lead, principals: [{ group: Leads }], role: keeper, on: [every] }
"""
LOOKUPS = """\
format: lookups/1
lookups:
  - { id: named-groups, find: group, in: [named] }
  - { id: few-groups, find: group, in: [named], where: { department: Sales } }
"""
LIST = """\
format: list/1
id: kinds
columns: [{ id: value, type: text }, { id: groups, type: list of text }]
rows: [{ value: clerk, groups: [APP-Visio] }, { value: agent, groups: [APP-Visio, SD-Utrecht] }]
"""
SETTINGS = "format: settings/1\norg: { desk_group: sd-utrecht, other_group: APP-Visio }\n"
GROUPS = (
    KnownGroup("SD-Utrecht", "CN=SD-Utrecht,OU=Desks,DC=corp", frozenset({"All-Desks"})),
    KnownGroup("Interns", "CN=Interns,OU=Apps,DC=corp", frozenset({"SD-Utrecht"})),
    KnownGroup("Trainees", "CN=Trainees,OU=Apps,DC=corp", frozenset({"Interns"})),
)
JOIN = "operations:\n  - id: join\n    do: directory.user.join_groups\n    with: { user: $(target), groups: GROUPS }\n"


def found(fields: str, groups: str, *, reach: str = "every", known: tuple[KnownGroup, ...] = ()) -> list[Problem]:
    form = "format: form/1\nid: small\ntitle: Small\ntarget: { type: user }\n"
    form += (f"fields:\n  - {fields}\n" if fields else "") + JOIN.replace("GROUPS", groups)
    return checked(form, reach, known)


def checked(form: str, reach: str = "every", known: tuple[KnownGroup, ...] = ()) -> list[Problem]:
    access = ACCESS.replace("REACH", reach)
    files: Mapping[str, bytes] = {
        "access.yaml": access.encode(),
        "lookups.yaml": LOOKUPS.encode(),
        "lists/kinds.list.yaml": LIST.encode(),
        "settings.yaml": SETTINGS.encode(),
        "small.form.yaml": form.encode(),
    }
    catalogue, problems = load(files)
    assert [problem for problem in problems if problem.level == "error"] == []
    policy, wrong = read_access("access.yaml", access.encode())
    assert [problem for problem in wrong if problem.level == "error"] == []
    return list(escalations(policy, catalogue, files, known))


PICK = "{ id: g, type: group, multiple: true, required: true"
CERTAIN = {
    "a name in the file": ("", "[APP-Visio, SD-Utrecht]", "E180"),
    "a name in another case": ("", "[sd-UTRECHT]", "E180"),
    "a constant of the organisation": ("", "[$(org.desk_group)]", "E180"),
    "an option": ("{ id: g, type: choice, required: true, options: [APP-Visio, SD-Utrecht] }", "[$(g)]", "E180"),
    "a list of groups": ("{ id: g, type: choice, required: true, options: { list: kinds } }", "$(g.groups)", "E180"),
    "a computed value": ("{ id: g, type: computed, value: $(org.desk_group) }", "[$(g)]", "E180"),
    "a set that names it": (PICK + ", within: [named] }", "$(g)", "E181"),
    "a search in such a set": (PICK + ", lookup: named-groups }", "$(g)", "E181"),
    "options from such a search": (
        "{ id: g, type: choices, required: true, options: { lookup: named-groups } }", "$(g)", "E181",
    ),
    "a dual list in such a set": ("{ id: g, type: membership, of: $(target), within: [named] }", "$(g.add)", "E181"),
}  # fmt: skip


@pytest.mark.parametrize("what", CERTAIN)
def test_what_is_certain_is_an_error_at_its_argument(what: str) -> None:
    fields, groups, code = CERTAIN[what]
    (problem,) = found(fields, groups, reach="other")
    assert (problem.level, problem.code) == ("error", code)
    assert "SD-Utrecht" in problem.message
    assert 'binding "utrecht"' in problem.message
    assert problem.fix
    assert problem.source[problem.column - 1 :].startswith(groups[:1])


HARMLESS = {
    "other groups": ("", "[APP-Visio]"),
    "another constant": ("", "[$(org.other_group)]"),
    "a set with others": (PICK + ", within: [other] }", "$(g)"),
    "an exception in the field": (PICK + ", within: [named], except: [kept-out] }", "$(g)"),
    "an exception in the set": (PICK + ", within: [cut] }", "$(g)"),
    "a unit that nothing is known of": (PICK + ", within: [placed] }", "$(g)"),
    "an attribute": (PICK + ", within: [matched] }", "$(g)"),
    "a search that may leave it out": (PICK + ", lookup: few-groups }", "$(g)"),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_cannot_be_or_only_the_directory_knows_is_not_told(what: str) -> None:
    fields, groups = HARMLESS[what]
    assert found(fields, groups) == []


@pytest.mark.parametrize("set_id", ["placed", "inside"])
def test_with_a_fixture_the_place_and_the_groups_around_a_group_are_known(set_id: str) -> None:
    codes = [problem.code for problem in found(PICK + f", within: [{set_id}] }}", "$(g)", known=GROUPS)]
    assert codes == ["E181"]
    assert found(PICK + ", within: [other] }", "$(g)", known=GROUPS[:1]) == []


def test_a_group_inside_such_a_group_gives_the_same_rights() -> None:
    (problem,) = found("", "[Trainees]", known=GROUPS)
    assert problem.code == "E180"
    assert 'through the group "SD-Utrecht"' in problem.message
    assert [problem.code for problem in found(PICK + ", within: [other] }", "$(g)", known=GROUPS)] == ["E181"]
    assert found("", "[Trainees]") == []


def test_any_group_at_all_is_a_warning_when_a_binding_reaches_it() -> None:
    (problem,) = found(PICK + " }", "$(g)")
    assert (problem.level, problem.code) == ("warning", "W324")
    assert found(PICK + " }", "$(g)", reach="other") == []
    assert found(PICK + " }", "$(g)", reach="cut") == []


GROUP_FORM = """\
format: form/1
id: small
title: Small
target: {{ type: group, within: [named] }}
fields: [{{ id: m, type: membership, of: $(target) }}]
operations:
  - id: change
    do: directory.group.change_members
    with: {{ group: $(target), {sides} }}
"""


def test_the_target_counts_too_and_taking_out_does_not() -> None:
    both = checked(GROUP_FORM.format(sides="add: $(m.add), remove: $(m.remove)"))
    assert [problem.code for problem in both] == ["E181"]
    assert checked(GROUP_FORM.format(sides="remove: $(m.remove)")) == []


def test_an_item_of_a_list_is_followed() -> None:
    form = "format: form/1\nid: small\ntitle: Small\ntarget: { type: user }\noperations:\n"
    form += "  - id: join\n    do: directory.user.join_groups\n    for_each: [APP-Visio, SD-Utrecht]\n"
    form += "    with: { user: $(target), groups: [$(item)] }\n"
    assert [problem.code for problem in checked(form)] == ["E180"]


def test_the_library_gives_no_rights_away() -> None:
    files = library()
    catalogue, _ = load(files)
    policy, _ = read_access("access.yaml", files["access.yaml"])
    assert escalations(policy, catalogue, files, known_groups(files)) == ()
    assert any(group.name == "SD-Rotterdam" for group in known_groups(files))


@pytest.mark.parametrize(
    "name", ["memberOf", "member-of", "MEMBER", "member;range=0-1", "custom.adminCount", "s_id_history", "\uff4dember"]
)
def test_attributes_that_give_power_are_refused_in_any_spelling(name: str) -> None:
    form = "format: form/1\nid: small\ntitle: Small\ntarget: { type: user }\noperations:\n"
    form += f'  - id: up\n    do: directory.user.update\n    with: {{ user: $(target), set: {{ "{name}": x }} }}\n'
    _, problems = load({"small.form.yaml": form.encode()})
    assert [problem.code for problem in problems] == ["E146"]
