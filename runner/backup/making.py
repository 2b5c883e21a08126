"""Make a backup of a desk while it is used. Reads the desk folder, copies its databases, writes one file."""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import IO, cast

from runner.archiving import ARCHIVE_FOLDER
from runner.backup.manifest import DESK, MANIFEST, STORE, Manifest, Part, StoreKind, written
from runner.backup.settings_text import (
    ADDRESSES,
    PASSWORDS,
    Named,
    holds_passwords,
    is_inside,
    named,
    store_url,
    urls_of_databases,
    without_addresses,
    without_passwords,
)
from runner.deskfolder import FORMS_FOLDER, KEY_FILE, STORE_FILE, is_desk_folder, read_forms
from runner.errors import SetUpError
from runner.journal.records import JSON, Record, timestamp
from runner.policy.names import FILE as NAMES_FILE
from runner.settings.reading import SETTINGS_FILE
from runner.store.snapshots import Snapshot, copy_sqlite, file_of, has_password, take
from runner.store.store import Store

_BLOCK = 1024 * 1024
_LARGEST_FILE = 16 * 1024 * 1024
_OF_DATABASES = ("-wal", "-shm", "-journal")
STORE_NAMES: Mapping[str, str] = {"sqlite": f"{STORE}desk.db", "postgresql": f"{STORE}desk.dump"}


@dataclass(slots=True)
class _Contents:
    """Small files by their names in the backup, databases to copy, other large files, and what is left out, in words."""

    files: dict[str, bytes] = field(default_factory=dict)
    databases: dict[str, Path] = field(default_factory=dict)
    large: dict[str, Path] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def make_backup(folder: Path, stream: IO[bytes], beside: Path, now: datetime, *, with_keys: bool) -> Manifest:
    """Write a backup of a desk folder and its store to a stream of bytes; return what it holds.

    Databases are copied into the folder ``beside`` on the way, one after the other.

    That it is made stands in the journal before, as for every export.  The store is copied first, so that no operation is
    called done whose effect is missing in a local directory.  Raises `SetUpError`, or `OSError` of the disk.
    """
    if not is_desk_folder(folder):
        raise SetUpError(f"{folder} is no desk folder: it has no {SETTINGS_FILE}.")
    url = store_url((folder / SETTINGS_FILE).read_text(encoding="utf-8"), folder)
    contents = _contents(folder, url, with_keys=with_keys)
    with Store.open(url) as store:
        body: dict[str, JSON] = {"actor": {"id": "cli"}, "operation": "backup", "keys": with_keys}
        store.journal.append([Record("export", now, body)])
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=beside) as making:
        copy = Path(making) / "store"
        found = take(url, copy)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            parts = [_add_file(archive, STORE_NAMES[found.kind], copy)]
            copy.unlink()
            for name, source in contents.databases.items():
                copy_sqlite(source, copy)
                parts.append(_add_file(archive, name, copy))
                copy.unlink()
            parts += [_add_file(archive, name, source) for name, source in contents.large.items()]
            parts += [_add(archive, name, content) for name, content in contents.files.items()]
            manifest = _manifest(found, parts, contents.missing, now)
            archive.writestr(_info(MANIFEST), written(manifest))
    return manifest


def _contents(folder: Path, url: str, *, with_keys: bool) -> _Contents:
    """Read what belongs to a desk but for its store; raises `SetUpError` and `OSError`."""
    found = _Contents()
    text = (folder / SETTINGS_FILE).read_text(encoding="utf-8")
    names = named(text)
    found.files = {f"{DESK}{FORMS_FOLDER}/{name}": text_ for name, text_ in read_forms(folder / FORMS_FOLDER).items()}
    _take_files(found, folder, (NAMES_FILE,), is_needed=False)
    _take_files(found, folder, names.files)
    keys = (KEY_FILE, *names.keys, *sorted(file.name for file in folder.glob("*.key") if file.name != KEY_FILE))
    if with_keys:
        _take_files(found, folder, dict.fromkeys(keys))
    else:
        found.missing += [f"{name} (a key; --with-keys takes it in)" for name in dict.fromkeys(keys)]
        text = _without_passwords(found, text)
    found.files[f"{DESK}{SETTINGS_FILE}"] = text.encode("utf-8")
    for path in names.databases:
        if (folder / path).is_file():
            found.databases[f"{DESK}{path}"] = folder / path
    _take_archive(found, folder, names.archive or ARCHIVE_FOLDER)
    found.missing += _others(folder, url, names, found)
    return found


def _take_files(found: _Contents, folder: Path, names: Iterable[str], *, is_needed: bool = True) -> None:
    for name in names:
        file = folder / name
        if not is_inside(name):
            found.missing.append(f"{name} (it lies outside of the desk folder)")
        elif file.is_file():
            if file.stat().st_size > _LARGEST_FILE:
                raise SetUpError(f"{file} is larger than {_LARGEST_FILE // 1024**2} MiB, which no file of a desk is")
            found.files[f"{DESK}{name}"] = file.read_bytes()
        elif is_needed:
            found.missing.append(f"{name} (it is not there)")


def _take_archive(found: _Contents, folder: Path, name: str) -> None:
    """Take the archived parts of the journal, which belong to it as much as those in the store."""
    if not is_inside(name):
        found.missing.append(f"{name} (archived parts of the journal, outside of the desk folder)")
    elif (folder / name).is_dir():
        files = sorted(file for file in (folder / name).iterdir() if file.is_file() and not file.is_symlink())
        found.large = {f"{DESK}{name.strip('/')}/{file.name}": file for file in files if not file.name.startswith(".")}


def _without_passwords(found: _Contents, text: str) -> str:
    """Return the settings without passwords and addresses that are secrets, and say so; raises `SetUpError` when one stays."""
    bare = without_passwords(text)
    if any(map(has_password, urls_of_databases(bare))):
        raise SetUpError(f"{SETTINGS_FILE}: the password in the url of a database cannot be left out; use --with-keys")
    if holds_passwords(text):
        found.missing.append(PASSWORDS)
    if (shown := without_addresses(bare)) != bare:
        found.missing.append(ADDRESSES)
    return shown


def _others(folder: Path, url: str, names: Named, found: _Contents) -> Iterator[str]:
    """Yield what else lies in the folder; nothing of it is needed to open the desk."""
    store = file_of(url)
    known = {FORMS_FOLDER, SETTINGS_FILE, KEY_FILE, *names.keys, *names.databases}
    known |= {name.removeprefix(DESK).partition("/")[0] for name in (*found.files, *found.large)}
    known |= {store.name} if store is not None and store.parent == folder.resolve() else {STORE_FILE}
    databases = [name for name in known if (folder / name).is_file()]
    known |= {f"{name}{suffix}" for name in databases for suffix in _OF_DATABASES}
    for entry in sorted(folder.iterdir()):
        if entry.name not in known and entry.suffix != ".key" and not entry.name.startswith("."):
            yield f"{entry.name}{'/' if entry.is_dir() else ''}"


def _manifest(found: Snapshot, parts: list[Part], missing: list[str], now: datetime) -> Manifest:
    fault = found.journal.fault
    return Manifest(
        made_at=timestamp(now),
        release=metadata.version("deskhand"),
        store=cast("StoreKind", found.kind),
        schema=found.schema,
        journal_seq=found.journal.head[0],
        journal_hash=found.journal.head[1],
        journal_fault=fault.sentence if fault else "",
        missing=tuple(missing),
        parts=tuple(parts),
    )


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    return info


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> Part:
    archive.writestr(_info(name), content)
    return Part(name, len(content), hashlib.sha256(content).hexdigest())


def _add_file(archive: zipfile.ZipFile, name: str, file: Path) -> Part:
    with file.open("rb") as source, archive.open(_info(name), "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target, _BLOCK)
    with file.open("rb") as source:
        return Part(name, file.stat().st_size, hashlib.file_digest(source, "sha256").hexdigest())
