"""Groups in loops and groups that go: a decision and a search follow the directory at once, and stay the same."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.local.connector import LocalDirectory
from connectors.local.loading import NewEntry, load_entries
from connectors.local.tables import create_tables
from connectors.spi import Entry, Ids, Operation, Question, Ref
from runner.access.authority import Authority
from runner.access.model import Actor
from runner.access.reading import read_access
from runner.access.resolving import resolve

NOW = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)
GROUPS, PEOPLE = "OU=Groups,DC=sample,DC=test", "OU=People,DC=sample,DC=test"
ACCESS = b"""
format: access/1
roles:
  - { id: keeper, permissions: [user.unlock, group.members.manage] }
  - { id: opener, permissions: [user.unlock] }
resource_sets:
  - id: round
    resources:
      - users: { in_group: Loop-A, nested: true }
      - groups: { in_group: Loop-A, nested: true }
  - { id: wide, resources: [{ users: { in_group: Outer, nested: true } }] }
  - { id: tier0, resources: [{ users: { in_group: Top, nested: true } }] }
  - { id: everybody, resources: [{ users: { under: "OU=People,DC=sample,DC=test" } }] }
protected: [tier0]
bindings:
  - { id: loops, principals: [{ group: Loop-Desk }], role: keeper, on: [round] }
  - { id: wide, principals: [{ group: Desk }], role: opener, on: [wide] }
  - { id: all, principals: [{ group: Boss-Desk }], role: opener, on: [everybody] }
"""


def group(name: str, *members: str) -> NewEntry:
    return NewEntry("group", f"CN={name},{GROUPS}", {"name": name}, members=members, id=f"g-{name}")


def person(login: str) -> NewEntry:
    return NewEntry("user", f"CN={login},{PEOPLE}", {"login": login, "enabled": True}, id=f"u-{login}")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[LocalDirectory]:
    made = LocalDirectory(f"sqlite:///{tmp_path / 'directory.db'}")
    create_tables(made.engine)
    entries = [
        *map(person, ("alice", "bob", "charlie", "dave")),
        group("Loop-A", "Loop-B", "bob"),
        group("Loop-B", "Loop-C"),
        group("Loop-C", "Loop-A", "charlie"),
        group("Inner", "bob"),
        group("Outer", "Inner", "charlie"),
        group("Top", "Middle"),
        group("Middle", "dave"),
        group("Desk-Members", "alice"),
        *(group(name, "Desk-Members") for name in ("Loop-Desk", "Desk", "Boss-Desk")),
    ]
    load_entries(made.engine, entries, now=NOW)
    yield made
    made.close()


def read(directory: LocalDirectory, kind: str, id_: str) -> Entry:
    return directory.read(Question(kind, Ids(frozenset({id_})))).entries[0]


def authority_over(directory: LocalDirectory) -> Authority:
    policy, problems = read_access("access.yaml", ACCESS)
    assert problems == ()
    return Authority(resolve(policy, lambda kind, text: directory.locate(text, kind), directory.place_of))


def alice(directory: LocalDirectory) -> Actor:
    return Actor("account-alice", "alice", "Alice", read(directory, "user", "u-alice"))


def run(directory: LocalDirectory, verb: str, **arguments: object) -> None:
    operation = Operation("step", f"directory.{verb}", arguments)  # type: ignore[arg-type]
    directory.perform(operation, directory.prepare(operation).guards, {})


def reach(directory: LocalDirectory, authority: Authority, permission: str, kind: str) -> set[str]:
    """Return what a search finds, after making sure that each decision says the same."""
    actor = alice(directory)
    scope = authority.scope(actor, [permission], kind, form=None, now=NOW)
    found = {entry.ref.id for entry in directory.read(Question(kind, scope)).entries}
    names = {"user": ("alice", "bob", "charlie", "dave"), "group": ("Loop-A", "Loop-B", "Loop-C", "Inner", "Outer")}
    ids = frozenset(f"{kind[0]}-{name}" for name in names[kind])
    for entry in directory.read(Question(kind, Ids(ids))).entries:
        decision = authority.decide(actor, permission, entry, form=None, now=NOW)
        assert decision.allowed == (entry.ref.id in found), entry.ref
    return found


def test_a_group_that_contains_itself_through_a_loop_is_not_within_its_own_members(directory: LocalDirectory) -> None:
    authority = authority_over(directory)
    assert reach(directory, authority, "group.members.manage", "group") == {"g-Loop-B", "g-Loop-C"}
    for name in ("Loop-A", "Loop-B", "Loop-C"):
        entry = read(directory, "group", f"g-{name}")
        assert entry.groups == {"g-Loop-A", "g-Loop-B", "g-Loop-C"} - {entry.ref.id}


def test_people_in_a_loop_are_members_of_every_group_of_it(directory: LocalDirectory) -> None:
    authority = authority_over(directory)
    assert {"u-bob", "u-charlie"} <= reach(directory, authority, "user.unlock", "user")
    assert read(directory, "user", "u-charlie").groups >= {"g-Loop-A", "g-Loop-B", "g-Loop-C"}


@pytest.mark.parametrize("gone", ["Inner", "Outer"])
def test_a_group_that_is_deleted_gives_nothing_from_then_on(directory: LocalDirectory, gone: str) -> None:
    for name in ("Loop-A", "Loop-Desk", "Boss-Desk"):
        run(directory, "group.delete", group=Ref("group", f"g-{name}"))
    authority = authority_over(directory)
    assert reach(directory, authority, "user.unlock", "user") == {"u-bob", "u-charlie"}
    run(directory, "group.delete", group=Ref("group", f"g-{gone}"))
    assert reach(directory, authority, "user.unlock", "user") == ({"u-charlie"} if gone == "Inner" else set())


def test_a_group_of_agents_that_is_deleted_takes_their_rights_along(directory: LocalDirectory) -> None:
    authority = authority_over(directory)
    assert reach(directory, authority, "user.unlock", "user") == {"u-bob", "u-charlie"}
    run(directory, "group.delete", group=Ref("group", "g-Desk-Members"))
    assert alice(directory).person.groups == frozenset()  # type: ignore[union-attr]
    assert reach(directory, authority, "user.unlock", "user") == set()


def test_a_group_that_is_filled_or_emptied_counts_at_once(directory: LocalDirectory) -> None:
    authority = authority_over(directory)
    dave, inner, middle = Ref("user", "u-dave"), Ref("group", "g-Inner"), Ref("group", "g-Middle")
    run(directory, "group.remove_members", group=middle, members=(dave,))
    assert "u-dave" in reach(directory, authority, "user.unlock", "user")
    run(directory, "group.add_members", group=middle, members=(inner,))
    assert reach(directory, authority, "user.unlock", "user") == {"u-charlie", "u-dave"}


def test_who_is_protected_through_a_group_in_between_is_so_until_that_group_goes(directory: LocalDirectory) -> None:
    authority = authority_over(directory)
    asked = (authority, alice(directory), "user.unlock", read(directory, "user", "u-dave"))
    assert asked[0].decide(*asked[1:], form=None, now=NOW).code == "protected"
    run(directory, "group.delete", group=Ref("group", "g-Middle"))
    dave = read(directory, "user", "u-dave")
    assert dave.groups == frozenset()
    assert authority.decide(alice(directory), "user.unlock", dave, form=None, now=NOW).allowed
