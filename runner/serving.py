"""Serve an installation: the web server, and beside it the workers, the housekeeping and the watch."""

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from waitress.server import create_server

from connectors.mailbox.mail import OutboxPostman
from forms.answering.languages import languages_of
from runner.engine.nodes import sweep
from runner.engine.workers import Workers
from runner.errors import SetUpError, untold
from runner.gate import AccountGate
from runner.housekeeping import Housekeeping, report, tell
from runner.operators import operators_of
from runner.sample.cast import sign_ins
from runner.watching import Watch, systems_of
from runner.web.app import create_app
from runner.web.ports import SignInHint
from runner.wiring import Installation


class Server(Protocol):
    """What is used of waitress's servers."""

    effective_port: int

    def run(self) -> None:
        """Serve until interrupted."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


def serve_forever(installation: Installation, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted or terminated, then end cleanly; ``ready`` is told the address.

    Systems that do not answer are named on standard error, at the start and when that changes; the desk opens all the same.
    Raises `SetUpError` when the port cannot be used. The installation is closed in any case.
    """
    housekeeping = Housekeeping(installation)
    workers = Workers(installation.services, installation.folder.engine.workers, tell)
    watch = Watch(systems_of(installation.services.connectors.all()), tell)
    server: Server | None = None
    try:
        _end_at_sigterm()
        report(sweep(installation.services))
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
    workers = Workers(installation.services, count, tell)
    over = threading.Event()
    try:
        _end_at_sigterm()
        report(sweep(installation.services))
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
        tell("Something was still being done after a minute, and is left. It is unclear now; see: deskhand doctor")


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
    logging.getLogger("waitress").addFilter(without_values)
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


def without_values(record: logging.LogRecord) -> bool:
    """Let a record of the web server through without the message of an error in it, which could hold what was typed."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.msg, record.args, record.exc_info = f"{record.getMessage()}: {untold(error)}", (), None
    return True


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
