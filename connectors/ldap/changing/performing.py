"""Prepare and perform operations: check, draft, send, and look what became of it.

Where the server has assertions (RFC 4528) every request carries the identity and version that were authorised.  Active
Directory has none: there requests name objects by GUID.  What one request cannot hold together is sent in turn, what was
sent before a refusal is taken back, and where objects stand is compared again afterwards.  Transactions (RFC 5805) are not
used: in OpenLDAP 2.5 they make the server crash as soon as overlays such as memberof take part.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.directory.arguments import checked
from connectors.errors import ConnectorError, RejectedError, StaleObjectError, UnavailableError, UnknownOutcomeError
from connectors.ldap.changing import accounts, creating, memberships, placing, profiles
from connectors.ldap.changing.drafting import Draft, Write, Writer
from connectors.ldap.changing.members_again import MembersAgain
from connectors.ldap.changing.refusals import error_for
from connectors.ldap.changing.settling import Settling
from connectors.ldap.controls import assertion
from connectors.ldap.layout import Layout
from connectors.ldap.reading.decoding import dn_key, stable_id
from connectors.ldap.reading.reader import Found, Reader
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import (
    Answer,
    Control,
    Delete,
    Rename,
    Request,
    Search,
    SetPassword,
)
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Change, Guard, Operation, Outcome, OutputRef, Preparation, Ref, Secret, SecretRef, Verb

_WRITERS: Mapping[str, Writer] = {
    **accounts.VERBS,
    **creating.VERBS,
    **memberships.VERBS,
    **placing.VERBS,
    **profiles.VERBS,
}


@dataclass(frozen=True, slots=True)
class Performing:
    """Changes one directory.

    ``new_reader`` gives a reader of this moment; ``asserts`` says whether the server has assertions.
    """

    session: DirectorySession
    layout: Layout
    verbs: Mapping[str, Verb]
    new_reader: Callable[[], Reader]
    asserts: Callable[[], bool]

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
        secret = _password(operation, secrets)
        draft = self._draft(Draft(reader, operation, secret, is_performing=True, known=known))
        if secret is None and any(isinstance(value, SecretRef) for value in operation.arguments.values()):
            raise RejectedError("The password is missing.")
        if not draft.changes:
            return Outcome("unchanged")
        self._write(draft)
        made = self._made(draft) if draft.makes else None
        self._look_at_links(draft, made)
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

    def _assertion(self, found: Found, *, with_version: bool) -> Control:
        dialect = self.layout.dialect
        names = (dialect.id, dialect.version) if with_version else (dialect.id,)
        held = {name: octets for name in names if (octets := found.row.first(name)) is not None}
        return assertion(dialect.dn, found.entry.dn, held)

    # --- sending ----------------------------------------------------------------------------------------------------

    def _guarded_request(self, write: Write, seen: set[Ref]) -> Request:
        """Return a request that is only carried out on the object that was authorised, as far as the server can see to it."""
        if write.on is None or not self.asserts():
            return write.request
        if isinstance(write.request, SetPassword):  # extended operations take no assertion, and change the version
            seen.add(write.on.entry.ref)
            return write.request
        control = self._assertion(write.on, with_version=write.on.entry.ref not in seen)
        seen.add(write.on.entry.ref)
        return replace(write.request, controls=(*write.request.controls, control))

    def _write(self, draft: Draft) -> None:
        """Send the requests one after the other; what was done is taken back when one is refused."""
        done: list[Write] = []
        seen: set[Ref] = set()
        for write in draft.writes:
            request = self._guarded_request(write, seen)
            try:
                answer = self.session.apply(request)
            except UnknownOutcomeError:
                self._settle(draft, [write])
                answer = Answer(0)
            except UnavailableError as error:
                self._take_back(draft, done, error)
                raise
            if not answer.is_success:
                refusal = error_for(request, answer)
                self._take_back(draft, done, refusal)
                raise refusal
            done.append(write)
        self._look_again(draft)

    def _members(self) -> MembersAgain:
        return MembersAgain(self.session, self.layout, self.new_reader, self.asserts)

    def _take_back(self, draft: Draft, done: Sequence[Write], because: ConnectorError) -> None:
        """Take back what was sent before a refusal; raises `UnknownOutcomeError` when not all of it can be."""
        for write in reversed(done):
            if not self._is_taken_back(draft, write):
                raise UnknownOutcomeError(
                    f"Only a part of the change was made, and it could not be taken back: {because} Look at the object."
                ) from None

    def _is_taken_back(self, draft: Draft, write: Write) -> bool:
        if self._members().concerns(write):
            return self._members().take_back(draft, write)
        try:
            return bool(write.back) and all(
                self.session.apply(self._of_the_same(write, request)).is_success for request in write.back
            )
        except ConnectorError:
            return False

    def _of_the_same(self, write: Write, request: Request) -> Request:
        """Return a request that takes back, only carried out on the object that was changed, as far as the server can see."""
        id_ = self.layout.dialect.id
        octets = write.on.row.first(id_) if write.on is not None else None
        if octets is None or not self.asserts():
            return request
        control = assertion(self.layout.dialect.dn, request.dn, {id_: octets})
        return replace(request, controls=(*request.controls, control))

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
        held = [write for write in draft.writes if not isinstance(write.request, SetPassword)] if self.asserts() else []
        sure = {write.on.entry.ref for write in held if write.on}
        stood = {ref: one for ref, one in draft.touched.items() if ref not in gone | sure}
        if not stood:
            return
        try:
            now = self.new_reader().knowing.dns_of(stood)
            are_right = self._members().are_right(draft)
        except ConnectorError:
            raise UnknownOutcomeError(
                "The change was made, but the directory does not answer any more: it is not known whether an object was "
                "moved meanwhile. Look at the object."
            ) from None
        if not are_right or any(ref in now and dn_key(now[ref]) != dn_key(one.entry.dn) for ref, one in stood.items()):
            stale = StaleObjectError("An object was moved while it was changed.")
            self._take_back(draft, draft.writes, stale)
            raise stale

    def _look_at_links(self, draft: Draft, made: Ref | None) -> None:
        """Read whom a manager or owner is now: where it was named by DN, somebody else may have had that name by then."""
        for link in () if self.layout.dialect.by_guid else draft.links:
            try:
                now = self.new_reader().one(link.on if link.on.id or made is None else made)
            except ConnectorError:
                raise UnknownOutcomeError(
                    "The change was made, but the directory does not answer any more: it is not known whether it names the "
                    "right person. Look at the object."
                ) from None
            if now is not None and now.entry.attributes.get(link.attribute) != link.to:
                stale = StaleObjectError("A person was moved while the change was made that names them.")
                self._take_back(draft, draft.writes, stale)
                raise stale

    def _made(self, draft: Draft) -> Ref:
        """Return the object that was made; it stands in the unit that was authorised, or is taken away again."""
        asked = Search(draft.made_dn, "(objectClass=*)", (self.layout.dialect.id,), scope="base", page=0)
        try:
            row = Serving(self.session).first(asked)
        except ConnectorError:
            row = None
        id_ = stable_id(self.layout, row) if row is not None else None
        if id_ is None:
            raise UnknownOutcomeError("The object was made, but the directory does not show it. Look at the unit.")
        return Ref(draft.makes, id_)


def _password(operation: Operation, secrets: Mapping[str, Secret]) -> Secret | None:
    for value in operation.arguments.values():
        if isinstance(value, SecretRef) and value.field in secrets:
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
