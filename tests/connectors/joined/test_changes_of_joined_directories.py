"""A change stays in one of the joined directories, and nothing half-happens in two."""

import pytest

from connectors.errors import RejectedError, StaleObjectError, UnavailableError
from connectors.joined.connector import JoinedDirectories
from connectors.spi import Entry, Everything, Guard, Operation, OutputRef, Question, Ref, Secret, SecretRef
from tests.connectors.joined.sample_directories import BASE, OTHER_BASE, opened
from tests.connectors.joined.test_joined_directories_contract import NOWHERE

ALICE, AENNE = Ref("user", "corp~u-alice"), Ref("user", "lab~v-aenne")
SALES, BAKERS = Ref("group", "corp~g-GG-Sales"), Ref("group", "lab~h-Bakers")
PASSWORD = Secret("Lantaarn-Boot-Tijger-47")


def everything(directories: JoinedDirectories) -> list[tuple[Entry, ...]]:
    return [directories.read(Question(kind, Everything(), limit=1000)).entries for kind in directories.kinds]


def staff(directories: JoinedDirectories) -> Ref:
    unit = directories.locate(f"OU=Staff,{OTHER_BASE}", "ou")
    assert unit is not None
    return unit


def new_user(unit: Ref, **more: object) -> Operation:
    names = {"first_name": "Kim", "last_name": "Klein", "display_name": "Kim Klein", "upn": "kim@other.test"}
    arguments = {"ou": unit, "login": "kim", **names, "password": SecretRef("password"), **more}
    return Operation("create", "directory.user.create", arguments)


APART = {
    "directory.user.join_groups": ({"user": ALICE, "groups": (SALES, BAKERS)}, "cannot be joined by a membership"),
    "directory.user.leave_groups": ({"user": AENNE, "groups": (SALES,)}, "cannot be joined by a membership"),
    "directory.group.add_members": ({"group": BAKERS, "members": [AENNE, ALICE]}, "joined by a membership"),
    "directory.group.remove_members": ({"group": BAKERS, "members": (SALES,)}, "joined by a membership"),
    "directory.group.change_members": ({"group": SALES, "add": (AENNE,), "remove": ()}, "joined by a membership"),
    "directory.user.update": ({"user": ALICE, "set": {"manager": AENNE}}, "one cannot refer to another"),
    "directory.group.set_owner": ({"group": BAKERS, "owner": ALICE}, "one cannot refer to another"),
}


@pytest.mark.parametrize("verb", APART)
def test_objects_of_two_directories_are_in_no_change_together(two: JoinedDirectories, verb: str) -> None:
    arguments, reason = APART[verb]
    before, operation = everything(two), Operation("step", verb, arguments)
    for attempt in (lambda: two.prepare(operation), lambda: two.perform(operation, (), {})):
        with pytest.raises(RejectedError, match=rf"two directories, “corp” and “lab”, .*{reason}\. Nothing was done\."):
            attempt()
    assert everything(two) == before


def test_nothing_is_moved_to_a_unit_of_another_directory(two: JoinedDirectories) -> None:
    before = everything(two)
    for user, unit in ((ALICE, staff(two)), (AENNE, Ref("ou", two.locate("Sales", "ou").id))):  # type: ignore[union-attr]
        with pytest.raises(RejectedError, match="between which nothing can be moved"):
            two.prepare(Operation("step", "directory.user.move", {"user": user, "ou": unit}))
    assert everything(two) == before


def test_a_guard_of_another_directory_lets_nothing_happen(two: JoinedDirectories) -> None:
    (aenne,) = (entry for entry in everything(two)[0] if entry.ref == AENNE)
    before, operation = everything(two), Operation("step", "directory.user.disable", {"user": ALICE})
    guards = two.prepare(operation).guards
    with pytest.raises(RejectedError, match="two directories"):
        two.perform(operation, (*guards, Guard(AENNE, aenne.version, aenne.place)), {})
    with pytest.raises(RejectedError, match="moved in the meantime") as refused:
        two.perform(operation, (Guard(ALICE, guards[0].version, aenne.place),), {})
    assert not isinstance(refused.value, StaleObjectError)
    assert everything(two) == before
    assert two.perform(operation, guards, {}).state == "changed"


def test_what_is_created_stands_where_its_unit_stands_and_is_taken_back_there(two: JoinedDirectories) -> None:
    before = everything(two)
    operation = new_user(staff(two), manager=AENNE)
    preparation = two.prepare(operation)
    outcome = two.perform(operation, preparation.guards, {"password": PASSWORD})
    made = outcome.outputs["user"]
    assert made.id.startswith("lab~")
    assert {change.ref for change in outcome.changes} == {made}
    assert AENNE in [change.after for change in outcome.changes]
    assert outcome.inverse is not None
    assert outcome.inverse.arguments == {"user": made}
    two.perform(outcome.inverse, two.prepare(outcome.inverse).guards, {})
    assert [[entry.ref for entry in kind] for kind in everything(two)] == [[e.ref for e in kind] for kind in before]


def test_a_manager_of_the_other_directory_creates_nobody(two: JoinedDirectories) -> None:
    before = everything(two)
    with pytest.raises(RejectedError, match="one cannot refer to another"):
        two.perform(new_user(staff(two), manager=ALICE), (), {"password": PASSWORD})
    assert everything(two) == before


def test_what_an_earlier_step_will_make_is_prepared_with_the_objects_beside_it(two: JoinedDirectories) -> None:
    made = OutputRef("create", "user", "user")
    joining = Operation("join", "directory.user.join_groups", {"user": made, "groups": (BAKERS,)})
    assert [change.after for change in two.prepare(joining).changes] == [BAKERS]
    alone = Operation("end", "directory.user.clear_sessions", {"user": made})
    assert two.prepare(alone).guards == ()
    for operation in (joining, alone):
        with pytest.raises(RejectedError, match="has not been done"):
            two.perform(operation, (), {})


def test_what_only_an_earlier_step_makes_is_prepared_though_one_directory_does_not_answer(
    two: JoinedDirectories,
) -> None:
    lab = next(part for part in two.parts if part.name == "lab")
    half = JoinedDirectories({"corp": (opened(NOWHERE), BASE), "lab": (lab.connector, OTHER_BASE)})
    alone = Operation("end", "directory.user.clear_sessions", {"user": OutputRef("create", "user", "user")})
    assert half.prepare(alone).guards == ()
    dead = JoinedDirectories({"corp": (opened(NOWHERE), BASE)})
    with pytest.raises(UnavailableError, match="“corp”"):
        dead.prepare(alone)


@pytest.mark.parametrize(
    "id_",
    ["corp~", "~x", "corp~a~b", "nope~u-alice", "u-alice", "", "~", "corp~~u-alice", "CORP~u-alice", "lab~u-alice"],
)
def test_an_id_that_is_none_stands_for_nothing(two: JoinedDirectories, id_: str) -> None:
    before = everything(two)
    for operation in (
        Operation("step", "directory.user.disable", {"user": Ref("user", id_)}),
        Operation("step", "directory.user.join_groups", {"user": ALICE, "groups": (Ref("group", id_),)}),
        Operation("step", "directory.user.update", {"user": ALICE, "set": {"manager": Ref("user", id_)}}),
    ):
        with pytest.raises(RejectedError):
            two.prepare(operation)
        with pytest.raises(RejectedError):
            two.perform(operation, (), {})
    assert two.locate(id_, "user") is None or id_ == "u-alice"
    assert everything(two) == before


def test_a_verb_that_one_directory_lacks_is_refused_there_only(two: JoinedDirectories) -> None:
    poorer = _Poorer(two.parts[1].connector)
    directories = JoinedDirectories({"corp": (two.parts[0].connector, BASE), "lab": (poorer, OTHER_BASE)})
    assert dict(directories.verbs()) == dict(two.verbs())
    assert directories.prepare(Operation("step", "directory.user.disable", {"user": ALICE})).changes
    with pytest.raises(RejectedError, match="The directory “lab” cannot do this: Disable an account"):
        directories.prepare(Operation("step", "directory.user.disable", {"user": AENNE}))


class _Poorer:
    """A directory that cannot disable people."""

    def __init__(self, connector: object) -> None:
        self._connector = connector

    def __getattr__(self, name: str) -> object:
        return getattr(self._connector, name)

    def verbs(self) -> dict[str, object]:
        known = self._connector.verbs()  # type: ignore[attr-defined]
        return {name: verb for name, verb in known.items() if name != "directory.user.disable"}
