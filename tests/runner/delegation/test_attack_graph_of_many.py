"""The attack graph of 100,000 people and 1,000 bindings: in well under a minute, in bounded memory."""

import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.spi import Entry, Ref
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from runner.access.authority import Authority
from runner.access.graph.building import Built, build
from runner.access.graph.choosing import chosen
from runner.access.graph.paths import search
from runner.access.reading import read_access
from runner.access.resolving import resolve
from runner.delegation.graphs.graphing import paths_in
from runner.delegation.graphs.opengraph import pieces
from tests.runner.access.conftest import parse_place

LIBRARY = Path(__file__).parents[3] / "forms" / "library"
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
MIB = 1024
DESK = "user.read, user.password.reset, user.unlock, user.groups.manage, group.members.manage, user.profile.manage"


def policy_of(branches: int) -> bytes:
    """Each branch has a desk of its own, for its people, a list of groups, and a key user per department."""
    lines = [
        "format: access/1",
        "roles:",
        f"  - {{id: desk, title: Desk, permissions: [{DESK}]}}",
        "  - {id: key, title: Key, permissions: [user.read, user.profile.manage], holders: ordinary}",
        "resource_sets:",
        '  - {id: tier, title: Tier, resources: [{users: {under: "OU=Tier,dc=t"}}]}',
        "  - {id: mine, title: Mine, resources: [{users: {match: {department: $(actor.department)}}}]}",
    ]
    for number in range(branches):
        lines.append(f"  - {{id: s{number}, title: S, resources: [{{users: {{in_group: branch{number}}}}}]}}")
        lines.append(f'  - {{id: l{number}, title: L, resources: [{{groups: {{under: "OU=L{number},dc=t"}}}}]}}')
    lines += ["protected: [tier]", "bindings:", "  - {id: keys, principals: [{group: keys}], role: key, on: [mine]}"]
    lines += [
        f"  - {{id: b{number}, principals: [{{group: desk{number}}}], role: desk, on: [s{number}, l{number}]}}"
        for number in range(branches)
    ]
    return "\n".join(lines).encode()


def scan(kind: str, people: int, branches: int) -> Iterator[Entry]:
    if kind == "group":
        for number in range(branches):
            for name, unit in (
                (f"branch{number}", "branches"),
                (f"desk{number}", "desks"),
                (f"list{number}", f"l{number}"),
            ):
                yield Entry(Ref("group", name), f"CN={name}", ("dc=t", f"ou={unit}"), {"name": name})
        yield Entry(Ref("group", "keys"), "CN=keys", ("dc=t", "ou=desks"), {"name": "keys"})
    elif kind == "user":
        for number in range(people):
            branch = number % branches
            names = [f"branch{branch}", *([f"desk{branch}"] if number < 10 * branches else [])]
            names += ["keys"] if number % 50 == 7 else []
            groups = tuple(Ref("group", name) for name in names)
            attributes = {"login": f"p{number}", "display_name": f"Person {number}", "department": f"d{number % 300}"}
            place = ("dc=t", "ou=tier" if number % 1_000 == 999 else "ou=people")
            yield Entry(
                Ref("user", f"id{number}"), f"CN=p{number}", place, {**attributes, "groups": groups}, frozenset(names)
            )


def graph_of(people: int, branches: int) -> Built:
    policy, problems = read_access("access.yaml", policy_of(branches))
    assert not [problem for problem in problems if problem.level == "error"]
    files = {file.relative_to(LIBRARY).as_posix(): file.read_bytes() for file in LIBRARY.rglob("*.yaml")}
    catalogue = load_catalogue(files, {**DIRECTORY_VERBS, **MAILBOX_VERBS})[0]
    authority = Authority(resolve(policy, lambda kind, text: Ref(kind, text), parse_place))
    return build(authority, catalogue.forms.values(), lambda kind: scan(kind, people, branches), NOW.date())


def check(built: Built, people: int) -> None:
    """A desk reaches its own branch and no other; whoever has no rights reaches nobody."""
    nodes = built.graph.nodes
    start, other = built.graph.number("user", "id3"), built.graph.number("user", f"id{people - 2}")
    assert start is not None
    assert other is not None
    reached = {nodes[number].label for number in search(built.graph, [start]).levels if nodes[number].kind == "DH_User"}
    assert len(reached) > 5
    assert paths_in(built, "everyone", "protected").paths == ()
    assert sum(1 for number in search(built.graph, [other]).levels if nodes[number].kind == "DH_User") == 1


def test_a_company_of_2000_with_60_desks_keeps_its_branches_apart() -> None:
    check(graph_of(2_000, 60), 2_000)


@pytest.mark.torture
def test_100000_people_and_1000_bindings_take_well_under_a_minute_and_a_gibibyte() -> None:
    began = time.process_time()
    built = graph_of(100_000, 500)
    built_in = time.process_time() - began
    check(built, 100_000)
    searched_in = time.process_time() - began - built_in
    kept = chosen(built, everything=True)
    size = sum(len(piece) for piece in pieces(built, kept))
    took = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MIB
    print(
        f"built {built_in:.1f} s, searched {searched_in:.1f} s, all {took:.1f} s, {size / 1e6:.0f} MB, peak {peak} MiB"
    )
    print(f"{len(built.graph.nodes):,} nodes, {sum(built.graph.counts().values()):,} edges")
    assert took < 60
    assert peak < 1_024
