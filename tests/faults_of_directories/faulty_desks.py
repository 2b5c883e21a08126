"""Desks whose directory, a real server, stands at the end of a line that fails on command, and what is left on record."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from connectors.ldap.connector import LdapDirectory
from connectors.spi import Secret
from runner.access.model import Actor
from runner.deskfolder import open_folder
from runner.engine.nodes import sweep
from runner.errors import NotReachableError
from runner.pipeline.desk import Desk
from runner.pipeline.pages import PlanPage, SubmissionPage
from runner.settings.reading import SETTINGS_FILE
from runner.wiring import Installation, open_installation
from tests.library_on_servers.reading_back import LdapClient
from tests.library_on_servers.three_desks import PASSWORD, SIZE, STAFF, ServedDesk, opened, ref, served_company
from tests.runner.pipeline.desks import FORMS
from tests.servers.certificates import Certificates
from tests.servers.line import Line, line
from tools.demo_desk import make_desk
from tools.demo_directory import Reachable

SERVERS = ("openldap", "active_directory")
WHO = "author"
"""May do everything here, and is nobody's caller."""
CONNECT_SECONDS, CALL_SECONDS = 1.0, 1.5
_OWN_FORMS = ("office", "three-steps")
# Words of servers and libraries, parts of names of others, paths and what is secret: nothing for an agent.
FOREIGN = (
    "Traceback", "Error", "errno", "LdapErr", "0000", "DSID", "ldap3", "cn=", "uid=", "CN=", "OU=", tempfile.gettempdir(),
    ".pem", "svc",
    "not here", PASSWORD.reveal(),
)  # fmt: skip


@dataclass
class FaultyDesk:
    """A desk behind a line to its directory. ``passwords`` are those it made; ``other`` is a second process of it.

    ``at_the_end`` holds what ends with the trouble.
    """

    desk: ServedDesk
    other: ServedDesk
    line: Line
    reachable: Reachable
    folder: Path
    actor: Actor
    passwords: list[str] = field(default_factory=list)
    people: Iterator[str] = field(default_factory=lambda: iter(STAFF))
    at_the_end: ExitStack = field(default_factory=ExitStack)

    @property
    def name(self) -> str:
        return self.desk.name

    @property
    def installation(self) -> Installation:
        return self.desk.installation

    @property
    def directory(self) -> LdapDirectory:
        found = self.installation.services.connectors.for_kind("user")
        assert isinstance(found, LdapDirectory)
        return found

    def heal(self) -> None:
        """End every trouble, so that the next call finds a server that works."""
        self.at_the_end.close()
        self.line.heal()
        self.line.drop()

    # --- submissions ------------------------------------------------------------------------------------------------

    def plan(self, form: str, login: str, answers: Mapping[str, object], **more: Any) -> PlanPage:
        """Return the plan of a form, while the server is well; the writes are counted from here."""
        plan = self.desk.planned(form, ref("user", login), answers, who=WHO, **more)
        self.line.begin()
        return plan

    def confirm(self, plan: PlanPage, desk: ServedDesk | None = None) -> SubmissionPage:
        """Confirm a plan, in this process or another; who does it was read when all was well."""
        door = (desk or self.desk).installation.desk
        page = door.confirm(self.actor, plan.head.submission, plan.digest, "", (), "en")
        assert isinstance(page, SubmissionPage), page
        return page

    def office(self, login: str, text: str) -> PlanPage:
        """Return a plan of one change."""
        return self.plan("office", login, {"office": text})

    def steps(self, login: str, text: str, rule: str = "stop") -> PlanPage:
        """Return a plan of three changes to one person: the office, the company, the title."""
        return self.plan("three-steps", login, {"rule": rule, "office": text})

    def reset(self, login: str) -> PlanPage:
        """Return a plan that sets a password."""
        return self.plan("reset-password", login, {"must_change": False}, verified=True)

    @contextmanager
    def after_a_change(self, then: Callable[[], object]) -> Iterator[None]:
        """Let something happen right after each operation that the directory's connector performs."""
        directory = self.directory
        perform = type(directory).perform

        def performed(*given: Any) -> Any:
            outcome = perform(directory, *given)
            then()
            return outcome

        directory.perform = performed  # type: ignore[method-assign]
        try:
            yield
        finally:
            del directory.perform  # type: ignore[method-assign]

    # --- what is left behind ----------------------------------------------------------------------------------------

    def facts(self, login: str) -> Mapping[str, Any]:
        """Return what stands in the directory, as a client of its own reads it past the line."""
        found = self.desk.client.facts("user", login)
        assert found is not None
        return found

    def texts(self, login: str) -> tuple[str, ...]:
        """Return what `steps` changes."""
        facts = self.facts(login)
        return tuple(facts[name] for name in ("office", "company", "title"))

    def state(self, plan: PlanPage) -> str:
        return self.installation.services.store.submissions.get(plan.head.submission).state

    def states(self, plan: PlanPage) -> list[str]:
        return [state for _, state in self.desk.operations(plan.head.submission)]

    def records(self, plan: PlanPage) -> list[Mapping[str, Any]]:
        """Return what is on record of a submission, in order."""
        found = self.installation.services.store.journal.search(submission=plan.head.submission, limit=100)
        return [one.body for one in sorted(found, key=lambda one: one.seq) if one.kind != "verify"]

    def refusals(self) -> list[Mapping[str, Any]]:
        """Return what is on record of plans that were confirmed and not begun, in order."""
        found = sorted(self.installation.services.store.journal.search(limit=1_000), key=lambda one: one.seq)
        return [one.body for one in found if one.kind == "deny" and one.body["operation"] == "confirm"]

    def on_record(self, plan: PlanPage) -> list[str]:
        """Return the outcomes on record, after checking that each was preceded by its intent and that nothing is secret.

        All of what is done has its intent before anything is; what is taken back has one of its own, right before it is.
        """
        records = self.records(plan)
        kinds = [one["kind"] for one in records if "takes_back" not in one]
        assert kinds == sorted(kinds, key=("intent", "outcome", "reconcile").index), kinds
        assert kinds.count("intent") == len(plan.operations)
        for begun, ended in pairwise(records):
            assert "takes_back" not in begun or ended["operation"]["id"] == begun["operation"]["id"]
        self.check_journal()
        return [one["outcome"]["code"] for one in records if one["kind"] != "intent"]

    def check_journal(self) -> None:
        """Verify the whole journal, and that no password is in the store."""
        assert self.installation.services.store.journal.verify().ok
        octets = b"".join(file.read_bytes() for file in self.folder.glob("deskhand.db*"))
        assert not [one for one in (*self.passwords, PASSWORD.reveal()) if one.encode() in octets]

    def happens_once(self, plan: PlanPage, login: str, state: str) -> None:
        """Confirm again, here and in another process, and sweep as after a restart: nothing is done, shown or recorded."""
        writes, facts, records = len(self.line.writes), self.facts(login), len(self.records(plan))
        for desk in (self.desk, self.other):
            assert sweep(desk.installation.services) == []
            again = self.confirm(plan, desk)
            assert (again.state, again.shows) == (state, ())
        assert (len(self.line.writes), self.facts(login), len(self.records(plan))) == (writes, facts, records)


def told(texts: Sequence[str]) -> str:
    """Return what an agent is told, after checking that these are sentences without anything foreign."""
    for text in texts:
        assert text.endswith("."), text
        assert not [word for word in FOREIGN if word in text], text
    return " ".join(texts)


def details(page: SubmissionPage) -> str:
    """Return the sentences on a page about what was not done."""
    return told([one.detail for one in page.operations if one.detail and one.state != "skipped"])


def reason(error: NotReachableError) -> str:
    """Return what an agent is told who gets no further, after checking that it says what to do."""
    assert str(error).endswith("Nothing was done. Try again later; if it stays so, tell an administrator.")
    return told([str(error)])


@contextmanager
def faulty_desk(name: Any, folder: Path, certificates: Certificates, of_the_run: Path) -> Iterator[FaultyDesk]:
    """Start a server with the sample company, a line to it, and a desk at the other end, in two processes."""
    with (
        served_company(name, certificates, of_the_run) as reachable,
        line(reachable.url, certificates.good, reachable.ca_file) as to_it,
    ):
        through = replace(reachable, url=to_it.url, ca_file=certificates.authority)
        settings = make_desk(folder, through, size=SIZE).path / SETTINGS_FILE
        seconds = f"connect_seconds = {CONNECT_SECONDS}\ncall_seconds = {CALL_SECONDS}\n"
        settings.write_text(settings.read_text().replace("\ntime_zone", f"\n{seconds}time_zone", 1))
        for form in _OWN_FORMS:
            (folder / "forms" / f"{form}.form.yaml").write_bytes((FORMS / f"{form}.form.yaml").read_bytes())
        passwords: list[str] = []
        with closing(opened(folder)) as one, closing(open_installation(open_folder(folder))) as two:
            client = LdapClient(reachable)
            here = ServedDesk(name, noting(one, passwords), client)
            yield FaultyDesk(here, ServedDesk(name, two, client), to_it, reachable, folder, here.actor(WHO), passwords)


def noting(installation: Installation, made: list[str]) -> Installation:
    """Return an installation that notes the passwords it makes."""
    make = installation.services.make_password

    def noted(policy: Any) -> Secret:
        secret = make(policy)
        made.append(secret.reveal())
        return secret

    services = replace(installation.services, make_password=noted)
    return replace(installation, services=services, desk=Desk(services, installation.desk.channel))
