"""What the web needs from the rest of Deskhand: the desk that decides and does, the gate that knows who is there.

Both are protocols, so that pages can be written and tested on samples.  All errors are those of `runner.errors`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connectors.spi import File, Secret
from runner.access.model import Actor
from runner.pipeline.pages import (
    ChoosePage,
    CsvTemplate,
    DeskPage,
    FillPage,
    FindPage,
    HistoryPage,
    PersonPage,
    PickPage,
    PlanPage,
    Posted,
    SubmissionPage,
    TableFile,
    VerifyPage,
)
from runner.web.way_ports import WaysPort


class DeskPort(Protocol):
    """The pipeline as the web sees it: every method decides before it shows or does anything.

    ``language`` is one in which texts of forms are written; ids are opaque texts from the browser and untrusted.
    """

    def home(self, actor: Actor, language: str) -> DeskPage:
        """Return the first page."""
        ...

    def find(self, actor: Actor, text: str, language: str) -> FindPage:
        """Return people and forms found by a typed text."""
        ...

    def person(self, actor: Actor, person_id: str, language: str) -> PersonPage:
        """Return a person's card; raises `NotFoundError`."""
        ...

    def open(
        self, actor: Actor, form_id: str, target_id: str | None, text: str, language: str
    ) -> ChoosePage | VerifyPage | FillPage:
        """Return the first step of a form's journey. Creates nothing."""
        ...

    def step(
        self, actor: Actor, submission_id: str, language: str
    ) -> VerifyPage | FillPage | PlanPage | SubmissionPage:
        """Return the present step of a submission, or what is kept of one that ran."""
        ...

    def edit(self, actor: Actor, submission_id: str, language: str, page: int | None = None) -> FillPage | VerifyPage:
        """Return the form of a draft again, with what was answered, at a page of it; raises `NotFoundError`."""
        ...

    def turn(
        self, actor: Actor, submission_id: str, form_id: str, target_id: str | None, posted: Posted, language: str
    ) -> FillPage | VerifyPage:
        """Return the page before the one that was posted, of a form of several pages. Stores nothing."""
        ...

    def evaluate(
        self,
        actor: Actor,
        form_id: str,
        target_id: str | None,
        posted: Posted,
        language: str,
        *,
        checks: bool = False,
        submission: str = "",
    ) -> FillPage | VerifyPage:
        """Work the form out for the answers so far: what is asked, what follows. Stores files only, for ``submission``.

        With ``checks``, a form that only shows says what is wrong with the answers.  Before the caller check of
        ``submission`` is met, that check is returned instead.
        """
        ...

    def export(
        self, actor: Actor, form_id: str, target_id: str | None, table: str, posted: Posted, language: str
    ) -> TableFile:
        """Return a table of a form that only shows as a file; raises `NotFoundError`, `UnfitError`, `TooManyError`."""
        ...

    def csv_template(self, actor: Actor, form_id: str, field_id: str, language: str) -> CsvTemplate:
        """Return the file to fill in for a question of type ``csv``; raises `NotFoundError`."""
        ...

    def pick(
        self,
        actor: Actor,
        form_id: str,
        target_id: str | None,
        field: str,
        text: str,
        posted: Posted,
        language: str,
        *,
        submission: str = "",
    ) -> PickPage:
        """Return what a picker finds; ``field`` is a field id, or ``field.column`` inside rows.

        Raises `RefusedError` before the caller check of ``submission`` is met.
        """
        ...

    def check_start(
        self, actor: Actor, submission_id: str, form_id: str, target_id: str | None, method: str, language: str
    ) -> VerifyPage | FillPage:
        """Begin one way of checking the caller, for example by sending a code."""
        ...

    def check_answer(
        self,
        actor: Actor,
        submission_id: str,
        form_id: str,
        target_id: str | None,
        method: str,
        answers: Mapping[str, str],
        language: str,
    ) -> VerifyPage | FillPage:
        """Take the answer to a caller check."""
        ...

    def submit(
        self, actor: Actor, submission_id: str, form_id: str, target_id: str | None, posted: Posted, language: str
    ) -> FillPage | VerifyPage | PlanPage | SubmissionPage:
        """Take the answers as far as the plan, or to the end where the form shows none."""
        ...

    def confirm(
        self, actor: Actor, submission_id: str, digest: str, typed: str, acknowledged: tuple[int, ...], language: str
    ) -> FillPage | PlanPage | VerifyPage | SubmissionPage:
        """Carry a confirmed plan out, once."""
        ...

    def cancel(self, actor: Actor, submission_id: str) -> SubmissionPage:
        """End one's own submission that waits, before anything of it is done."""
        ...

    def reveal(self, actor: Actor, submission_id: str, language: str) -> SubmissionPage:
        """Return one's own submission with what may be seen one time, which is gone from then on."""
        ...

    def photo(self, actor: Actor, person_id: str) -> File:
        """Return the photo of a person with its content; raises `NotFoundError`."""
        ...

    def history(self, actor: Actor, page: int, language: str) -> HistoryPage:
        """Return submissions, newest first; pages count from 1."""
        ...

    @property
    def ways(self) -> WaysPort:
        """The way back and the way on of what ran."""
        ...

    def refused(self, actor: Actor, what: str) -> None:
        """Record a refusal that the web made by itself."""
        ...


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in with this browser; ``session`` may be shown, it is not the token.

    While somebody sees the desk as another does, ``actor`` is that other, ``simulator`` who really sits there and
    ``simulated_until`` when it ends by itself.
    """

    actor: Actor
    session: str
    simulator: Actor | None = None
    simulated_until: datetime | None = None

    @property
    def signed_in(self) -> Actor:
        """Who signed in, whoever's desk is shown."""
        return self.simulator or self.actor


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One signed-in browser of an account, as its owner sees it."""

    id: str
    address: str
    browser: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignInHint:
    """Somebody to sign in as on a demo; ``password`` is shown beside it when it is the same for all."""

    login: str
    title: str
    what: str


class Gate(Protocol):
    """Who may come in, and which browsers are in."""

    @property
    def uses_directory(self) -> bool:
        """Whether people sign in with the passwords of the directory."""
        ...

    def sign_in(self, login: str, password: Secret, *, address: str, user_agent: str, now: datetime) -> str:
        """Return the token of a new session.

        Raises `RefusedError`, `TooManyError` or `NotReachableError` with the sentence to show.
        """
        ...

    def lookup(self, token: str, now: datetime, *, is_use: bool = True) -> Visitor | None:
        """Return who has this token, or None; raises `NotReachableError` when that cannot be said.

        What a page asks by itself is no ``is_use``: it keeps no session alive.
        """
        ...

    def leave(self, token: str, now: datetime) -> None:
        """End the session that has this token, whoever it belongs to."""
        ...

    def sessions(self, visitor: Visitor, now: datetime) -> Sequence[SessionLine]:
        """Return the visitor's own live sessions, last used first."""
        ...

    def revoke(self, visitor: Visitor, session_id: str, now: datetime) -> bool:
        """End one of the visitor's own sessions at once; returns whether there was one."""
        ...

    def revoke_all(self, visitor: Visitor, now: datetime) -> int:
        """End all of the visitor's sessions but this one; returns how many there were."""
        ...


class Mail(Protocol):
    """A mail that a demo kept instead of sending it."""

    @property
    def to(self) -> tuple[str, ...]:
        """Bare addresses."""
        ...

    @property
    def subject(self) -> str:
        """Subject line."""
        ...

    @property
    def body(self) -> str:
        """Plain text."""
        ...

    @property
    def sent_at(self) -> datetime | None:
        """When it would have been sent."""
        ...


class Outbox(Protocol):
    """Where a demo keeps its mails."""

    def messages(self, limit: int = 50) -> Sequence[Mail]:
        """Return the newest mails, newest first; raises a connector's `UnavailableError`."""
        ...


class Clock(Protocol):
    """The present moment, with its zone."""

    def __call__(self) -> datetime:
        """Return it."""
        ...
