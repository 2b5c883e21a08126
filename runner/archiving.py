"""Move old segments of the journal into files, each verified before anything is removed. Writes files."""

import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from runner.errors import RefusedError, SetUpError
from runner.journal.archives import ArchiveVerdict, Segment, archive_lines, verify_archive
from runner.journal.records import JSON
from runner.settings.retention import MONTHLY, month_begin, oldest_kept
from runner.store.store import Store
from runner.wiring import Installation
from runner.witnessing.keeping import errands_of

ARCHIVE_FOLDER = "archive"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Archived:
    """A segment that is in ``file`` and no longer in the journal; ``sha256`` is that of the whole file."""

    segment: Segment
    file: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Archiver:
    """Archives what is older than a moment into ``folder``; nothing behind record number ``reached`` goes."""

    store: Store
    folder: Path
    actor: JSON
    reached: int = 2**53

    def next(self, before: datetime) -> Segment | None:
        """Return what would be archived now. Brings the counts of uses up to the newest record, reads otherwise."""
        self.store.binding_uses.follow()
        return self.store.retention.oldest(before, self.reached)

    def archive(self, segment: Segment, clock: Callable[[], datetime]) -> Archived:
        """Write a segment, verify the file by reading it back, and only then take the segment out of the journal.

        Raises `SetUpError` when the file cannot be written, `RefusedError` when it does not verify, `StaleError` when the
        journal changed meanwhile: it is as it was then.  A file that another run left, whole and of the same segment, is
        used; none that was verified is ever removed, since it may be all there is.
        """
        file = self.folder / f"journal-{segment.first:09}-{segment.last:09}.jsonl"
        try:
            is_new = not file.exists()
            if is_new:
                _write_new(file, archive_lines(segment, self.store.retention.lines(segment)))
            fault, digest = _fault(file, segment), file_sha256(file)
        except OSError as error:
            raise SetUpError(f"{file} cannot be written: {error.strerror or error}. Nothing was removed.") from error
        if fault and is_new:
            file.unlink(missing_ok=True)
            raise RefusedError(
                f"The journal does not verify: {fault}. Nothing was archived; see: deskhand journal verify"
            )
        if fault:
            raise RefusedError(f"{file} does not verify: {fault}. Move it away and look; nothing was removed.")
        name = str(file.resolve())
        self.store.retention.take_out(segment, file=name, sha256=digest, actor=self.actor, now=clock())
        return Archived(segment, file, digest)


def _fault(file: Path, segment: Segment) -> str:
    """Return why a file is not the archive of a segment; nothing when it is: the hash of the last record says so."""
    verdict = read_archive(file)
    return verdict.fault or ("" if verdict.segment == segment else "it holds another part of the journal")


def archiver_of(installation: Installation, actor: JSON) -> Archiver:
    """Return what archives the journal of an installation as its settings say; raises `SetUpError`."""
    services, folder = installation.services, installation.folder
    errands = errands_of(services.store, folder.journal, services.postman)
    places = [services.store.checkpoints.receiver(one.name).place for one in errands if not one.is_witness]
    into = folder.journal.archive_to or folder.path / ARCHIVE_FOLDER
    return Archiver(services.store, into, actor, min(places, default=2**53))


def archive_monthly(installation: Installation) -> Archived | None:
    """Archive whole months that are older than the settings keep, where they say so; None when there is nothing to do."""
    settings, now = installation.folder.journal, installation.services.clock()
    if not settings.keep or settings.archive != MONTHLY:
        return None
    archiver = archiver_of(installation, {"id": "housekeeping"})
    segment = archiver.next(month_begin(oldest_kept(settings.keep, now)))
    return None if segment is None else archiver.archive(segment, installation.services.clock)


def read_archive(file: Path) -> ArchiveVerdict:
    """Verify an archive; raises `OSError` when it cannot be read."""
    with file.open("rb") as lines:
        return verify_archive(lines)


def file_sha256(file: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal; raises `OSError`."""
    digest = sha256()
    with file.open("rb") as stream:
        for block in iter(lambda: stream.read(_BLOCK), b""):
            digest.update(block)
    return digest.hexdigest()


def _write_new(file: Path, lines: Iterable[bytes]) -> None:
    """Write a file that was not there, for its owner only, durably; raises `OSError`, and nothing is left then."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".archiving-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(name, file)  # never in the place of another
    finally:
        with suppress(OSError):
            Path(name).unlink()
    _sync(file.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
