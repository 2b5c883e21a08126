"""Write the settings of a connection into ``deskhand.toml``: in place, with its comments, whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from connectors.spi import Secret
from runner.connect.trying import write_secret
from runner.connect.wanted import Wanted
from runner.errors import SetUpError
from runner.settings.reading import SETTINGS_FILE, read_settings

_OURS = frozenset(
    {
        "use", "servers", "dialect", "base", "user", "password_file", "password_env", "ca_file", "plain_on_loopback",
        "writer", "lock_minutes", "password_days",
    }
)  # fmt: skip


def standing(wanted_table: tuple[str, ...], folder: Path) -> Mapping[str, Any] | None:
    """Return the table that stands in the settings now, None when there is none; raises `SetUpError`."""
    read_settings(folder / SETTINGS_FILE)
    at: Any = _read(folder / SETTINGS_FILE).unwrap()
    for name in wanted_table:
        at = at.get(name) if isinstance(at, dict) else None
    return at if isinstance(at, dict) else None


def check_joined(folder: Path) -> None:
    """Refuse to write one of several directories where the settings name a single one; raises `SetUpError` with the fix."""
    joined = standing(("connectors", "directory"), folder) or {}
    if joined.get("use", "directories") != "directories":
        raise SetUpError(
            f'{folder / SETTINGS_FILE}: [connectors.directory] is one directory, use = "{joined["use"]}". To join several '
            'write use = "directories" there and move what it has into [connectors.directory.of.NAME]; without --as it is '
            "replaced."
        )


def kept(now: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the options of a table that stay: those of the same connector that are not asked for. Pure."""
    if now is None or now.get("use") != "ldap":
        return {}
    return {key: value for key, value in now.items() if key not in _OURS}


def write(wanted: Wanted) -> Path:
    """Write the passwords that were typed, an authority in PEM form, then the settings; return where the old ones are kept.

    The file is replaced in one step, after what was made of it has been read back.  Raises `SetUpError`; the settings are
    as they were then.
    """
    file = wanted.folder / SETTINGS_FILE
    document = _read(file)
    if wanted.part:
        check_joined(wanted.folder)
    _put(document, wanted)
    secrets, old = _typed(wanted), file.with_name(f"{file.name}.bak")
    new = file.with_name(f".{file.name}.new")
    others = [*secrets, *([wanted.folder / wanted.ca_file] if wanted.ca_pem else [])]
    try:
        _write(new, tomlkit.dumps(document), file)
        read_settings(new)
        _write(old, file.read_text(encoding="utf-8"), file)
        for path, secret in secrets.items():
            write_secret(_beside(path), secret)
        if wanted.ca_pem:
            _write(_beside(wanted.folder / wanted.ca_file), wanted.ca_pem, file)
        for path in others:
            _beside(path).replace(path)
        new.replace(file)
    except OSError as error:
        raise SetUpError(
            f"{error.filename or file} cannot be written: {error.strerror}. Nothing was changed."
        ) from error
    finally:
        for left in (new, *map(_beside, others)):
            left.unlink(missing_ok=True)
    return old


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _typed(wanted: Wanted) -> dict[Path, Secret]:
    accounts = [wanted.reader, *([wanted.writer] if wanted.writer else [])]
    return {wanted.folder / one.file: one.typed for one in accounts if one.typed is not None}


def _read(file: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(file.read_text(encoding="utf-8"))
    except (TOMLKitError, UnicodeDecodeError, OSError) as error:
        raise SetUpError(f"{file} cannot be read: {error}") from error


def _write(path: Path, text: str, like: Path) -> None:
    """Write a file for those who may read ``like``, down to the disk."""
    mode = like.stat().st_mode & 0o777
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _put(document: tomlkit.TOMLDocument, wanted: Wanted) -> None:
    at: Any = document
    for name in wanted.table[:-1]:
        if name not in at:
            at[name] = tomlkit.table(is_super_table=True)
        at = at[name]
    if wanted.part and at is not document["connectors"]:
        document["connectors"]["directory"]["use"] = "directories"
    last = wanted.table[-1]
    now = at.get(last)
    if isinstance(now, Table) and now.get("use") == "ldap":
        _change(now, wanted.options())
    else:
        at[last] = _made(wanted.options())


def _change(table: Table, options: Mapping[str, Any]) -> None:
    """Change a table in place: what is not ours stays, with every comment."""
    for key in [key for key in table if key in _OURS and key not in options]:
        del table[key]
    for key, value in options.items():
        if isinstance(value, dict):
            table[key] = _made(value)
        elif table.get(key) != value:
            table[key] = value


def _made(options: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in options.items():
        table[key] = _made(value) if isinstance(value, dict) else value
    return table
