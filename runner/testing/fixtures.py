"""Read ``fixtures/*.yaml``: the tiny company that the tests of forms run against. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import cast

from connectors.directory.names import escape
from connectors.local.loading import NewEntry
from connectors.mailbox.loading import MailboxRow
from connectors.spi import Further, Value
from connectors.verbs import ATTRIBUTES
from forms.compiling.fitting import literal
from forms.documents import ListNode, Node, ScalarNode, read_document
from forms.errors import DefinitionError, Problem
from forms.problems import Report, did_you_mean, nearest_or_all
from forms.reading import Reader
from forms.records import Entries, Record
from forms.scalars import ScalarError, read_date
from forms.values import BOOL, NUMBER, TEXT, Type
from runner.testing.further import CUSTOM

_KINDS = {"units": "ou", "users": "user", "groups": "group", "computers": "computer", "contacts": "contact"}
_NAMES = {"user": "login", "contact": "display_name"}
_FOLLOWS = frozenset({"is_manager", "expired", "member_count"})
_RIGHTS = ("full_access", "send_as", "send_on_behalf")
_MAILBOX_TYPES = {
    "id": TEXT, "name": TEXT, "address": TEXT, "addresses": TEXT, "kind": TEXT, "owner": TEXT, "hidden": BOOL,
    "archive": BOOL, "auto_reply": TEXT, "auto_reply_until": Type("date"), "capacity": NUMBER, **dict.fromkeys(_RIGHTS, TEXT),
}  # fmt: skip
_TYPES = {"bool": Type("bool"), "date": Type("date"), "datetime": Type("datetime"), "number": Type("number")}
_LOCKED_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Fixture:
    """A tiny company: ``actor`` fills the forms in, and today is always ``today``.

    ``locked`` holds the ids of people who are locked out on that day, ``held`` their further attributes by id and name
    (without ``custom.``); ``file`` is the fixture's file.
    """

    file: str
    id: str
    today: date
    actor: str
    entries: tuple[NewEntry, ...]
    mailboxes: tuple[MailboxRow, ...]
    locked: frozenset[str] = frozenset()
    held: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def moment(self, zone: object) -> datetime:
        """Return the moment at which the tests run: nine o'clock of its day."""
        return datetime.combine(self.today, time(9), zone)  # type: ignore[arg-type]

    def directory(self, now: datetime) -> Iterator[NewEntry]:
        """Yield what the directory holds at ``now``."""
        for entry in self.entries:
            if entry.id in self.locked:
                attributes = {"locked_at": now - _LOCKED_FOR, **entry.attributes}
                yield NewEntry(entry.kind, entry.dn, attributes, entry.members, id=entry.id, source=entry.source)
            else:
                yield entry


def read_fixture(
    file: str, content: bytes, further: Mapping[str, Further] | None = None
) -> tuple[Fixture | None, tuple[Problem, ...]]:
    """Read one fixture file; None when it has errors, which are returned.

    ``further`` are the attributes that people have besides the neutral ones; None where the desk is not known, and then
    any may stand there, as a text.
    """
    try:
        report = Report(read_document(file, content))
    except DefinitionError as error:
        return None, error.problems
    record = Reader(report).record("FIXTURE", report.document.root)
    found = _Compiling(report, file, further).fixture(record) if record else None
    return (None if report.has_errors else found), report.problems


class _Compiling:
    def __init__(self, report: Report, file: str, further: Mapping[str, Further] | None) -> None:
        self.report, self.file, self.further = report, file, further
        self.locked: set[str] = set()
        self.held: dict[str, Mapping[str, Value]] = {}

    def fixture(self, record: Record) -> Fixture:
        entries = tuple(
            self._entry(kind, item, number)
            for key, kind in _KINDS.items()
            for number, item in enumerate(self._maps(record, key), 1)
        )
        self._check_logins(record)
        mailboxes = tuple(self._mailbox(item, entries) for item in self._maps(record, "mailboxes"))
        return Fixture(
            self.file,
            record.string("id") or "",
            self._today(record),
            record.string("actor") or "",
            entries,
            mailboxes,
            frozenset(self.locked),
            self.held,
        )

    def _check_logins(self, record: Record) -> None:
        """Note a login that two people have, and an actor who is none of them."""
        logins: dict[str, ScalarNode] = {}
        for item in self._maps(record, "users"):
            node = item.entries.get("login")
            if isinstance(node, ScalarNode) and logins.setdefault(node.text, node) is not node:
                message = f'there are two people with the login "{node.text}"'
                self.report.error("E116", node, message, "Rename one of them.")
        actor = record.string("actor")
        if actor is not None and record.has("users") and actor not in logins:
            fix = nearest_or_all(actor, list(logins)[:12], "There are")
            self.report.error("E126", record.node_of("actor"), f'there is nobody with the login "{actor}"', fix)

    def _today(self, record: Record) -> date:
        node = record.node_of("today")
        try:
            return read_date(node, "today") if isinstance(node, ScalarNode) else date.min
        except ScalarError as error:
            self.report.error(error.code, node, error.message, "Write it as YYYY-MM-DD.")
            return date.min

    def _maps(self, record: Record, key: str) -> Iterator[Entries]:
        found = record.values.get(key)
        yield from (item for item in found if isinstance(item, Entries)) if isinstance(found, tuple) else ()

    def _entry(self, kind: str, item: Entries, number: int) -> NewEntry:
        given = self._attributes(kind, item)
        name = str(given.get(_NAMES.get(kind, "name")) or given.get("display_name") or f"{kind} {number}")
        id_ = str(given.pop("id", "") or f"{kind}-{name}")
        dn = str(given.pop("dn", "") or f"{'OU' if kind == 'ou' else 'CN'}={escape(name)},OU=Fixture")
        if given.pop("locked", False) is True:
            self.locked.add(id_)
        members = given.pop("members", ())
        if own := [key for key in given if key.startswith(CUSTOM)]:
            self.held[id_] = {key.removeprefix(CUSTOM): cast("Value", given.pop(key)) for key in own}
        return NewEntry(kind, dn, given, members if isinstance(members, tuple) else (), id=id_, source=name)

    def _attributes(self, kind: str, item: Entries) -> dict[str, object]:
        known = ATTRIBUTES[kind]
        found: dict[str, object] = {}
        for key, raw in item.entries.items():
            if kind == "user" and key.startswith(CUSTOM):
                found[key] = self._further(key, item.keys[key], raw)
            elif key not in known and not (kind == "group" and key == "members"):
                message = f'a {kind} of a fixture has no "{key}"'
                self.report.error("E110", item.keys[key], message, did_you_mean(key, known))
            elif key not in _FOLLOWS and isinstance(raw, ScalarNode | ListNode):
                type_ = known[key].type if key in known else "list:text"
                found[key] = self._value(raw, key, _TYPES.get(type_, TEXT), many=type_.startswith("list:"))
        return {key: value for key, value in found.items() if value is not None}

    def _further(self, key: str, node: Node, raw: object) -> object:
        """Read a further attribute of a person."""
        name = key.removeprefix(CUSTOM)
        if self.further is not None and name not in self.further:
            known = [CUSTOM + each for each in self.further]
            self.report.error("E110", node, f'a user here has no "{key}"', nearest_or_all(key, known, "There are"))
            return None
        type_ = self.further[name].type if self.further is not None else "text"
        return self._value(raw, key, _TYPES.get(type_, TEXT)) if isinstance(raw, ScalarNode) else None

    def _value(self, node: Node, name: str, wanted: Type, *, many: bool = False) -> object:
        if isinstance(node, ListNode):
            return tuple(item.text for item in node.items if isinstance(item, ScalarNode))
        if not isinstance(node, ScalarNode) or node.is_null:
            return None
        if many:
            return (node.text,)
        try:
            return node.text if wanted == TEXT else literal(node, name, wanted)
        except ScalarError as error:
            self.report.error(error.code, node, error.message, error.fix)
            return None

    def _mailbox(self, item: Entries, entries: tuple[NewEntry, ...]) -> MailboxRow:
        people = {str(entry.attributes.get("login")): entry.id for entry in entries if entry.kind == "user"}
        given = dict(self._mailbox_values(item))
        texts = {key: str(given[key]) for key in ("name", "address", "id") if given.get(key)}
        address, owner = texts.get("address", ""), given.get("owner")
        until, capacity, reply = (given.get(key) for key in ("auto_reply_until", "capacity", "auto_reply"))
        return MailboxRow(
            name=texts.get("name", address),
            address=address,
            kind=str(given.get("kind") or "shared"),
            owner=people.get(str(owner), str(owner)) if owner else None,
            rights={key: [people.get(one, one) for one in _texts(given[key])] for key in _RIGHTS if key in given},
            further_addresses=[one for one in _texts(given.get("addresses")) if one != address],
            hidden=given.get("hidden") is True,
            auto_reply=str(reply) if reply else None,
            auto_reply_until=until if isinstance(until, date) else None,
            archive=given.get("archive") is True,
            capacity=capacity if isinstance(capacity, int) else None,
            id=texts.get("id", ""),
        )

    def _mailbox_values(self, item: Entries) -> Iterator[tuple[str, object]]:
        for key, raw in item.entries.items():
            if key not in _MAILBOX_TYPES:
                message = f'a mailbox of a fixture has no "{key}"'
                self.report.error("E110", item.keys[key], message, did_you_mean(key, _MAILBOX_TYPES))
            elif isinstance(raw, ScalarNode | ListNode):
                yield key, self._value(raw, key, _MAILBOX_TYPES[key])


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (str(value),) if value else ()


def fixture_of(form_file: str, fixtures: Mapping[str, Fixture], named: str | None) -> Fixture | None:
    """Return the fixture a test runs against: the one it names, else that beside the form, else the first there is."""
    if named is not None:
        return next((one for one in fixtures.values() if one.id == named), None)
    folder = form_file.rpartition("/")[0]
    beside = f"{folder}/fixtures/" if folder else "fixtures/"
    near = (file for file in sorted(fixtures) if file.startswith(beside))
    return fixtures.get(next(near, min(fixtures, default="")))
