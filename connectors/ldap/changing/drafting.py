"""A draft of one change: what it reads, what it will report, and the requests that make it. Reads only.

A verb's function fills a draft from what the directory says.  Preparing stops there; performing sends the requests.  So
both say the same, by construction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from connectors.directory.pictures import PictureError, picture_size
from connectors.errors import RejectedError
from connectors.ldap import filters
from connectors.ldap.ids import guid_name
from connectors.ldap.layout import Layout
from connectors.ldap.reading.decoding import stable_id
from connectors.ldap.reading.reader import Found, Reader
from connectors.ldap.requests import Modification, Modify, Octets, Request, Row, Search
from connectors.spi import Change, ChangeKind, Content, Entry, File, Guard, Operation, OutputRef, Ref, Secret, Value

Writer = Callable[["Draft"], None]


@dataclass(frozen=True, slots=True)
class Link:
    """An attribute, by its neutral name, that will point to an object; ``on`` has an empty id for a new one."""

    on: Ref
    attribute: str
    to: Ref


@dataclass(frozen=True, slots=True)
class Write:
    """A request, the object it changes (None for a new one), and the requests that take it back."""

    request: Request
    on: Found | None
    back: tuple[Request, ...] = ()


@dataclass(slots=True)
class Draft:
    """Collects one operation. ``password`` is None while preparing; ``known`` holds what was read already."""

    reader: Reader
    operation: Operation
    password: Secret | None = None
    is_performing: bool = False
    known: Mapping[Ref, Found] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    touched: dict[Ref, Found] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    inverse: Operation | None = None
    makes: str = ""
    made_dn: str = ""

    @property
    def layout(self) -> Layout:
        """The layout of the directory."""
        return self.reader.layout

    # --- what was asked ---------------------------------------------------------------------------------------------

    def given(self, name: str) -> Any:
        """Return an argument, or None."""
        return self.operation.arguments.get(name)

    def text(self, name: str) -> str:
        """Return a text argument without spaces around it; empty when it was not given."""
        return str(self.given(name) or "").strip()

    @property
    def kind(self) -> str:
        """The kind of object that the verb is about: its second word."""
        return self.operation.verb.split(".")[1]

    def found(self, name: str) -> Found:
        """Return the object given in an argument; raises `RejectedError` when it does not exist."""
        return self.all_found((self.given(name),))[0]

    def all_found(self, given: Sequence[Ref | OutputRef] | None) -> list[Found]:
        """Return the objects given, each once and in that order; raises `RejectedError` when one does not exist.

        An object that an earlier step will make has an empty id and no attributes.
        """
        wanted = list(dict.fromkeys(given or ()))
        refs = [ref for ref in wanted if isinstance(ref, Ref)]
        found = {ref: self.known[ref] for ref in refs if ref in self.known}
        for kind in sorted({ref.kind for ref in refs if ref not in found}):
            missing = [ref.id for ref in refs if ref.kind == kind and ref not in found]
            if kind in self.layout.dialect.kinds:
                found |= {one.entry.ref: one for one in self.reader.by_ids(kind, missing).values()}
        if len(found) < len(refs):
            raise RejectedError("An object of this change does not exist any more.")
        self.touched.update({ref: found[ref] for ref in refs})
        return [found[ref] if isinstance(ref, Ref) else _to_come(ref) for ref in wanted]

    def seen(self, ref: object, kind: str, label: str) -> Found:
        """Return an object that an attribute may point to; raises `RejectedError` when it does not exist."""
        found = self.reader.one(ref) if isinstance(ref, Ref) and ref.kind == kind else None
        if found is None:
            raise RejectedError(f"{label}: no such {kind}.")
        return found

    def link(self, on: Ref, attribute: str, to: Found) -> bytes:
        """Return how an attribute points to an object; that it does is looked at again when it was written."""
        self.links.append(Link(on, attribute, to.entry.ref))
        return self.name(to).encode()

    def name(self, found: Found) -> str:
        """Return what stands for an object in a request: in AD its GUID, which nobody else can have, else its DN."""
        return guid_name(found.entry.ref.id) if self.layout.dialect.by_guid else found.entry.dn

    def exists(self, wanted: str, but: str = "", within: str = "") -> bool:
        """Say whether an entry other than the one with the id ``but`` matches a filter, below ``within`` or the base."""
        asked = Search(within or self.layout.base, wanted, (self.layout.dialect.id,))
        return any(stable_id(self.layout, row) != but for row in self.reader.serving.rows(asked))

    def exists_beyond(self, wanted: str) -> bool:
        """Say whether an entry matches in the whole naming context, as far as the account may look there."""
        try:
            return self.exists(wanted, within=self.reader.context)
        except RejectedError:
            return False

    def is_taken(self, attributes: Sequence[str], value: str, but: str = "") -> bool:
        """Say whether an entry other than ``but`` has a value in one of these attributes."""
        return self.exists(filters.any_of(filters.equals(name, value) for name in attributes), but)

    # --- what will be done ------------------------------------------------------------------------------------------

    def report(self, kind: ChangeKind, entry: Entry, attribute: str, before: Value, after: Value) -> None:
        """Add a line of what changes."""
        ref = entry.ref if entry.ref.id else None
        self.changes.append(Change(kind, ref, entry.label or "–", attribute, before, after))

    def write(self, request: Request, on: Found | None, *back: Request) -> None:
        """Add a request; ``back`` takes it back when a later one is refused."""
        self.writes.append(Write(request, on, back))

    def modify(self, found: Found, *modifications: Modification) -> None:
        """Change attributes of an object; what they were is put back when a later request is refused."""
        if found.entry.ref.id and modifications:
            name = self.name(found)
            back = tuple(one for change in reversed(modifications) for one in _reverse(found.row, change))
            self.write(Modify(name, modifications), found, *((Modify(name, back),) if back else ()))

    def undo_by(self, verb: str, **arguments: Value) -> None:
        """Say which operation takes this back."""
        self.inverse = Operation(self.operation.id, verb, arguments)

    def guards(self) -> tuple[Guard, ...]:
        """Return what has to be as it is now for this draft to stand."""
        entries = (found.entry for found in self.touched.values())
        return tuple(Guard(entry.ref, entry.version, entry.place) for entry in entries)


def _to_come(ref: OutputRef) -> Found:
    entry = Entry(Ref(ref.kind, ""), "", (), {"display_name": f"new {ref.kind}", "groups": ()})
    return Found(entry, Row("", {}))


def set_to(row: Row, attribute: str, value: Octets | None) -> tuple[Modification, ...]:
    """Return the steps that make ``value`` the first of an attribute's values; others it has are kept. Pure.

    The old value is named, so that the change is refused when it is no longer there.
    """
    old = row.first(attribute)
    if old is not None and isinstance(value, bytes) and old == value:
        return ()
    removed = (Modification("delete", attribute, (old,)),) if old is not None else ()
    return (*removed, Modification("add", attribute, (value,))) if value is not None else removed


def replaced(row: Row, attribute: str, values: Sequence[Octets]) -> tuple[Modification, ...]:
    """Return the step that makes these all the values of an attribute. Pure."""
    return () if list(row.values.get(attribute.lower(), ())) == list(values) else (_whole(attribute, values),)


def _whole(attribute: str, values: Sequence[Octets]) -> Modification:
    return Modification("replace", attribute, tuple(values))


def _reverse(row: Row, change: Modification) -> tuple[Modification, ...]:
    """Return what takes a step back; nothing for passwords, which cannot be read."""
    if any(isinstance(value, Content) for value in change.values) and change.attribute.lower() != "jpegphoto":
        return ()
    if change.kind == "add":
        return (Modification("delete", change.attribute, change.values),)
    if change.kind == "delete" and change.values:
        return (Modification("add", change.attribute, change.values),)
    return (_whole(change.attribute, row.values.get(change.attribute.lower(), ())),)


def photo_file(octets: bytes) -> File | None:
    """Return a photo as it stands in an entry, None when it is no picture we know. Pure."""
    try:
        type_, _, _ = picture_size(octets)
    except PictureError:
        return None
    name = f"photo.{type_.partition('/')[2].replace('jpeg', 'jpg')}"
    return File(name, len(octets), type_, sha256(octets).hexdigest(), content=Content(octets))
