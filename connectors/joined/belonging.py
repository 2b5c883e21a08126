"""To which of several directories an operation belongs: to the one where all its objects stand. Pure."""

from collections.abc import Iterable, Sequence

from connectors.errors import RejectedError
from connectors.joined.translating import references, split
from connectors.spi import Guard, Operation, OutputRef, Ref

_MEMBERSHIPS = ("join_groups", "leave_groups", "add_members", "remove_members", "change_members")
_MOVES = ("move",)


def directory_of(
    operation: Operation, guards: Sequence[Guard], directories: Iterable[str], kinds: frozenset[str]
) -> str | None:
    """Return the name of the directory; None when all its objects are still to be made by earlier steps.

    Raises `RejectedError` when an object is in none of the directories, when two stand in different ones, and when the
    operation names none.
    """
    found = list(references(operation.arguments))
    refs = [ref for ref in found if isinstance(ref, Ref) and ref.kind in kinds]
    known = frozenset(directories)
    names = {_name(ref, known) for ref in (*refs, *(guard.ref for guard in guards))}
    if len(names) > 1:
        raise RejectedError(_apart(operation.verb, sorted(names)))
    if names:
        return names.pop()
    if any(isinstance(ref, OutputRef) and ref.kind in kinds for ref in found):
        return None
    raise RejectedError("This change names no object of a directory.")


def _name(ref: Ref, known: frozenset[str]) -> str:
    name, id_ = split(ref.id)
    if name not in known or not id_:
        raise RejectedError("An object of this change does not exist any more; nothing was done.")
    return name


def _apart(verb: str, names: Sequence[str]) -> str:
    """Say why objects of several directories cannot be in one change."""
    action = verb.rpartition(".")[2]
    reason = "and one cannot refer to another"
    if action in _MEMBERSHIPS:
        reason = "which cannot be joined by a membership"
    elif action in _MOVES:
        reason = "between which nothing can be moved"
    count = "two" if len(names) == 2 else "several"
    called = " and ".join(f"“{name}”" for name in names)
    return f"The objects of this change stand in {count} directories, {called}, {reason}. Nothing was done."
