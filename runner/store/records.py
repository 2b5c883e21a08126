"""What the store keeps, as values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from runner.journal.records import JSON

SubmissionState: TypeAlias = Literal[
    "draft",
    "awaiting_approval",
    "queued",
    "running",
    "done",
    "partly_done",
    "failed",
    "unknown",
    "rejected",
    "expired",
    "cancelled",
]
OperationState: TypeAlias = Literal["planned", "running", "done", "unchanged", "failed", "unknown", "skipped", "undone"]
VerificationState: TypeAlias = Literal["open", "sent", "passed", "failed"]
NotificationState: TypeAlias = Literal["pending", "sent", "failed", "given_up"]
NotificationChannel: TypeAlias = Literal["mail", "webhook", "chat"]
AccountKind: TypeAlias = Literal["local", "directory"]


@dataclass(frozen=True, slots=True)
class Submission:
    """One person's use of one form on one target.

    ``answers`` maps field ids to JSON without secrets; ``sealed`` is what had to be kept encrypted, gone once it runs.
    ``plan_digest`` is what the person confirms.  ``begun_at`` is set when it begins to run.  Times are aware, in UTC.

    One that waits was asked for at ``asked_at``, in ``language``, after the caller checks ``verified``.  ``due_at`` is when
    a worker takes it, ``attempts`` how often one could not do it yet, ``note`` why it is as it is.  While somebody has to
    agree, ``stage`` is the round it is in, until ``expires_at``.  ``shown_once`` is what its actor may see one time, sealed.
    ``undoes`` names the submission that it takes back, ``bulk_id`` what it is one row of.
    """

    id: str
    form_id: str
    form_version: str
    form_digest: str
    form_title: str
    actor_id: str
    actor_login: str
    target_kind: str | None
    target_id: str | None
    target_label: str
    state: SubmissionState
    answers: Mapping[str, JSON]
    sealed: bytes | None
    plan: JSON
    plan_digest: str | None
    ticket: str
    reason: str
    node: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    channel: str
    begun_at: datetime | None = None
    due_at: datetime | None = None
    asked_at: datetime | None = None
    expires_at: datetime | None = None
    reminded_at: datetime | None = None
    stage: int = 0
    language: str = ""
    attempts: int = 0
    note: str = ""
    verified: JSON = ()
    bulk_id: str | None = None
    undoes: str | None = None
    shown_once: bytes | None = None


@dataclass(frozen=True, slots=True)
class Ceiling:
    """At most ``count`` submissions of a form may begin at ``since`` or later, by one actor or for one target.

    ``seconds`` is how long that reaches back.
    """

    form_id: str
    since: datetime
    count: int
    seconds: int
    actor_id: str | None = None
    target_id: str | None = None


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation of a submission, in the order of ``position`` (from 0). ``inverse`` takes it back."""

    submission_id: str
    operation_id: str
    position: int
    verb: str
    title: str
    arguments: JSON
    state: OperationState = "planned"
    changes: JSON = ()
    error: str | None = None
    inverse: JSON = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outputs: JSON = None


@dataclass(frozen=True, slots=True)
class OperationEnd:
    """How an operation ended. ``outputs`` maps what it made to the objects, for the operations behind it."""

    operation_id: str
    state: OperationState
    changes: JSON = ()
    error: str | None = None
    inverse: JSON = None
    outputs: JSON = None


@dataclass(frozen=True, slots=True)
class Notification:
    """A message that is to go out: a mail, or what a webhook or a chat is given.

    ``to`` holds bare addresses, or the name of the webhook; ``body`` is plain text, or the JSON a webhook gets; ``html`` says
    the same as ``body`` in HTML.  ``event`` says what happened.  ``attempts`` counts the tries so far, the next is at
    ``due_at``; until ``claimed_until`` the node ``claimed_by`` is trying.
    """

    id: str
    submission_id: str | None
    to: tuple[str, ...]
    subject: str
    body: str
    created_at: datetime
    state: NotificationState = "pending"
    attempts: int = 0
    error: str = ""
    updated_at: datetime | None = None
    event: str = ""
    channel: NotificationChannel = "mail"
    html: str = ""
    due_at: datetime | None = None
    claimed_by: str = ""
    claimed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A sealed record as it is found: ``body`` maps every key of its line to JSON."""

    seq: int
    hash: str
    kind: str
    time: datetime
    body: Mapping[str, JSON]
    line: str


@dataclass(frozen=True, slots=True)
class Node:
    """A process that runs submissions; ``host`` and ``pid`` say where."""

    id: str
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Verification:
    """One caller check by one method, bound to submission, actor, form and target.

    ``code_hash`` is a keyed hash that the caller made; the code itself is never here.  ``note`` is text for the record.
    """

    id: str
    submission_id: str
    actor_id: str
    form_id: str
    target_id: str
    policy: str
    method: str
    state: VerificationState
    created_at: datetime
    expires_at: datetime
    code_hash: str | None = None
    attempts: int = 0
    note: str = ""
    passed_at: datetime | None = None
    consumed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FormVersion:
    """One version of a form, kept for ever: the text as it was and its SHA-256."""

    form_id: str
    version: str
    digest: str
    text: str
    author: str
    is_draft: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. ``person_id`` is their object in the directory, when they have one.

    One of kind ``local`` has a password of Deskhand's own; one of kind ``directory`` has none, its person signs in with the
    directory's, and ``password_set_on`` is when that was set, as the directory said at the last sign-in.
    """

    id: str
    login: str
    display_name: str
    person_id: str | None
    disabled: bool
    kind: AccountKind = "local"
    password_set_on: datetime | None = None


@dataclass(frozen=True, slots=True)
class DirectoryPerson:
    """A person as the directory has them at a sign-in; of ``logins``, which may be empty, the first that is free is taken."""

    id: str
    logins: tuple[str, ...]
    display_name: str
    password_set_on: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser. ``id`` may be shown; the token is known to the browser only.

    ``simulated`` says as whom it sees the desk, see `runner.delegation.simulating`, and ``simulated_until`` how long.
    """

    id: str
    account_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str
    simulated: str | None = None
    simulated_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ThrottleRow:
    """Failures counted under one key, and until when the next try is refused."""

    key: str
    failures: int
    failed_at: datetime
    blocked_until: datetime
