"""Evidence for whoever reads the journal: how it stands, how much there is on something, and all of that in one file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from shlex import quote
from threading import Lock

from runner.access.model import Actor
from runner.errors import BusyError, NotFoundError, RefusedError, UnfitError
from runner.evidence.asking import Asked, choice_of, count_of, person_label
from runner.evidence.choosing import Choice
from runner.evidence.packing import pack
from runner.evidence.standing import JournalState, journal_state
from runner.journal.records import JSON, Record
from runner.pipeline.authorising import NOT_FOUND, reads_journal
from runner.pipeline.braking import too_many_exports
from runner.pipeline.reading import Reader
from runner.pipeline.recording import actor_body
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.services import Services
from runner.witnessing.checkpointing import BrokenJournalError, Checkpointer
from runner.witnessing.delivering import Errand
from runner.witnessing.keeping import open_for

MOST_RECORDS, MOST_READ = 2_000, 100_000
"""How many records a page packs at most, and of how long a journal; the command line has no such bounds."""
LONGEST_REASON = 500
_REASON = "Write why you need this. It is recorded with your name."
_TOO_MUCH = "That is too much for a page. Choose less, or let somebody run the command below on the server."
_BROKEN = "The journal does not verify, so nothing is packed. An operator sees more with: deskhand doctor"
_AT_IT = "Somebody else packs evidence just now. Try again in a minute."
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """What was asked for, how many records that is, and the state of the journal.

    ``count`` is None as long as nothing that fits was asked for, ``error`` says what to mend then.  ``is_too_much`` says
    that only ``command`` packs it; ``count`` is at least so many.  ``person`` is what the person is called.
    """

    asked: Asked
    person: str
    words: str
    count: int | None
    is_too_much: bool
    command: str
    error: str
    state: JournalState
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackFile:
    """A zip file with evidence."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class EvidenceDesk:
    """The page on evidence. ``folder`` is the desk's, ``errands`` gives everybody who is sent something of the journal.

    One pack is made at a time in a process, by who holds ``packing``.
    """

    services: Services
    folder: Path
    errands: Callable[[], Sequence[Errand]]
    packing: Lock

    @in_our_errors
    def page(self, actor: Actor, asked: Asked) -> EvidencePage:
        """Return how the journal stands, and how many records fit; raises `NotFoundError` for whoever may not see it."""
        reader = self._reader(actor, "open evidence")
        choice, error = None, ""
        try:
            choice = None if asked.is_empty else choice_of(reader, asked)
        except UnfitError as unfit:
            error = str(unfit)
        count = count_of(self.services.store, choice, MOST_RECORDS + 1) if choice is not None else None
        return EvidencePage(
            asked,
            person_label(reader, asked.person) if asked.person else "",
            choice.words if choice is not None else "",
            count,
            count is not None and self._is_too_much(count),
            command_for(asked),
            error,
            journal_state(self.services, self.errands),
            tuple(sorted(self.services.catalogue.forms)),
        )

    @in_our_errors
    def pack_evidence(self, actor: Actor, asked: Asked, reason: str) -> PackFile:
        """Pack what fits; it is recorded first, with the reason.

        Raises `NotFoundError` for whoever may not see it, `UnfitError` without a reason or when nothing or too much fits,
        `TooManyError` when this actor downloaded too many files lately or another pack is being made, and `RefusedError`
        when the journal does not verify.
        """
        reader = self._reader(actor, "export evidence")
        self.services.halt.check()
        choice, reason = choice_of(reader, asked), " ".join(reason.split())[:LONGEST_REASON]
        if not reason:
            raise UnfitError(_REASON)
        if (too_many := too_many_exports(self.services, actor, reader.now)) is not None:
            raise refuse(self.services, actor, "export evidence", too_many)
        count = count_of(self.services.store, choice, MOST_RECORDS + 1)
        if not count:
            raise UnfitError("No record fits, so there is nothing to pack.")
        if self._is_too_much(count):
            raise UnfitError(_TOO_MUCH)
        if not self.packing.acquire(blocking=False):
            raise BusyError(_AT_IT, _SECONDS)
        try:
            return self._packed(actor, choice, reason)
        finally:
            self.packing.release()

    def _packed(self, actor: Actor, choice: Choice, reason: str) -> PackFile:
        store, now = self.services.store, self.services.clock()
        signer = open_for(store, self.folder)
        store.journal.append([_export(actor, choice, reason, self.services)])
        stream = BytesIO()
        try:
            while Checkpointer(store, signer).make(now) is not None:
                pass
            verdict = pack(store, signer, replace(choice, words=f"{choice.words} – {reason}"), now, stream)
        except BrokenJournalError as error:
            raise RefusedError(_BROKEN) from error
        if not verdict.ok:
            raise RefusedError(_BROKEN)
        return PackFile(f"evidence-{self.services.now():%Y-%m-%d-%H%M}.zip", stream.getvalue())

    def _is_too_much(self, count: int) -> bool:
        archived = self.services.store.checkpoints.archived()
        length = self.services.store.journal.head().seq - (archived[0] if archived is not None else 0)
        return count > MOST_RECORDS or length > MOST_READ

    def _reader(self, actor: Actor, what: str) -> Reader:
        reader = Reader(self.services, actor, None, self.services.now())
        if not reads_journal(reader):
            raise refuse(self.services, actor, what, NotFoundError(NOT_FOUND))
        return reader


def command_for(asked: Asked) -> str:
    """Return the command that packs the same, for a shell. Pure."""
    names = ("person", "agent", "form", "submission", "since", "until")
    options = (f"--{name} {quote(value)}" for name in names if (value := str(getattr(asked, name))))
    return " ".join(("deskhand journal evidence", *options, "--output evidence.zip"))


def _export(actor: Actor, choice: Choice, reason: str, services: Services) -> Record:
    """Return the record that says what was packed, and why; what it says of a person is sealed under that person's key."""
    target: JSON = {"kind": "user", "id": choice.person} if choice.person else None
    chosen: dict[str, JSON] = {
        "agent": choice.agent or None,
        "since": choice.since.isoformat() if choice.since else None,
        "until": choice.until.isoformat() if choice.until else None,
    }
    body: dict[str, JSON] = {
        "actor": actor_body(actor),
        "operation": "export evidence",
        "target": target,
        "form": {"id": choice.form} if choice.form else None,
        "submission": choice.submission or None,
        "evidence": {name: value for name, value in chosen.items() if value},
        "reason": reason,
    }
    return Record("export", services.clock(), body)
