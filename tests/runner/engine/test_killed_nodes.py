"""Nodes killed at random instants under load: everything ends, nothing twice, nothing silently, nobody interleaved."""

import json
from collections import Counter
from itertools import groupby

import pytest

from runner.store.schema import upgrade
from tests.runner.engine.killed_nodes import kill_again_and_again
from tests.runner.engine.waiting import queued
from tests.runner.pipeline.desks import make_folder, open_desk
from tests.runner.pipeline.small_company import load_directory

PEOPLE = ("u-t.novak", "u-z.lindqvist", "u-p.dewit", "u-n.mail", "u-second.rotterdam")


def campaign(folder, desk, urls, *, nodes, kills, jobs, seed):
    """Hand submissions in, let nodes carry them out while some are killed, and check what has to hold then."""
    ids = []
    for number in range(jobs):
        person = PEOPLE[number % len(PEOPLE)]
        id_ = queued(desk, "three-steps", person, {"rule": "stop", "office": f"job-{number}"})
        ids.append(id_)
    desk.close()
    kill_again_and_again(folder, *urls, nodes=nodes, kills=kills, seed=seed)
    asked = [tuple(line.split()) for line in (folder / "asked.log").read_text().splitlines()]
    desk = open_desk(folder, directory_url=urls[0], store_url=urls[1])
    try:
        unclear = examine(desk, dict(zip((f"job-{n}" for n in range(jobs)), ids, strict=True)), asked)
        print(f"{nodes} nodes, {kills} kills, {jobs} submissions, {len(asked)} changes asked for, {unclear} unclear")
        return unclear
    finally:
        desk.close()


def examine(desk, ids, asked):
    """Check rows, records and calls against each other; return how many submissions are unclear."""
    rows = {name: desk.store.submissions.get(id_) for name, id_ in ids.items()}
    assert {row.state for row in rows.values()} <= {"done", "unknown"}
    calls = Counter((ids[office], operation) for office, operation, _ in asked)
    assert max(calls.values()) == 1, "a change was asked for twice"
    records = [json.loads(line) for line in desk.store.journal.all_lines()]
    intents = {(one["submission"], one["operation"]["id"]) for one in records if one["kind"] == "intent"}
    outcomes = {(one["submission"], one["operation"]["id"]) for one in records if one["kind"] == "outcome"}
    assert calls.keys() <= intents, "a change without an intent"
    for name, row in rows.items():
        states = [one.state for one in desk.store.submissions.operations(ids[name])]
        if row.state == "done":
            assert states == ["done"] * 3
            assert all((ids[name], step) in outcomes for step in ("first", "second", "third"))
        else:
            assert states.count("unknown") == 1
    for person in PEOPLE:
        order = [office for office, _ in groupby(office for office, _, who in asked if who == person)]
        assert len(order) == len(set(order)), f"two submissions for {person} were carried out through one another"
    assert desk.store.journal.verify().ok
    unclear = {row.id for row in rows.values() if row.state == "unknown"}
    assert {one["submission"] for one in records if one["kind"] == "reconcile"} == unclear
    return len(unclear)


@pytest.fixture
def on_sqlite(company_template, tmp_path):
    make_folder(tmp_path, company_template)
    return open_desk(tmp_path), ("", "")


@pytest.fixture
def on_postgres(postgres_cluster, company_template, tmp_path):
    urls = postgres_cluster.new_database(), postgres_cluster.new_database()
    load_directory(urls[0])
    upgrade(urls[1])
    make_folder(tmp_path, company_template)
    return open_desk(tmp_path, directory_url=urls[0], store_url=urls[1]), urls


def test_one_node_on_sqlite_killed_again_and_again(on_sqlite, tmp_path):
    desk, urls = on_sqlite
    campaign(tmp_path, desk, urls, nodes=1, kills=4, jobs=12, seed=1)


def test_three_nodes_on_postgres_killed_again_and_again(on_postgres, tmp_path):
    desk, urls = on_postgres
    campaign(tmp_path, desk, urls, nodes=3, kills=4, jobs=15, seed=2)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(5))
def test_two_hundred_and_fifty_kills_on_sqlite(on_sqlite, tmp_path, seed):
    desk, urls = on_sqlite
    assert campaign(tmp_path, desk, urls, nodes=1, kills=50, jobs=150, seed=seed) > 0


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(5))
def test_two_hundred_and_fifty_kills_on_postgres(on_postgres, tmp_path, seed):
    desk, urls = on_postgres
    assert campaign(tmp_path, desk, urls, nodes=3, kills=50, jobs=150, seed=seed) > 0
