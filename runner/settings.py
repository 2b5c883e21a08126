"""Read ``deskhand.toml``: every setting is known, of its type, and named in the sentence when it is not. Reads files."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.spi import Secret
from runner.bulk_settings import BULK_KEYS, BulkSettings, read_bulk
from runner.errors import SetUpError
from runner.hook_settings import ChannelSettings, read_channels
from runner.retention import BY_HAND, wrong_retention

FORMAT = 1
SETTINGS_FILE = "deskhand.toml"
_KEYS: Mapping[str, Mapping[str, type]] = {
    "": {
        "format": int,
        "demo": bool,
        "store": dict,
        "connectors": dict,
        "mail": dict,
        "web": dict,
        "sign_in": dict,
        "engine": dict,
        "bulk": dict,
        "journal": dict,
        "webhooks": dict,
        "forms": dict,
    },
    "store": {"url": str},
    "forms": {"publish": str},
    "mail": {
        "outbox": str,
        "host": str,
        "port": int,
        "sender": str,
        "starttls": bool,
        "user": str,
        "password_file": str,
        "ca_file": str,
        "operator": str,
    },
    "web": {"host": str, "port": int, "threads": int, "address": str, "proxy": str},
    "engine": {"workers": int},
    "bulk": BULK_KEYS,
    "sign_in": {"directory": bool, "only_members_of": str, "tries": int, "within_minutes": int},
    "journal": {
        "witness_file": str,
        "witness_url": str,
        "witness_syslog": str,
        "witness_mail": str,
        "syslog": str,
        "ca_file": str,
        "operator": str,
        "keep": str,
        "archive": str,
        "archive_to": str,
    },
}
_TYPES: Mapping[type, str] = {int: "a whole number", bool: "true or false", str: 'a text: "…"', dict: "a table"}
_MOST_THREADS = 1_000
_MOST_WORKERS = 64


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
    """Where it listens; links begin with ``address``; the ``proxy`` at this address (or ``*``) is believed about visitors."""

    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 32
    address: str = ""
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How many submissions a process carries out at a time of those that waited. 0: none, other processes do."""

    workers: int = 4


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """Whether people sign in with the directory's passwords, who may, and how often a wrong one is passed on for one person.

    ``only_members_of`` names a group; empty, everybody in the directory may sign in.
    """

    directory: bool = False
    only_members_of: str = ""
    tries: int = 4
    within_minutes: int = 30


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """Who is sent checkpoints of the journal (``witness_…``), and where every record is forwarded to (``syslog``).

    ``ca_file`` replaces the system's list of authorities for all of them; what is empty is not used.  What is older than
    ``keep`` may be archived into ``archive_to``, by hand or once a month.
    """

    witness_file: Path | None = None
    witness_url: str = ""
    witness_syslog: str = ""
    witness_mail: str = ""
    syslog: str = ""
    ca_file: str | None = None
    keep: str = ""
    archive: str = BY_HAND
    archive_to: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything ``deskhand.toml`` says.

    ``connectors`` maps a name to the connector it uses and its options; the option ``of`` of one that joins several maps
    their names to theirs.  ``needs_two`` says that a changed form is used once somebody else than its author published it.
    """

    store_url: str
    connectors: Mapping[str, tuple[str, Mapping[str, Any]]]
    mail: MailSettings
    web: WebSettings
    engine: EngineSettings
    demo: bool = False
    sign_in: SignInSettings = SignInSettings()
    journal: JournalSettings = JournalSettings()
    channels: ChannelSettings = field(default_factory=ChannelSettings)
    needs_two: bool = False
    bulk: BulkSettings = field(default_factory=BulkSettings)


def read_settings(file: Path) -> Settings:
    """Read the settings; paths in them are relative to their folder.

    Raises `SetUpError` with the file, and the line or the setting that has to be mended.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SetUpError(f"{file} cannot be read: {error}") from error
    except UnicodeDecodeError as error:
        raise SetUpError(f"{file} is not UTF-8. Save it again with that encoding.") from error
    except OSError as error:
        raise SetUpError(f"{file} cannot be read: {error.strerror}") from error
    _check(file, content)
    return Settings(
        store_url=url_in(file.parent, _needed(file, content["store"], "store", "url")),
        connectors={name: _connector(file, name, options) for name, options in content["connectors"].items()},
        mail=_mail(file, content.get("mail", {})),
        web=WebSettings(**content.get("web", {})),
        engine=EngineSettings(**content.get("engine", {})),
        bulk=read_bulk(file, content.get("bulk", {})),
        demo=content.get("demo", False),
        sign_in=_sign_in(file, content.get("sign_in", {})),
        journal=_journal(file, content.get("journal", {})),
        channels=read_channels(file, content),
        needs_two=_needs_two(file, content.get("forms", {})),
    )


def _needs_two(file: Path, table: Mapping[str, Any]) -> bool:
    if table.get("publish", "at once") not in ("at once", "two people"):
        raise SetUpError(f'{file}: [forms] publish must be "at once" or "two people".')
    return table.get("publish") == "two people"


def _check(file: Path, content: Mapping[str, Any]) -> None:
    version = content.get("format")
    if type(version) is not int or version < 1:
        raise SetUpError(f"{file}: the first line must be: format = {FORMAT}")
    if version > FORMAT:
        raise SetUpError(
            f"{file}: this desk folder was made by a newer release of Deskhand (format {version}, this release knows "
            f"{FORMAT}). Install the newer release."
        )
    for table in ("store", "connectors"):
        if table not in content:
            raise SetUpError(f"{file}: [{table}] is missing.")
    for table, known in _KEYS.items():
        _check_table(file, table, content if not table else content.get(table, {}), known)
    _check_range(file, content.get("web", {}), "web", "port", 0, 65_535)
    _check_range(file, content.get("web", {}), "web", "threads", 1, _MOST_THREADS)
    _check_range(file, content.get("engine", {}), "engine", "workers", 0, _MOST_WORKERS)
    _check_range(file, content.get("mail", {}), "mail", "port", 1, 65_535)
    _check_range(file, content.get("sign_in", {}), "sign_in", "tries", 1, 100)
    _check_range(file, content.get("sign_in", {}), "sign_in", "within_minutes", 1, 60)


def _check_table(file: Path, table: str, content: Mapping[str, Any], known: Mapping[str, type]) -> None:
    where = f"[{table}] " if table else ""
    for key, value in content.items():
        if key not in known:
            raise SetUpError(f'{file}: {where}has no setting "{key}". Known are: {", ".join(sorted(known))}.'.strip())
        if type(value) is not known[key]:
            raise SetUpError(f"{file}: {where}{key} must be {_TYPES[known[key]]}.")


def _check_range(file: Path, content: Mapping[str, Any], table: str, key: str, least: int, most: int) -> None:
    if not least <= content.get(key, least) <= most:
        raise SetUpError(f"{file}: [{table}] {key} must be a number from {least} to {most}.")


def _needed(file: Path, table: Mapping[str, Any], name: str, key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise SetUpError(f'{file}: [{name}] needs {key} = "…".')
    return value


def url_in(folder: Path, url: str) -> str:
    """Make the path of a SQLite database relative to the desk folder, not to where the command was called."""
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url.startswith(prefix + "/") or url == prefix + ":memory:":
        return url
    return prefix + str((folder / url.removeprefix(prefix)).resolve())


def _connector(file: Path, name: str, options: Any) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(options, dict) or not isinstance(options.get("use"), str):
        raise SetUpError(f'{file}: [connectors.{name}] needs use = "…", the name of a connector.')
    rest = {key: value for key, value in options.items() if key != "use"}
    if isinstance(rest.get("url"), str):
        rest["url"] = url_in(file.parent, rest["url"])
    rest = _with_files(file.parent, rest)
    if isinstance(rest.get("of"), dict):
        rest["of"] = {part: _connector(file, f"{name}.of.{part}", given) for part, given in rest["of"].items()}
    return options["use"], rest


def _with_files(folder: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    """Make options called ``…_file`` relative to the desk folder, not to where the command was called."""
    found: dict[str, Any] = {}
    for key, value in options.items():
        if key.endswith("_file") and isinstance(value, str) and value:
            found[key] = str(folder / value)
        else:
            found[key] = _with_files(folder, value) if key == "writer" and isinstance(value, dict) else value
    return found


def _sign_in(file: Path, table: Mapping[str, Any]) -> SignInSettings:
    found = SignInSettings(**table)
    if table and "directory" not in table:
        raise SetUpError(f"{file}: [sign_in] is about signing in with the directory, so it needs directory = true.")
    if "only_members_of" in table and not found.only_members_of.strip():
        raise SetUpError(f"{file}: [sign_in] only_members_of names no group. Name one, or remove the line.")
    return found


def _journal(file: Path, table: Mapping[str, Any]) -> JournalSettings:
    for key, value in table.items():
        if not value:
            raise SetUpError(f"{file}: [journal] {key} is empty. Fill it in, or remove the line.")
    if problem := wrong_retention(table):
        raise SetUpError(f"{file}: [journal] {problem}")
    files = {key: file.parent / table[key] for key in ("witness_file", "ca_file", "archive_to") if key in table}
    paths = {key: str(path) if key == "ca_file" else path for key, path in files.items()}
    return JournalSettings(**{**table, **paths})


def _mail(file: Path, table: Mapping[str, Any]) -> MailSettings:
    table = {key: value for key, value in table.items() if key != "operator"}
    if "outbox" in table and "host" in table:
        raise SetUpError(f"{file}: [mail] has both outbox and host. Keep outbox to write mails into a folder, or host.")
    if "outbox" in table or not table:
        return MailSettings(outbox=file.parent / table.get("outbox", "outbox"))
    return MailSettings(
        host=_needed(file, table, "mail", "host"),
        port=table.get("port", 25),
        sender=_needed(file, table, "mail", "sender"),
        starttls=table.get("starttls", True),
        user=table.get("user"),
        password=_password(file, table["password_file"]) if "password_file" in table else None,
        ca_file=str(file.parent / table["ca_file"]) if "ca_file" in table else None,
    )


def _password(file: Path, name: str) -> Secret:
    try:
        return Secret((file.parent / name).read_text(encoding="utf-8").strip())
    except UnicodeDecodeError as error:
        raise SetUpError(f"{file}: [mail] password_file: {name} is not UTF-8.") from error
    except OSError as error:
        raise SetUpError(f"{file}: [mail] password_file: {name} cannot be read: {error.strerror}") from error
