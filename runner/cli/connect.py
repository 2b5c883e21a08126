"""The command that connects a desk to a directory: asks, tries it out, writes the settings, says what to mend."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from connectors.errors import UnavailableError
from connectors.ldap.examining.probing import title_of
from connectors.ldap.talking.presenting import Greeting
from connectors.spi import Secret
from runner.cli.connect_asking import Asking, asking
from runner.cli.connect_ending import told_next, told_unfit, told_written
from runner.cli.telling import tell
from runner.connect.certificates import pem_of, signed_by
from runner.connect.holding import holds_anything
from runner.connect.trying import Tried, found_out, greeted, is_usable, secret_of, tried, with_policy
from runner.connect.wanted import AccountWanted, Wanted
from runner.connect.writing import check_joined, kept, standing, write
from runner.connecting import open_connectors
from runner.deskfolder import DeskFolder, open_folder
from runner.errors import RefusedError

_MARKS = {"ok": "ok     ", "warning": "warning", "error": "ERROR  "}
_CONVERTED = ".converted.pem"
_PART = re.compile(r"[a-z][a-z0-9-]{0,30}")
_AUTHORITY = (
    "Ask whoever runs the directory for the certificate of that authority, and compare its fingerprint with theirs. Active "
    "Directory: certutil -ca.cert ca.cer on the authority's server (taken as it is; certutil -encode ca.cer ca.pem puts it "
    "into PEM form); Samba: private/tls/ca.pem; OpenLDAP: the file that TLSCACertificateFile names."
)


@dataclass(frozen=True, slots=True)
class _Account:
    """An account as options give it."""

    user: str | None
    password_file: Path | None
    password_env: str | None
    called: str
    option: str


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, readable=False), default=Path())
@click.option("--server", "servers", multiple=True, help="ldaps://HOST, or ldap://HOST for StartTLS; may be repeated.")
@click.option("--user", help="The account that reads: a DN, or in Active Directory name@domain.")
@click.option("--password-file", type=click.Path(path_type=Path), help="A file with its password, for its owner only.")
@click.option("--password-env", help="The environment variable that will hold its password.")
@click.option("--base", help="The DN below which everything is found.")
@click.option("--ca-file", type=click.Path(path_type=Path), help="The authority that signed the servers' certificates.")
@click.option("--writer", help="A second account, which writes.")
@click.option("--writer-password-file", type=click.Path(path_type=Path), help="A file with its password.")
@click.option("--writer-password-env", help="The environment variable that will hold its password.")
@click.option("--plain-on-loopback", is_flag=True, help="Without TLS, to a loopback address, for trying things out.")
@click.option("--as", "part", default="", help="Its name, where several directories are joined.")
@click.option("--set-aside", "aside", is_flag=True, help="Move forms that the directory cannot do out of the way.")
@click.option("--yes", is_flag=True, help="Replace the section that stands there, without asking.")
def connect(
    folder: Path,
    servers: tuple[str, ...],
    user: str | None,
    password_file: Path | None,
    password_env: str | None,
    base: str | None,
    ca_file: Path | None,
    writer: str | None,
    writer_password_file: Path | None,
    writer_password_env: str | None,
    plain_on_loopback: bool,
    part: str,
    aside: bool,
    yes: bool,
) -> None:
    """Connect a desk to Active Directory or another LDAP server; what is not given is asked for.

    The settings are written once the directory lets the account in and shows the base. The password goes into a file of
    its own that only its owner can read, or stays in the environment variable that is named. On a desk that is connected
    --set-aside alone sets forms aside.
    """
    desk = open_folder(folder)
    path = desk.path
    if part and not _PART.fullmatch(part):
        raise click.UsageError("--as is a name of small letters, digits and hyphens.")
    if part:
        check_joined(path)
    ask = asking()
    if aside and not servers and not user and _is_connected(desk):
        _only_set_aside(desk, ask)
        return
    reader = _Account(user, password_file, password_env, "The account that reads", "--user")
    writing = _Account(writer, writer_password_file, writer_password_env, "The account that writes", "--writer")
    servers, authority = _servers(servers, ca_file.absolute() if ca_file else None, ask, plain=plain_on_loopback)
    account, trusted = _account(path, reader, part, ask), _written(path, authority) if authority else ""
    begun = Wanted(path, servers, account, "", "", trusted, plain_on_loopback=plain_on_loopback, part=part)
    wanted = _with_base(begun, base, ask)
    if writing.user:
        wanted = replace(wanted, writer=_account(path, writing, part, ask))
    now = standing(wanted.table, path)
    wanted = with_policy(wanted)
    seen = tried(wanted, kept(now))
    _tell(wanted, seen)
    if not is_usable(seen.observations):
        raise RefusedError("The directory cannot be used like this; nothing was written.")
    is_in_use = now is not None and (bool(part) or holds_anything(desk))
    name = ".".join(wanted.table)
    if is_in_use and not yes and not ask.agrees(f"Replace [{name}], which uses {(now or {}).get('use')}", "--yes"):
        raise RefusedError("Nothing was written.")
    wanted = _with_own_copy(wanted)
    told_written(wanted, write(wanted))
    told_next(path, seen.shown, ask, asks=not yes, aside=aside)


def _is_connected(desk: DeskFolder) -> bool:
    return desk.connectors.get("directory", ("local", {}))[0] != "local"


def _only_set_aside(desk: DeskFolder, ask: Asking) -> None:
    connectors = open_connectors(desk)
    try:
        told_unfit(desk, connectors, ask, asks=False, aside=True)
    finally:
        for connector in connectors.all():
            getattr(connector, "close", lambda: None)()


def _with_own_copy(wanted: Wanted) -> Wanted:
    """Return the connection with an authority that was converted in a file of the desk folder."""
    if not Path(wanted.ca_file).name.endswith(_CONVERTED):
        return wanted
    pem = Path(wanted.ca_file).read_text(encoding="ascii")
    return replace(wanted, ca_file=f"{f'{wanted.part}-' if wanted.part else ''}directory-ca.pem", ca_pem=pem)


def _servers(
    given: tuple[str, ...], ca_file: Path | None, ask: Asking, *, plain: bool
) -> tuple[tuple[str, ...], Path | None]:
    """Return the servers, and a CA file in PEM form; asks until one of them is reached and trusted."""
    authority = _in_pem(ca_file) if ca_file else None
    if given:
        servers = given
    else:
        typed = ask.ask(
            "Servers of the directory, with blanks between them, such as ldaps://dc1.example.org", "--server"
        )
        servers = tuple(one if "://" in one else f"ldaps://{one}" for one in re.split(r"[\s,]+", typed) if one)
    while True:
        greetings = {server: greeted(server, authority, plain_on_loopback=plain) for server in servers}
        for server, found in greetings.items():
            if found.why_not:
                tell(f"{server}: {found.why_not}", err=True)
        untrusted = next((found for found in greetings.values() if found.untrusted), None)
        if not untrusted:
            return servers, authority
        authority = _authority(untrusted, ask)


def _authority(untrusted: Greeting, ask: Asking) -> Path:
    tell(f"{signed_by(untrusted.untrusted or b'')}. {_AUTHORITY}", err=True)

    def missing(answer: str) -> str | None:
        return None if Path(answer).is_file() else f"There is no file {answer}."

    return _in_pem(Path(ask.until_good("File with the certificate of the authority", "--ca-file", missing)).absolute())


def _in_pem(file: Path) -> Path:
    """Return a CA file, or a copy of one in DER form as PEM that lasts as long as the command; any other as it is."""
    try:
        pem = pem_of(file.read_bytes())
    except OSError:
        return file  # said when the servers are greeted
    if not pem:
        return file
    place = click.get_current_context().with_resource(TemporaryDirectory(prefix="deskhand-"))
    copy = Path(place) / f"{file.stem}{_CONVERTED}"
    copy.write_text(pem, encoding="ascii")
    return copy


def _account(folder: Path, given: _Account, part: str, ask: Asking) -> AccountWanted:
    if given.password_file and given.password_env:
        raise click.UsageError("Give the password either as a file or as an environment variable.")
    user = given.user or ask.ask(f"{given.called}: a DN, or in Active Directory name@domain", given.option)
    if given.password_env:
        return AccountWanted(user, env=given.password_env)
    if given.password_file:
        return AccountWanted(user, file=_written(folder, given.password_file.absolute()))
    is_writer = given.option == "--writer"
    secret = ask.ask_secret(f"Password of {user}", "--writer-password-file" if is_writer else "--password-file")
    kind = "writer" if is_writer else "directory"
    return AccountWanted(user, file=f"{f'{part}-' if part else ''}{kind}.password", typed=secret)


def _written(folder: Path, path: Path) -> str:
    """Return a path as the settings name it: relative to the desk folder where it lies in it."""
    absolute = folder.absolute()
    return str(path.relative_to(absolute)) if path.is_relative_to(absolute) else str(path)


def _with_base(begun: Wanted, base: str | None, ask: Asking) -> Wanted:
    secret: Secret = secret_of(begun.folder, begun.reader)
    ca_file = begun.folder / begun.ca_file if begun.ca_file else None
    plain = begun.plain_on_loopback
    user = begun.reader.user
    try:
        offered = found_out(begun.servers, user, secret, ca_file, plain_on_loopback=plain)
    except UnavailableError as error:
        raise UnavailableError(f"{error} {_written_otherwise(user)}".strip()) from None
    click.echo(f"Signed in. This is {title_of(offered.dialect)}.")
    chosen = base or ask.choose("Base: the DN below which everything is found", "--base", offered.bases)
    return replace(begun, dialect=offered.dialect, base=chosen)


def _written_otherwise(user: str) -> str:
    """Return how else an account is written, where it stands there as a bare login. Pure."""
    if any(mark in user for mark in "=@\\"):
        return ""
    return f"If the password is right, write {user} as name@domain or as a DN: a server knows no bare logins."


def _tell(wanted: Wanted, seen: Tried) -> None:
    for one in seen.observations:
        tell(f"{_MARKS[one.state]}  {one.what}: {one.detail}")
        hint = _written_otherwise(wanted.writer.user) if wanted.writer is not None else ""
        if hint and one.what == "writing account" and one.state == "error":
            tell(f"         {hint}")
    for line in seen.lines:
        tell(f"seen     {line}")


COMMANDS = (connect,)
