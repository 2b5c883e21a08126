"""The desk folder: settings, the forms, the key, and where the databases are. Reads files; writes only in `create`."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from runner.errors import SetUpError
from runner.settings.checking import FORMAT
from runner.settings.model import (
    BulkSettings,
    EngineSettings,
    JournalSettings,
    MailSettings,
    SignInSettings,
    WebSettings,
)
from runner.settings.reading import SETTINGS_FILE, read_settings
from runner.settings.webhooks import ChannelSettings
from runner.store.schema import upgrade

KEY_FILE = "secret.key"
_NO_DESK = (
    "{path} is no desk folder: it has no {file}. Name yours with --desk FOLDER or in DESKHAND_DESK. "
    "Make one with: deskhand init {path}"
)
STORE_FILE = "deskhand.db"
FORMS_FOLDER = "forms"
_DEFINITIONS = (".yaml", ".yml", ".json", ".csv")
_NO_FORMS = frozenset({"node_modules", "__pycache__"})
_DEFAULT = """\
# The settings of this desk. Paths are relative to this folder.
format = {format}
demo = {demo}

[store]                                  # submissions, journal, accounts: SQLite here, PostgreSQL for several nodes
url = "sqlite:///deskhand.db"            # postgresql+psycopg://user:password@host/database

[connectors.directory]
use = "local"
url = "sqlite:///directory.db"
password_days = 365                      # how long a password is good for: shown in reports, not enforced

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
class DeskFolder:
    """An installation's folder, read. ``connectors`` maps a name to the connector it uses and its options."""

    path: Path
    store_url: str
    connectors: Mapping[str, tuple[str, Mapping[str, Any]]]
    mail: MailSettings
    web: WebSettings
    engine: EngineSettings
    demo: bool = False
    forms: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    journal: JournalSettings = field(default_factory=JournalSettings)
    channels: ChannelSettings = field(default_factory=ChannelSettings)
    needs_two: bool = False
    bulk: BulkSettings = field(default_factory=BulkSettings)


def is_desk_folder(path: Path) -> bool:
    """Say whether a folder holds settings; raises `SetUpError` when it may not be looked into."""
    try:
        return (path / SETTINGS_FILE).is_file()
    except OSError as error:
        raise SetUpError(f"{path} cannot be read: {error.strerror}") from error


def open_folder(path: Path) -> DeskFolder:
    """Read a desk folder; raises `SetUpError` with the file and what to do."""
    if not is_desk_folder(path):
        raise SetUpError(_NO_DESK.format(path=path, file=SETTINGS_FILE))
    found = read_settings(path / SETTINGS_FILE)
    forms = read_forms(path / FORMS_FOLDER)
    return DeskFolder(
        path,
        found.store_url,
        found.connectors,
        found.mail,
        found.web,
        found.engine,
        found.demo,
        forms,
        found.sign_in,
        found.journal,
        found.channels,
        found.needs_two,
        found.bulk,
    )


def read_forms(folder: Path) -> Mapping[str, bytes]:
    """Read every definition below a folder, by its path relative to it.

    Raises `SetUpError`, and reads nothing, when a definition or a folder is a link to what lies outside: whoever may write
    forms could have anything read by it, such as the key of the desk.
    """
    if not folder.is_dir():
        raise SetUpError(f"{folder} is missing: a desk folder keeps its forms there.")
    try:
        files = sorted(_definitions(folder, folder, {os.path.realpath(folder)}))
        return {file.relative_to(folder).as_posix(): Path(os.path.realpath(file)).read_bytes() for file in files}
    except OSError as error:
        raise SetUpError(f"{error.filename or folder} cannot be read: {error.strerror or error}") from error


def _definitions(folder: Path, root: Path, seen: set[str]) -> Iterator[Path]:
    """Yield every file with a definition; raises `OSError` for a folder that cannot be looked into, and `SetUpError`.

    Hidden folders, virtual environments and folders of packages are left out; ``seen`` are the folders looked into.
    """
    for entry in folder.iterdir():
        is_folder = entry.is_dir()
        if _is_named_for_tools(entry) if is_folder else entry.suffix not in _DEFINITIONS:
            continue
        if entry.is_symlink():
            refuse_leaving(root, entry)
        if not is_folder:
            yield from (entry,) if entry.is_file() else ()
        elif not (entry / "pyvenv.cfg").is_file() and _is_new(entry, root, seen):
            yield from _definitions(entry, root, seen)


def _is_named_for_tools(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in _NO_FORMS


def _is_new(folder: Path, root: Path, seen: set[str]) -> bool:
    """Say whether a folder is still to be looked into: a link only when what it leads to is hidden, as in a mounted volume."""
    place = os.path.realpath(folder)
    if place in seen:
        return False
    seen.add(place)
    words = Path(os.path.relpath(place, os.path.realpath(root))).parts
    return not folder.is_symlink() or any(word.startswith(".") for word in words)


def refuse_leaving(root: Path, path: Path) -> None:
    """Raise `SetUpError` when a path below a folder leads out of it through a link."""
    top, place = os.path.realpath(root), os.path.realpath(path)
    if os.path.commonpath([top, place]) != top:
        raise SetUpError(
            f"{path} is a link that leads out of {root}, so it is not read. Put the files themselves there, or remove the link."
        )


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
            elif item.name.endswith(_DEFINITIONS):
                found[prefix + item.name] = item.read_bytes()
    return found


def create(path: Path, *, demo: bool, port: int, key: bytes) -> None:
    """Make a new desk folder with the library's forms and an empty store, for its owner only.

    Raises `SetUpError` when there is something already, or it cannot be written; nothing is left behind then.
    """
    try:
        is_new = _is_free(path)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=".making-", dir=path))
    except OSError as error:
        raise SetUpError(f"{path} cannot be made: {error.strerror or error}") from error
    try:
        _fill(making, demo=demo, port=port, key=key)
        upgrade(f"sqlite:///{(making / STORE_FILE).resolve()}")
        # The settings last: they make it a desk folder.
        for name in (FORMS_FOLDER, KEY_FILE, STORE_FILE, SETTINGS_FILE):
            (making / name).rename(path / name)
        making.rmdir()
    except BaseException as error:
        shutil.rmtree(path if is_new else making, ignore_errors=True)
        if isinstance(error, OSError | SetUpError):
            reason = getattr(error, "strerror", None) or error
            raise SetUpError(f"{path} cannot be made: {reason}") from error
        raise


def _is_free(path: Path) -> bool:
    """Say whether a place is new, not an empty folder; raises `SetUpError` when something is there."""
    if is_desk_folder(path):
        raise SetUpError(f"{path} is a desk folder already; nothing was changed.")
    if path.exists() and not path.is_dir():
        raise SetUpError(f"{path} is a file; nothing was changed. Choose another folder.")
    if path.exists() and any(path.iterdir()):
        raise SetUpError(f"{path} is not empty and no desk folder; nothing was changed. Choose another folder.")
    return not path.exists()


def _fill(path: Path, *, demo: bool, port: int, key: bytes) -> None:
    for name, content in library().items():
        file = path / FORMS_FOLDER / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    _write_private(path / KEY_FILE, key)
    text = _DEFAULT.format(format=FORMAT, demo=str(demo).lower(), port=port)
    (path / SETTINGS_FILE).write_text(text, encoding="utf-8")


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
        reason = f"{file}: {error.strerror}."
        kept = "put it there from where it is kept apart; only a backup made with --with-keys holds it"
        raise SetUpError(f"{reason} Without it nothing can be signed; {kept}.") from error
    if os.name == "posix" and mode & 0o077:
        raise SetUpError(f"{file} may be read by others. Run: chmod 600 {file}")
    return content
