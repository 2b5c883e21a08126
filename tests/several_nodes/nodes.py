"""A desk on several nodes: processes of the command line, each with its own folder, on one PostgreSQL."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from connectors.local.connector import LocalDirectory
from connectors.local.loading import load_entries
from connectors.local.transactions import open_engine
from connectors.spi import Ids, Operation, Question, Secret
from runner.deskfolder import create
from runner.sealing import new_key
from runner.store.database import connect
from runner.store.schema import upgrade
from runner.store.store import Store
from runner.witnessing.keys import make_signing_key
from tests.runner.cli.commands import COMMAND, environment
from tests.runner.pipeline.small_company import NOW, group, load_directory, person
from tests.web.real_site import quick_identity

FORMS = Path(__file__).parents[1] / "runner" / "pipeline" / "forms"
LIBRARY_FORMS = ("offboard-user", "update-contact-details", "department-mailing-list", "request-software")
"""Those that access.yaml names; a node is up sooner without the others."""
OWN_FORMS = ("office", "needs-a-yes", "later-with-a-yes", "three-steps")
PASSWORD = "a password for tests"
LOGINS = ("agent.rotterdam", "second.rotterdam", "u.chef", "lead", "auditor")
PATIENCE_SECONDS = 120
_SETTINGS = """\
format = 1
[store]
url = "{store}"
[connectors.directory]
use = "local"
url = "{directory}"
[connectors.mailbox]
use = "mailbox"
url = "{mailbox}"
[mail]
outbox = "outbox"
[web]
threads = 8
proxy = "127.0.0.1"
[engine]
workers = {workers}
"""


@dataclass
class Node:
    """A process of the command line; ``port`` is 0 for one that serves no pages."""

    child: "subprocess.Popen[bytes]"
    log: Path
    port: int = 0

    def kill(self) -> None:
        """End it as a power cut does."""
        self.child.kill()
        self.child.wait(PATIENCE_SECONDS)

    def ask_to_end(self) -> None:
        self.child.send_signal(signal.SIGTERM)

    def ended(self) -> int:
        """Wait until it has ended, and return its exit code."""
        return self.child.wait(PATIENCE_SECONDS)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")


@dataclass
class SeveralNodes:
    """The databases of a desk, a folder to copy for each node, and the nodes that run."""

    folder: Path
    store_url: str
    directory_url: str
    nodes: list[Node] = field(default_factory=list)

    def serve(self, *ports: int) -> list[Node]:
        """Start a web node on each of these ports."""
        return self._ready([self._start(["serve", "--port", str(port)], port) for port in ports])

    def work(self, *counts: int) -> list[Node]:
        """Start workers that carry out so many submissions at a time."""
        return self._ready([self._start(["worker", "--count", str(count)]) for count in counts])

    def _ready(self, nodes: list[Node]) -> list[Node]:
        for node in nodes:
            until = "The desk is open" if node.port else "Working as"
            wait_until(lambda node=node, until=until: until in node.said() or node.child.poll() is not None)
            assert node.child.poll() is None, node.said()
        return nodes

    def _start(self, command: list[str], port: int = 0) -> Node:
        own = self.folder / f"node-{len(self.nodes) + 1}"
        shutil.copytree(self.folder / "desk", own)
        log = own.with_suffix(".log")
        with log.open("wb") as output:
            child = subprocess.Popen(
                [*COMMAND, *command, "--desk", str(own)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(PYTHONUNBUFFERED="1"),
            )
        node = Node(child, log, port)
        self.nodes.append(node)
        return node

    def end(self) -> None:
        for node in self.nodes:
            if node.child.poll() is None:
                node.kill()

    # --- what stands in the databases -------------------------------------------------------------------------------

    def ask(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(_plain(self.store_url), autocommit=True) as connection:
            found = connection.execute(statement, values)
            return found.fetchall() if found.description else []

    def state(self, submission: str) -> str:
        return str(self.ask("SELECT state FROM submissions WHERE id = %s", submission)[0][0])

    def node_of(self, submission: str) -> Node:
        """Return the node that runs a submission."""
        query = "SELECT pid FROM nodes JOIN submissions ON nodes.id = submissions.node WHERE submissions.id = %s"
        pid = self.ask(query, submission)[0][0]
        return next(node for node in self.nodes if node.child.pid == pid)

    def due_now(self, submission: str) -> None:
        """Let the moment come that a submission waits for."""
        self.ask("UPDATE submissions SET due_at = asked_at WHERE id = %s AND state = 'queued'", submission)

    def wait_for(self, submission: str, *states: str) -> str:
        wait_until(lambda: self.state(submission) in states)
        return self.state(submission)

    def kinds(self, submission: str) -> list[str]:
        """Return the kinds of the journal's records about a submission, in their order."""
        with self.store() as store:
            found = store.journal.search(submission=submission, limit=1_000)
        return [entry.kind for entry in sorted(found, key=lambda one: one.seq)]

    @contextmanager
    def store(self) -> Iterator[Store]:
        opened = Store(connect(self.store_url))
        try:
            yield opened
        finally:
            opened.close()

    def do(self, verb: str, **arguments: object) -> None:
        """Change the directory behind the desk's back."""
        directory = LocalDirectory(self.directory_url, clock=lambda: datetime.now(UTC))
        directory.perform(Operation("outside", verb, arguments), (), {})  # type: ignore[arg-type]
        directory.close()

    def value(self, login: str, attribute: str) -> object:
        directory = LocalDirectory(self.directory_url, clock=lambda: datetime.now(UTC))
        found = directory.read(Question("user", Ids(frozenset({f"u-{login}"})))).entries[0].attributes.get(attribute)
        directory.close()
        return found

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nobody write into the directory meanwhile: whoever does, waits."""
        with psycopg.connect(_plain(self.directory_url)) as connection:
            connection.execute("LOCK TABLE directory_objects IN EXCLUSIVE MODE")
            yield
            connection.rollback()

    def is_somebody_held(self) -> bool:
        with psycopg.connect(_plain(self.directory_url), autocommit=True) as connection:
            query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
            return bool(connection.execute(query).fetchone()[0])  # type: ignore[index]


def made(folder: Path, *, store_url: str, directory_url: str, mailbox_url: str) -> SeveralNodes:
    """Make the company, its accounts and the folder of a desk whose web nodes leave what waits to workers."""
    load_directory(directory_url)
    engine = open_engine(directory_url)
    left = replace(
        person("l.left", "Lo Left", "Rotterdam", enabled=False), dn="CN=Lo Left,OU=Leavers,DC=sample,DC=test"
    )
    more = (person("lead", "Lena Lead", "Utrecht"), group("Identity-Leads", "lead"), left)
    report = load_entries(engine, more, now=NOW)
    engine.dispose()
    assert not report.problems
    upgrade(store_url)
    desk = folder / "desk"
    create(desk, demo=False, port=0, key=new_key())
    make_signing_key(desk)
    urls = {"store": store_url, "directory": directory_url, "mailbox": mailbox_url}
    (desk / "deskhand.toml").write_text(_SETTINGS.format(**urls, workers=0))
    for form in (desk / "forms").glob("*.form.yaml"):
        if form.name.partition(".")[0] not in LIBRARY_FORMS:
            form.unlink()
    for name in OWN_FORMS:
        shutil.copy(FORMS / f"{name}.form.yaml", desk / "forms")
    several = SeveralNodes(folder, store_url, directory_url)
    with several.store() as store:
        accounts = quick_identity(store).accounts
        for login in LOGINS:
            account = accounts.create(login, login, person_id=f"u-{login}", by="test", now=datetime.now(UTC))
            accounts.set_password(account.id, Secret(PASSWORD), by="test", now=datetime.now(UTC))
    return several


def wait_until(is_so: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    over = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < over, "it did not come to that"
        time.sleep(0.05)


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")
