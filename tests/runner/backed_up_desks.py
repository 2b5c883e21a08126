"""Small desk folders on either store, for the tests of backups, and files that were made wrong on purpose."""

import base64
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runner.backup.making import make_backup
from runner.backup.manifest import MANIFEST, Manifest
from tests.runner.migrated import migrated

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY = base64.urlsafe_b64encode(b"a key that only the tests use...").decode()
SETTINGS = """\
format = 1
[store]
url = "{url}"
[connectors.directory]
use = "local"
url = "sqlite:///directory.db"
[mail]
host = "mail.example"
sender = "desk@mail.example"
password_file = "mail-password.txt"
"""


def small_desk(folder: Path, url: str) -> Path:
    """Make a desk folder without forms to speak of, with its store at ``url``."""
    (folder / "forms").mkdir(parents=True)
    (folder / "deskhand.toml").write_text(SETTINGS.format(url=url), "utf-8")
    (folder / "forms" / "access.yaml").write_text("format: access/1\n", "utf-8")
    (folder / "forms" / "notes.md").write_text("not a definition\n", "utf-8")
    (folder / "secret.key").write_text(KEY, "utf-8")
    (folder / "secret.key").chmod(0o600)
    (folder / "mail-password.txt").write_text("hush-hush", "utf-8")
    (folder / "outbox").mkdir()
    migrated(url)
    return folder


def backed_up(folder: Path, file: Path, now: datetime = NOON, *, with_keys: bool = False) -> Manifest:
    with file.open("xb") as stream:
        return make_backup(folder, stream, file.parent, now, with_keys=with_keys)


def remade(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Return a copy of a backup whose parts were changed."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    target = file.with_name(f"changed-{file.name}")
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target


def with_manifest(file: Path, **changes: Any) -> Path:
    def change(parts: dict[str, bytes]) -> None:
        parts[MANIFEST] = json.dumps(json.loads(parts[MANIFEST]) | changes).encode()

    return remade(file, change)


def everything_in(file: Path) -> bytes:
    """Return all that a backup holds, uncompressed."""
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())
