"""The attack graph of small companies: each way in has its path, and without one of its keys it has none."""

from collections.abc import Mapping
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from connectors.verbs import PERMISSIONS
from runner.access.graph.building import Built
from runner.access.graph.kinds import EDGE_KINDS, NODE_KINDS, POWERS
from runner.access.graph.model import AttackGraph, Edge, Node
from runner.access.graph.paths import nearest, search, shortest
from runner.access.graph.telling import tell
from runner.access.model import is_read
from tests.runner.access.conftest import Town
from tests.runner.access.graph_worlds import authority_of, graph_of

ROWS: Mapping[str, dict[str, Any]] = {
    "a": {"is": "ou", "in": "dc=t"},
    "b": {"is": "ou", "in": "dc=t"},
    "desk": {"is": "group", "in": "OU=b,dc=t"},
    "club": {"is": "group", "in": "OU=b,dc=t"},
    "inner": {"is": "group", "in": "OU=b,dc=t", "groups": ["club"]},
    "tier0": {"is": "group", "in": "OU=b,dc=t"},
    "alice": {"in": "OU=b,dc=t", "groups": ["desk"], "department": "x"},
    "bob": {"in": "OU=a,dc=t", "groups": [], "department": "y"},
    "carol": {"in": "OU=b,dc=t", "groups": ["club"], "department": "y", "manager": "alice"},
    "root": {"in": "OU=a,dc=t", "groups": ["tier0"], "department": "y"},
}
HEAD = """\
format: access/1
resource_sets:
  - {id: in-a, title: A, resources: [{users: {under: "OU=a,dc=t"}}]}
  - {id: unit-a, title: A, resources: [{ous: {under: "OU=a,dc=t"}}]}
  - {id: unit-b, title: B, resources: [{ous: {under: "OU=b,dc=t"}}]}
  - {id: in-b, title: B, resources: [{users: {under: "OU=b,dc=t"}}]}
  - {id: in-club, title: Club, resources: [{users: {in_group: club}}]}
  - {id: club, title: Club, resources: [{groups: {id: club}}]}
  - {id: inner, title: Inner, resources: [{groups: {id: inner}}]}
  - {id: mine, title: Mine, resources: [{users: {match: {department: $(actor.department)}}}]}
  - {id: reports, title: Reports, resources: [{users: {match: {manager: $(actor)}}}]}
  - {id: without-club, title: Others, resources: [{users: all}], except: [{users: {in_group: club}}]}
  - {id: self, title: Self, resources: [{users: {match: {id: $(actor.id)}}}]}
  - {id: rights, title: Rights, resources: [{groups: {id: desk}}]}
  - {id: everybody, title: All, resources: [{users: all}]}
  - {id: tier, title: Tier, resources: [{users: {in_group: tier0}}]}
protected: [tier]
roles:
  - {id: reset, title: Reset, permissions: [user.password.reset]}
  - {id: people, title: People, permissions: [user.groups.manage]}
  - {id: members, title: Members, permissions: [group.members.manage]}
  - {id: move, title: Move, permissions: [user.move]}
  - {id: details, title: Details, permissions: [user.profile.manage]}
  - {id: manage, title: Manage, permissions: [access.manage]}
bindings:
"""


def built(*bindings: str, rows: Mapping[str, dict[str, Any]] = ROWS, principal: str = "{group: desk}") -> Built:
    """Return the graph of bindings written ``role set …``."""
    lines = [
        f"  - {{id: b{number}, principals: [{words[-1] if words[-1] == 'everyone' else principal}], role: {words[0]}, "
        f"on: [{', '.join(word for word in words[1:] if word != 'everyone')}]}}"
        for number, words in enumerate(map(str.split, bindings))
    ]
    town = Town.of(rows)
    return graph_of(authority_of(HEAD + "\n".join(lines), town), town)


def number(found: Built, type_: str, name: str) -> int:
    known = found.graph.number(type_, f"id-of-{type_}-{name}")
    assert known is not None
    return known


def reaches(found: Built, name: str, type_: str = "user", start: str = "alice") -> bool:
    return number(found, type_, name) in search(found.graph, [number(found, "user", start)]).levels


def test_every_permission_that_changes_something_is_an_edge_and_every_kind_has_a_meaning() -> None:
    about_forms = {name for name, (kinds, _) in PERMISSIONS.items() if kinds == ("form",)}
    others = {"request.approve", "access.simulate"}
    changing = {name for name in PERMISSIONS if not is_read(name)}
    assert {kind.permission for kind in POWERS.values()} == changing - about_forms - others
    assert all(kind.meaning and kind.verb for kind in EDGE_KINDS.values())
    assert all(name.startswith("DH_") and name.isascii() for name in (*NODE_KINDS, *EDGE_KINDS))
    assert not set(NODE_KINDS) & set(EDGE_KINDS)


def test_a_reset_password_leads_to_the_person_and_to_the_groups_they_are_in() -> None:
    found = built("reset in-club")
    assert reaches(found, "carol")
    assert reaches(found, "club", "group")
    assert not reaches(found, "bob")


def test_nobody_reaches_a_protected_person_whatever_a_binding_says() -> None:
    found = built("reset everybody", "people everybody", "details everybody", "reset everybody everyone")
    assert not reaches(found, "root")
    protected = number(found, "user", "root")
    leading = [edge for edge in found.graph.edges() if edge.end == protected]
    assert {edge.kind for edge in leading} <= {"DH_Protects", "DH_Manages", "DH_Owns"}


@pytest.mark.parametrize(
    ("bindings", "name"),
    [
        (("reset in-club", "people in-a", "members club"), "bob"),  # added to a group that a set is made of
        (("reset in-club", "people in-a", "members inner"), "bob"),  # or to a group within it
        (("reset in-a", "move in-b", "move unit-a"), "carol"),  # moved below a unit that a set is made of
        (("reset mine", "details in-a"), "bob"),  # given the department of the actor
        (("reset reports", "details in-a"), "bob"),  # given the actor as manager
        (("reset mine", "details self"), "carol"),  # or the actor takes theirs
        (("reset without-club", "people in-club", "members club"), "carol"),  # taken out of what a set leaves out
    ],
)
def test_who_can_be_brought_under_a_power_is_reached_and_not_without_one_of_the_keys(
    bindings: tuple[str, ...], name: str
) -> None:
    assert reaches(built(*bindings), name)
    for missing in bindings:
        rest = tuple(binding for binding in bindings if binding != missing)
        assert not reaches(built(*rest), name), missing


@pytest.mark.parametrize("compared", ["reports", "mine"])
def test_a_value_that_nobody_has_yet_can_be_written_too(compared: str) -> None:
    carol = {name: value for name, value in ROWS["carol"].items() if name != "manager"}
    town = Town.of({**ROWS, "carol": carol})
    reset = f"  - {{id: b0, principals: [{{group: desk}}], role: reset, on: [{compared}]}}\n"
    details = "  - {id: b1, principals: [{group: desk}], role: details, on: [in-a]}\n"
    assert reaches(graph_of(authority_of(HEAD + reset + details, town), town), "bob")
    assert not reaches(graph_of(authority_of(HEAD + reset, town), town), "bob")


def test_adding_members_takes_both_keys_and_a_group_that_gives_rights_takes_more() -> None:
    assert reaches(built("members club", "people in-a"), "club", "group")
    assert not reaches(built("members club"), "club", "group")
    assert not reaches(built("people in-a"), "club", "group")
    adding = ("members rights everyone", "people everybody everyone")
    assert not reaches(built(*adding, "reset in-a"), "desk", "group", start="bob")


def test_who_decides_on_the_access_file_may_take_every_binding() -> None:
    rows = {**ROWS, "bob": {**ROWS["bob"], "groups": ["inner"]}}
    lines = "  - {id: b0, principals: [{group: inner}], role: manage, on: []}\n"
    town = Town.of(rows)
    policy = HEAD + lines.replace(", on: []", "") + "  - {id: b1, principals: [{group: desk}], role: reset, on: [in-b]}"
    found = graph_of(authority_of(policy, town), town)
    assert reaches(found, "carol", start="bob")
    assert not reaches(found, "bob")


def test_an_account_with_rights_is_reached_only_with_all_of_them() -> None:
    town = Town.of(ROWS)
    policy = HEAD + (
        "  - {id: b0, principals: [{group: desk}], role: reset, on: [in-a]}\n"
        "  - {id: b1, principals: [{group: club}], role: reset, on: [in-b]}\n"
    )
    found = graph_of(authority_of(policy, town), town)
    assert not reaches(found, "alice", start="carol")  # she is in B, and may do more than carol
    wider = policy + "  - {id: b2, principals: [{group: club}], role: reset, on: [everybody]}\n"
    assert reaches(graph_of(authority_of(wider, town), town), "alice", start="carol")


def test_a_path_is_told_in_whole_steps_with_binding_and_forms() -> None:
    found = built("reset in-club", "people in-a", "members club")
    reach = search(found.graph, [number(found, "user", "alice")])
    paths, _ = shortest(reach, [number(found, "user", "bob")], 1)
    sentences = [step.sentence for step in tell(found.graph, paths[0])]
    told = (
        "the group desk can reset the password of bob (binding b0/group:desk/in-club, in the form reset-password); also "
        "needed: to bring them under “people in the group “club” (through other groups too)” first, as people whose "
        "memberships can be changed"
    )
    assert sentences == ["alice is a member of the group desk", told]


def test_with_a_form_only_what_that_form_carries_out_counts() -> None:
    found = built("reset in-club")
    start, goal = number(found, "user", "alice"), number(found, "user", "carol")
    assert goal in search(found.graph, [start], form="reset-password").levels
    assert goal not in search(found.graph, [start], form="move-account").levels


def _random_graph(random: Random, size: int) -> AttackGraph:
    graph = AttackGraph()
    for name in range(size):
        graph.add(Node("DH_Group", "group", str(name), str(name)))
    for _ in range(random.randrange(size * 3)):
        keys = (tuple(random.sample(range(size), 2)),) if random.random() < 0.3 else ()
        graph.write(Edge("DH_CanGrowBy", random.randrange(size), random.randrange(size), keys=keys))
    return graph


def _closure(graph: AttackGraph, start: int) -> set[int]:
    """Follow every edge again and again until nothing new is reached."""
    found = {start}
    while True:
        new = {
            edge.end
            for edge in graph.edges()
            if edge.start in found and all(found.intersection(group) for group in edge.keys)
        } - found
        if not new:
            return found
        found |= new


def _distance(graph: AttackGraph, start: int, goal: int) -> int | None:
    level, found = 0, {start}
    while goal not in found:
        wider = found | {
            edge.end
            for edge in graph.edges()
            if edge.start in found and all(found.intersection(group) for group in edge.keys)
        }
        if wider == found:
            return None
        level, found = level + 1, wider
    return level


def test_the_search_finds_what_following_every_edge_again_and_again_finds() -> None:
    random = Random(7)
    for _ in range(300):
        graph = _random_graph(random, random.randrange(3, 12))
        reach = search(graph, [0])
        assert set(reach.levels) == _closure(graph, 0)
        for goal in range(1, len(graph.nodes)):
            assert reach.levels.get(goal) == _distance(graph, 0, goal)
            paths, more = shortest(reach, [goal], 5)
            assert bool(paths) == (goal in reach.levels)
            assert not more or len(paths) == 5
            for path in paths:
                assert path[0].start == 0
                assert path[-1].end == goal
                assert all(one.end == other.start for one, other in pairwise(path))
    assert nearest(search(graph, [0]), ()) == ()
