"""What steps made: as they told it, or found again when a person says that an unclear one was done. Reads."""

from collections.abc import Iterator, Mapping, Sequence

from connectors.spi import OutputRef, Ref, Value
from forms.planning import PlannedOperation
from runner.errors import RefusedError
from runner.pipeline.walking import Walk
from runner.store.records import OperationRow

_KNOWN_BY = {"user": "login", "group": "name", "contact": "mail", "mailbox": "address", "mail_list": "address"}
"""By kind the value that no other object has: making one fails where it is taken."""
_NOT_FOUND = (
    "needs what an earlier step made, and which that is cannot be told for sure. Do what is left by other forms."
)


def made_by(walk: Walk, rows: Sequence[OperationRow]) -> Mapping[tuple[str, str], Ref]:
    """Return what steps that were done gave, by step and output."""
    return {
        (row.operation_id, name): ref
        for row in rows
        if row.state in ("done", "unchanged")
        for name, ref in (_told(row.outputs) if isinstance(row.outputs, Mapping) else _found(walk, row))
    }


def _told(outputs: Mapping[str, object]) -> Iterator[tuple[str, Ref]]:
    for name, text in outputs.items():
        kind, _, id_ = str(text).partition(":")
        yield name, Ref(kind, id_)


def _found(walk: Walk, row: OperationRow) -> Iterator[tuple[str, Ref]]:
    """Look for what a step made by the value that it alone has, which was free when the step began."""
    verb = walk.services.connectors.verbs.get(row.verb)
    for name, kind in verb.gives.items() if verb is not None else ():
        known_by = _KNOWN_BY.get(kind, "")
        value = row.arguments.get(known_by) if isinstance(row.arguments, Mapping) else None
        if isinstance(value, str) and value:
            ref = walk.services.connectors.for_verb(row.verb).locate(value, kind)
            entry = walk.reader.entry(ref) if ref is not None else None
            if entry is not None and str(entry.attributes.get(known_by)).casefold() == value.casefold():
                yield name, entry.ref


def check_all_made(planned: PlannedOperation, left: Sequence[OperationRow]) -> None:
    """Raise `RefusedError` when an operation takes what a step made that is not ``left`` to be done, and nobody knows what."""
    to_come = {row.operation_id for row in left}
    if any(one.step not in to_come for one in _outputs(tuple(planned.operation.arguments.values()))):
        raise RefusedError(f"“{planned.title}” {_NOT_FOUND}")


def _outputs(values: Sequence[Value]) -> Iterator[OutputRef]:
    for value in values:
        if isinstance(value, OutputRef):
            yield value
        elif isinstance(value, tuple):
            yield from _outputs(value)
