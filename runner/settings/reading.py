"""Read ``deskhand.toml``: every setting is known, of its type, and named in the sentence when it is not. Reads files."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.spi import Secret
from runner.errors import SetUpError
from runner.settings.checking import check
from runner.settings.model import (
    BulkSettings,
    EngineSettings,
    JournalSettings,
    MailSettings,
    Settings,
    SignInSettings,
    WebSettings,
)
from runner.settings.retention import wrong_retention
from runner.settings.webhooks import read_channels

SETTINGS_FILE = "deskhand.toml"


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
    check(file, content)
    return Settings(
        store_url=url_in(file.parent, _needed(file, content["store"], "store", "url")),
        connectors={name: _connector(file, name, options) for name, options in content["connectors"].items()},
        mail=_mail(file, content.get("mail", {})),
        web=WebSettings(**content.get("web", {})),
        engine=EngineSettings(**content.get("engine", {})),
        bulk=BulkSettings(**content.get("bulk", {})),
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
