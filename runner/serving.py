"""Serve an installation: the web server, and beside it the heart-beat, the sweep for lost work, mails, files, the watch."""

import os
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import click
from waitress.server import create_server

from connectors.errors import ConnectorError
from connectors.mailbox.mail import OutboxPostman
from forms.answering.languages import languages_of
from runner.archiving import archive_monthly
from runner.delegation.reviews.using import note_bindings
from runner.engine.rounds import make_rounds
from runner.engine.workers import Workers
from runner.errors import NotFoundError, RunnerError, SetUpError
from runner.gate import AccountGate
from runner.operators import operators_of
from runner.pipeline import drafting, waiting
from runner.pipeline.delivering import deliver_due
from runner.sample.cast import sign_ins
from runner.store.records import Submission
from runner.watching import Watch, systems_of
from runner.web.app import create_app
from runner.web.ports import SignInHint
from runner.wiring import Installation
from runner.witnessing.keeping import JournalKeeping, keeping_of

HEARTBEAT_SECONDS = 2.0
_MAILS_AT_ONCE = 50
_ROUNDS_PER_HOUR = 1_800


class Server(Protocol):
    """What is used of waitress's servers."""

    effective_port: int

    def run(self) -> None:
        """Serve until interrupted."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


def is_process_alive(pid: int) -> bool:
    """Say whether a process of this machine exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def sweep(installation: Installation) -> Sequence[Submission]:
    """Mark what dead processes left unfinished as unknown, and return it."""
    store, now = installation.services.store, installation.services.clock()
    dead = [
        node
        for node in store.nodes.dead(now, socket.gethostname(), is_process_alive)
        if node != installation.services.node
    ]
    if not dead:
        return []
    lost = store.submissions.mark_lost(dead, now)
    for node in dead:
        store.nodes.leave(node)
    return lost


def send_waiting(installation: Installation) -> int:
    """Send mails that could not be sent before; return how many went out."""
    return deliver_due(installation.services, limit=_MAILS_AT_ONCE)


def forget_files(installation: Installation) -> int:
    """Remove files that waited for a day; return how many."""
    services = installation.services
    return services.store.uploads.forget(services.clock() - waiting.LIFETIME)


def end_drafts(installation: Installation) -> int:
    """End drafts that nobody touched for a week, with all that was answered in them; return how many."""
    services = installation.services
    now = services.clock()
    return services.store.submissions.expire(now - drafting.LIFETIME, now)


def beat(installation: Installation) -> None:
    """Note that this process lives; one that was taken for gone signs on again, since it is not."""
    services = installation.services
    try:
        services.store.nodes.heartbeat(services.node, services.clock())
    except NotFoundError:
        services.store.nodes.register(services.node, socket.gethostname(), os.getpid(), services.clock())


@dataclass(slots=True)
class Housekeeping:
    """Keeps a process in order until told to stop: what asks systems apart, so that none that is slow keeps it from beating."""

    installation: Installation
    _stop: threading.Event = field(default_factory=threading.Event)
    _journal: JournalKeeping | None = None
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin; raises `SetUpError` when the journal cannot be kept as the settings say."""
        self._journal = keeping_of(self.installation, _tell)
        self._journal.start()
        for name, run in (("heart", self._beat), ("housekeeping", self._run)):
            thread = threading.Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End, and wait for the round under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)
        if self._journal is not None:
            self._journal.stop()

    def _beat(self) -> None:
        seconds = 0
        while not self._stop.wait(HEARTBEAT_SECONDS):
            seconds += int(HEARTBEAT_SECONDS)
            with _told():
                beat(self.installation)
                report(sweep(self.installation))
                make_rounds(self.installation.services, seconds, asking=False)

    def _run(self) -> None:
        rounds = 0
        while not self._stop.wait(HEARTBEAT_SECONDS):
            rounds += 1
            with _told():
                if self._journal is not None:
                    self._journal.round()
                make_rounds(self.installation.services, rounds * int(HEARTBEAT_SECONDS), asking=True)
                self.installation.services.store.binding_uses.follow(steps=1)
                if rounds % 15 == 0:
                    send_waiting(self.installation)
                    forget_files(self.installation)
                    end_drafts(self.installation)
                    note_bindings(self.installation.services)
                if rounds % _ROUNDS_PER_HOUR == 0:
                    archive_monthly(self.installation)


@contextmanager
def _told() -> Iterator[None]:
    """Tell the operator of what went wrong, and go on: nothing may end the threads that keep this process in order."""
    try:
        yield
    except (RunnerError, ConnectorError) as error:
        _tell(f"housekeeping: {error}")
    except Exception:
        _tell(f"housekeeping: {traceback.format_exc(limit=-3)}")


def report(lost: Sequence[Submission]) -> None:
    """Tell the operator about submissions that were found unfinished."""
    for submission in lost:
        click.echo(
            f"deskhand: UNCLEAR: “{submission.form_title}” for {submission.target_label or 'no target'} by "
            f"{submission.actor_login} (submission {submission.id}) was interrupted. See: deskhand doctor",
            err=True,
        )


def serve_forever(installation: Installation, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted or terminated, then end cleanly; ``ready`` is told the address.

    Systems that do not answer are named on standard error, at the start and when that changes; the desk opens all the same.
    Raises `SetUpError` when the port cannot be used. The installation is closed in any case.
    """
    housekeeping = Housekeeping(installation)
    workers = Workers(installation.services, installation.folder.engine.workers, _tell)
    watch = Watch(systems_of(installation.services.connectors.all()), _tell)
    server: Server | None = None
    try:
        _end_at_sigterm()
        report(sweep(installation))
        server = listen(installation, host, port)
        housekeeping.start()
        workers.start()
        watch.start()
        ready(f"http://{_shown(host)}:{_port(server)}/")
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        watch.stop()
        if server is not None:
            server.close()
        _drain(workers)
        housekeeping.stop()
        installation.close()


def work_forever(installation: Installation, *, count: int, ready: Callable[[str], None]) -> None:
    """Carry out what waits, without serving pages, until interrupted or terminated; what is under way then is ended first.

    ``ready`` is told the id of this process.  The installation is closed in any case.
    """
    housekeeping = Housekeeping(installation)
    workers = Workers(installation.services, count, _tell)
    over = threading.Event()
    try:
        _end_at_sigterm()
        report(sweep(installation))
        housekeeping.start()
        workers.start()
        ready(installation.services.node)
        over.wait()
    except KeyboardInterrupt:
        pass
    finally:
        _drain(workers)
        housekeeping.stop()
        installation.close()


def _drain(workers: Workers) -> None:
    if not workers.stop():
        _tell("Something was still being done after a minute, and is left. It is unclear now; see: deskhand doctor")


def _tell(line: str) -> None:
    click.echo(f"deskhand: {line}", err=True)


def _end_at_sigterm() -> None:
    """Let SIGTERM, by which services are stopped, end the process as Ctrl+C does."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def listen(installation: Installation, host: str, port: int) -> Server:
    """Return a server that listens and does not serve yet; raises `SetUpError` when the port cannot be used."""
    is_demo, services = installation.folder.demo, installation.services
    app = create_app(
        installation.desk,
        AccountGate(installation),
        secret_key=installation.sealer.cookie_key,
        demo=is_demo,
        outbox=services.postman if isinstance(services.postman, OutboxPostman) else None,
        clock=services.clock,
        hints=[SignInHint(row.login, row.title, row.what) for row in sign_ins()] if is_demo else (),
        zone=ZoneInfo(services.catalogue.settings.timezone),
        verbs=services.connectors.verbs,
        languages=languages_of(services.catalogue),
        delegation=installation.delegation,
        operators=operators_of(installation),
    )
    opened: dict[int, Any] = {}  # what waitress leaves open when it cannot listen
    try:
        web = installation.folder.web
        server: Server = create_server(
            app, map=opened, host=host, port=port, threads=web.threads, ident=None, **_behind(web.proxy)
        )
    except (OSError, ValueError) as error:
        for one in list(opened.values()):
            one.close()
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise SetUpError(
            f"{host}:{port} cannot be listened on: {reason}. Choose another port with --port, or address with --host."
        ) from error
    return server


def _behind(proxy: str) -> Mapping[str, Any]:
    """Return what waitress has to know to believe this proxy, and nobody else, where a visitor is and that TLS was used."""
    headers = {"x-forwarded-for", "x-forwarded-proto"}
    return {"trusted_proxy": proxy, "trusted_proxy_headers": headers} if proxy else {}


def _port(server: Server) -> int:
    """Return the port; a name such as localhost may stand for several addresses, each with a socket of its own."""
    several = getattr(server, "effective_listen", None)
    return int(several[0][1]) if several else server.effective_port


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("", "0.0.0.0") else f"[{host}]" if ":" in host else host  # noqa: S104 - only shown
