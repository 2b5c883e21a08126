"""Import a file of people, groups, units, computers and contacts into the local directory; again, and nothing changes.

What the file says of an object replaces what the directory has; what it does not mention stays.  An object is
recognised by objectGUID or entryUUID, without them by its place, and in CSV by its login.  Passwords come along only
with new people, and only as Argon2 hashes.  New objects are added in one transaction, changes in batches; an import
that was interrupted is completed by running it again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Engine

from connectors.directory.names import parse
from connectors.folding import key
from connectors.local.existing import Existing
from connectors.local.importing_changes import Change, apply_changes
from connectors.local.importing_drafts import Draft, FileError, Refusal
from connectors.local.importing_rows import Format, Progress, References, Rows, gather, place_or_none, with_login_in_dn
from connectors.local.loading import NewEntry, load_entries
from connectors.local.tables import create_tables
from connectors.local.transactions import reading, writing
from connectors.spi import Ref

__all__ = ["FileError", "ImportReport", "import_file"]

_NAMESPACE = UUID("0d1c7a52-9d0a-5b0e-8f0a-6f6f4b7e2a91")
_MEMBERS = ("user", "group", "computer")
_EVERY_KIND = ("user", "group", "ou", "computer", "contact")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    ``added changed unchanged`` map kinds to counts.  ``refused`` are rows left out, ``dangling`` references to what
    does not exist (the row itself was taken), both by line.  ``skipped`` maps object classes the directory has no
    place for to counts, ``ignored_attributes`` names to the number of objects that had them, ``passwords_left_out``
    hash schemes to counts of people who came without a password.
    """

    added: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    unchanged: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[Refusal, ...] = ()
    dangling: tuple[Refusal, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    ignored_attributes: Mapping[str, int] = field(default_factory=dict)
    passwords_left_out: Mapping[str, int] = field(default_factory=dict)


def import_file(
    engine: Engine,
    stream: BinaryIO,
    *,
    format: Format,
    ou: str = "",
    mapping: Mapping[str, str] | None = None,
    now: datetime,
    progress: Progress = lambda _stage, _count: None,
    new_id: Callable[[], str] = lambda: str(uuid4()),
) -> ImportReport:
    """Import a file and report row by row what became of it. Reads the stream, writes to the database.

    ``format`` is ``ldif`` or ``csv``.  ``ou`` is, for CSV, the DN of the unit new people come to (needed); for LDIF,
    only what stands below it is taken.  ``mapping`` maps CSV headings to attributes.  ``now`` has the time zone in
    which days begin.  ``progress`` is called with a stage (``reading adding comparing``) and a count; ``new_id``
    makes ids for CSV.  Raises `FileError` for a file that cannot be read at all, and the errors of
    `connectors.errors`; new objects are then all there or none.
    """
    _check_unit(format, ou)
    with writing(engine) as connection:
        create_tables(connection)
    rows = gather(stream, format=format, ou=ou, mapping=mapping or {}, zone=now.tzinfo or UTC, progress=progress)
    work = _Work(engine, rows, now, progress)
    if format == "ldif":
        work.settle(_by_place, _derived_id)
    else:
        work.settle(_by_login, lambda _dn: new_id())
    work.add()
    work.change()
    return work.report()


def _check_unit(format: Format, ou: str) -> None:
    """Raises `FileError` when CSV has no unit to go to, `RejectedError` when the unit is no DN."""
    if format == "csv" and not ou:
        raise FileError("Say in which unit new people stand: CSV has no places.")
    if ou:
        parse(ou)


def _by_place(directory: Existing, draft: Draft) -> str | None:
    """Return the id under which an LDIF object is known, None for a new one. Raises `ValueError`.

    An object known by an id made from its DN is the same one when the file has a better id for it now.
    """
    if draft.kind == "ou":
        place = place_or_none(draft.dn)
        unit = directory.units.get(place) if place else None
        return unit[0] if unit else None
    if draft.id in directory.ids:
        if directory.ids[draft.id] != draft.kind:
            raise ValueError("its id belongs to an object of another kind")
        return draft.id
    there = directory.find(draft.dn, (draft.kind,)) if directory.places else None
    return there if there and (not draft.id or there == _derived_id(draft.dn)) else None


def _by_login(directory: Existing, draft: Draft) -> str | None:
    return directory.named.get(("user.login", key(str(draft.attributes["login"]))))


def _derived_id(dn: str) -> str:
    """Return the id that every spelling of a DN shares. Raises `ValueError`."""
    place = place_or_none(dn)
    if place is None:
        raise ValueError("the dn is not a distinguished name")
    return str(uuid5(_NAMESPACE, "\n".join(place)))


def _line(entry: NewEntry) -> int:
    return entry.source if isinstance(entry.source, int) else 0


class _Work:
    """One import, in three steps: who is new and who is known, add the new, change the known."""

    def __init__(self, engine: Engine, rows: Rows, now: datetime, progress: Progress) -> None:
        self.engine, self.rows, self.now, self.progress = engine, rows, now, progress
        self.refused, self.dangling = list(rows.refused), list[Refusal]()
        self.added, self.changed, self.unchanged = dict[str, int](), Counter[str](), Counter[str]()
        self.new: list[Draft] = []
        self.known: list[tuple[Draft, str]] = []
        self.ids: dict[int, str] = {}
        self.primary_groups: dict[int, str] = {}
        self.groups: dict[int, tuple[str, ...]] = {}
        self.joined: dict[str, list[str]] = {}
        with reading(engine) as connection:
            self.directory = Existing(connection)
        self.references = References(rows, self.ids, lambda text, kinds: self.directory.find(text, kinds))

    def settle(self, recognise: Callable[[Existing, Draft], str | None], make_id: Callable[[str], str]) -> None:
        """Tell the new from the known, and give each its id; ``make_id`` makes one from a DN."""
        for draft in self.rows.drafts:
            try:
                found = recognise(self.directory, draft)
                id_ = found or draft.id or make_id(draft.dn)
            except ValueError as error:
                self.refused.append(Refusal(draft.line, str(error)))
                continue
            self.ids[draft.line] = id_
            if found:
                self.known.append((draft, found))
            else:
                self.new.append(draft)
            if draft.rid:
                self.primary_groups[draft.rid] = id_
        self._join()
        self.rows.drafts.clear()

    def _join(self) -> None:
        """Find the groups that objects themselves name (memberOf, primary group, CSV)."""
        for draft in self.rows.drafts:
            if draft.line in self.ids and (groups := self._groups(draft)):
                self.groups[draft.line] = groups
                for group in groups:
                    self.joined.setdefault(group, []).append(self.ids[draft.line])

    # --- new ones ---------------------------------------------------------------------------------------------------

    def add(self) -> None:
        """Add the new objects in one transaction; those the directory cannot take are refused."""
        if not self.new:
            return
        self.new.sort(
            key=lambda draft: (draft.kind == "ou", -draft.dn.count(",") if draft.kind == "ou" else -draft.line)
        )
        report = load_entries(
            self.engine, self._entries(), now=self.now, progress=lambda count: self.progress("adding", count)
        )
        self.added = dict(report.loaded)
        for problem in report.problems:
            self.refused.append(Refusal(_line(problem.entry), problem.reason))
        for problem in report.dangling:
            self.dangling.append(Refusal(_line(problem.entry), "something it points at was refused"))

    def _entries(self) -> Iterator[NewEntry]:
        """Yield the new objects, units first; each draft is let go once it is handed over."""
        while self.new:
            draft = self._apart(self.new.pop())
            links = {name: Ref("user", id_) for name, id_ in self._links(draft).items()}
            groups = tuple(Ref("group", id_) for id_ in self.groups.get(draft.line, ()))
            yield NewEntry(
                kind=draft.kind,
                dn=draft.dn,
                attributes={**draft.attributes, **links, "groups": groups},
                members=tuple(Ref("user", id_) for id_ in self._members(draft) or ()),
                password_hash=draft.password_hash,
                id=self.ids[draft.line],
                source=draft.line,
            )

    def _apart(self, draft: Draft) -> Draft:
        """Give a person from CSV another name in the unit when somebody there has it."""
        return with_login_in_dn(draft) if draft.cn and self.directory.find(draft.dn, _EVERY_KIND) else draft

    # --- known ones -------------------------------------------------------------------------------------------------

    def change(self) -> None:
        """Compare the known objects with the file and write what differs."""
        if self.added and self.known:
            with reading(self.engine) as connection:
                self.directory = Existing(connection)
        for result in apply_changes(self.engine, self._changes(), units=self.directory.units, now=self.now):
            if result.reason:
                self.refused.append(Refusal(result.draft.line, result.reason))
            else:
                (self.changed if result.is_changed else self.unchanged)[result.draft.kind] += 1
            self._tell(sum(self.changed.values()) + sum(self.unchanged.values()))

    def _changes(self) -> Iterator[Change]:
        """Yield the known objects in the order of the file; each draft is let go once it is handed over."""
        self.known.reverse()
        while self.known:
            draft, id_ = self.known.pop()
            yield Change(draft, id_, self._links(draft), self._members(draft), self.groups.get(draft.line, ()))

    def _tell(self, count: int) -> None:
        if count % 1_000 == 0:
            self.progress("comparing", count)

    # --- references -------------------------------------------------------------------------------------------------

    def _links(self, draft: Draft) -> dict[str, str]:
        found = {name: self._found(draft, text, ("user",), name) for name, text in draft.links.items()}
        return {name: id_ for name, id_ in found.items() if id_}

    def _members(self, draft: Draft) -> tuple[str, ...] | None:
        if draft.members is None:
            return None
        found = [self._found(draft, text, _MEMBERS, "member") for text in draft.members]
        found += self.joined.get(self.ids[draft.line], ())
        return tuple(dict.fromkeys(id_ for id_ in found if id_))

    def _groups(self, draft: Draft) -> tuple[str, ...]:
        found = [self._found(draft, text, ("group",), "group") for text in draft.groups]
        found.append(self.primary_groups.get(draft.primary_rid or 0))
        return tuple(dict.fromkeys(id_ for id_ in found if id_))

    def _found(self, draft: Draft, text: str, kinds: tuple[str, ...], what: str) -> str | None:
        found = self.references.find(text, kinds)
        if found is None:
            self.dangling.append(Refusal(draft.line, f"its {what} “{text[:200]}” does not exist here or cannot be one"))
        return found

    def report(self) -> ImportReport:
        """Say what was done."""
        return ImportReport(
            added=self.added,
            changed=dict(self.changed),
            unchanged=dict(self.unchanged),
            refused=tuple(sorted(self.refused, key=lambda refusal: refusal.line)),
            dangling=tuple(sorted(self.dangling, key=lambda refusal: refusal.line)),
            skipped=dict(self.rows.skipped),
            ignored_attributes=dict(self.rows.notes.ignored.most_common()),
            passwords_left_out=dict(self.rows.notes.passwords),
        )
