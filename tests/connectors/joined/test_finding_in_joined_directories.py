"""What is found, and where: names, DNs, ids, bases, and directories that do not answer."""

import shutil
from pathlib import Path

import pytest

from connectors.errors import RejectedError, UnavailableError
from connectors.joined.connector import JoinedDirectories
from connectors.local.loading import NewEntry
from connectors.spi import (
    AllOf,
    AnyOf,
    Compare,
    Connector,
    Everything,
    Filter,
    Ids,
    InGroup,
    Not,
    Operation,
    Question,
    Ref,
    Under,
)
from tests.connectors.joined.sample_directories import BASE, OTHER_BASE, OTHERS, STAFF, filled, opened
from tests.connectors.joined.test_joined_directories_contract import NOWHERE
from tests.connectors.local.sample_directory import SALES

ALICE, AENNE = Ref("user", "corp~u-alice"), Ref("user", "lab~v-aenne")


@pytest.fixture
def half(two: JoinedDirectories) -> JoinedDirectories:
    """The same two, of which “lab” does not answer."""
    return JoinedDirectories({"corp": (two.parts[0].connector, BASE), "lab": (opened(NOWHERE), OTHER_BASE)})


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "id_"),
    [
        ("alice", "user", "corp~u-alice"),
        ("corp~alice", "user", "corp~u-alice"),
        (" corp~u-alice ", "user", "corp~u-alice"),
        ("lab~alice", "user", None),
        ("aenne@other.test", "user", "lab~v-aenne"),
        ("Bakers", "group", "lab~h-Bakers"),
        (f"CN=Änne Abel,{STAFF}", "user", "lab~v-aenne"),
        (f"cn=änne abel, ou=STAFF , {OTHER_BASE.lower()}", "user", "lab~v-aenne"),
        (f"corp~CN=Änne Abel,{STAFF}", "user", None),
        ("CN=Änne Abel,DC=test", "user", None),
        ("alice", "unicorn", None),
    ],
)
def test_a_name_stands_for_the_one_object_that_has_it(
    two: JoinedDirectories, text: str, kind: str, id_: str | None
) -> None:
    assert two.locate(text, kind) == (Ref(kind, id_) if id_ else None)


@pytest.fixture
def alike(two: JoinedDirectories, tmp_path: Path) -> JoinedDirectories:
    """Two directories with an “alice” and a “GG-Sales” each, and a group named like a DN of the first one."""
    dn = f"CN=Missing,OU=Groups,{BASE}"
    twins = (
        NewEntry("user", f"CN=Alice Other,{STAFF}", {"login": "alice", "upn": "alice@other.test"}, id="v-alice"),
        NewEntry("group", f"CN=GG-Sales,{STAFF}", {}, id="h-GG-Sales"),
        NewEntry("group", f"CN=impostor,{STAFF}", {"name": dn}, id="h-impostor"),
        NewEntry("group", f"CN=corp~Missing,{STAFF}", {}, id="h-prefixed"),
    )
    (tmp_path / "alike").mkdir()
    lab = opened(filled(tmp_path / "alike" / "lab.db", (*OTHERS, *twins)))
    return JoinedDirectories({"corp": (two.parts[0].connector, BASE), "lab": (lab, OTHER_BASE)})


def test_a_name_that_two_have_stands_for_neither_until_the_directory_is_said(alike: JoinedDirectories) -> None:
    assert alike.locate("GG-Sales", "group") is None
    assert alike.locate("alice", "user") is None
    assert alike.locate("corp~GG-Sales", "group") == Ref("group", "corp~g-GG-Sales")
    assert alike.locate("lab~GG-Sales", "group") == Ref("group", "lab~h-GG-Sales")


def test_nothing_takes_a_name_by_which_another_directory_is_meant(alike: JoinedDirectories) -> None:
    assert alike.locate(f"CN=Missing,OU=Groups,{BASE}", "group") is None
    assert alike.locate("corp~Missing", "group") is None
    assert alike.locate("lab~corp~Missing", "group") == Ref("group", "lab~h-prefixed")


# --- bases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (BASE, BASE),
        (BASE, "dc=EXAMPLE, dc=test"),
        (BASE, f"OU=Lab,{BASE}"),
        (f"OU=Lab,{BASE}", BASE),
        ("DC=test", BASE),
    ],
)
def test_bases_that_overlap_are_refused_when_they_are_joined(two: JoinedDirectories, one: str, other: str) -> None:
    corp, lab = (part.connector for part in two.parts)
    with pytest.raises(RejectedError, match="The bases of the directories “corp” and “lab” overlap") as refused:
        JoinedDirectories({"corp": (corp, one), "lab": (lab, other)})
    assert one in str(refused.value)
    assert other in str(refused.value)


def test_directories_with_the_same_tree_never_answer_for_one_unit_both(two: JoinedDirectories, tmp_path: Path) -> None:
    corp = two.parts[0].connector
    copy = Path(str(corp.engine.url.database))  # type: ignore[attr-defined]
    twin = opened(Path(shutil.copy(copy, tmp_path / "twin.db")))
    for base in (BASE, SALES, "DC=test"):
        with pytest.raises(RejectedError, match="overlap"):
            JoinedDirectories({"corp": (corp, BASE), "twin": (twin, base)})
    beside = JoinedDirectories({"corp": (corp, BASE), "twin": (twin, OTHER_BASE)})
    found = beside.read(Question("user", Everything(), limit=1000)).entries
    assert len(found) == 8
    assert {entry.ref.id.partition("~")[0] for entry in found} == {"corp"}
    assert beside.locate("twin~u-alice", "user") is None
    assert list(beside.scan("user", Ids(frozenset({"twin~u-alice"})))) == []
    health = beside.check()
    assert not health.ok
    assert "twin: Units stand outside its base, e.g. " in health.detail


def test_objects_outside_the_base_are_not_changed_either(two: JoinedDirectories) -> None:
    corp = two.parts[0].connector
    narrow = JoinedDirectories({"corp": (corp, f"OU=Leavers,{BASE}")})
    with pytest.raises(RejectedError, match="does not exist any more"):
        narrow.prepare(Operation("step", "directory.user.disable", {"user": ALICE}))
    with pytest.raises(RejectedError):
        narrow.place_of(BASE)


def test_a_place_belongs_to_one_directory(two: JoinedDirectories) -> None:
    assert two.place_of(f"corp~{SALES}") == two.place_of(SALES) == ("dc=test", "dc=example", "ou=people", "ou=sales")
    assert two.place_of(OTHER_BASE) == ("dc=test", "dc=other")
    for text in (
        "DC=test",
        "OU=Sales,DC=nowhere,DC=test",
        "Sales",
        f"corp~{STAFF}",
        f"nope~{SALES}",
        "",
        "corp~",
        "\x00",
    ):
        with pytest.raises(RejectedError):
            two.place_of(text)


@pytest.mark.parametrize("name", ["", "Corp", "1corp", "co rp", "corp~", "a" * 32, "cörp", "corp:x"])
def test_a_name_that_cannot_stand_in_ids_is_refused(two: JoinedDirectories, name: str) -> None:
    with pytest.raises(RejectedError, match="cannot be the name of a directory"):
        JoinedDirectories({name: (two.parts[0].connector, BASE)})


def test_a_base_that_is_none_and_no_directory_at_all_are_refused(two: JoinedDirectories) -> None:
    for base in ("", "people", "<GUID=1>"):
        with pytest.raises(RejectedError, match="base of the directory “corp” cannot be used"):
            JoinedDirectories({"corp": (two.parts[0].connector, base)})
    with pytest.raises(RejectedError, match="no directory to join"):
        JoinedDirectories({})


# --- one that does not answer -------------------------------------------------------------------------------------


def corps(directories: JoinedDirectories) -> list[Filter]:
    """Filters that nothing outside “corp” can match."""
    sales = directories.place_of(SALES)
    return [
        Ids(frozenset({"corp~u-alice", "nope~x"})),
        Under(sales),
        InGroup("corp~g-GG-Company"),
        Compare("id", "==", "corp~u-alice"),
        Compare("manager", "==", Ref("user", "corp~u-charlie")),
        Compare("groups", "contains", Ref("group", "corp~g-GG-Sales")),
        AllOf((Everything(), AnyOf((Under(sales), InGroup("corp~g-GG-Sales"))), Not(Ids(frozenset({"lab~x"}))))),
    ]


def test_what_concerns_one_directory_works_while_the_other_does_not_answer(
    two: JoinedDirectories, half: JoinedDirectories
) -> None:
    for wanted in corps(two):
        page = half.read(Question("user", wanted))
        assert page.entries
        assert page == two.read(Question("user", wanted))
        assert list(half.scan("user", wanted)) == list(two.scan("user", wanted))
    for text in ("corp~alice", f"CN=Alice Jansen,{SALES}"):
        assert half.locate(text, "user") == ALICE


def test_what_concerns_the_one_that_does_not_answer_is_never_cut_in_silence(half: JoinedDirectories) -> None:
    for wanted in (
        Everything(),
        Ids(frozenset({"corp~u-alice", "lab~v-aenne"})),
        Not(Ids(frozenset({"corp~u-alice"}))),
        Not(InGroup("corp~g-GG-Sales")),
        Compare("manager", "!=", Ref("user", "corp~u-charlie")),
        Compare("department", "==", "Sales"),
        AnyOf((InGroup("corp~g-GG-Sales"), Under(half.place_of(STAFF)))),
    ):
        with pytest.raises(UnavailableError, match="Directory “lab”: "):
            half.read(Question("user", wanted))
        with pytest.raises(UnavailableError, match="Directory “lab”: "):
            list(half.scan("user", wanted))
    for text in ("alice", "lab~alice", f"CN=x,{STAFF}"):
        with pytest.raises(UnavailableError, match="Directory “lab”: "):
            half.locate(text, "user")


def test_health_is_said_of_each_directory(two: JoinedDirectories, half: JoinedDirectories) -> None:
    assert two.check().ok
    assert two.check().detail.startswith("corp: The local directory answers; it has 8 units. lab: The local directory")
    health = half.check()
    assert not health.ok
    assert "corp: The local directory answers" in health.detail
    assert "lab: " in health.detail


def test_a_condition_nested_without_end_is_refused(two: JoinedDirectories) -> None:
    wanted: Filter = Everything()
    for _ in range(5_000):
        wanted = Not(wanted)
    with pytest.raises(RejectedError, match="nested too deeply"):
        two.read(Question("user", wanted))


def test_what_different_systems_keep_is_not_joined(two: JoinedDirectories) -> None:
    class Phones:
        name, kinds = "phones", ("phone",)

        def place_of(self, text: str) -> tuple[str, ...]:
            return (text,)

    phones: Connector = Phones()  # type: ignore[assignment]
    with pytest.raises(RejectedError, match=r"these differ: corp \(directory\), lab \(phones\)"):
        JoinedDirectories({"corp": (two.parts[0].connector, BASE), "lab": (phones, "x")})
