"""Serve an installation: the web server, and beside it the heart-beat, the sweep for lost work and waiting mails."""

import os
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import click
from waitress.server import create_server

from connectors.errors import ConnectorError
from connectors.mailbox.mail import OutboxPostman
from connectors.spi import Message
from runner.errors import RunnerError, SetUpError
from runner.gate import AccountGate
from runner.sample.cast import sign_ins
from runner.store.records import Submission
from runner.web.app import create_app
from runner.web.ports import SignInHint
from runner.wiring import Installation

HEARTBEAT_SECONDS = 2.0
_MAILS_AT_ONCE = 50


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
    store, sent = installation.services.store.notifications, 0
    for waiting in store.pending(limit=_MAILS_AT_ONCE):
        try:
            installation.services.postman.send(Message(waiting.to, waiting.subject, waiting.body, waiting.id))
        except ConnectorError as error:
            store.mark_failed(waiting.id, str(error), installation.services.clock(), is_final=waiting.attempts >= 20)
        else:
            store.mark_sent(waiting.id, installation.services.clock())
            sent += 1
    return sent


@dataclass(slots=True)
class Housekeeping:
    """Beats, sweeps and sends in a thread of its own until it is told to stop."""

    installation: Installation
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the round under way."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        rounds = 0
        while not self._stop.wait(HEARTBEAT_SECONDS):
            rounds += 1
            try:
                self.installation.services.store.nodes.heartbeat(
                    self.installation.services.node, self.installation.services.clock()
                )
                report(sweep(self.installation))
                if rounds % 15 == 0:
                    send_waiting(self.installation)
            except RunnerError as error:
                click.echo(f"deskhand: housekeeping: {error}", err=True)


def report(lost: Sequence[Submission]) -> None:
    """Tell the operator about submissions that were found unfinished."""
    for submission in lost:
        click.echo(
            f"deskhand: UNCLEAR: “{submission.form_title}” for {submission.target_label or 'no target'} by "
            f"{submission.actor_login} (submission {submission.id}) was interrupted. See: deskhand doctor",
            err=True,
        )


def serve_forever(installation: Installation, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; ``ready`` is told the address. Raises `SetUpError` when the port cannot be used."""
    report(sweep(installation))
    app = create_app(
        installation.desk,
        AccountGate(installation),
        secret_key=installation.sealer.cookie_key,
        demo=installation.folder.demo,
        outbox=postman if isinstance(postman := installation.services.postman, OutboxPostman) else None,
        clock=installation.services.clock,
        hints=[SignInHint(row.login, row.title, row.what) for row in sign_ins()] if installation.folder.demo else (),
        zone=ZoneInfo(installation.services.catalogue.settings.timezone),
    )
    try:
        server = create_server(app, host=host, port=port, threads=installation.folder.web.threads, ident=None)
    except (OSError, ValueError) as error:
        installation.close()
        reason = getattr(error, "strerror", None) or error
        raise SetUpError(f"{host}:{port} cannot be listened on: {reason}. Choose another port with --port.") from error
    housekeeping = Housekeeping(installation)
    housekeeping.start()
    ready(f"http://{_shown(host)}:{server.effective_port}/")
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        housekeeping.stop()
        server.close()
        installation.close()


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("", "0.0.0.0") else f"[{host}]" if ":" in host else host  # noqa: S104 - only shown
