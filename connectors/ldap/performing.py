"""Prepare and perform operations: check, draft, send, and look what became of it.

Where the server has assertions (RFC 4528) every request carries the identity and version that were authorised, and where
it has transactions (RFC 5805) all requests of an operation count together or not at all.  Elsewhere (Active Directory)
requests name objects by GUID, what was sent before a refusal is taken back, and places are compared again afterwards.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.directory.arguments import checked
from connectors.errors import ConnectorError, RejectedError, StaleObjectError, UnavailableError, UnknownOutcomeError
from connectors.ldap import accounts, creating, memberships, placing, profiles
from connectors.ldap.controls import assertion
from connectors.ldap.decoding import dn_key, stable_id
from connectors.ldap.drafting import Draft, Write, Writer
from connectors.ldap.layout import Layout
from connectors.ldap.reading import Found, Reader
from connectors.ldap.refusals import error_for
from connectors.ldap.requests import (
    INSUFFICIENT_RIGHTS,
    Add,
    Answer,
    Delete,
    Modification,
    Modify,
    Rename,
    Request,
    Search,
)
from connectors.ldap.session import DirectorySession
from connectors.ldap.settling import Settling
from connectors.spi import Change, Guard, Operation, Outcome, OutputRef, Preparation, Ref, Secret, SecretRef, Verb

_WRITERS: Mapping[str, Writer] = {
    **accounts.VERBS,
    **creating.VERBS,
    **memberships.VERBS,
    **placing.VERBS,
    **profiles.VERBS,
}
_REFERENCES = frozenset({"user", "group", "computer", "contact"})


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the server offers beyond RFC 4511, as its root entry says."""

    asserts: bool = False
    transacts: bool = False


@dataclass(frozen=True, slots=True)
class Performing:
    """Changes one directory. ``new_reader`` gives a reader of this moment."""

    session: DirectorySession
    layout: Layout
    verbs: Mapping[str, Verb]
    new_reader: Callable[[], Reader]
    abilities: Callable[[], Abilities]

    def prepare(self, operation: Operation) -> Preparation:
        """Return what an operation would change. Reads only; raises `RejectedError` when it would be refused."""
        draft = self._draft(Draft(self.new_reader(), operation))
        return Preparation(tuple(draft.changes), draft.guards(), can_undo=draft.inverse is not None)

    def perform(self, operation: Operation, guards: Sequence[Guard], secrets: Mapping[str, Secret]) -> Outcome:
        """Make the change; the guards hold when it is sent, or nothing happens."""
        checked(operation, self.verbs)
        if any(isinstance(ref, OutputRef) for ref in _named(operation)):
            raise RejectedError("The change depends on a step that has not been done.")
        reader = self.new_reader()
        known = self._guarded(reader, guards)
        draft = self._draft(Draft(reader, operation, _password(operation, secrets), known))
        if not draft.changes:
            return Outcome("unchanged")
        self._write(draft)
        made = self._made(draft) if draft.makes else None
        inverse = _with_made(draft.inverse, made) if draft.inverse and made else draft.inverse
        changes = tuple(_with_ref(change, made) for change in draft.changes)
        return Outcome("changed", changes, {draft.makes: made} if made else {}, inverse)

    def _draft(self, draft: Draft) -> Draft:
        verb = checked(draft.operation, self.verbs)
        writer = _WRITERS.get(verb.name)
        reason = self.layout.dialect.cannot.get(verb.name)
        if writer is None or reason is not None:
            raise RejectedError(f"This cannot be done: {reason or 'the directory does not know this operation'}.")
        writer(draft)
        return draft

    # --- guards -----------------------------------------------------------------------------------------------------

    def _guarded(self, reader: Reader, guards: Sequence[Guard]) -> dict[Ref, Found]:
        """Return the objects that the guards name; raises `StaleObjectError` when one is not as it was authorised."""
        known: dict[Ref, Found] = {}
        for kind in sorted({guard.ref.kind for guard in guards}):
            if kind in self.layout.dialect.kinds:
                ids = [guard.ref.id for guard in guards if guard.ref.kind == kind]
                known |= {found.entry.ref: found for found in reader.by_ids(kind, ids).values()}
        for guard in guards:
            found = known.get(guard.ref)
            if found is None:
                raise RejectedError("An object of this change does not exist any more.")
            if found.entry.version != guard.version or found.entry.place != guard.place:
                raise StaleObjectError("The object was changed or moved after the change was allowed.")
        return known

    def _asserted(self, found: Found, *, with_version: bool) -> dict[str, bytes]:
        dialect = self.layout.dialect
        names = (dialect.id, dialect.version) if with_version else (dialect.id,)
        return {name: octets for name in names if (octets := found.row.first(name)) is not None}

    def _requests(self, draft: Draft) -> list[Request]:
        """Return the requests, each with the identity of its object, the first on each with its version too."""
        if not self.abilities().asserts:
            return [write.request for write in draft.writes]
        seen: set[Ref] = set()
        prepared = []
        for write in draft.writes:
            if write.on is None:
                prepared.append(write.request)
                continue
            control = assertion(self._asserted(write.on, with_version=write.on.entry.ref not in seen))
            seen.add(write.on.entry.ref)
            prepared.append(replace(write.request, controls=(*write.request.controls, control)))
        return prepared

    def _checks(self, draft: Draft) -> list[Request]:
        """Return requests that change nothing and fail when an object a value points to is no longer the same.

        A group would take whoever stands at that DN by now; so the entry itself is part of the transaction.
        """
        written = {write.on.entry.ref for write in draft.writes if write.on is not None}
        found = (one for ref, one in draft.touched.items() if ref not in written and ref.kind in _REFERENCES)
        return [self._check(one) for one in found]

    def _check(self, found: Found) -> Request:
        same = Modification("replace", "description", found.row.values.get("description", ()))
        return Modify(found.entry.dn, (same,), (assertion(self._asserted(found, with_version=True)),))

    # --- sending ----------------------------------------------------------------------------------------------------

    def _write(self, draft: Draft) -> None:
        requests = self._requests(draft)
        if self.abilities().transacts and self.abilities().asserts:
            checks = self._checks(draft)
            if len(requests) + len(checks) > 1 and self._write_together(draft, requests, checks):
                return
        self._write_in_turn(draft, requests)
        self._look_again(draft)

    def _write_together(self, draft: Draft, requests: Sequence[Request], checks: Sequence[Request]) -> bool:
        """Send all as one transaction; returns False when the account may not even do the checks."""
        try:
            answer = self.session.apply_together([*checks, *requests])
        except UnknownOutcomeError:
            self._settle(draft, draft.writes)
            return True
        if answer.is_success:
            return True
        if checks and answer.code == INSUFFICIENT_RIGHTS:
            return False
        raise self._refusal(requests, answer)

    def _refusal(self, requests: Sequence[Request], answer: Answer) -> ConnectorError:
        adds = [request for request in requests if isinstance(request, Add)]
        return error_for((adds or requests)[0], answer)

    def _write_in_turn(self, draft: Draft, requests: Sequence[Request]) -> None:
        done: list[Write] = []
        for write, request in zip(draft.writes, requests, strict=True):
            try:
                answer = self.session.apply(request)
            except UnknownOutcomeError:
                self._settle(draft, [write])
                answer = Answer(0)
            except UnavailableError as error:
                self._take_back(done, error)
                raise
            if not answer.is_success:
                refusal = error_for(request, answer)
                self._take_back(done, refusal)
                raise refusal
            done.append(write)

    def _take_back(self, done: Sequence[Write], because: ConnectorError) -> None:
        """Take back what was sent before a refusal; raises `UnknownOutcomeError` when not all of it can be."""
        for write in reversed(done):
            for request in write.back or (None,):
                try:
                    is_back = request is not None and self.session.apply(request).is_success
                except ConnectorError:
                    is_back = False
                if not is_back:
                    raise UnknownOutcomeError(
                        f"Only a part of the change was made, and it could not be taken back: {because} "
                        "Look at the object."
                    ) from None

    def _settle(self, draft: Draft, writes: Sequence[Write]) -> None:
        """Find out by reading whether requests without an answer were carried out; raises when it stays unclear."""
        settling = Settling(self.session, self.layout, self.new_reader, draft.password)
        if not settling.are_done(writes):
            raise UnknownOutcomeError(
                "The directory gave no answer, and it is unclear whether the change was made. Look at the object."
            )

    def _look_again(self, draft: Draft) -> None:
        """Compare where objects stand now with where they stood; one that moved meanwhile gets everything taken back."""
        gone = {write.on.entry.ref for write in draft.writes if write.on and isinstance(write.request, Delete | Rename)}
        stood = {ref: one for ref, one in draft.touched.items() if ref not in gone}
        if not stood or (len(stood) == 1 and self.abilities().asserts):
            return
        now = self.new_reader().knowing.dns_of(stood)
        if any(ref in now and dn_key(now[ref]) != dn_key(one.entry.dn) for ref, one in stood.items()):
            stale = StaleObjectError("An object was moved while it was changed.")
            self._take_back(draft.writes, stale)
            raise stale

    def _made(self, draft: Draft) -> Ref:
        """Return the object that was made; it stands in the unit that was authorised, or is taken away again."""
        asked = Search(draft.made_dn, "(objectClass=*)", (self.layout.dialect.id,), scope="base", page=0)
        try:
            row = self.session.first(asked)
        except UnavailableError:
            row = None
        id_ = stable_id(self.layout, row) if row is not None else None
        if id_ is None:
            raise UnknownOutcomeError("The object was made, but the directory does not show it. Look at the unit.")
        return Ref(draft.makes, id_)


def _password(operation: Operation, secrets: Mapping[str, Secret]) -> Secret | None:
    for value in operation.arguments.values():
        if isinstance(value, SecretRef):
            if value.field not in secrets:
                raise RejectedError("The password is missing.")
            return _usable(secrets[value.field])
        if isinstance(value, Secret):
            return _usable(value)
    return None


def _usable(secret: Secret) -> Secret:
    text = secret.reveal()
    if not text or len(text) > 256 or "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise RejectedError("The password is empty, too long or holds characters that cannot be typed.")
    return secret


def _named(operation: Operation) -> list[object]:
    found: list[object] = []
    for value in operation.arguments.values():
        found += value if isinstance(value, list | tuple) else [value]
    return found


def _with_made(inverse: Operation, made: Ref) -> Operation:
    arguments = {
        name: made if isinstance(value, Ref) and not value.id else value for name, value in inverse.arguments.items()
    }
    return replace(inverse, arguments=arguments)


def _with_ref(change: Change, made: Ref | None) -> Change:
    return replace(change, ref=made) if change.ref is None and made else change
