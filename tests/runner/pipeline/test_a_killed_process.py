"""What a process leaves behind that is killed between the intent and the effect, or between the effect and its record."""

import subprocess
import sys
from pathlib import Path

import pytest

from runner.engine.nodes import sweep
from runner.errors import NotFoundError, StaleError
from tests.runner.pipeline.desks import make_folder, open_desk

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=["before", "after"])
def killed(request, company_template, tmp_path):
    """Return a folder whose process was killed, the submission it was at, and where it stopped."""
    make_folder(tmp_path, company_template)
    command = [sys.executable, "-m", "tests.runner.pipeline.killed_child", str(tmp_path), request.param]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        submission = child.stdout.readline().strip()
        child.kill()
    assert submission, "the child ended before it came to the step"
    return tmp_path, submission, request.param


def test_what_a_killed_process_was_doing_is_unknown_after_a_restart(killed):
    folder, submission, where = killed
    desk = open_desk(folder)
    assert desk.state(submission) == "running"
    assert desk.value("u-t.novak", "company") == ("A" if where == "after" else None)

    assert [lost.id for lost in sweep(desk.installation.services)] == [submission]

    assert desk.state(submission) == "unknown"
    assert [state for _, state in desk.operations(submission)] == ["done", "unknown", "skipped"]
    assert desk.kinds() == ["intent", "intent", "intent", "outcome", "reconcile"]
    assert desk.journal("reconcile")[0]["submission"] == submission
    assert desk.store.journal.verify().ok
    assert [finding.detail for finding in desk.doctor() if submission in finding.detail]
    assert desk.performed == []
    assert sweep(desk.installation.services) == []
    again = desk.desk.confirm(desk.actor("agent.rotterdam"), submission, "", "", (), "en")
    assert again.state == "unknown"
    assert [line.state for line in desk.desk.home(desk.actor("agent.rotterdam"), "en").attention] == ["unknown"]
    with pytest.raises(NotFoundError):
        desk.desk.step(desk.actor("second.rotterdam"), submission, "en")
    assert desk.performed == []
    desk.close()


def test_what_a_living_process_is_doing_is_left_alone(desk):
    plan = desk.planned("agent.rotterdam", "office", "u-t.novak", {"office": "A"})
    seen = []
    desk.directory.before = lambda _: seen.append(sweep(desk.installation.services))
    assert desk.done("agent.rotterdam", plan).state == "done"
    assert seen == [[]]


def test_a_process_that_was_taken_for_lost_begins_no_further_step(desk):
    plan = desk.planned("agent.rotterdam", "three-steps", "u-t.novak", {"rule": "continue", "office": "A"})

    def lose(operation):
        if operation.id == "first_go":
            desk.store.submissions.mark_lost([desk.services.node], desk.clock())

    desk.directory.after = lose
    with pytest.raises(StaleError):
        desk.confirm("agent.rotterdam", plan)
    assert [operation.id for operation in desk.directory.changed] == ["first_go"]
    assert desk.state(plan.head.submission) == "unknown"
    assert [state for _, state in desk.operations(plan.head.submission)] == ["unknown", "skipped", "skipped"]
    assert desk.kinds() == ["intent", "intent", "intent", "reconcile"]
    assert desk.store.journal.verify().ok
