"""A mailbox or distribution list as a value, and what changed between two of them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias

from connectors.folding import key
from connectors.spi import Change, ChangeKind, Entry, Guard, OutputRef, Ref, Value

RIGHTS = ("full_access", "send_as", "send_on_behalf")

Person: TypeAlias = Ref | OutputRef


@dataclass(frozen=True, slots=True)
class MailObject:
    """A mailbox or a list.

    ``object_kind`` is mailbox or mail_list; ``kind`` personal, shared, room or list.  ``addresses`` holds the primary one
    first, the others in order.  ``rights`` holds pairs of a right and a person, ``auto_mapped`` those whose full access
    shows the mailbox in their mail program.  An empty ``id`` stands for one that does not exist yet.
    """

    id: str
    object_kind: str
    kind: str
    name: str = ""
    owner: Person | None = None
    hidden: bool = False
    auto_reply: str | None = None
    auto_reply_until: date | None = None
    archive: bool = False
    capacity: int | None = None
    addresses: tuple[str, ...] = ()
    rights: frozenset[tuple[str, Person]] = frozenset()
    auto_mapped: frozenset[Person] = frozenset()
    created: datetime | None = None
    changed: datetime | None = None
    version: int = 0

    @property
    def ref(self) -> Ref:
        """Its stable identity."""
        return Ref(self.object_kind, self.id)

    @property
    def argument(self) -> str:
        """What the verbs about it call it."""
        return "list" if self.object_kind == "mail_list" else "mailbox"

    @property
    def primary(self) -> str:
        """The address that stands on mails sent; empty while there is none."""
        return self.addresses[0] if self.addresses else ""

    def spelling_of(self, address: str) -> str | None:
        """Return the address as it is kept here, whatever its case, or None when it is not among them."""
        return next((own for own in self.addresses if key(own) == key(address)), None)

    def with_addresses(self, primary: str, others: frozenset[str]) -> "MailObject":
        """Return it with these addresses."""
        return replace(self, addresses=(primary, *sorted(others - {primary}, key=key)))

    def holders(self, right: str) -> tuple[Person, ...]:
        """Return who has a right, in a stable order."""
        return tuple(sorted((person for held, person in self.rights if held == right), key=repr))

    def guard(self) -> Guard:
        """Return what must still be true when it is written."""
        return Guard(self.ref, str(self.version), ())

    def entry(self) -> Entry:
        """Return it as a connector answers a question."""
        attributes: dict[str, Value] = {
            "id": self.id,
            "name": self.name,
            "display_name": self.name,
            "address": self.primary,
            "owner": self.owner,
            "hidden": self.hidden,
            "created": self.created,
        }
        if self.object_kind == "mailbox":
            attributes |= {
                "addresses": self.addresses,
                "kind": self.kind,
                "auto_reply": self.auto_reply,
                "auto_reply_until": self.auto_reply_until,
                "archive": self.archive,
                "capacity": self.capacity,
                "changed": self.changed,
                **{right: self.holders(right) for right in RIGHTS},
            }
        filled = {name: value for name, value in attributes.items() if value not in (None, ())}
        return Entry(self.ref, self.primary, (), filled, frozenset(), str(self.version))


_SCALARS = ("name", "owner", "hidden", "auto_reply", "auto_reply_until", "archive", "capacity")


def differences(before: MailObject, after: MailObject | None) -> tuple[Change, ...]:
    """Return the lines of a plan that lead from one state to the other; none when they are equal.

    A ``before`` without any address is one about to be made, an ``after`` of None one that exists no more.
    """
    if after is None:
        return (Change("delete", before.ref, _label(before), "address", before.primary, None),)
    if not before.addresses and after.addresses:
        return tuple(_creation(after))
    return (*_scalars(before, after), *_addresses(before, after), *_rights(before, after))


def _label(mail: MailObject) -> str:
    return mail.name or mail.primary or "the new mailbox"


def _ref(mail: MailObject) -> Ref | None:
    return mail.ref if mail.id else None


def _creation(after: MailObject) -> Iterator[Change]:
    values: dict[str, Value] = {
        "name": after.name,
        "address": after.primary,
        "kind": after.kind if after.object_kind == "mailbox" else None,
        "owner": after.owner,
        "hidden": after.hidden or None,
        "capacity": after.capacity,
    }
    for attribute, value in values.items():
        if value is not None:
            yield Change("create", _ref(after), after.name, attribute, None, value)


def _scalars(before: MailObject, after: MailObject) -> Iterator[Change]:
    for attribute in _SCALARS:
        old, new = getattr(before, attribute), getattr(after, attribute)
        if old != new:
            yield Change("set", _ref(before), _label(before), attribute, old, new)


def _addresses(before: MailObject, after: MailObject) -> Iterator[Change]:
    label, ref = _label(before), _ref(before)
    if before.primary != after.primary:
        yield Change("set", ref, label, "address", before.primary, after.primary)
    for address in after.addresses:
        if address not in before.addresses:
            yield Change("add", ref, label, "addresses", None, address)
    for address in before.addresses:
        if address not in after.addresses:
            yield Change("remove", ref, label, "addresses", address, None)


def _rights(before: MailObject, after: MailObject) -> Iterator[Change]:
    label, ref = _label(before), _ref(before)
    moves: tuple[tuple[ChangeKind, MailObject, MailObject], ...] = (("add", after, before), ("remove", before, after))
    for change, having, lacking in moves:
        for right in RIGHTS:
            for person in having.holders(right):
                if (right, person) not in lacking.rights:
                    values = (None, person) if change == "add" else (person, None)
                    yield Change(change, ref, label, right, *values)
    for person in sorted(before.auto_mapped ^ after.auto_mapped, key=repr):
        if ("full_access", person) in before.rights & after.rights or person in after.auto_mapped:
            yield Change("set", ref, label, "auto_map", person in before.auto_mapped, person in after.auto_mapped)
