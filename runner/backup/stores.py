"""Put the copy of a store back, on SQLite or PostgreSQL: load, bring to this release, verify the journal, settle."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from runner.backup.manifest import Manifest
from runner.errors import SetUpError
from runner.journal.records import JSON
from runner.journal.verifying import Place, verify
from runner.store.database import Database, connect
from runner.store.journal import JournalStore
from runner.store.person_keys import OPTION, Keyring
from runner.store.schema import upgrade
from runner.store.settling import Settled, settle
from runner.store.snapshots import check_sqlite, empty_postgres, examine, file_of, load_postgres


@dataclass(frozen=True, slots=True)
class Putting:
    """How a store is put back: see `runner.backup.restoring.Wanted`; ``body`` is what the journal says of it.

    With a ``keyring``, what the records say of persons is encrypted as always.
    """

    manifest: Manifest
    head: Place | None
    is_moved: bool
    now: datetime
    body: dict[str, JSON]
    keyring: Keyring | None = None


def put_back_sqlite(url: str, copy: Path, putting: Putting) -> tuple[Settled, int | None]:
    """Put a copy back as the file that ``url`` names; raises `SetUpError`, and the file is not there then."""
    check_sqlite(copy)
    result = _verified_and_settled(f"sqlite:///{copy.resolve()}", putting)
    target = file_of(url)
    if target is None:
        raise SetUpError(f"{url} names no file")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(copy, target)
    return result


def put_back_postgres(url: str, copy: Path, putting: Putting) -> tuple[Settled, int | None]:
    """Put a dump back into the empty database at ``url``; raises `SetUpError`, and it is empty then as it was."""
    load_postgres(url, copy)
    try:
        result = _verified_and_settled(url, putting)
    except BaseException:
        with suppress(SetUpError):
            empty_postgres(url)
        raise
    copy.unlink()
    return result


def _verified_and_settled(url: str, putting: Putting) -> tuple[Settled, int | None]:
    _check_journal(url, putting.manifest)
    upgrade(url)
    database = connect(url)
    database.carry(**{OPTION: putting.keyring})
    try:
        lost = _lost(database, putting.head)
        return settle(database, putting.now, putting.body, is_moved=putting.is_moved), lost
    finally:
        database.close()


def _check_journal(url: str, manifest: Manifest) -> None:
    """Raise `SetUpError` unless the journal is as it was when the backup was made."""
    found = examine(url).journal
    if found.fault is not None and found.fault.sentence != manifest.journal_fault:
        raise SetUpError(f"the journal in the backup was tampered with: {found.fault.sentence}. Nothing was put back.")
    if found.head != (manifest.journal_seq, manifest.journal_hash):
        raise SetUpError(
            f"the journal in the backup ends at {found.head[0]}, and its manifest says {manifest.journal_seq}. Nothing was put "
            "back."
        )


def _lost(database: Database, head: Place | None) -> int | None:
    """Return how many records behind the journal's end were noted to exist; raises `SetUpError` for another journal."""
    if head is None:
        return None
    result = verify(JournalStore(database).all_lines(), head=head)
    if result.fault is None:
        return 0
    if result.fault.problem != "truncated":
        raise SetUpError(f"the head you noted is not of this journal: {result.fault.sentence}. Nothing was put back.")
    return head[0] - result.head[0]
