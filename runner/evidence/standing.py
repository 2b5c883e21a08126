"""How the journal stands, as far as it is known without reading all of it. Reads the store."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from runner.errors import SetUpError
from runner.pipeline.services import Services
from runner.witnessing.delivering import Errand

_SIGN_IN = re.compile(r"(?<=//)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class ReceiverLine:
    """Who is sent checkpoints, or records; ``problem`` is empty as long as they answer."""

    name: str
    is_witness: bool
    problem: str
    failing_since: datetime | None
    reached_at: datetime | None
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class JournalState:
    """``records`` were written, the first ``archived`` of them are taken out, and ``signed`` stand under a checkpoint.

    ``fault`` says what does not verify.  ``examined_at`` is when this process last examined the whole journal, if it has.
    ``unusable`` says why receivers cannot be told of.
    """

    records: int
    archived: int
    signed: int
    checkpoint: int
    signed_at: datetime | None
    fault: str
    examined_at: datetime | None
    examined: int
    receivers: tuple[ReceiverLine, ...]
    unusable: str = ""

    @property
    def has_witness(self) -> bool:
        """Whether anybody is sent the checkpoints."""
        return any(one.is_witness for one in self.receivers)


def journal_state(services: Services, errands: Callable[[], Sequence[Errand]]) -> JournalState:
    """Return how the journal stands; asks no receiver anything."""
    store = services.store
    newest, archived = store.checkpoints.newest(), store.checkpoints.archived()
    unusable = ""
    try:
        lines = tuple(_receivers(services, errands()))
    except SetUpError:
        lines, unusable = (), "The settings under [journal] cannot be used as they are. See: deskhand doctor"
    return JournalState(
        records=store.journal.head().seq,
        archived=archived[0] if archived is not None else 0,
        signed=newest.head.seq if newest is not None else 0,
        checkpoint=newest.number if newest is not None else 0,
        signed_at=newest.made_at if newest is not None else None,
        fault=store.checkpoints.fault(),
        examined_at=services.examined.at,
        examined=services.examined.records,
        receivers=lines,
        unusable=unusable,
    )


def _receivers(services: Services, errands: Sequence[Errand]) -> Iterator[ReceiverLine]:
    for errand in errands:
        known = services.store.checkpoints.receiver(errand.name)
        yield ReceiverLine(
            errand.name,
            errand.is_witness,
            _SIGN_IN.sub("", known.problem),
            known.failing_since,
            known.reached_at,
            errand.is_waiting(known),
        )
