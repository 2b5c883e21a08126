"""Prepare and perform operations: check, draft, and run the draft in the transaction that checked its guards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from connectors.directory.arguments import checked
from connectors.directory.texts import is_storable
from connectors.errors import RejectedError, StaleObjectError
from connectors.local import accounts, creating, memberships, photos, placing, profiles
from connectors.local.drafting import Draft, NewPassword
from connectors.local.entries import read_entries
from connectors.local.passwords import Hashing, PasswordPolicy
from connectors.local.querying import View
from connectors.local.tables import objects
from connectors.spi import Change, Entry, Guard, Operation, Outcome, OutputRef, Preparation, Ref, Secret, SecretRef
from connectors.verbs import DIRECTORY_VERBS

_VERBS: Mapping[str, Callable[[Draft], None]] = {
    **accounts.VERBS,
    **creating.VERBS,
    **memberships.VERBS,
    **photos.VERBS,
    **placing.VERBS,
    **profiles.VERBS,
}


def prepare(view: View, operation: Operation) -> Preparation:
    """Return what an operation would change. Reads only; raises `RejectedError` when it would be refused."""
    checked(operation, DIRECTORY_VERBS)
    draft = Draft(view, operation, "")
    _VERBS[operation.verb](draft)
    return Preparation(tuple(draft.changes), draft.guards(), can_undo=draft.inverse is not None)


def perform(
    view: View, operation: Operation, guards: Sequence[Guard], new_id: str, password: NewPassword | None
) -> Outcome:
    """Make the change in the view's transaction; raises `RejectedError` before anything is written."""
    checked(operation, DIRECTORY_VERBS)
    if any(isinstance(ref, OutputRef) for ref in _named(operation)):
        raise RejectedError("The change depends on a step that has not been done.")
    lock(view.connection, operation, guards)
    guarded = _check_guards(view, guards)
    draft = Draft(view, operation, new_id, password, guarded)
    _VERBS[operation.verb](draft)
    if not draft.changes:
        return Outcome("unchanged")
    draft.run()
    made = next(iter(draft.outputs.values()), None)
    changes = tuple(_with_ref(change, made) for change in draft.changes)
    return Outcome("changed", changes, draft.outputs, draft.inverse)


def _with_ref(change: Change, made: Ref | None) -> Change:
    return replace(change, ref=made) if change.ref is None and made else change


def _named(operation: Operation) -> list[object]:
    found: list[object] = []
    for value in operation.arguments.values():
        found += value if isinstance(value, list | tuple) else [value]
    return found


def lock(connection: Connection, operation: Operation, guards: Sequence[Guard]) -> None:
    """Keep other writers away from every object of the operation, where the database has several writers."""
    if connection.dialect.name == "sqlite":
        return
    ids = {ref.id for ref in (*_named(operation), *(guard.ref for guard in guards)) if isinstance(ref, Ref)}
    wanted = sorted(id_ for id_ in ids if is_storable(id_))
    connection.execute(select(objects.c.id).where(objects.c.id.in_(wanted)).order_by(objects.c.id).with_for_update())


def _check_guards(view: View, guards: Sequence[Guard]) -> Mapping[Ref, Entry]:
    found: dict[Ref, Entry] = {}
    for kind in {guard.ref.kind for guard in guards}:
        ids = [guard.ref.id for guard in guards if guard.ref.kind == kind and is_storable(guard.ref.id)]
        entries = _entries(view, kind, ids)
        found.update({entry.ref: entry for entry in entries})
    for guard in guards:
        entry = found.get(guard.ref)
        if entry is None:
            raise RejectedError("An object of this change does not exist any more; nothing was done.")
        if entry.version != guard.version or entry.place != tuple(guard.place):
            raise StaleObjectError(f"“{entry.label}” has been changed or moved in the meantime; nothing was done.")
    return found


def _entries(view: View, kind: str, ids: Sequence[str]) -> tuple[Entry, ...]:
    if kind not in {"user", "group", "ou", "computer", "contact"}:
        return ()
    return read_entries(view.connection, kind, ids, shape=view.shape, moment=view.moment)


@dataclass(frozen=True, slots=True)
class Passwords:
    """Checks and hashes the password of an operation, outside the transaction that writes, since it takes long."""

    policy: PasswordPolicy
    hashing: Hashing

    def of(self, view: View, operation: Operation, secrets: Mapping[str, Secret]) -> NewPassword | None:
        """Return the new password, or None when the operation has none; raises `RejectedError` when it is refused."""
        verb = checked(operation, DIRECTORY_VERBS)
        if verb.argument("password") is None:
            return None
        given = operation.arguments["password"]
        secret = secrets.get(given.field) if isinstance(given, SecretRef) else given
        if not isinstance(secret, Secret):
            raise RejectedError("The password was not handed over.")
        person = operation.arguments.get("user")
        entry = view.entry(person) if isinstance(person, Ref) else None
        return self.new(view.connection, entry, secret, _names(entry, operation))

    def new(self, connection: Connection, person: Entry | None, secret: Secret, names: Sequence[str]) -> NewPassword:
        """Return a password that was checked against the policy and the person's former ones."""
        self.policy.check(secret, names)
        if person is not None:
            former = accounts.former_passwords(connection, person.ref.id, self.policy.history)
            if self.hashing.is_used(former, secret):
                raise RejectedError("The password was used before.")
        return NewPassword(self.hashing.hash(secret), self.policy.history)


def _names(entry: Entry | None, operation: Operation) -> list[str]:
    attributes = entry.attributes if entry else operation.arguments
    values = (attributes.get(name) for name in ("login", "first_name", "last_name"))
    return [value for value in values if isinstance(value, str)]
