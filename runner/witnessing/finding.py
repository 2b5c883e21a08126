"""What ``deskhand doctor`` says of the journal, its checkpoints and who is sent them."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from runner.counting import counted
from runner.errors import SetUpError
from runner.store.checkpoints import Receiver
from runner.wiring import Installation
from runner.witnessing.examining import examine_journal
from runner.witnessing.keeping import errands_of
from runner.witnessing.keys import public_key_at

State: TypeAlias = Literal["ok", "warning", "error"]


def journal_findings(installation: Installation) -> Iterator[tuple[str, State, str]]:
    """Yield what was examined, how it stands, and a sentence.

    A journal that does not verify is read-only from then on, see `runner.witnessing.keeping`.
    """
    store = installation.services.store
    try:
        key = public_key_at(installation.folder.path, is_used=store.checkpoints.newest() is not None)
    except SetUpError as error:
        yield "journal", "error", str(error)
        return
    found = examine_journal(store, key)
    known = store.checkpoints.fault()
    if not found.ok or known:
        store.checkpoints.note_fault(found.fault, installation.services.clock())
        advice = "It is read-only. Compare it with a backup and the witness; then: deskhand journal break"
        yield "journal", "error", f"it was tampered with: {found.fault or known}. {advice}"
    else:
        signed = f"{counted(found.checkpoints, 'checkpoint')} over {found.covered} of them"
        yield "journal", "ok", f"{found.records} records, and the chain holds; {signed}"
    yield from _receivers(installation)


def _receivers(installation: Installation) -> Iterator[tuple[str, State, str]]:
    services, settings = installation.services, installation.folder.journal
    try:
        errands = errands_of(services.store, settings, services.postman)
    except SetUpError as error:
        yield "witness", "error", str(error)
        return
    if not any(errand.is_witness for errand in errands) and not installation.folder.demo:
        yield "witness", "warning", "nobody is sent the checkpoints of the journal; name a witness under [journal]"
    for errand in errands:
        receiver = services.store.checkpoints.receiver(errand.name)
        yield (errand.name, *_reached(receiver, is_waiting=errand.is_waiting(receiver)))


def _reached(receiver: Receiver, *, is_waiting: bool) -> tuple[State, str]:
    if receiver.problem:
        since = f"{receiver.failing_since:%Y-%m-%d %H:%M}Z" if receiver.failing_since else "the start"
        return "warning", f"cannot be reached since {since}: {receiver.problem}. It is tried again each minute"
    if receiver.reached_at is None:
        return "ok", "nothing has been sent yet; that happens while the desk is served"
    return "ok", f"reached {receiver.reached_at:%Y-%m-%d %H:%M}Z{', more is waiting' if is_waiting else ''}"
