"""The key that signs checkpoints, in a file of the desk folder that its owner alone may read."""

import os
import secrets
from pathlib import Path

from runner.errors import SetUpError
from runner.journal.checkpoints import Signer, new_signing_key, read_signing_key
from runner.journal.offline.notes import Key

SIGNING_KEY_FILE = "journal.key"
_ABSENT = (
    "{file} is missing, and checkpoints of the journal were signed with it. Put it there from where it is kept apart from "
    "backups, or from the desk folder of another node, for its owner only (chmod 600). Only when no copy is left: "
    "deskhand journal break --new-key"
)


def make_signing_key(folder: Path) -> None:
    """Make the key of a desk folder; one that is there stays. Raises `SetUpError` when it cannot be written."""
    file = folder / SIGNING_KEY_FILE
    making = folder / f".{SIGNING_KEY_FILE}.{secrets.token_hex(4)}"
    try:
        descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(new_signing_key(secrets.token_bytes))
                stream.flush()
                os.fsync(stream.fileno())
            _place(making, file)
        finally:
            making.unlink(missing_ok=True)
    except OSError as error:
        raise SetUpError(f"{file} cannot be written: {error.strerror or error}") from error


def _place(making: Path, file: Path) -> None:
    """Give a whole file its name, unless another process was quicker."""
    try:
        os.link(making, file)
    except FileExistsError:
        return
    except OSError:
        if file.exists():
            return
        making.rename(file)  # a file system without hard links


def set_signing_key_aside(folder: Path, name: str) -> None:
    """Give the key another name, so that a new one can be made; raises `SetUpError`."""
    file = folder / SIGNING_KEY_FILE
    try:
        if file.exists():
            file.rename(folder / name)
    except OSError as error:
        raise SetUpError(f"{file} cannot be renamed: {error.strerror or error}") from error


def public_key_at(folder: Path, *, is_used: bool = False) -> Key | None:
    """Return the public key of a desk, None when it has none yet; makes none.

    Raises `SetUpError` for a key that cannot be used, and, where it ``is_used`` already, for one that is missing.
    """
    return open_signer(folder, is_used=True).key if is_used or (folder / SIGNING_KEY_FILE).exists() else None


def open_signer(folder: Path, *, is_used: bool) -> Signer:
    """Read the key, and make it at its first use; raises `SetUpError` with what to do.

    ``is_used`` says that checkpoints are stored already: then a key that is missing is not made anew.
    """
    file = folder / SIGNING_KEY_FILE
    if not file.exists():
        if is_used:
            raise SetUpError(_ABSENT.format(file=file))
        make_signing_key(folder)
    try:
        mode, text = file.stat().st_mode, file.read_text(encoding="ascii")
        if os.name == "posix" and mode & 0o077:
            raise SetUpError(f"{file} may be read by others. Run: chmod 600 {file}")
        return read_signing_key(text)
    except OSError as error:
        raise SetUpError(f"{file} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise SetUpError(f"{file} cannot be used: {error}. Restore it from a backup.") from error
