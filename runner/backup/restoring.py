"""Put a desk back from a backup: everything is verified first, and it lands whole or not at all. Writes files, databases."""

import hashlib
import secrets
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from runner.backup.manifest import DESK, MANIFEST, MOST_BYTES, Manifest, Part, read_manifest
from runner.backup.settings_text import PASSWORDS, named, path_in_folder, store_url, with_store
from runner.backup.stores import Putting, put_back_postgres, put_back_sqlite
from runner.deskfolder import FORMS_FOLDER, KEY_FILE, is_desk_folder, read_key
from runner.errors import SetUpError
from runner.journal.records import JSON
from runner.sealing import KeySealer
from runner.settings.reading import SETTINGS_FILE
from runner.store.person_keys import Keyring
from runner.store.schema import expected_version
from runner.store.settling import Settled
from runner.store.snapshots import check_free, file_of, kind_of

_BLOCK = 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, ValueError, RuntimeError, struct.error)
KEY_SUFFIX = ".key"
_OPEN_TO_READ = (".yaml", ".yml", ".json", ".csv", ".toml")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to restore.

    ``store_url`` names another place for the store than the settings do.  ``head`` is a place of the journal (number, hash)
    that was noted elsewhere.  ``is_moved`` says that the desk did nothing since the backup was made.  ``key`` is a file with
    the key of the desk, for a backup that is without it.
    """

    store_url: str | None = None
    head: tuple[int, str] | None = None
    is_moved: bool = False
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back.

    ``lost`` is how many records of the journal are known to be missing, None when none was noted.  ``lacking`` names the key
    files of the desk folder that were left out of the backup: without them the desk does not open.
    """

    manifest: Manifest
    settled: Settled
    lost: int | None
    lacking: tuple[str, ...]


def verified(archive: zipfile.ZipFile) -> Manifest:
    """Return the manifest of a backup after every part was compared with its sum; raises `SetUpError`."""
    infos = {info.filename: info for info in archive.infolist()}
    if MANIFEST not in infos or infos[MANIFEST].file_size > MOST_BYTES:
        raise SetUpError("it is no backup of Deskhand: it has no manifest")
    manifest = read_manifest(archive.read(MANIFEST))
    if set(infos) != {MANIFEST, *(part.name for part in manifest.parts)} or len(infos) != len(archive.infolist()):
        raise SetUpError("it is damaged: it does not hold exactly the parts that its manifest lists")
    for part in manifest.parts:
        _check_part(archive, infos[part.name], part)
    return manifest


def _check_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, part: Part) -> None:
    if info.file_size != part.bytes:
        raise SetUpError(f"{part.name} in it has {info.file_size} bytes, and the manifest says {part.bytes}")
    with archive.open(info) as source:
        digest = hashlib.sha256()
        while block := source.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != part.sha256:
        raise SetUpError(f"{part.name} in it is damaged: its sum is not the one in the manifest")


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Open a backup and verify all of it; raises `SetUpError` naming the file."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            manifest = verified(archive)
        except SetUpError as error:
            raise SetUpError(f"{file}: {error}. Nothing was changed.") from error
        except _DAMAGED as error:
            raise SetUpError(
                f"{file} is no backup of Deskhand, or a damaged one: {error}. Nothing was changed."
            ) from error
        yield archive, manifest


def restore(file: Path, folder: Path, wanted: Wanted, now: datetime) -> Restored:
    """Put a desk back into a new or empty folder, and its store where there is none; raises `SetUpError`.

    Nothing is left behind then.  The last step puts ``deskhand.toml`` in its place, which makes the folder a desk.
    """
    with opened(file) as (archive, manifest):
        if manifest.schema > expected_version():
            raise SetUpError(
                f"{file} was made by a newer release of Deskhand ({manifest.release}). Install that one; nothing was changed."
            )
        is_new = _check_folder(folder)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            making = Path(tempfile.mkdtemp(prefix=".restoring-", dir=folder))
        except OSError as error:
            raise SetUpError(f"{folder} cannot be made: {error.strerror or error}") from error
        try:
            return _restored(archive, manifest, making, folder, wanted, now)
        except BaseException:
            shutil.rmtree(folder if is_new else making, ignore_errors=True)
            raise


def _check_folder(folder: Path) -> bool:
    """Say whether a folder is new, not an empty one; raises `SetUpError` when something is there."""
    if is_desk_folder(folder):
        raise SetUpError(f"{folder} is a desk folder already; nothing was changed. Restore into a new folder.")
    if folder.exists() and not folder.is_dir():
        raise SetUpError(f"{folder} is a file; nothing was changed. Choose another folder.")
    if folder.exists() and any(folder.iterdir()):
        raise SetUpError(f"{folder} is not empty; nothing was changed. Restore into a new folder.")
    return not folder.exists()


def _restored(
    archive: zipfile.ZipFile, manifest: Manifest, making: Path, folder: Path, wanted: Wanted, now: datetime
) -> Restored:
    for part in manifest.parts:
        if part.name.startswith(DESK):
            _extract(archive, part, making / part.name.removeprefix(DESK))
    settings = making / SETTINGS_FILE
    if not settings.is_file() or not (making / FORMS_FOLDER).is_dir():
        raise SetUpError(f"{archive.filename} holds no {SETTINGS_FILE}, or no forms. Nothing was changed.")
    text = settings.read_text(encoding="utf-8")
    if wanted.store_url is not None:
        text = with_store(text, wanted.store_url)
        settings.write_text(text, encoding="utf-8")
    elif PASSWORDS in manifest.missing and manifest.store == "postgresql":
        raise SetUpError(
            "the backup is without the password of its store. Name the store with  --store "
            "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE  or in DESKHAND_STORE. Nothing was changed."
        )
    is_inside = bool(path_in_folder(named(text).store_url))
    url = store_url(text, making if is_inside else folder)
    if kind_of(url) != manifest.store:
        raise SetUpError(f"the backup's store is {manifest.store}, and [store] url names {kind_of(url)}")
    if not is_inside:
        check_free(url)
    copy = making / ".store"
    _extract(archive, manifest.store_part, copy)
    keyring = _keyring(making, wanted.key)
    put_back = put_back_postgres if file_of(url) is None else put_back_sqlite
    putting = Putting(manifest, wanted.head, wanted.is_moved, now, _body(manifest, wanted), keyring)
    settled, lost = put_back(url, copy, putting)
    _move(making, folder)
    return Restored(manifest, settled, lost, _lacking(manifest, folder))


def _lacking(manifest: Manifest, folder: Path) -> tuple[str, ...]:
    names = (said.partition(" ")[0] for said in manifest.missing)
    return tuple(name for name in names if name.endswith(KEY_SUFFIX) and not (folder / name).exists())


def _keyring(making: Path, given: Path | None) -> Keyring | None:
    """Put a key that was given in its place, and return what seals with the desk's key, None when there is none."""
    file = making / KEY_FILE
    if given is not None:
        file.touch(mode=0o600)
        file.write_bytes(given.read_bytes())
    if not file.is_file():
        return None
    try:
        return Keyring(KeySealer(read_key(making)), secrets.token_bytes)
    except ValueError as error:
        raise SetUpError(f"{given or KEY_FILE} is no key of a desk: {error}. Nothing was changed.") from error


def _body(manifest: Manifest, wanted: Wanted) -> dict[str, JSON]:
    head: dict[str, JSON] = {"seq": manifest.journal_seq, "hash": manifest.journal_hash}
    noted: dict[str, JSON] = {"noted": {"seq": wanted.head[0], "hash": wanted.head[1]}} if wanted.head else {}
    backup: dict[str, JSON] = {"made_at": manifest.made_at, "head": head, "moved": wanted.is_moved, **noted}
    return {"actor": {"id": "cli"}, "operation": "restored from a backup", "backup": backup}


def _extract(archive: zipfile.ZipFile, part: Part, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    is_public = PurePosixPath(part.name).suffix in _OPEN_TO_READ
    target.touch(mode=0o666 if is_public else 0o600)
    with archive.open(part.name) as source, target.open("wb") as stream:
        shutil.copyfileobj(source, stream, _BLOCK)


def _move(making: Path, folder: Path) -> None:
    """Put everything in its place, the settings last."""
    for entry in sorted(making.iterdir(), key=lambda entry: entry.name == SETTINGS_FILE):
        entry.rename(folder / entry.name)
    making.rmdir()
