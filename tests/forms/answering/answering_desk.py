"""A desk of a few invented people for the tests of answering and planning: its files, its objects, and who reads them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

from connectors.spi import Entry, Ref, Value
from forms.answering.situation import Request, Situation, given
from forms.answering.validating import validate
from forms.answering.working_out import Worked, work_out
from forms.definition import Catalogue, Form, Lookup
from forms.expressions import Environment
from forms.facts import NAMED_BY, Facts, MissingFacts, Rows, Search, TakenCall
from tests.forms.desk_folders import compiled, folder, load, surroundings

NOW = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)
FILES = folder(Path(__file__).parent / "desk")
AROUND = surroundings(FILES)
CATALOGUE, _ = load(FILES)
HEAD = "format: form/1\nid: small\ntitle: Small\n"
PERSON = "target: { type: user }\n"
NEVER_MIND = "operations: [{ id: act, do: directory.user.enable, with: { user: $(target) } }]\n"
Result = TypeVar("Result")


def ref(text: str) -> Ref:
    """Return the reference written as ``user:u-bob``."""
    kind, _, id_ = text.partition(":")
    return Ref(kind, id_)


def _person(login: str, name: str, *groups: str, manager: str = "", **attributes: Value) -> Entry:
    own: dict[str, Value] = {"id": f"u-{login}", "login": login, "display_name": name, "enabled": True, "locked": False}
    own["manager"] = Ref("user", f"u-{manager}") if manager else None
    own["groups"] = tuple(Ref("group", f"g-{group}") for group in groups)
    return Entry(Ref("user", f"u-{login}"), f"CN={name}", (), {**own, "mail": f"{login}@example.org", **attributes})


def _thing(kind: str, id_: str, name: str, **attributes: Value) -> Entry:
    return Entry(Ref(kind, id_), f"CN={name}", (), {"id": id_, "name": name, **attributes})


ENTRIES = (
    _person("alice", "Alice Agent", "users", department="IT"),
    _person("bob", "Bob Berg", "users", "drawings", manager="erin", department="Sales", phone="+31201234567",
            title="Seller", office="Old wing", last_logon=datetime(2030, 3, 1, 12, 0, tzinfo=UTC),
            expires_on=date(2031, 1, 1)),
    _person("charlie", "Charlie Cole", "users", manager="erin", department="Legal"),
    _person("dave", "Dave Distant", department="Board"),
    _person("erin", "Erin Estey", department="Sales", is_manager=True),
    _person("frank", "Frank Far", manager="dave", is_manager=True),
    _thing("group", "g-users", "Domain Users", department="IT"),
    _thing("group", "g-drawings", "Drawings", department="Sales"),
    _thing("group", "g-maps", "Maps", department="Sales"),
    _thing("group", "g-wages", "Wages", department="Legal"),
    _thing("group", "g-secret", "Board Papers", department="Board"),
    _thing("ou", "o-people", "People"),
    _thing("mailbox", "m-sales", "Sales", address="sales@example.org", addresses=("sales@example.org",)),
)  # fmt: skip
OUT_OF_REACH = frozenset({"u-dave", "g-secret"})
NOBODY: frozenset[str] = frozenset()
SETS = {
    "staff": frozenset({"u-alice", "u-bob", "u-charlie", "u-erin", "u-frank", "u-dave", "o-people", "m-sales"}),
    "requestable": frozenset({"g-drawings", "g-maps", "g-wages", "g-secret"}),
    "sales": frozenset({"u-bob", "u-erin"}),
    "all-staff": frozenset({"u-alice", "u-bob", "u-charlie", "u-erin", "u-frank", "u-dave"}),
    "assignable-groups": frozenset({"g-drawings", "g-maps", "g-wages", "g-secret"}),
    "privileged-accounts": frozenset({"u-frank"}),
    "people-units": frozenset({"o-people"}),
    "my-department": frozenset({"u-alice"}),
    "my-department-lists": frozenset(),
    "shared-mailboxes": frozenset({"m-sales"}),
}


@dataclass
class Reading:
    """Answers what pure code lacks, and remembers what was asked; ``most`` cuts a search that names no ids."""

    taken: frozenset[TakenCall] = frozenset()
    most: int = 200
    gone: frozenset[str] = frozenset()
    catalogue: Catalogue = CATALOGUE
    asked: list[MissingFacts] = field(default_factory=list)

    def entries(self) -> Iterable[Entry]:
        return (entry for entry in ENTRIES if entry.ref.id not in self.gone)

    def gather(self, situation: Situation, work: Callable[[Situation], Result]) -> tuple[Result, Situation]:
        """Run pure work until it has every fact, as the runner does."""
        for _ in range(60):
            try:
                return work(situation), situation
            except MissingFacts as missing:
                self.asked.append(missing)
                situation = situation.with_facts(self._more(situation.facts, missing))
        raise AssertionError("never satisfied")

    def _more(self, facts: Facts, missing: MissingFacts) -> Facts:
        known = {entry.ref: entry for entry in self.entries()}
        searches = {search: self._search(search) for search in missing.searches}
        return facts.add(
            {ref: known.get(ref) for ref in missing.refs},
            {(kind, name): self._named(kind, name) for kind, name in missing.names},
            searches,
            {call: self._is_taken(call) for call in missing.taken},
        )

    def _named(self, kind: str, name: str) -> Entry | None:
        for entry in self.entries():
            if entry.ref.kind == kind and name in (entry.attributes.get("login"), entry.attributes.get("name")):
                return entry
        return None

    def _is_taken(self, call: TakenCall) -> bool:
        return any(call.where == one.where and call.text.lower() == one.text.lower() for one in self.taken)

    def _search(self, search: Search) -> Rows:
        found = [entry for entry in self.entries() if entry.ref.kind == search.kind]
        found = [entry for entry in found if entry.ref.id not in OUT_OF_REACH]
        lookup = self.catalogue.lookups[search.lookup] if search.lookup else None
        for names in (search.within, lookup.within if lookup else ()):
            found = [
                entry for entry in found if not names or any(entry.ref.id in SETS.get(name, NOBODY) for name in names)
            ]
        found = [
            entry for entry in found if not any(entry.ref.id in SETS.get(name, NOBODY) for name in search.excluded)
        ]
        if lookup is not None:
            found = [entry for entry in found if _fits(entry, lookup, search)]
        if search.name:
            return Rows(tuple(entry for entry in found if search.name in _names(entry)))
        if search.ids is not None:
            return Rows(tuple(entry for entry in found if entry.ref.id in search.ids))
        return Rows(tuple(found[: self.most]), more=len(found) > self.most)


def _names(entry: Entry) -> set[str]:
    values = (entry.ref.id, *(entry.attributes.get(name) for name in NAMED_BY.get(entry.ref.kind, ())))
    return {value.casefold() for value in values if isinstance(value, str)}


def _fits(entry: Entry, lookup: Lookup, search: Search) -> bool:
    environment = Environment(dict(search.arguments), Facts(), NOW)  # type: ignore[arg-type]
    return all(entry.attributes.get(one.attribute) == given(one.value, environment) for one in lookup.where)


@cache
def small_form(text: str) -> Form:
    """Compile a form of which only what matters is written; one with operations of mail only has no target."""
    head = HEAD + ("" if "\ntarget:" in f"\n{text}" or "do: mailbox.create" in text else PERSON)
    return compiled(head + text + ("" if "operations:" in text else NEVER_MIND), AROUND)


def situation_for(
    form: Form,
    target: str | None = "user:u-bob",
    *,
    actor: str = "user:u-alice",
    request: Request | None = None,
    language: str = "en",
    catalogue: Catalogue = CATALOGUE,
) -> Situation:
    """Return the situation of Alice filling in a form for Bob on a Monday morning."""
    return Situation(form, catalogue, ref(actor), ref(target) if target else None, NOW, language, request or Request())


def validated(situation: Situation, posted: Mapping[str, object], reading: Reading | None = None) -> Worked:
    """Validate with every fact read; raises `AnswersError`."""
    return (reading or Reading()).gather(situation, lambda known: validate(known, posted))[0]


def worked(situation: Situation, posted: Mapping[str, object], reading: Reading | None = None) -> Worked:
    """Work out with every fact read."""
    return (reading or Reading()).gather(situation, lambda known: work_out(known, posted))[0]


EVERY_TYPE = small_form("""
verify: caller-basic
fields:
  - { id: text, type: text }
  - { id: multiline, type: multiline }
  - { id: email, type: email }
  - { id: phone, type: phone, region: NL }
  - { id: number, type: number }
  - { id: boolean, type: boolean }
  - { id: choice, type: choice, options: [red, blue] }
  - { id: choices, type: choices, options: [red, blue] }
  - { id: date, type: date }
  - { id: datetime, type: datetime }
  - { id: password, type: password, policy: spoken }
  - { id: user, type: user, multiple: true }
  - { id: group, type: group }
  - { id: ou, type: ou }
  - { id: computer, type: computer }
  - { id: mailbox, type: mailbox }
  - { id: membership, type: membership, of: $(target) }
  - { id: rows, type: rows, fields: [{ id: inner, type: text }, { id: who, type: user }] }
  - { id: csv, type: csv, columns: [{ id: inner, type: text }, { id: who, type: user }] }
  - { id: file, type: file }
  - { id: table, type: table, source: { lookup: managers }, select: many }
  - { id: note, type: note, text: Read this. }
  - { id: computed, type: computed, value: $(text) }
operations:
  - { id: act, do: directory.user.set_password, with: { user: $(target), password: $(password) } }
  - { id: join, do: directory.user.join_groups, with: { user: $(target), groups: $(membership.add) } }
""")
"""A form with one question of each type."""
