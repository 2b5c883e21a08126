"""What people said to submissions that need a yes, and before whom each of them is put."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, or_, select, tuple_, update

from runner.errors import StaleError
from runner.journal.records import Record
from runner.store import rows
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.notifications import put
from runner.store.queue import QueueStore
from runner.store.records import Notification, Submission
from runner.store.request_records import Approval, Principal
from runner.store.request_tables import asked
from runner.store.rows import as_row, plain
from runner.store.tables import accounts, operations, submissions
from runner.store.waiting_tables import approvals

_IS_WAITING = submissions.c.state == "awaiting_approval"
_HAPPENED = ("running", "done", "unknown")


class OvertakenError(StaleError):
    """Somebody else said something a moment before; nothing was stored, and it can be looked at anew."""


class ApprovalStore:
    """Approvals, written together with what follows from them; and the index from which inboxes are read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, submission_id: str, plan_digest: str | None = None) -> Sequence[Approval]:
        """Return what was said to a submission, or to one plan of it, in order."""
        query = select(approvals).where(approvals.c.submission_id == submission_id)
        if plan_digest is not None:
            query = query.where(approvals.c.plan_digest == plan_digest)
        query = query.order_by(approvals.c.created_at, approvals.c.id)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [plain(Approval, row) for row in found]

    def say(
        self,
        said: Approval,
        submission: Submission,
        *,
        seen: Collection[str],
        state: str,
        now: datetime,
        values: Mapping[str, Any],
        records: Sequence[Record],
        notifications: Sequence[Notification] = (),
    ) -> None:
        """Keep what somebody said and bring the submission to what follows from it, in one transaction.

        ``submission`` is as it was read, ``seen`` the ids of what had been said to this plan by then.  Raises
        `OvertakenError` when somebody said something meanwhile, `StaleError` when the submission waits no longer, or for
        something else, or when this account said something to it before.
        """

        def keep(connection: Connection) -> None:
            known = select(approvals.c.id).where(
                approvals.c.submission_id == submission.id, approvals.c.plan_digest == said.plan_digest
            )
            if set(connection.execute(known).scalars()) != set(seen):
                raise OvertakenError("somebody else decided on this just now")
            connection.execute(insert(approvals).values(as_row(said)))

        QueueStore(self._database).move(
            submission.id,
            before=("awaiting_approval",),
            state=state,
            plan_digest=submission.plan_digest,
            now=now,
            values=values,
            records=records,
            notifications=notifications,
            alongside=keep,
        )

    def remind(
        self,
        submission: Submission,
        now: datetime,
        *,
        note: str,
        records: Sequence[Record] = (),
        notifications: Sequence[Notification] = (),
    ) -> None:
        """Note that people were asked again, with what goes out; of a row of a bulk that they have to be told.

        Raises `StaleError` when another node did it, or it ended.
        """
        told_at = None if submission.bulk_id else now
        of = submissions.c
        same = (of.id == submission.id) & _IS_WAITING & (of.plan_digest == submission.plan_digest)
        same &= (of.stage == submission.stage) & (of.reminded_at == submission.reminded_at)

        def work(connection: Connection) -> None:
            query = update(submissions).where(same).values(reminded_at=told_at, note=note, updated_at=now)
            if connection.execute(query).rowcount != 1:
                raise StaleError("this was looked after already")
            put(connection, notifications)
            append(connection, records)

        self._database.write(work)

    def late(self, now: datetime, after: Submission | None = None, limit: int = 200) -> Sequence[Submission]:
        """Return what waits for a yes past its time, the longest first, or what stands behind one of them."""
        of = submissions.c
        query = select(submissions).where(_IS_WAITING, of.expires_at <= now)
        if after is not None:
            query = query.where(tuple_(of.expires_at, of.id) > (after.expires_at, after.id))
        return self._submissions(query.order_by(of.expires_at, of.id).limit(limit))

    def unanswered(self, form_id: str, since: datetime, limit: int = 200) -> Sequence[Submission]:
        """Return requests of a form, no rows of bulks, of which nobody was reminded since a moment, the longest first."""
        told_at = func.coalesce(submissions.c.reminded_at, submissions.c.asked_at)
        single = _IS_WAITING & submissions.c.bulk_id.is_(None)
        query = select(submissions).where(single, submissions.c.form_id == form_id, told_at <= since)
        return self._submissions(query.order_by(told_at, submissions.c.id).limit(limit))

    def all_waiting(self, after: str = "", limit: int = 500) -> Sequence[Submission]:
        """Return what waits for a yes, in the order of ids, behind one of them."""
        query = select(submissions).where(_IS_WAITING, submissions.c.id > after)
        return self._submissions(query.order_by(submissions.c.id).limit(limit))

    def _submissions(self, query: Select[Any]) -> Sequence[Submission]:
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [rows.submission(row) for row in found]

    def put_before(self, submission_id: str, digest: str, principals: Collection[Principal]) -> None:
        """Note before whom a submission is put now; nobody takes it out of every inbox."""
        found = [_asked_row(submission_id, digest, one) for one in principals]

        def work(connection: Connection) -> None:
            connection.execute(delete(asked).where(asked.c.submission_id == submission_id))
            if found:
                connection.execute(insert(asked), found)

        if found != self._asked(submission_id):
            self._database.write(work)

    def _asked(self, submission_id: str) -> list[rows.Row]:
        query = select(asked).where(asked.c.submission_id == submission_id)
        return [dict(row) for row in self._database.read(lambda one: one.execute(query).mappings().all())]

    def forget_ended(self) -> int:
        """Take what waits no longer out of the index; return how many rows that were."""
        ended = select(submissions.c.id).where(submissions.c.id == asked.c.submission_id, ~_IS_WAITING).exists()
        return self._database.write(lambda connection: connection.execute(delete(asked).where(ended)).rowcount)

    def waiting_for(
        self,
        principals: Collection[Principal],
        person_id: str,
        *,
        sure_for: Collection[Principal] | None = None,
        bulk_id: str | None = None,
        behind: int = 0,
        limit: int = 200,
    ) -> Sequence[tuple[Submission, bool]]:
        """Return what waits for the yes of one of these, and whether that is sure; what ends first stands first.

        Left out is what this person asked for, is the target of, or answered already; and rows of bulks other than this.
        With ``sure_for`` only what is put before these is sure.
        """
        is_sure = is_sure_for(principals if sure_for is None else sure_for)
        query = select(submissions, is_sure.label("is_sure")).where(*put_before(principals, person_id))
        query = query.where(submissions.c.bulk_id == bulk_id)
        query = query.order_by(submissions.c.expires_at, submissions.c.id).offset(behind).limit(limit)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [(_submission(row), bool(row["is_sure"])) for row in found]

    def count_for(self, principals: Collection[Principal], person_id: str) -> int:
        """Count what `waiting_for` returns, and each bulk of which rows wait as one."""
        together = func.coalesce(submissions.c.bulk_id, submissions.c.id)
        query = select(func.count(together.distinct())).where(*put_before(principals, person_id))
        return int(self._database.read(lambda connection: connection.execute(query).scalar_one()))

    def decided_by(self, person_id: str, limit: int = 20) -> Sequence[tuple[Approval, Submission]]:
        """Return what this person said last, newest first, with what it was said to."""
        query = select(approvals).where(approvals.c.person_id == person_id)
        query = query.order_by(approvals.c.created_at.desc(), approvals.c.id).limit(limit)
        said = [plain(Approval, row) for row in self._database.read(lambda one: one.execute(query).mappings().all())]
        wanted = select(submissions).where(submissions.c.id.in_({one.submission_id for one in said}))
        found = self._database.read(lambda connection: connection.execute(wanted).mappings().all())
        of = {row["id"]: rows.submission(row) for row in found}
        return [(one, of[one.submission_id]) for one in said]

    def changed_by(
        self, actor_id: str, further: Collection[str], verbs: Collection[str], since: datetime
    ) -> frozenset[str]:
        """Return the objects, as ``kind:id``, on which this account did one of these verbs, or may have, since a moment.

        What went on later than it was begun counts from then.  Every account here of the same person counts, and of the
        persons with the ids ``further``, which are the same human.
        """
        return self._touched(operations.c.arguments, _accounts_of(actor_id, further), verbs, since)

    def made_by(
        self, actor_id: str, further: Collection[str], verbs: Collection[str], since: datetime
    ) -> frozenset[str]:
        """Return the objects, as ``kind:id``, made by one of these verbs since a moment; by whom, as `changed_by` says."""
        return self._touched(operations.c.outputs, _accounts_of(actor_id, further), verbs, since)

    def _touched(
        self, column: ColumnElement[Any], by: ColumnElement[bool], verbs: Collection[str], since: datetime
    ) -> frozenset[str]:
        lately = or_(
            submissions.c.begun_at >= since, operations.c.started_at >= since, operations.c.finished_at >= since
        )
        query = select(column).join(submissions, submissions.c.id == operations.c.submission_id)
        query = query.where(
            by,
            lately,
            operations.c.verb.in_(verbs),
            operations.c.state.in_(_HAPPENED),
            column.is_not(None),
        )
        found = self._database.read(lambda connection: connection.execute(query).scalars().all())
        return frozenset(text for written in found for text in _texts(json.loads(written)))


def _accounts_of(actor_id: str, further: Collection[str]) -> ColumnElement[bool]:
    """Say of a submission whether it is of this account, of another of the same person, or of one of these persons."""
    person = select(accounts.c.person_id).where(accounts.c.id == actor_id).scalar_subquery()
    same = or_(accounts.c.person_id == person, accounts.c.person_id.in_(sorted(further)))
    return or_(submissions.c.actor_id == actor_id, submissions.c.actor_id.in_(select(accounts.c.id).where(same)))


def _asked_row(submission_id: str, digest: str, one: Principal) -> rows.Row:
    key = {"submission_id": submission_id, "kind": one.kind, "principal_id": one.id}
    return {**key, "digest": digest, "is_sure": one.is_sure}


def _for(principals: Collection[Principal]) -> ColumnElement[bool]:
    """Say whether a row of the index, of the submission around it, names one of these."""
    by_kind: dict[str, set[str]] = {}
    for one in principals:
        by_kind.setdefault(one.kind, set()).add(one.id)
    named = [(asked.c.kind == kind) & asked.c.principal_id.in_(sorted(ids)) for kind, ids in sorted(by_kind.items())]
    return (asked.c.submission_id == submissions.c.id) & or_(*named)


def put_before(principals: Collection[Principal], person_id: str) -> list[ColumnElement[bool]]:
    """Say of a submission whether it waits for the yes of one of these, and this person may have one to give."""
    answered = select(approvals.c.id).where(
        approvals.c.submission_id == submissions.c.id,
        approvals.c.plan_digest == asked.c.digest,
        approvals.c.person_id == person_id,
    )
    return [
        _IS_WAITING,
        or_(submissions.c.target_id.is_(None), submissions.c.target_id != person_id),
        submissions.c.actor_id.not_in(select(accounts.c.id).where(accounts.c.person_id == person_id)),
        select(asked.c.kind).where(_for(principals), ~answered.exists()).exists(),
    ]


def is_sure_for(principals: Collection[Principal]) -> ColumnElement[bool]:
    """Say of a submission whether it is put before one of these of whom each may say yes."""
    return select(asked.c.kind).where(_for(principals), asked.c.is_sure).exists()


def _submission(row: Any) -> Submission:
    return rows.submission({name: value for name, value in row.items() if name != "is_sure"})  # type: ignore[arg-type]


def _texts(arguments: Any) -> Iterator[str]:
    if isinstance(arguments, str):
        yield arguments
    elif isinstance(arguments, Mapping):
        for one in arguments.values():
            yield from _texts(one)
    elif isinstance(arguments, list):
        for one in arguments:
            yield from _texts(one)
