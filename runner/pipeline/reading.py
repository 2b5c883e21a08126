"""Reads the facts that pure code asks for: objects as they are, searches cut down to what the actor may read.

Values that stand in a form or hang on the target (``target.manager.mail``) are read as they are, since the author wrote
them.  What a person chooses or types is only ever found by a search inside that person's scope.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from connectors.errors import UnavailableError
from connectors.spi import (
    AllOf,
    AnyOf,
    Compare,
    Comparison,
    Entry,
    Filter,
    Ids,
    InGroup,
    Not,
    Page,
    Question,
    Ref,
)
from forms.answering.situation import Situation
from forms.definition import Lookup
from forms.errors import ExpressionError
from forms.expressions import Environment
from forms.facts import Facts, MissingFacts, Rows, Search, TakenCall
from runner.access.model import Actor
from runner.errors import RefusedError
from runner.pipeline.named_searches import Narrowing, names_of
from runner.pipeline.naming import MOST_NAMED, called_one_of, searches_by_name
from runner.pipeline.ordering import sort_key
from runner.pipeline.services import Services

READ_PERMISSIONS = {
    "user": "user.read",
    "group": "group.read",
    "computer": "computer.read",
    "mailbox": "mailbox.read",
    "mail_list": "mailbox.read",
    "contact": "contact.manage",
    "ou": "user.create",
}
SEARCHED = {
    "user": ("display_name", "login", "mail", "employee_id"),
    "group": ("name", "description", "mail"),
    "mailbox": ("name", "address"),
    "mail_list": ("name", "address"),
    "computer": ("name", "description"),
    "contact": ("display_name", "mail"),
    "ou": ("name",),
}
_LABELS = {"user": "display_name", "contact": "display_name"}
_MOST_ROUNDS = 100
_MOST_OWNERS = 20_000
_AT_ONCE = 1_000
_PAGE = 200
Result = TypeVar("Result")


def label_attribute(kind: str) -> str:
    """Return the attribute by which objects of a kind are called on pages."""
    return _LABELS.get(kind, "name")


def account_ref(account_id: str) -> Ref:
    """Return the reference that stands for an account without a person in the directory."""
    return Ref("user", f"account:{account_id}")


def actor_ref(actor: Actor) -> Ref:
    """Return what ``actor`` means in expressions: the person behind the account, else the account itself."""
    return actor.person.ref if actor.person else account_ref(actor.id)


def actor_facts(actor: Actor) -> Facts:
    """Return what is known of the actor without reading."""
    entry = actor.person or Entry(
        account_ref(actor.id), "", (), {"login": actor.login, "display_name": actor.display_name}
    )
    return Facts(entries={entry.ref: entry})


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads for one actor inside one form (None: outside any form), at one moment."""

    services: Services
    actor: Actor
    form: str | None
    now: datetime
    _memberships: dict[InGroup, Sequence[Ref]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def gather(self, situation: Situation, work: Callable[[Situation], Result]) -> tuple[Result, Situation]:
        """Run pure ``work``, reading what it lacks until it has everything; return its result and the facts it used.

        Raises `RefusedError` when an expression of the form cannot be worked out.
        """
        for _ in range(_MOST_ROUNDS):
            try:
                return work(situation), situation
            except MissingFacts as missing:
                situation = situation.with_facts(self._with_answers(situation.facts, missing))
            except ExpressionError as error:
                raise RefusedError("This form cannot be worked out with these values. Nothing was changed.") from error
        raise UnavailableError("The form asks for more than can be read at once. Tell the owner of the form.")

    def _with_answers(self, facts: Facts, missing: MissingFacts) -> Facts:
        entries = {ref: self.entry(ref) for ref in missing.refs}
        names = {(kind, text): self.named(kind, text) for kind, text in missing.names}
        searches = {search: self.search(search) for search in missing.searches if not search.name}
        searches |= searches_by_name(missing.searches, self.search_any)
        found = {entry.ref: entry for rows in searches.values() for entry in rows.entries}
        named = {entry.ref: entry for entry in names.values() if entry is not None}
        taken = {call: self.is_taken(call) for call in missing.taken}
        return facts.add({**found, **named, **entries}, names, searches, taken)

    def entry(self, ref: Ref) -> Entry | None:
        """Read one object by its identity, wherever it is; None when there is none."""
        if ref.kind not in self.services.connectors.kinds:
            return None
        page = self.services.connectors.for_kind(ref.kind).read(Question(ref.kind, Ids(frozenset({ref.id})), limit=1))
        return self._with_owner(page.entries[0]) if page.entries else None

    def _with_owner(self, entry: Entry) -> Entry:
        """Give a mailbox the groups of its owner, which is what ``in_group`` means for it."""
        owner = entry.attributes.get("owner")
        if entry.ref.kind not in ("mailbox", "mail_list") or not isinstance(owner, Ref):
            return entry
        person = self.entry(owner)
        if person is None:
            return entry
        direct = {"groups": person.attributes.get("groups")}
        return replace(entry, groups=person.groups, attributes={**entry.attributes, **direct})

    def named(self, kind: str, text: str) -> Entry | None:
        """Read the object an author names in a file."""
        if kind not in self.services.connectors.kinds:
            return None
        ref = self.services.connectors.for_kind(kind).locate(text, kind)
        return self.entry(ref) if ref else None

    def visible(self, kind: str, id_: str) -> Entry | None:
        """Read an object by its id when the actor may read it; None also when there is none."""
        page = self.find(Question(kind, Ids(frozenset({id_})), limit=1))
        return page.entries[0] if page.entries else None

    def find(self, question: Question, permissions: tuple[str, ...] = ()) -> Page:
        """Ask a question inside the actor's scope: what may be read, and on which all ``permissions`` are held.

        The scope is part of the search; every result is decided on once more.
        """
        return self._find(question, permissions)[0]

    def _find(self, question: Question, permissions: tuple[str, ...] = ()) -> tuple[Page, str]:
        """Return what `find` does, and the id of the last one before it was decided on; empty when there was none."""
        authority = self.services.authority.current()
        needed = (READ_PERMISSIONS[question.kind], *permissions)
        scope = authority.scope(self.actor, needed, question.kind, form=self.form, now=self.now)
        page = self.ask(replace(question, filter=AllOf((scope, question.filter))))
        entries = tuple(
            entry
            for entry in map(self._with_owner, page.entries)
            if all(
                authority.decide(self.actor, permission, entry, form=self.form, now=self.now).allowed
                for permission in needed
            )
        )
        return Page(entries, page.more), page.entries[-1].ref.id if page.entries else ""

    def ask(self, question: Question) -> Page:
        """Ask a question as it stands, with what one system cannot know put in words of the other."""
        question = replace(question, filter=self.for_system(question.kind, question.filter))
        return self.services.connectors.for_kind(question.kind).read(question)

    def for_system(self, kind: str, filter_: Filter) -> Filter:
        """Put in words of the system that serves a kind what it cannot know; raises `UnavailableError` when it is too much."""
        return self._by_owner(filter_) if kind in ("mailbox", "mail_list") else filter_

    def _by_owner(self, part: Filter) -> Filter:
        if isinstance(part, InGroup):
            return self._owned_by_members(part)
        if isinstance(part, AllOf | AnyOf):
            return type(part)(tuple(self._by_owner(inner) for inner in part.parts))
        return Not(self._by_owner(part.part)) if isinstance(part, Not) else part

    def _owned_by_members(self, part: InGroup) -> Filter:
        """Mailboxes in a group are those whose owner is; a group too large to list stops the question."""
        return AnyOf(tuple(Compare("owner", "==", person) for person in self._members(part)))

    def _members(self, part: InGroup) -> Sequence[Ref]:
        """Return everybody in a group, read once for this moment; at most ``_MOST_OWNERS``."""
        if part not in self._memberships:
            people = self.services.connectors.for_kind("user").scan("user", part)
            found = [entry.ref for entry in islice(people, _MOST_OWNERS + 1)]
            if len(found) > _MOST_OWNERS:
                raise UnavailableError("A group that decides on mailboxes has too many members to be listed.")
            self._memberships[part] = found
        return self._memberships[part]

    def search(self, search: Search) -> Rows:
        """Run a picker's search or a named lookup inside the actor's scope."""
        return self.search_any(search, frozenset({search.name} if search.name else ()))

    def search_any(self, search: Search, names: frozenset[str]) -> Rows:
        """Run a search for everything that is called by one of these names; by none of them, for everything."""
        question = self._question(search)
        if names:
            called = AllOf((question.filter, called_one_of(search.kind, names)))
            question = replace(question, filter=called, limit=MOST_NAMED)
        page = self.find(question)
        return Rows(page.entries, page.more)

    def every(self, search: Search, most: int) -> Rows:
        """Run a search to its end, as one written to a file is; at most ``most`` rows, sorted as the search says.

        It is read by the page, in the order of ids, each page beginning behind the last id of the one before.
        """
        question = self._question(search)
        found: list[Entry] = []
        last, is_more = "", True
        while is_more and len(found) <= most:
            behind = (Compare("id", ">", last),) if last else ()
            asked = replace(question, filter=AllOf((question.filter, *behind)), sort="id", limit=_AT_ONCE)
            page, end = self._find(asked)
            found += page.entries
            is_more = page.more
            if not end:
                break
            last = end
        in_order = sorted(found[:most], key=lambda entry: sort_key(entry.attributes.get(question.sort.lstrip("-"))))
        is_last_first = question.sort.startswith("-")
        return Rows(tuple(reversed(in_order) if is_last_first else in_order), more=is_more or len(found) > most)

    def _question(self, search: Search) -> Question:
        lookup = self.services.catalogue.lookups.get(search.lookup) if search.lookup else None
        if lookup and (reason := lookup.unanswerable(self.services.connectors.unkept)):
            raise UnavailableError(f"The search “{lookup.id}” cannot be answered: {reason}. Tell its owner.")
        parts = [*self._sets(search, lookup), *(self._narrowed(search, lookup) if lookup else ())]
        if search.ids is not None:
            parts.append(Ids(search.ids))
        if search.member_of is not None:
            parts.append(InGroup(search.member_of.id, nested=False))
        return Question(
            search.kind,
            AllOf(tuple(parts)),
            text=search.text,
            search=(lookup.search if lookup and lookup.search else SEARCHED[search.kind]),
            sort=(lookup.sort if lookup and lookup.sort else label_attribute(search.kind)),
            limit=max(lookup.limit if lookup else _PAGE, len(search.ids or ())),
        )

    def _sets(self, search: Search, lookup: Lookup | None) -> Iterable[Filter]:
        authority = self.services.authority.current()
        for within in (search.within, lookup.within if lookup else ()):
            if within:
                yield AnyOf(tuple(authority.set_filter(name, search.kind, self.actor) for name in within))
        for name in search.excluded:
            yield Not(authority.set_filter(name, search.kind, self.actor, excluding=True))

    def _narrowed(self, search: Search, lookup: Lookup) -> tuple[Filter, ...]:
        """Work out the conditions of a named search, reading what their values speak of as it is."""
        org = self.services.catalogue.settings.org
        names = names_of(lookup, search.arguments, actor_ref(self.actor), org)
        facts = actor_facts(self.actor)
        for _ in range(_MOST_ROUNDS):
            try:
                return Narrowing(lookup, Environment(names, facts, self.now)).filters()
            except MissingFacts as missing:
                facts = self._with_answers(facts, missing)
        raise UnavailableError("A search asks for more than can be read at once. Tell its owner.")

    def is_taken(self, call: TakenCall) -> bool:
        """Say whether a text is in use as ``connector.object.attribute`` (or ``mailbox.address``), anywhere."""
        *_, kind, attribute = call.where.split(".")
        if kind not in self.services.connectors.kinds:
            raise UnavailableError(f"Nothing here can say whether {call.where} is in use.")
        name = "addresses" if (kind, attribute) == ("mailbox", "address") else attribute
        op: Comparison = "contains" if name == "addresses" else "=="
        connector = self.services.connectors.for_kind(kind)
        return bool(connector.read(Question(kind, Compare(name, op, call.text), limit=1)).entries)
