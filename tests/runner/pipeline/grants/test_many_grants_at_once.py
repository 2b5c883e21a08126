"""Very many grants that end in the same minute, taken back by several threads: all of them, and each once."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.local.loading import load_entries
from connectors.local.tables import create_tables
from connectors.local.transactions import open_engine
from connectors.spi import Operation, Ref
from runner.engine.workers import Workers
from runner.pipeline.grants.giving import kept_inverse, keyed
from runner.store.grant_records import Grant, Settled, Settling
from tests.runner.pipeline.desks import TestDesk, make_folder, open_desk
from tests.runner.pipeline.grants.test_access_until_a_day import ATLAS, TOMAS, at, give, grants
from tests.runner.pipeline.small_company import GROUPS_AND_MEMBERS, NOW, PERSONS, person


@pytest.fixture
def crowd(request: pytest.FixtureRequest, company_template: Path, tmp_path: Path) -> Iterator[TestDesk]:
    """A desk of a company with ``request.param`` more people, all of them in one group until 10 March."""
    people = [person(f"p{number}", f"Person {number}", "Rotterdam") for number in range(request.param)]
    members = tuple(f"p{number}" for number in range(request.param))
    groups = [replace(one, members=members) if one.id == ATLAS else one for one in GROUPS_AND_MEMBERS]
    engine = open_engine(f"sqlite:///{tmp_path / 'crowd.db'}")
    create_tables(engine)
    assert not load_entries(engine, (*PERSONS, *people, *groups), now=NOW).problems
    engine.dispose()
    make_folder(tmp_path, company_template)
    desk = open_desk(tmp_path, directory_url=f"sqlite:///{tmp_path / 'crowd.db'}")
    yield desk
    desk.close()


def give_everybody(desk: TestDesk, count: int) -> None:
    """Make a grant of every membership, as a submission would have."""
    give(desk, TOMAS, groups=[ATLAS])
    (pattern,) = grants(desk)
    made = []
    for number in range(count):
        back = Operation(
            "join",
            "directory.user.leave_groups",
            {"user": Ref("user", f"u-p{number}"), "groups": (Ref("group", ATLAS),)},
        )
        made.append(keyed(_like(pattern, number, back), back))
    desk.store.grants.settle(Settling(frozenset({"none"}), lambda _: Settled(made=tuple(made))))


def _like(pattern: Grant, number: int, back: Operation) -> Grant:
    ends_at = pattern.ends_at + timedelta(milliseconds=number)
    return replace(pattern, id=f"grant-{number}", inverse=kept_inverse(back, []), ends_at=ends_at)


def taken_back_by_workers(desk: TestDesk, count: int, threads: int = 4) -> float:
    """Let workers take everything back, and return how many grants they do in a second."""
    told: list[str] = []
    workers = Workers(desk.services, threads, told.append, poll_seconds=0.02)
    begun = time.monotonic()
    workers.start()
    while desk.store.grants.counts(desk.clock.now)["overdue"] or desk.store.grants.running(states=("ending",), limit=1):
        assert time.monotonic() - begun < count / 5 + 30, told
        time.sleep(0.05)
    rate = count / (time.monotonic() - begun)
    assert workers.stop()
    assert told == []
    return rate


def all_are_taken_back_once(desk: TestDesk, count: int) -> None:
    give_everybody(desk, count)
    at(desk, 11, 0, 1)
    rate = taken_back_by_workers(desk, count + 1)

    assert desk.entry(ATLAS, "group").attributes["member_count"] == 0
    removed = [str(one.arguments["user"]) for one in desk.directory.changed if one.verb.endswith("leave_groups")]
    assert len(removed) == len(set(removed)) == count + 1
    assert len(desk.store.grants.running(states=("ended",), limit=count + 10)) == count + 1
    print(f"{count + 1} grants taken back, {rate:.0f} a second")


@pytest.mark.parametrize("crowd", [300], indirect=True)
def test_three_hundred_that_end_in_the_same_minute_are_all_taken_back(crowd: TestDesk) -> None:
    all_are_taken_back_once(crowd, 300)


@pytest.mark.torture
@pytest.mark.parametrize("crowd", [10_000], indirect=True)
def test_ten_thousand_that_end_in_the_same_minute_are_all_taken_back(crowd: TestDesk) -> None:
    all_are_taken_back_once(crowd, 10_000)
    assert crowd.store.journal.verify().ok


@pytest.mark.parametrize("crowd", [40], indirect=True)
def test_two_nodes_that_end_the_same_grants_do_each_once(crowd: TestDesk) -> None:
    give_everybody(crowd, 40)
    at(crowd, 11, 0, 1)
    several = [Workers(crowd.services, 0, lambda line: pytest.fail(line)) for _ in range(2)]

    def work(workers: Workers) -> None:
        while workers.step():
            pass

    threads = [threading.Thread(target=work, args=(one,)) for one in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([one for one in crowd.directory.changed if one.verb.endswith("leave_groups")]) == 41
