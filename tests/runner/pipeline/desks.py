"""A whole desk on real parts: local directory, mailbox stub, SQLite store, and forms that go through every rule."""

import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import SystemRandom
from typing import Any

import pytest
from sqlalchemy import Connection

from connectors.local.connector import LocalDirectory
from connectors.mailbox.connector import MailboxStub
from connectors.mailbox.mail import OutboxPostman
from connectors.registry import Connectors
from connectors.spi import Entry, Ids, Operation, Question, Secret
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.definition import Catalogue
from runner.access.model import Actor, Policy
from runner.access.reading import read_access
from runner.delegation.delegation import Delegation
from runner.deskfolder import library, open_folder
from runner.doctor.examining import examine
from runner.engine.workers import Workers
from runner.errors import NotDurableError, StaleError
from runner.identity.identity import identity_on
from runner.passwords import make_password
from runner.pipeline.desk import Desk
from runner.pipeline.looking import actor_of
from runner.pipeline.pages import PlanPage, Posted, SubmissionPage
from runner.pipeline.services import Halt, Services
from runner.policy.names import AccessNames
from runner.sealing import KeySealer, new_key
from runner.store.database import Database, connect
from runner.store.records import Account
from runner.store.store import Store
from runner.wiring import Installation, keeper_for, register_node
from tests.runner.migrated import migrated
from tests.runner.pipeline.recording_connector import RecordingConnector
from tests.runner.pipeline.small_company import NOW, QUICK

FORMS = Path(__file__).parent / "forms"
_RANDOM = SystemRandom()


def definitions() -> Mapping[str, bytes]:
    """Return the library with the forms of these tests beside it; one of the same name stands for that of the library."""
    own = {file.name: file.read_bytes() for file in sorted(FORMS.glob("*.yaml"))}
    replaced = {name.partition(".")[0] for name in own}
    return {**{name: text for name, text in library().items() if name.partition(".")[0] not in replaced}, **own}


class Clock:
    """A clock that a test sets forward."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: int) -> None:
        self.now += timedelta(**span)


class BreakableDatabase:
    """A database that stops storing after ``writes_left`` more transactions, when that is a number."""

    def __init__(self, inner: Database) -> None:
        self.inner = inner
        self.writes_left: int | None = None

    def write(self, work: Callable[[Connection], Any]) -> Any:
        if self.writes_left is not None:
            if self.writes_left == 0:
                raise NotDurableError("the record could not be stored, so nothing was done")
            self.writes_left -= 1
        return self.inner.write(work)

    def read(self, work: Callable[[Connection], Any]) -> Any:
        return self.inner.read(work)

    def carry(self, **options: object) -> None:
        self.inner.carry(**options)

    def close(self) -> None:
        self.inner.close()


@dataclass
class TestDesk:
    """One installation with its parts at hand. ``passwords`` are those that were made."""

    __test__ = False
    folder: Path
    installation: Installation
    directory: RecordingConnector
    mailbox: RecordingConnector
    clock: Clock
    database: "BreakableDatabase"
    passwords: list[str] = field(default_factory=list)
    accounts: set[str] = field(default_factory=set)

    @property
    def desk(self) -> Desk:
        return self.installation.desk

    @property
    def services(self) -> Services:
        return self.installation.services

    @property
    def store(self) -> Store:
        return self.services.store

    def close(self) -> None:
        self.store.close()
        for connector in (self.directory, self.mailbox):
            connector.inner.close()  # type: ignore[attr-defined]

    # --- people ---------------------------------------------------------------------------------------------------

    def actor(self, login: str) -> Actor:
        """Return somebody of the company; a worker finds them by their account, which is made when it is not there."""
        if login not in self.accounts:
            self.accounts.add(login)
            with suppress(StaleError):
                account = Account(f"acc-{login}", login, login, f"u-{login}", disabled=False)
                self.store.accounts.create(account, self.clock())
        return actor_of(self.services, f"acc-{login}", login, login, f"u-{login}")

    def entry(self, id_: str, kind: str = "user") -> Entry:
        return self.directory.inner.read(Question(kind, Ids(frozenset({id_})))).entries[0]

    def value(self, id_: str, attribute: str) -> Any:
        return self.entry(id_).attributes.get(attribute)

    def do(self, verb: str, **arguments: Any) -> None:
        """Change the directory behind the desk's back."""
        self.directory.inner.perform(Operation("outside", verb, arguments), (), {})

    # --- the journey ----------------------------------------------------------------------------------------------

    def fill(
        self, who: str, form: str, target: str | None, answers: Mapping[str, object] | None = None, **more: Any
    ) -> Any:
        """Submit answers under a new or given submission and return the page."""
        submission = more.pop("submission", None) or uuid.uuid4().hex
        posted = Posted(answers or {}, **more)
        return self.desk.submit(self.actor(who), submission, form, target, posted, "en")

    def planned(self, *args: Any, **more: Any) -> PlanPage:
        page = self.fill(*args, **more)
        assert isinstance(page, PlanPage), page
        return page

    def confirm(self, who: str, plan: PlanPage, typed: str = "", boxes: tuple[int, ...] = ()) -> Any:
        return self.desk.confirm(self.actor(who), plan.head.submission, plan.digest, typed, boxes, "en")

    def done(self, who: str, plan: PlanPage) -> SubmissionPage:
        page = self.confirm(who, plan)
        assert isinstance(page, SubmissionPage), page
        return page

    def carried_out(self) -> int:
        """Let a worker do everything that is due, and return how much that was."""
        workers = Workers(self.services, 0, lambda line: pytest.fail(line))
        count = 0
        while workers.step():
            count += 1
            assert count < 1_000
        return count

    def verified(self, who: str, form: str, target: str, submission: str | None = None) -> str:
        """Check the caller in person and by a call back; return the submission."""
        submission = submission or uuid.uuid4().hex
        for method in ("in_person", "call_back"):
            answers = {"ask-0": "on"}
            self.desk.check_answer(self.actor(who), submission, form, target, method, answers, "en")
        return submission

    def new(self) -> str:
        return uuid.uuid4().hex

    # --- what is left behind ----------------------------------------------------------------------------------------

    @property
    def performed(self) -> list[str]:
        return self.directory.verbs_performed + self.mailbox.verbs_performed

    def journal(self, kind: str | None = None) -> list[Mapping[str, Any]]:
        found = self.store.journal.search(limit=1_000)
        return [entry.body for entry in sorted(found, key=lambda one: one.seq) if kind in (None, entry.kind)]

    def kinds(self) -> list[str]:
        return [entry["kind"] for entry in self.journal()]

    def state(self, submission: str) -> str:
        return self.store.submissions.get(submission).state

    def operations(self, submission: str) -> list[tuple[str, str]]:
        return [(row.operation_id, row.state) for row in self.store.submissions.operations(submission)]

    def mails(self) -> list[Any]:
        return list(self.services.postman.messages())  # type: ignore[attr-defined]

    def code(self) -> str:
        """Return the one-time code that went out last."""
        found = re.search(r"(\d{3}) (\d{3})", self.mails()[0].body)
        assert found
        return found[1] + found[2]

    def doctor(self) -> list[Any]:
        return examine(self.installation)


def make_folder(folder: Path, template: Path) -> None:
    """Make a desk folder beside copies of the company's databases."""
    for name in ("directory.db", "mailbox.db", "desk.db"):
        shutil.copy(template / name, folder / name)
    (folder / "deskhand.toml").write_text(
        "format = 1\n[store]\nurl = 'sqlite:///desk.db'\n[connectors.directory]\nuse = 'local'\n"
        "url = 'sqlite:///directory.db'\n[connectors.mailbox]\nuse = 'mailbox'\nurl = 'sqlite:///mailbox.db'\n"
        "[mail]\noutbox = 'outbox'\n"
    )
    (folder / "forms").mkdir(exist_ok=True)


def make_store(folder: Path) -> None:
    migrated(f"sqlite:///{folder / 'desk.db'}")


def open_desk(folder: Path, *, directory_url: str = "", store_url: str = "") -> TestDesk:
    """Open the desk of a folder, on a clock that stands still; directory and store may be elsewhere."""
    clock = Clock()
    directory_url = directory_url or f"sqlite:///{folder / 'directory.db'}"
    directory = RecordingConnector(LocalDirectory(directory_url, clock=clock, policy=QUICK))
    mailbox = RecordingConnector(MailboxStub(f"sqlite:///{folder / 'mailbox.db'}", clock=clock))
    connectors = Connectors({"directory": directory, "mailbox": mailbox})
    database = BreakableDatabase(connect(store_url or f"sqlite:///{folder / 'desk.db'}"))
    store = Store(database)
    made: list[str] = []
    policy, content = _access()
    if not (written := folder / "forms" / "access.yaml").exists():
        written.write_bytes(content)
    opened = open_folder(folder)
    keeper = keeper_for(opened, catalogue(), policy, connectors, AccessNames(), store)
    services = Services(
        catalogue=catalogue(),
        authority=keeper,
        connectors=connectors,
        store=store,
        sealer=KeySealer(new_key()),
        postman=OutboxPostman(folder / "outbox"),
        clock=clock,
        new_id=lambda: uuid.uuid4().hex,
        make_password=lambda policy: _noted(make_password(policy, _RANDOM), made),
        make_code=lambda: "271828",
        node=register_node(store),
        halt=Halt(),
    )
    desk = Desk(services)
    installation = Installation(
        opened,
        desk,
        services,
        identity_on(store),
        keeper,
        services.sealer,
        (),
        Delegation(services),
    )
    return TestDesk(folder, installation, directory, mailbox, clock, database, made)


@lru_cache
def catalogue() -> Catalogue:
    catalogue, problems = load_catalogue(definitions(), {**DIRECTORY_VERBS, **MAILBOX_VERBS})
    assert [problem for problem in problems if problem.level == "error"] == []
    return catalogue


@lru_cache
def _access() -> tuple[Policy, bytes]:
    content = definitions()["access.yaml"]
    policy, problems = read_access("access.yaml", content)
    assert problems == ()
    return policy, content


def _noted(secret: Secret, made: list[str]) -> Secret:
    made.append(secret.reveal())
    return secret
