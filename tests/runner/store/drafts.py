"""Rows that the tests of the store begin with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from runner.journal.records import Record
from runner.store.records import OperationRow, Submission, Verification
from runner.store.store import Store

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
DRAFT = Submission(
    id="s-1",
    form_id="unlock-account",
    form_version="3",
    form_digest="sha256:00",
    form_title="Unlock account",
    actor_id="id-alice",
    actor_login="alice",
    target_kind="user",
    target_id="id-bob",
    target_label="Bob",
    state="draft",
    answers={},
    sealed=None,
    plan=None,
    plan_digest=None,
    ticket="",
    reason="",
    node="",
    created_at=NOW,
    updated_at=NOW,
    finished_at=None,
    channel="web",
)


def record(kind: Any = "intent", submission: str = "s-1", **body: Any) -> Record:
    return Record(kind, NOW, {"submission": submission, "actor": {"id": "id-alice"}, "target": {"id": "id-bob"}} | body)


def steps(count: int, submission: str = "s-1") -> list[OperationRow]:
    return [
        OperationRow(submission, f"step/{number}", number, "directory.user.unlock", "Unlock", {"user": "id-bob"})
        for number in range(count)
    ]


def planned(store: Store, id: str = "s-1", **changes: Any) -> Submission:
    draft = replace(DRAFT, id=id, **changes)
    store.submissions.start(draft)
    plan = {"answers": {"why": "locked"}, "sealed": b"sealed", "plan": [{"verb": "unlock"}], "plan_digest": "digest"}
    store.submissions.save_plan(id, **plan, ticket="INC-1", reason="asked", now=NOW)
    return store.submissions.get(id)


def running(store: Store, id: str = "s-1", *, count: int = 3, node: str = "node-1", **changes: Any) -> None:
    planned(store, id, **changes)
    begin(store, id, operations=steps(count, id), node=node)


def begin(store: Store, id: str = "s-1", **changes: Any) -> None:
    wanted = {"plan_digest": "digest", "operations": steps(1, id), "node": "node-1", "now": NOW}
    store.submissions.begin(id, **wanted | {"records": [record(submission=id)]} | changes)


def check(id: str = "v-1", **changes: Any) -> Verification:
    soon = NOW + timedelta(minutes=10)
    wanted = {"submission_id": "s-1", "actor_id": "id-alice", "form_id": "unlock-account", "target_id": "id-bob"}
    wanted |= {"policy": "strong", "method": "code", "state": "open", "created_at": NOW, "expires_at": soon}
    return Verification(id, **wanted | changes)


def states(store: Store, id: str = "s-1") -> list[str]:
    return [operation.state for operation in store.submissions.operations(id)]
