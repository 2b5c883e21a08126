"""The same desk on three directories that hold the same company: the local one, OpenLDAP and Active Directory."""

import csv
import io
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.spi import Secret
from runner.access.model import Actor
from runner.deskfolder import create, open_folder
from runner.pipeline.looking import actor_of
from runner.pipeline.pages import PlanPage, Posted, SubmissionPage
from runner.sample.company import make_company
from runner.sample.loading import load_company
from runner.sample.parts import stable_id
from runner.sealing import new_key
from runner.wiring import Installation, open_installation
from tests.library_on_servers.reading_back import Client, LdapClient, LocalClient
from tests.servers.certificates import Certificates
from tests.servers.sample_directory import sample_directory
from tools.demo_desk import make_desk
from tools.demo_directory import Reachable

SIZE = 400
COMPANY = make_company(datetime.now(UTC), size=SIZE)
PASSWORD = Secret("Kompas-Regen-88")
NAMES = ("local", "openldap", "active_directory")

_TAKEN = frozenset(row.login for row in COMPANY.sign_ins) | {"z.lindqvist", "t.novak", "a.haddad"}
_MANAGERS = frozenset(person.manager for person in COMPANY.people)
STAFF = tuple(
    person.login
    for person in COMPANY.people
    if (person.state, person.branch) == ("active", "Rotterdam")
    and person.department not in ("IT", "Finance")
    and all((person.mail, person.phone, person.manager))
    and not any((person.locked_at, person.expires_on, person.must_change))
    and person.login not in _MANAGERS | _TAKEN
)
"""Logins of people with nothing special about them; each test takes others."""
BARRED = tuple(
    person.login for person in COMPANY.people
    if person.state == "disabled" and "OU=Leavers" in person.unit and person.login not in _MANAGERS
)  # fmt: skip
"""Logins of people who left."""


def ref(kind: str, name: str) -> str:
    """Return the id that a part of the company has in every directory."""
    return stable_id(kind, name)


@dataclass(frozen=True)
class Done:
    """What came of a form: the state, its operations, and the passwords that were shown."""

    state: str
    operations: tuple[tuple[str, str], ...]
    passwords: tuple[str, ...]


@dataclass(frozen=True)
class ServedDesk:
    """A desk on one directory, with a client of that directory's own."""

    name: str
    installation: Installation
    client: Client

    def actor(self, login: str) -> Actor:
        return actor_of(self.installation.services, f"acc-{login}", login, login, ref("user", login))

    def problems_of(self, form: str) -> list[str]:
        """Return the codes of what is wrong with a form here."""
        found = (one for one in self.installation.problems if one.level == "error")
        return sorted({one.code for one in found if one.file == f"{form}.form.yaml"})

    def planned(
        self, form: str, target: str | None, answers: Mapping[str, object], *, who: str, **more: Any
    ) -> PlanPage:
        """Check the caller, fill in, and return the plan."""
        desk, actor, submission = self.installation.desk, self.actor(who), uuid.uuid4().hex
        if more.pop("verified", False):
            for method in ("in_person", "call_back"):
                desk.check_answer(actor, submission, form, target, method, {"ask-0": "on"}, "en")
        asked = self.installation.services.catalogue.forms[form].record
        ticket = "T-1" if asked.ticket != "off" else ""
        reason = "As agreed with the manager." if asked.reason != "off" else ""
        if photo := more.pop("photo", b""):
            sent = Posted(answers, uploads={"photo": photo}, names={"photo": "photo.jpg"})
            page = desk.evaluate(actor, form, target, sent, "en", submission=submission)
            (field,) = (one for section in page.sections for one in section.fields if one.id == "photo")
            answers = {**answers, "photo": field.value}
        posted = Posted(answers, ticket=ticket, reason=reason, **more)
        plan = desk.submit(actor, submission, form, target, posted, "en")
        assert isinstance(plan, PlanPage), (self.name, getattr(plan, "errors", plan))
        return plan

    def confirmed(self, plan: PlanPage, *, who: str, typed: str = "", boxes: tuple[int, ...] = ()) -> SubmissionPage:
        """Confirm a plan and return the page that says what came of it."""
        page = self.installation.desk.confirm(self.actor(who), plan.head.submission, plan.digest, typed, boxes, "en")
        assert isinstance(page, SubmissionPage), (self.name, plan.head.form, page)
        return page

    def operations(self, submission: str) -> tuple[tuple[str, str], ...]:
        """Return the operations of a submission with their states."""
        rows = self.installation.services.store.submissions.operations(submission)
        return tuple((row.operation_id, row.state) for row in rows)

    def run(self, form: str, target: str | None, answers: Mapping[str, object], *, who: str, **more: Any) -> Done:
        """Go the whole way as an agent does: check the caller, fill in, plan, confirm, read the result."""
        typed, boxes = more.pop("typed", ""), more.pop("boxes", ())
        plan = self.planned(form, target, answers, who=who, **more)
        page = self.confirmed(plan, who=who, typed=typed, boxes=boxes)
        secrets = tuple(show.secret.reveal() for show in page.shows if show.secret is not None)
        return Done(page.state, self.operations(plan.head.submission), secrets)

    def table(self, form: str, table: str, target: str | None, answers: Mapping[str, object], *, who: str) -> list[str]:
        """Return the second column of a table, the logins of people and the addresses of mailboxes, in order."""
        file = self.installation.desk.export(self.actor(who), form, target, table, Posted(answers), "en")
        head, *rows = csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))
        column = head.index("Login") if "Login" in head else 0
        return sorted(row[column] for row in rows)


def opened(folder: Path) -> Installation:
    """Open a desk on which the author may do everything: some forms of the library are for nobody else."""
    access = folder / "forms" / "access.yaml"
    text, _, tests = access.read_text(encoding="utf-8").partition("# What must hold")
    everything = "  - role: ORG_ADMIN\n    principals: [{ group: Form-Authors }]\n    targets: everything\n"
    access.write_text(f"{text.rstrip()}\n{everything}\n# {tests}", encoding="utf-8")
    return open_installation(open_folder(folder))


@contextmanager
def local_desk(folder: Path) -> Iterator[ServedDesk]:
    """Open a desk on the local directory."""
    create(folder, demo=False, port=0, key=new_key())
    load_company(
        f"sqlite:///{folder / 'directory.db'}", f"sqlite:///{folder / 'mailbox.db'}", now=datetime.now(UTC), size=SIZE
    )
    with closing(opened(folder)) as installation:
        yield ServedDesk("local", installation, LocalClient(folder))


def served_company(name: Any, certificates: Certificates, of_the_run: Path) -> AbstractContextManager[Reachable]:
    """Start a server with the company on it; ``of_the_run`` is a folder that all processes of a run have."""
    return sample_directory(name, COMPANY, SIZE, PASSWORD, certificates.good, of_the_run)


@contextmanager
def served_desk(name: Any, folder: Path, certificates: Certificates, of_the_run: Path) -> Iterator[ServedDesk]:
    """Start a server and open a desk on it."""
    with (
        served_company(name, certificates, of_the_run) as reachable,
        closing(opened(make_desk(folder, reachable, size=SIZE).path)) as installation,
    ):
        yield ServedDesk(name, installation, LdapClient(reachable))
