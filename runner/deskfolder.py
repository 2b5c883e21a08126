"""The desk folder: ``deskhand.toml``, the forms, the key, and where the databases are. Reads files; writes only in `create`."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from connectors.spi import Secret
from runner.errors import SetUpError

FORMAT = 1
SETTINGS_FILE = "deskhand.toml"
KEY_FILE = "secret.key"
_MADE_BEFORE = frozenset({"forms", KEY_FILE, "demo-password.txt"})
_KEYS: Mapping[str, frozenset[str]] = {
    "": frozenset({"format", "demo", "store", "connectors", "mail", "web"}),
    "store": frozenset({"url"}),
    "mail": frozenset({"outbox", "host", "port", "sender", "starttls", "user", "password_file", "ca_file"}),
    "web": frozenset({"host", "port", "threads", "public_url"}),
}
_DEFAULT = """\
# The settings of this desk. Paths are relative to this folder.
format = {format}
demo = {demo}

[store]                                  # submissions, journal, accounts: SQLite here, PostgreSQL for several nodes
url = "sqlite:///deskhand.db"            # postgresql+psycopg://user:password@host/database

[connectors.directory]
use = "local"
url = "sqlite:///directory.db"

[connectors.mailbox]
use = "mailbox"
url = "sqlite:///mailbox.db"

[mail]                                   # or: host, port, sender, starttls, user, password_file, ca_file
outbox = "outbox"

[web]
host = "127.0.0.1"
port = {port}
threads = 32
"""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail leaves: into a folder, or by SMTP."""

    outbox: Path | None = None
    host: str = ""
    port: int = 25
    sender: str = ""
    starttls: bool = True
    user: str | None = None
    password: Secret | None = None
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the desk listens; ``public_url`` is how browsers reach it when that differs."""

    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 32
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class DeskFolder:
    """An installation's folder, read. ``connectors`` maps a name to the connector it uses and its options."""

    path: Path
    store_url: str
    connectors: Mapping[str, tuple[str, Mapping[str, Any]]]
    mail: MailSettings
    web: WebSettings
    demo: bool = False
    forms: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def open_folder(path: Path) -> DeskFolder:
    """Read a desk folder; raises `SetUpError` with the file and what to do."""
    settings = path / SETTINGS_FILE
    if not settings.is_file():
        raise SetUpError(f"{path} is no desk folder: it has no {SETTINGS_FILE}. Make one with: deskhand init {path}")
    try:
        content = tomllib.loads(settings.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SetUpError(f"{settings}: {error}") from error
    _check(settings, content)
    web = content.get("web", {})
    return DeskFolder(
        path=path,
        store_url=_url(path, _text(settings, content["store"], "store", "url")),
        connectors={name: _connector(settings, name, options) for name, options in content["connectors"].items()},
        mail=_mail(settings, content.get("mail", {})),
        web=WebSettings(**{key: web[key] for key in ("host", "port", "threads", "public_url") if key in web}),
        demo=bool(content.get("demo", False)),
        forms=read_forms(path / "forms"),
    )


def _check(settings: Path, content: Mapping[str, Any]) -> None:
    version = content.get("format")
    if not isinstance(version, int):
        raise SetUpError(f"{settings}: the first line must be: format = {FORMAT}")
    if version > FORMAT:
        raise SetUpError(
            f"{settings}: this desk folder was made by a newer release of Deskhand (format {version}, this release knows "
            f"{FORMAT}). Install the newer release."
        )
    for table, known in _KEYS.items():
        keys = content if not table else content.get(table, {})
        if not isinstance(keys, dict):
            raise SetUpError(f"{settings}: [{table}] must be a table.")
        for key in keys.keys() - known:
            where = f"[{table}] " if table else ""
            raise SetUpError(f'{settings}: {where}has no setting "{key}". Known are: {", ".join(sorted(known))}.')
    for table in ("store", "connectors"):
        if table not in content:
            raise SetUpError(f"{settings}: [{table}] is missing.")
    port = content.get("web", {}).get("port", 8080)
    if not isinstance(port, int) or not 0 <= port < 65_536:
        raise SetUpError(f"{settings}: [web] port must be a number from 0 to 65535.")


def _text(settings: Path, table: Mapping[str, Any], name: str, key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise SetUpError(f"{settings}: [{name}] needs {key} = “…”.")
    return value


def _url(path: Path, url: str) -> str:
    """Make the path of a SQLite database relative to the desk folder, not to where the command was called."""
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url.startswith(prefix + "/") or url == prefix + ":memory:":
        return url
    return prefix + str((path / url.removeprefix(prefix)).resolve())


def _connector(settings: Path, name: str, options: Any) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(options, dict) or not isinstance(options.get("use"), str):
        raise SetUpError(f'{settings}: [connectors.{name}] needs use = "…", the name of a connector.')
    rest = {key: value for key, value in options.items() if key != "use"}
    if isinstance(rest.get("url"), str):
        rest["url"] = _url(settings.parent, rest["url"])
    return options["use"], rest


def _mail(settings: Path, table: Mapping[str, Any]) -> MailSettings:
    if "outbox" in table:
        return MailSettings(outbox=settings.parent / table["outbox"])
    password = None
    if "password_file" in table:
        file = settings.parent / table["password_file"]
        try:
            password = Secret(file.read_text(encoding="utf-8").strip())
        except OSError as error:
            raise SetUpError(f"{settings}: [mail] password_file: {error}") from error
    if not table:
        return MailSettings(outbox=settings.parent / "outbox")
    return MailSettings(
        host=_text(settings, table, "mail", "host"),
        port=table.get("port", 25),
        sender=_text(settings, table, "mail", "sender"),
        starttls=table.get("starttls", True),
        user=table.get("user"),
        password=password,
        ca_file=str(settings.parent / table["ca_file"]) if "ca_file" in table else None,
    )


def read_forms(folder: Path) -> Mapping[str, bytes]:
    """Read every definition below a folder, by its path relative to it; raises `SetUpError`."""
    if not folder.is_dir():
        raise SetUpError(f"{folder} is missing: a desk folder keeps its forms there.")
    try:
        return {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file() and file.suffix in (".yaml", ".json", ".csv")
        }
    except OSError as error:
        raise SetUpError(f"{folder}: {error}") from error


def library() -> Mapping[str, bytes]:
    """Return the definitions that ship with the product, by file name."""
    root = resources.files("forms").joinpath("library")
    found: dict[str, bytes] = {}
    stack = [(root, "")]
    while stack:
        place, prefix = stack.pop()
        for item in place.iterdir():
            if item.is_dir():
                stack.append((item, f"{prefix}{item.name}/"))
            elif item.name.endswith((".yaml", ".json", ".csv")):
                found[prefix + item.name] = item.read_bytes()
    return found


def create(path: Path, *, demo: bool, port: int, key: bytes) -> None:
    """Make a new desk folder with the library's forms; raises `SetUpError` when there is something already.

    The settings are written last, so that a folder that was half made is no desk folder and can be made again.
    """
    if (path / SETTINGS_FILE).exists():
        raise SetUpError(f"{path} is a desk folder already; nothing was changed.")
    if path.exists() and any(entry.name not in _MADE_BEFORE for entry in path.iterdir()):
        raise SetUpError(f"{path} is not empty and no desk folder; nothing was changed. Choose another folder.")
    try:
        for name, content in library().items():
            file = path / "forms" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        _write_private(path / KEY_FILE, key)
        text = _DEFAULT.format(format=FORMAT, demo=str(demo).lower(), port=port)
        (path / SETTINGS_FILE).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SetUpError(f"{path} cannot be written: {error.strerror or error}") from error


def _write_private(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def read_key(path: Path) -> bytes:
    """Read the installation's key; raises `SetUpError` when it is missing or others may read it."""
    file = path / KEY_FILE
    try:
        mode = file.stat().st_mode
        content = file.read_bytes().strip()
    except OSError as error:
        raise SetUpError(
            f"{file}: {error.strerror}. Without it nothing can be signed; restore it from a backup."
        ) from error
    if os.name == "posix" and mode & 0o077:
        raise SetUpError(f"{file} may be read by others. Run: chmod 600 {file}")
    return content
