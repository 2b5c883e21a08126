"""Bulks as values: one form for many people, and each of its rows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from runner.journal.records import JSON

BulkState: TypeAlias = Literal[
    "draft", "preparing", "checked", "asked", "starting", "running", "stopping", "ended", "expired"
]
RowState: TypeAlias = Literal["waiting", "ready", "unchanged", "refused", "started", "left_out"]


@dataclass(frozen=True, slots=True)
class Bulk:
    """One form for ``total`` people, asked for by one actor.

    ``names_by`` is the attribute by which its rows name their people, empty where they were chosen.  ``columns`` are the
    questions that each row answers by itself, ``answers`` those of all rows.  ``digest`` names everything that is
    confirmed, once all rows are prepared.  ``retries`` is the bulk whose failures these are, ``starter_id`` who started
    it.  ``node`` works on it until ``leased_until``.
    """

    id: str
    form_id: str
    form_digest: str
    form_title: str
    actor_id: str
    actor_login: str
    language: str
    state: BulkState
    total: int
    names_by: str
    columns: tuple[str, ...]
    answers: Mapping[str, JSON]
    ticket: str
    reason: str
    digest: str
    retries: str
    note: str
    starter_id: str
    starter_login: str
    node: str
    leased_until: datetime | None
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class BulkRow:
    """One row: ``named`` on ``line`` of a file, or chosen by its target's id.

    ``why`` says why it is refused.  Of a ready one, ``submission_id`` is the draft with the plan that ``digest`` names;
    ``asks`` says that it needs a yes of its own, ``due_at`` when it is to run.
    """

    bulk_id: str
    position: int
    line: int
    named: str
    target_id: str | None
    target_label: str
    answers: Mapping[str, JSON]
    state: RowState
    why: str = ""
    submission_id: str | None = None
    digest: str = ""
    asks: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row with the state of its submission, empty before there is one, and the first of its errors."""

    row: BulkRow
    submission_state: str
    note: str
