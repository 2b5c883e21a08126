"""A system call that fails, or at which the process dies, at any point of a submission: nothing is silent, nothing twice."""

import json
from collections import Counter

import pytest

from runner.engine.nodes import sweep
from tests.runner.engine.faulty_calls import CALLS, Fault, attempted, copied, counted
from tests.runner.pipeline.desks import make_folder, open_desk

STEPS = ("first", "second", "third")
WHATS = ("error=EIO", "signal=SIGKILL")
WRITES = ("openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "fchmod", "fchown")
"""Only these find a disk full or read-only."""
CALLS_OF = {"signal=SIGKILL": CALLS, "error=EIO": CALLS, "error=ENOSPC": WRITES, "error=EROFS": WRITES}
MEMORY = ("mmap", "munmap")
"""Without memory the interpreter itself may break in the middle of a library: only then may the page be a fault's."""


def examine(folder, fault, attempt):
    """Check rows, records and calls against what the process said, after the next one swept up."""
    desk = open_desk(folder)
    try:
        sweep(desk.installation.services)
        row = desk.store.submissions.get(attempt.submission)
        rows = {one.operation_id: one.state for one in desk.store.submissions.operations(row.id)}
        records = [json.loads(line) for line in desk.store.journal.all_lines()]
        about = [(one["kind"], one["operation"]) for one in records]
        kinds = Counter((kind, operation.get("id")) for kind, operation in about if isinstance(operation, dict))
        assert row.state in ("draft", "done", "partly_done", "failed", "unknown")
        honest = ("", "refused", row.state, *(("fault",) if fault.call in MEMORY else ()))
        assert attempt.said in honest, "the page says something else than the rows"
        if row.state == "draft":
            assert (attempt.asked, rows, kinds["intent", "first"]) == (0, {}, 0), "an effect without an intent"
            return row.state
        assert all(kinds["intent", step] == 1 for step in STEPS)
        assert "running" not in rows.values()
        assert "planned" not in rows.values()
        ended = Counter(rows.values())
        assert ended["done"] <= attempt.answered <= min(attempt.asked, ended["done"] + ended["unknown"])
        assert all(kinds["outcome", step] == 1 for step in STEPS if rows[step] in ("done", "failed"))
        if row.state == "unknown":
            assert list(rows.values()).count("unknown") == 1
        assert desk.store.journal.verify().ok
        return row.state
    finally:
        desk.close()


@pytest.fixture(scope="session")
def fresh(company_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("calls") / "fresh"
    folder.mkdir()
    make_folder(folder, company_template)
    open_desk(folder).close()
    return folder


@pytest.fixture(scope="session")
def calls(fresh, tmp_path_factory):
    with copied(fresh, tmp_path_factory.mktemp("calls") / "counting") as folder:
        found = counted(folder)
    assert {"pwrite64", "fdatasync"} <= found.keys() or {"pwrite64", "fsync"} <= found.keys(), found
    return found


def campaign(fresh, folder, faults):
    ends = Counter()
    for fault in faults:
        with copied(fresh, folder / str(fault)) as desk_folder:
            attempt = attempted(desk_folder, fault)
            try:
                ends[examine(desk_folder, fault, attempt)] += 1
            except AssertionError as wrong:
                raise AssertionError(f"{fault}: {wrong}; {attempt}") from wrong
    return ends


def test_calls_here_and_there(fresh, calls, tmp_path):
    faults = [Fault(call, number, what) for what in WHATS for call in CALLS for number in range(1, calls[call] + 1)]
    ends = campaign(fresh, tmp_path, faults[3 :: max(1, len(faults) // 14)])
    assert ends["draft"] > 0
    assert ends["done"] + ends["unknown"] > 0


@pytest.mark.torture
@pytest.mark.parametrize("what", CALLS_OF)
def test_every_call_of_a_submission(fresh, calls, tmp_path, what):
    faults = [Fault(call, number, what) for call in CALLS_OF[what] for number in range(1, calls[call] + 1)]
    ends = campaign(fresh, tmp_path, faults)
    print(what, len(faults), dict(ends))
    assert ends["draft"] > 0
    assert ends["unknown"] > 0
