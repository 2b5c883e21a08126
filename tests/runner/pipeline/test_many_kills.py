"""Processes killed at random instants: no effect without an intent, no intent that is silently lost, nothing twice."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from runner.engine.nodes import sweep
from tests.runner.pipeline.desks import make_folder, open_desk

ROOT = Path(__file__).parents[3]
STEPS = {"first": "office", "second": "company", "third": "title"}
FINISHED = {"done", "unknown"}
BEFORE = {None, "Stock controller"}


def killed(folder, kills, seed):
    """Let children be killed over a desk folder; return the desk, swept as after a restart, and what was asked for."""
    command = [sys.executable, "-m", "tests.runner.pipeline.many_children", str(folder), str(kills), str(seed)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=3_600)
    desk = open_desk(folder)
    sweep(desk.installation.services)
    log = folder / "asked.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return desk, [tuple(line.split()) for line in lines]


def examine(desk, asked):
    """Check what has to hold whenever the kills came; return the unclear submissions and the changes that are done."""
    begun = [one for one in desk.store.submissions.list(limit=100_000) if one.state != "draft"]
    states = {
        (one.id, row.operation_id): row.state for one in begun for row in desk.store.submissions.operations(one.id)
    }
    records = Counter(
        (body["kind"], body["submission"], (body["operation"] or {}).get("id") if body["kind"] != "reconcile" else None)
        for body in all_records(desk)
    )
    assert {one.state for one in begun} <= FINISHED
    assert max(Counter(asked).values(), default=0) <= 1, "a change was asked for twice"
    assert {("intent", *change) for change in asked} <= records.keys(), "a change without an intent"
    assert {("intent", *key) for key in states} == {key for key in records if key[0] == "intent"}
    for key, state in states.items():
        outcome = records["outcome", *key]
        assert (state, outcome, key in set(asked)) in {
            ("done", 1, True),
            ("unknown", 0, True),
            ("unknown", 0, False),
            ("skipped", 0, False),
        }, (key, state)
    unclear = {one.id for one in begun if one.state == "unknown"}
    assert {key[1] for key in records if key[0] == "reconcile"} == unclear
    for one in begun:
        of = [state for key, state in states.items() if key[0] == one.id]
        assert of.count("unknown") == (1 if one.id in unclear else 0)
    result = desk.store.journal.verify()
    assert (result.ok, result.records) == (True, sum(records.values()))
    return unclear, {key for key, state in states.items() if state == "done"}


def all_records(desk):
    return [json.loads(line) for line in desk.store.journal.all_lines()]


def campaign(folder, template, kills, seed):
    make_folder(folder, template)
    desk, asked = killed(folder, kills, seed)
    unclear, done = examine(desk, asked)
    for step, attribute in STEPS.items():
        here = [change for change in asked if change[1].startswith(step)]
        last = max((position for position, change in enumerate(here) if change in done), default=None)
        possible = (
            {office for office, _ in here[last:]} if last is not None else {office for office, _ in here} | BEFORE
        )
        assert desk.value("u-t.novak", attribute) in possible
    named = " ".join(finding.detail for finding in desk.doctor())
    assert sum(one in named for one in unclear) == min(len(unclear), 50)
    desk.close()
    return len(asked), len(unclear)


def test_whatever_instant_a_process_is_killed_at_nothing_is_done_silently(company_template, tmp_path):
    asked, _ = campaign(tmp_path, company_template, 5, 20300304)
    assert asked > 0


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_kills_leave_nothing_silent(company_template, tmp_path, seed):
    asked, unclear = campaign(tmp_path, company_template, 100, seed)
    print(f"100 kills, {asked} changes asked for, {unclear} unclear")
    assert asked > 100
    assert unclear > 10
