"""Try a connection out before anything of it is written. Reads from the directory; writes nothing that stays."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from connectors.errors import RejectedError
from connectors.ldap.connector import LdapDirectory
from connectors.ldap.examining import probing
from connectors.ldap.talking.endpoints import parse_endpoint
from connectors.ldap.talking.presenting import Greeting, greeting
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Everything, Observation, Question, Secret
from runner.connect.proposing import Shown, shown_by
from runner.connect.wanted import AccountWanted, Wanted
from runner.errors import SetUpError

_SHOWN = (("user", "person"), ("ou", "unit"), ("group", "group"))


def greeted(server: str, ca_file: Path | None, *, plain_on_loopback: bool) -> Greeting:
    """Return how a server greets; raises `RejectedError` for what is no address of one."""
    endpoint = parse_endpoint(server, allow_plain_on_loopback=plain_on_loopback)
    return greeting(endpoint, str(ca_file) if ca_file else None)


def found_out(
    servers: tuple[str, ...], user: str, password: Secret, ca_file: Path | None, *, plain_on_loopback: bool
) -> probing.Offered:
    """Sign in and return what the server says of itself; raises `UnavailableError` and `RejectedError`."""
    with _session(servers, user, password, ca_file, plain_on_loopback=plain_on_loopback) as session:
        return probing.offered(session)


@contextmanager
def _session(
    servers: tuple[str, ...], user: str, password: Secret, ca_file: Path | None, *, plain_on_loopback: bool
) -> Iterator[DirectorySession]:
    endpoints = [parse_endpoint(one, allow_plain_on_loopback=plain_on_loopback) for one in servers]
    session = DirectorySession(endpoints, user=user, password=password, ca_file=str(ca_file) if ca_file else None)
    try:
        yield session
    finally:
        session.close()


def with_policy(wanted: Wanted) -> Wanted:
    """Return a connection with what OpenLDAP's password policy says; unchanged where it tells none, or several."""
    if wanted.dialect != "openldap":
        return wanted
    ca_file = wanted.folder / wanted.ca_file if wanted.ca_file else None
    password = secret_of(wanted.folder, wanted.reader)
    plain = wanted.plain_on_loopback
    with _session(wanted.servers, wanted.reader.user, password, ca_file, plain_on_loopback=plain) as session:
        policies = probing.policies(session, wanted.base)
    if len(policies) != 1:
        return wanted
    return replace(wanted, lock_minutes=policies[0].lock_minutes, password_days=policies[0].password_days)


@dataclass(frozen=True, slots=True)
class Tried:
    """What is seen over a connection: a line each for a person, a unit and a group, and what the desk's settings could name."""

    observations: list[Observation]
    lines: list[str]
    shown: Shown


def tried(wanted: Wanted, further: Mapping[str, Any]) -> Tried:
    """Return what is seen over a connection.

    ``further`` are settings that stand there already and stay.  Raises `RejectedError` for what cannot be used.
    """
    with _directory(wanted, further) as directory:
        observations = list(directory.examine(()))
        if not is_usable(observations):
            return Tried(observations, [], Shown(wanted.base))
        shown = []
        for kind, called in _SHOWN:
            page = directory.read(Question(kind, Everything(), limit=1))
            shown += [f"{called}: {entry.label}{_state(entry.attributes)}" for entry in page.entries]
        return Tried(observations, shown, shown_by(directory, wanted.base))


def is_usable(observations: list[Observation]) -> bool:
    """Say whether the accounts get in and see the base: what is wrong besides can be mended later."""
    essential = [
        one for one in observations if one.what in ("base", "writing account") or one.what.startswith("server ")
    ]
    return any(one.what == "base" for one in essential) and not any(one.state == "error" for one in essential)


def _state(attributes: Mapping[str, Any]) -> str:
    if "enabled" not in attributes:
        return ""
    enabled = "enabled" if attributes["enabled"] else "disabled"
    return f" ({enabled}, {'locked' if attributes.get('locked') else 'not locked'})"


@contextmanager
def _directory(wanted: Wanted, further: Mapping[str, Any]) -> Iterator[LdapDirectory]:
    """Open the connector as the settings would; a password that was typed is in a file of its owner's until it is open."""
    options = {**further, **wanted.options()}
    del options["use"]
    with ExitStack() as stack:
        for at, account in ((options, wanted.reader), (options.get("writer"), wanted.writer)):
            if at is None or account is None or account.env:
                continue
            path = wanted.folder / account.file
            at["password_file"] = str(path)
            if account.typed is not None:
                at["password_file"] = str(stack.enter_context(_passing(path, account.typed)))
        if wanted.ca_file:
            options["ca_file"] = str(wanted.folder / wanted.ca_file)
        directory = LdapDirectory(**options)
    try:
        yield directory
    finally:
        directory.close()


@contextmanager
def _passing(beside: Path, secret: Secret) -> Iterator[Path]:
    path = beside.with_name(f".{beside.name}.{os.getpid()}.trying")
    write_secret(path, secret)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def write_secret(path: Path, secret: Secret) -> None:
    """Write a password into a new file that only its owner can read; raises `SetUpError`."""
    try:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(secret.reveal() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise SetUpError(f"{path} cannot be written: {error.strerror}") from error


def secret_of(folder: Path, account: AccountWanted) -> Secret:
    """Return the password of an account; raises `RejectedError` naming where it should be."""
    if account.typed is not None:
        return account.typed
    if account.env:
        text, where = os.environ.get(account.env, ""), f"The environment variable {account.env}"
    else:
        where = str(folder / account.file)
        try:
            text = (folder / account.file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise RejectedError(f"{where} cannot be read ({type(error).__name__}).") from None
    if not text:
        raise RejectedError(f"{where} is empty: there is no password for {account.user}.")
    return Secret(text)
