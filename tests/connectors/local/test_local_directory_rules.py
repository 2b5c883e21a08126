"""What the local directory refuses, what it survives, and how quickly it answers."""

import random
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import IntegrityError, OperationalError

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.local.connector import LocalDirectory
from connectors.local.loading import NewEntry, load_entries
from connectors.local.tables import create_tables, schema
from connectors.local.transactions import translated
from connectors.spi import (
    Compare,
    Everything,
    Ids,
    InGroup,
    Operation,
    Outcome,
    OutputRef,
    Question,
    Ref,
    Secret,
    SecretRef,
    Under,
)
from connectors.verbs import ATTRIBUTES, HARD_ATTRIBUTES
from tests.connectors.local.sample_directory import GROUPS, NOW, PEOPLE, QUICK, ROOT, clock, fill

ALICE, DORTHE = Ref("user", "u-alice"), Ref("user", "u-dorthe")
EMPTY = Ref("group", "g-Empty")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[LocalDirectory]:
    made = LocalDirectory(f"sqlite:///{tmp_path / 'directory.db'}", clock=clock, policy=QUICK)
    create_tables(made.engine)
    fill(made.engine)
    yield made
    made.close()


def run(directory: LocalDirectory, verb: str, **arguments: object) -> Outcome:
    operation = Operation("step", f"directory.{verb}", arguments)
    return directory.perform(operation, directory.prepare(operation).guards, {})


def everything(directory: LocalDirectory) -> list[object]:
    return [directory.read(Question(kind, Everything(), limit=1000)).entries for kind in directory.kinds]


def refuse(directory: LocalDirectory, verb: str, match: str = ".", **arguments: object) -> None:
    before = everything(directory)
    operation = Operation("step", f"directory.{verb}", arguments)
    with pytest.raises(RejectedError, match=match):
        directory.prepare(operation)
    with pytest.raises(RejectedError, match=match):
        directory.perform(operation, (), {"p": Secret("Lantaarn-Boot-47")})
    assert everything(directory) == before


# --- rules ----------------------------------------------------------------------------------------------------------


def test_no_attribute_outside_the_list_can_be_set_in_any_spelling(directory: LocalDirectory) -> None:
    closed = {name for name, known in ATTRIBUTES["user"].items() if not known.settable} | HARD_ATTRIBUTES
    spelled = {form for name in closed for form in (name, name.upper(), f"{name};lang-en", f" {name}", f"{name}\n")}
    for name in sorted(spelled | {"Title", "title;x", "2.5.4.12", "password_hash", "manager_id", "title_key", ""}):
        refuse(directory, "user.update", user=ALICE, set={"phone": "1", name: "x"})


def test_activating_is_no_way_to_enable_a_disabled_account(directory: LocalDirectory) -> None:
    refuse(directory, "user.activate", "disabled", user=DORTHE)


@pytest.mark.parametrize("taken", ["BOB", "bob", " Bob "])
def test_a_taken_login_is_refused_in_any_case(directory: LocalDirectory, taken: str) -> None:
    refuse(directory, "user.rename", "already in use", user=ALICE, login=taken)


def test_an_address_belongs_to_one_object_whatever_its_kind(directory: LocalDirectory) -> None:
    for taken in ("BOB@example.test", "gg-sales@example.test", "ivo@partner.example"):
        refuse(directory, "user.set_addresses", "already in use", user=ALICE, mail=taken)
        refuse(directory, "group.update", "already in use", group=EMPTY, set={"mail": taken})


@pytest.mark.parametrize("address", ["", "nobody", "@example.test", "a b@example.test", "a@b@example.test", "a@b\nc"])
def test_what_is_no_address_is_refused(directory: LocalDirectory, address: str) -> None:
    refuse(directory, "user.set_addresses", user=ALICE, mail="a@example.test", addresses=(address,))


def test_further_addresses_stay_when_the_primary_changes(directory: LocalDirectory) -> None:
    run(directory, "user.set_addresses", user=ALICE, mail="new@example.test")
    entry = directory.read(Question("user", Ids(frozenset({"u-alice"})))).entries[0]
    assert entry.attributes["addresses"] == ("new@example.test", "alice@example.test", "alice.jansen@example.test")


def test_a_group_cannot_be_in_itself_but_loops_end(directory: LocalDirectory) -> None:
    refuse(directory, "group.add_members", "itself", group=EMPTY, members=(EMPTY,))
    run(directory, "group.add_members", group=Ref("group", "g-LOOP-A"), members=(EMPTY,))
    run(directory, "group.add_members", group=EMPTY, members=(Ref("group", "g-LOOP-A"),))
    inside = directory.read(Question("user", InGroup("g-Empty"))).entries
    assert {entry.ref.id for entry in inside} == {"u-erik", "u-fiona"}
    assert inside[0].groups == {"g-Empty", "g-LOOP-A", "g-LOOP-B"}


def test_a_group_in_a_loop_is_not_its_own_member(directory: LocalDirectory) -> None:
    for name, other in (("g-LOOP-A", "g-LOOP-B"), ("g-LOOP-B", "g-LOOP-A")):
        found = directory.read(Question("group", InGroup(name))).entries
        assert [(entry.ref.id, entry.groups) for entry in found] == [(other, {name})]


def test_a_deleted_group_no_longer_confers_anything(directory: LocalDirectory) -> None:
    question = Question("user", Ids(frozenset({"u-dorthe"})))
    assert directory.read(question).entries[0].groups == {"g-GG-Factory", "g-GG-Company"}
    run(directory, "group.delete", group=Ref("group", "g-GG-Company"))
    assert directory.read(question).entries[0].groups == {"g-GG-Factory"}
    assert directory.read(Question("user", InGroup("g-GG-Company"))).entries == ()


def test_random_group_graphs_give_the_groups_that_walking_gives(tmp_path: Path) -> None:
    for seed in range(15):
        choice = random.Random(seed)
        size = choice.randint(1, 12)
        inside = {n: [m for m in range(size) if m != n and choice.random() < 0.25] for n in range(size)}
        entries = [
            NewEntry("group", f"CN=g{n},{GROUPS}", members=[f"g{m}" for m in inside[n]], id=f"g{n}")
            for n in range(size)
        ]
        person = NewEntry("user", f"CN=p,{PEOPLE}", {"login": "p", "groups": ["g0"]}, id="p")
        directory = LocalDirectory(f"sqlite:///{tmp_path / str(seed)}.db", clock=clock, policy=QUICK)
        create_tables(directory.engine)
        load_entries(directory.engine, [*entries, person], now=NOW)
        reached, waiting = {0}, [0]
        while waiting:
            now = waiting.pop()
            above = {n for n in range(size) if now in inside[n]} - reached
            reached |= above
            waiting += above
        found = directory.read(Question("user", Everything())).entries[0]
        assert found.groups == {f"g{n}" for n in reached}
        for n in range(size):
            assert bool(directory.read(Question("user", InGroup(f"g{n}"))).entries) == (n in reached)
        directory.close()


def test_a_step_that_needs_an_earlier_one_can_be_prepared_but_not_performed(directory: LocalDirectory) -> None:
    before = everything(directory)
    operation = Operation(
        "step", "directory.user.join_groups", {"user": OutputRef("create", "user", "user"), "groups": (EMPTY,)}
    )
    preparation = directory.prepare(operation)
    assert (preparation.changes[0].ref, preparation.changes[0].after) == (None, EMPTY)
    assert [guard.ref for guard in preparation.guards] == [EMPTY]
    with pytest.raises(RejectedError):
        directory.perform(operation, preparation.guards, {})
    assert everything(directory) == before


def test_deleting_a_manager_alters_those_who_lose_one(directory: LocalDirectory) -> None:
    versions = {entry.ref: entry.version for entry in directory.read(Question("user", Everything())).entries}
    run(directory, "user.delete", user=Ref("user", "u-charlie"))
    after = directory.read(Question("user", Ids(frozenset({"u-alice"})))).entries[0]
    assert after.attributes["manager"] is None
    assert after.version != versions[ALICE]


def test_an_empty_place_matches_nothing(directory: LocalDirectory) -> None:
    assert directory.read(Question("user", Under(()))).entries == ()


def test_an_empty_value_matches_nothing(directory: LocalDirectory) -> None:
    for value in ("", None):
        assert directory.read(Question("user", Compare("department", "==", value))).entries == ()


def test_two_people_of_one_name_can_stand_in_one_unit(directory: LocalDirectory) -> None:
    names = {"first_name": "Alice", "last_name": "Jansen", "display_name": "Alice Jansen", "login": "alice2"}
    unit = {"ou": directory.locate("Sales", "ou"), "upn": "alice2@example.test", "password": SecretRef("p")}
    operation = Operation("step", "directory.user.create", {**names, **unit})
    refuse(directory, "user.create", "already in use", **{**names, **unit, "login": "alice"})
    outcome = directory.perform(operation, (), {"p": Secret("Lantaarn-Boot-47")})
    made = directory.read(Question("user", Ids(frozenset({outcome.outputs["user"].id})))).entries[0]
    assert made.dn == f"CN=Alice Jansen (alice2),OU=Sales,{PEOPLE}"


# --- databases ------------------------------------------------------------------------------------------------------


def test_a_database_of_a_newer_release_is_refused_and_left_alone(directory: LocalDirectory) -> None:
    assert directory.check().ok
    with directory.engine.begin() as connection:
        connection.execute(update(schema).values(version=99))
    later = LocalDirectory(str(directory.engine.url), clock=clock, policy=QUICK)
    with pytest.raises(RejectedError, match="schema 99"):
        later.read(Question("user", Everything()))
    assert "schema 99" in later.check().detail
    later.close()
    assert len(directory.read(Question("user", Everything())).entries) == 8


def test_a_directory_in_memory_works_with_several_threads() -> None:
    directory = LocalDirectory("sqlite://", clock=clock, policy=QUICK)
    create_tables(directory.engine)
    fill(directory.engine)
    with ThreadPoolExecutor(4) as pool:
        phones = [pool.submit(run, directory, "user.update", user=ALICE, set={"phone": "1"}) for _ in range(1)]
        pages = [pool.submit(directory.read, Question("user", Everything())) for _ in range(20)]
        assert {len(page.result().entries) for page in pages} == {8}
        assert [phone.result().state for phone in phones] == ["changed"]
    directory.close()


def test_a_busy_database_is_unavailable_to_writers_and_open_to_readers(directory: LocalDirectory) -> None:
    file = str(directory.engine.url.database)
    before = everything(directory)

    @event.listens_for(directory.engine, "begin")
    def _hurry(connection: object) -> None:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")  # type: ignore[attr-defined]

    @event.listens_for(directory.engine, "connect", insert=False)
    def _hurry_connecting(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    directory.engine.dispose()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    operation = Operation("step", "directory.user.disable", {"user": ALICE})
    with pytest.raises(UnavailableError, match="busy"):
        directory.perform(operation, directory.prepare(operation).guards, {})
    assert everything(directory) == before
    other.execute("ROLLBACK")
    other.close()
    assert run(directory, "user.disable", user=ALICE).state == "changed"


def test_a_full_disk_changes_nothing(directory: LocalDirectory) -> None:
    before = everything(directory)
    directory.engine.dispose()

    @event.listens_for(directory.engine, "connect")
    def _full(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    text = " ".join(f"{word * 7919:x}" for word in range(600))[:3900]
    with pytest.raises(UnavailableError, match="full"):
        run(directory, "user.update", user=ALICE, set={"description": text})
    assert everything(directory) == before


@pytest.mark.parametrize(
    ("error", "storing", "expected"),
    [
        (IntegrityError("", {}, sqlite3.IntegrityError()), False, RejectedError),
        (OperationalError("", {}, Exception("gone")), False, UnavailableError),
        (OperationalError("", {}, Exception("gone")), True, UnknownOutcomeError),
        (OperationalError("", {}, sqlite3.OperationalError("disk I/O error")), True, UnknownOutcomeError),
        (OperationalError("", {}, sqlite3.OperationalError("disk I/O error")), False, UnavailableError),
    ],
)
def test_an_error_says_what_is_known_of_the_effect(error: OperationalError, storing: bool, expected: type) -> None:
    assert type(translated(error, storing=storing)) is expected


# --- loading and speed ----------------------------------------------------------------------------------------------


def test_entries_that_cannot_stand_are_left_out_and_said(directory: LocalDirectory) -> None:
    good = NewEntry(
        "user", f"CN=Zoe,OU=New,{PEOPLE}", {"login": "zoe", "manager": "alice", "groups": ["Empty", "none"]}
    )
    bad = [
        NewEntry("user", f"CN=A,{PEOPLE}", {"login": "ALICE"}),
        NewEntry("user", f"CN=B,{PEOPLE}", {"login": "b", "mail": "Bob@example.test"}),
        NewEntry("user", f"CN=C,{PEOPLE}", {}),
        NewEntry("user", "no name at all", {"login": "d"}),
        NewEntry("user", f"CN=charlie müller,{PEOPLE}", {"login": "e"}),
        NewEntry("user", f"CN=F,{PEOPLE}", {"login": "f", "enabled": "yes"}),
        NewEntry("user", f"CN=G,{PEOPLE}", {"login": "g"}, id="u-alice"),
        NewEntry("unicorn", f"CN=H,{PEOPLE}", {}),
    ]
    report = load_entries(directory.engine, [*bad, good], now=NOW)
    assert [problem.entry for problem in report.problems] == bad
    assert report.loaded == {"ou": 1, "user": 1}
    assert len(report.dangling) == 1
    zoe = directory.read(Question("user", Compare("login", "==", "ZOE"))).entries[0]
    assert (zoe.attributes["manager"], zoe.groups) == (ALICE, {"g-Empty"})
    assert zoe.place[-1] == "ou=new"


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalDirectory]:
    directory = LocalDirectory(f"sqlite:///{tmp_path_factory.mktemp('crowd') / 'd.db'}", clock=clock, policy=QUICK)
    create_tables(directory.engine)
    entries = (
        NewEntry("user", f"CN=p{n},OU=d{n % 20},{ROOT}", {"login": f"p{n}", "display_name": f"Anna {n:x}{n * 7919:x}"})
        for n in range(8_000)
    )
    assert load_entries(directory.engine, entries, now=NOW).problems == ()
    yield directory
    directory.close()


def test_a_page_of_two_hundred_costs_a_handful_of_queries(crowd: LocalDirectory) -> None:
    crowd.read(Question("user", Everything(), limit=1))
    statements: list[str] = []
    event.listen(crowd.engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))
    assert len(crowd.read(Question("user", Everything(), limit=200)).entries) == 200
    assert len(statements) <= 8


@pytest.mark.parametrize("typed", ["ann", "zzz", "q", "an", "3e7", "anna 1f", "p799"])
def test_searching_a_crowd_takes_milliseconds(crowd: LocalDirectory, typed: str) -> None:
    question = Question("user", Everything(), text=typed, search=("display_name", "login"), limit=20)
    took = []
    for _ in range(7):
        started = time.thread_time()
        crowd.read(question)
        took.append(time.thread_time() - started)
    assert median(took) < 0.05


def test_the_scope_is_applied_before_the_limit_in_a_crowd(crowd: LocalDirectory) -> None:
    scope = Under(crowd.place_of(f"ou=D7, {ROOT.lower()}"))
    page = crowd.read(Question("user", scope, text="anna", search=("display_name",), limit=1000))
    assert (len(page.entries), page.more) == (400, False)
    wanted = replace(Question("user", scope, text="anna", search=("display_name",)), limit=399)
    assert crowd.read(wanted).more
