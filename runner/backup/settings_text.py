"""What ``deskhand.toml`` names that belongs to a desk: databases, keys, other files; and the text without passwords. Pure."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from runner.errors import SetUpError
from runner.settings.reading import SETTINGS_FILE, url_in

PASSWORDS = f"passwords of databases in {SETTINGS_FILE} (--with-keys takes them in)"
ADDRESSES = f"addresses of webhooks and of a witness in {SETTINGS_FILE} (--with-keys takes them in)"
"""What a backup says when they were left out."""
_LEFT_OUT = "https://left-out-of-the-backup.invalid/"
_KEYS = frozenset({"password_file", "secret_file"})
_PASSWORD = re.compile(r"(?P<before>://[^:@/\"']*):[^@/\"']*@")
_IN_FOLDER = re.compile(r"sqlite:///(?!/)(?P<path>[^?]+)")


@dataclass(frozen=True, slots=True)
class Named:
    """What the settings name: the store's URL as it is written, SQLite files of connectors, files with keys, and others.

    ``archive`` is the folder of archived parts of the journal, empty where none is named.
    """

    store_url: str
    databases: tuple[str, ...]
    keys: tuple[str, ...]
    files: tuple[str, ...]
    archive: str = ""


def named(text: str) -> Named:
    """Return what settings name; raises `SetUpError` when they cannot be read or name no store."""
    try:
        content = tomllib.loads(text)
        url = content["store"]["url"]
        is_named = isinstance(url, str) and url
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        is_named = False
    if not is_named:
        raise SetUpError(f"{SETTINGS_FILE} cannot be read, or names no store")
    options = [pair for table, value in content.items() if table != "store" for pair in _options(value)]
    keys = [value for key, value in options if key in _KEYS and value]
    archive = content.get("journal", {}).get("archive_to", "")
    return Named(
        url,
        tuple(dict.fromkeys(path for key, value in options if key == "url" and (path := path_in_folder(value)))),
        tuple(dict.fromkeys(keys)),
        tuple(dict.fromkeys(value for key, value in options if key == "ca_file" and value)),
        archive if isinstance(archive, str) else "",
    )


def store_url(text: str, folder: Path) -> str:
    """Return the URL of the store as it is meant in a desk folder; raises as `named` does."""
    return url_in(folder, named(text).store_url)


def _options(value: Any) -> Iterator[tuple[str, str]]:
    """Yield every option that is a text, in tables at any depth."""
    for key, one in value.items() if isinstance(value, Mapping) else ():
        if isinstance(one, str):
            yield key, one
        yield from _options(one)


def path_in_folder(url: str) -> str:
    """Return the path of a SQLite database below the desk folder, empty for every other database."""
    found = _IN_FOLDER.match(url)
    return found["path"] if found and is_inside(found["path"]) else ""


def is_inside(path: str) -> bool:
    """Say whether a path as settings name it stays in the desk folder."""
    parts = PurePath(path).parts
    return not PurePath(path).is_absolute() and ".." not in parts and path != ":memory:"


def without_passwords(text: str) -> str:
    """Return settings without the passwords in the URLs of databases."""
    return _PASSWORD.sub(r"\g<before>@", text)


def without_addresses(text: str) -> str:
    """Return settings without the addresses of webhooks and of a witness, which are secrets: who knows one can write there.

    What stands for them is an address that nothing can be sent to, so that a desk put back opens, and what goes there waits.
    Raises `SetUpError` when one is written too unusually.
    """
    bare = text
    for url in sorted(_addresses(text), key=len, reverse=True):
        bare = bare.replace(url, _LEFT_OUT)
    if _addresses(bare):
        raise SetUpError(
            f'{SETTINGS_FILE}: an address in [webhooks] or [journal] cannot be left out; write it as  url = "…"'
        )
    return bare


def _addresses(text: str) -> frozenset[str]:
    settings = tomllib.loads(text)
    hooks, journal = settings.get("webhooks", {}), settings.get("journal", {})
    tables = hooks.values() if isinstance(hooks, Mapping) else ()
    found = {table.get("url") for table in tables if isinstance(table, Mapping)}
    found |= {journal.get("witness_url")} if isinstance(journal, Mapping) else set()
    return frozenset(url for url in found if isinstance(url, str) and url not in ("", _LEFT_OUT))


def urls_of_databases(text: str) -> tuple[str, ...]:
    """Return the addresses of every database that settings name."""
    options = [value for table in tomllib.loads(text).items() for key, value in _options(dict([table])) if key == "url"]
    return tuple(url for url in options if url.startswith(("sqlite", "postgres", "mysql", "mariadb")))


def holds_passwords(text: str) -> bool:
    """Say whether settings hold a password in the URL of a database; comments do not count."""
    return tomllib.loads(text) != tomllib.loads(without_passwords(text))


def with_store(text: str, url: str) -> str:
    """Return settings that name another store; raises `SetUpError` when the present one is written too unusually."""
    content = tomllib.loads(text)
    found = [one for one in (f'"{content["store"]["url"]}"', f"'{content['store']['url']}'") if text.count(one) == 1]
    content["store"]["url"] = url
    changed = text.replace(found[0], json.dumps(url)) if len(found) == 1 else ""
    try:
        is_right = tomllib.loads(changed) == content
    except tomllib.TOMLDecodeError:
        is_right = False
    if not is_right:
        raise SetUpError(f'{SETTINGS_FILE}: [store] cannot be changed by itself; write  url = "…"  there first')
    return changed
