"""What a question offers: fixed options, shared lists, searches; and the search behind a picker. Pure.

Searches are facts: what has not been asked yet is raised as `MissingFacts`.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connectors.spi import Entry, Ref
from forms.answering.situation import Situation, given, in_language, is_true
from forms.answering.wire import MOST_ITEMS, picked_kind
from forms.definition import Field, Given, Options, SharedList
from forms.expressions import Environment, to_text
from forms.facts import MissingFacts, Search
from forms.values import OBJECT_KINDS, Choice, Delta, Type, Value


@dataclass(frozen=True, slots=True)
class Offered:
    """One thing that may be chosen: its stored value, how it reads, and the value expressions see."""

    value: str
    label: str
    help: str = ""
    cells: tuple[str, ...] = ()
    choice: Value = None
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """All that is offered; ``waiting`` is the label of the question to answer first; ``more`` says it was cut."""

    options: tuple[Offered, ...] = ()
    waiting: str = ""
    more: bool = False

    def get(self, value: str) -> Offered | None:
        """Return the option with this stored value, or None."""
        return next((option for option in self.options if option.value == value), None)


NOT_IN_SCOPE = "(not in your scope)"
"""What stands for an object that the actor may not read."""

_AT_ONCE = 200
NOTHING = Offer()
"""What a question without options offers."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A search ready to be asked, or the label of the question that must be answered first."""

    search: Search | None
    waiting: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def offer(situation: Situation, field: Field, environment: Environment, chosen: frozenset[str]) -> Offer:
    """Return what a choice or choices question offers; of a search that was cut, at least those already ``chosen``."""
    options = field.options
    if options is None:
        return Offer()
    if options.list is not None:
        return Offer(tuple(_from_list(situation, options, environment, chosen)))
    if options.lookup is not None:
        return _from_search(situation, field, options, environment, chosen)
    return Offer(
        tuple(
            Offered(
                option.value,
                in_language(option.label, situation.language, environment),
                in_language(option.help, situation.language, environment),
                choice=Choice(option.value, {"value": option.value}),
            )
            for option in options.fixed
            if option.when is None or is_true(option.when, environment)
        )
    )


def _from_list(
    situation: Situation, options: Options, environment: Environment, chosen: frozenset[str]
) -> list[Offered]:
    shared = situation.catalogue.lists[options.list or ""]
    offered = []
    for row in shared.rows:
        value = str(row[options.value])
        columns = _resolved(situation, shared, row) if value in chosen or options.where else row
        names = {**environment.names, "row": columns}
        inner = Environment(names, environment.facts, environment.now)
        if options.where is not None and not is_true(options.where, inner):
            continue
        label = in_language(options.label, situation.language, inner) or str(row.get("label") or value)
        cells = tuple(to_text(row.get(column), inner) for column in options.columns)
        offered.append(Offered(value, label, cells=cells, choice=Choice(value, columns)))
    return offered


def _resolved(situation: Situation, shared: SharedList, row: Mapping[str, Value]) -> Mapping[str, Value]:
    """Turn the names of things in a list's row into the things."""
    return {column: _thing(situation, shared.columns[column].name, value) for column, value in row.items()}


def _thing(situation: Situation, kind: str, value: Value) -> Value:
    if kind == "list" and isinstance(value, tuple):
        return value
    if kind not in OBJECT_KINDS or not isinstance(value, str):
        return value
    entry = situation.facts.named(kind, value)
    return entry.ref if entry else None


def _from_search(
    situation: Situation, field: Field, options: Options, environment: Environment, chosen: frozenset[str]
) -> Offer:
    bound = bind(situation, field, environment, options.lookup, options.arguments)
    if bound.search is None:
        return Offer(waiting=bound.waiting)
    rows = situation.facts.rows(bound.search)
    entries = {entry.ref.id: entry for entry in rows.entries}
    if rows.more and chosen - entries.keys():
        further = situation.facts.rows(narrowed(bound.search, chosen))
        entries |= {entry.ref.id: entry for entry in further.entries}
    kept = [entry for entry in entries.values() if _is_wanted(options, entry, environment)]
    return Offer(tuple(_offered(situation, entry, options, environment) for entry in kept), more=rows.more)


def _is_wanted(options: Options, entry: Entry, environment: Environment) -> bool:
    """Say whether what was found is offered: all of it, or where ``where`` holds for it as ``row``."""
    inner = Environment({**environment.names, "row": entry.ref}, environment.facts, environment.now)
    return options.where is None or is_true(options.where, inner)


def _offered(situation: Situation, entry: Entry, options: Options | None, environment: Environment) -> Offered:
    label = entry.label
    if options is not None and options.label is not None:
        inner = Environment({**environment.names, "row": entry.ref}, environment.facts, environment.now)
        label = in_language(options.label, situation.language, inner)
    columns = options.columns if options is not None else ()
    cells = tuple(_cell(situation, entry, columns, entry.attributes.get(column), environment) for column in columns)
    return Offered(entry.ref.id, label, cells=cells, choice=entry.ref)


def _cell(situation: Situation, entry: Entry, columns: tuple[str, ...], value: Value, environment: Environment) -> str:
    """Return a value of an object that is offered; a related object is named only when the actor may read it."""
    refs = _refs(value)
    if not refs:
        return to_text(value, environment)
    found = [_readable(situation, entry, columns, ref) for ref in refs]
    labels = [related.label for related in found if related is not None]
    return ", ".join(labels if len(labels) == len(found) else [*labels, NOT_IN_SCOPE])


def _refs(value: object) -> tuple[Ref, ...]:
    items = value if isinstance(value, tuple | list) else (value,)
    return tuple(item for item in items if isinstance(item, Ref))


def _readable(situation: Situation, entry: Entry, columns: tuple[str, ...], ref: Ref) -> Entry | None:
    """Return a related object as a search of the actor finds it; those of all such entries are asked for together."""
    for search, rows in situation.facts.searches.items():
        if search.ids is not None and ref.id in search.ids and search == Search(ref.kind, ids=search.ids):
            return next((found for found in rows.entries if found.ref == ref), None)
    wanted = {ref.id}
    for known in situation.facts.entries.values():
        if known is not None and known.ref.kind == entry.ref.kind:
            related = (other for column in columns for other in _refs(known.attributes.get(column)))
            wanted |= {other.id for other in related if other.kind == ref.kind}
    ids = sorted(wanted)
    parts = (frozenset(ids[start : start + _AT_ONCE]) for start in range(0, len(ids), _AT_ONCE))
    raise MissingFacts(searches=frozenset(Search(ref.kind, ids=part) for part in parts))


def offered_entry(
    situation: Situation, field: Field, entry: Entry, environment: Environment, *, fixed: bool
) -> Offered:
    """Return an object as one side of a dual list shows it."""
    shown = _offered(situation, entry, field.options, environment)
    return Offered(shown.value, shown.label, cells=shown.cells, choice=entry.ref, fixed=fixed)


def is_kept(field: Field, entry: Entry) -> bool:
    """Say whether a membership question never removes this object: ``keep`` names it, in any case of letters."""
    kept = {name.casefold() for name in field.keep}
    names = (entry.attributes.get(name) for name in ("name", "login", "display_name"))
    return any(isinstance(name, str) and name.casefold() in kept for name in names)


def picker_search(situation: Situation, field: Field, environment: Environment, kind: str) -> Bound:
    """Return the search behind a picker or a membership question; ``kind`` is what is picked."""
    lookup, arguments = field.lookup, field.arguments
    if field.options is not None and field.options.lookup is not None:
        lookup, arguments = field.options.lookup, field.options.arguments
    if lookup is None:
        return Bound(Search(kind, None, field.within, field.excluded))
    return bind(situation, field, environment, lookup, arguments)


def out_of_reach(
    situation: Situation, field: Field, environment: Environment, value: Value, kept: Any
) -> frozenset[str]:
    """Return the ids of picked objects that the search behind the question does not find; those ``kept`` may stay."""
    kind, refs = picked_kind(field), value if isinstance(value, tuple) else (value,)
    if isinstance(value, Delta):
        kind, refs = membership_kind(field, environment), (*value.add, *value.remove)
    held = kept if isinstance(kept, list) else [kept]
    chosen = frozenset(ref.id for ref in refs if isinstance(ref, Ref) and ref.id not in held)
    if not chosen or len(chosen) > MOST_ITEMS:
        return chosen
    bound = picker_search(situation, field, environment, kind)
    if bound.search is None:
        return chosen
    return chosen - {entry.ref.id for entry in situation.facts.rows(narrowed(bound.search, chosen)).entries}


def bind(
    situation: Situation, field: Field, environment: Environment, lookup: str | None, arguments: Mapping[str, Given]
) -> Bound:
    """Bind the arguments of a named search; a needed one that is empty means waiting.

    An object that the author of the form wrote by name is found here; a text that is filled in never names one.
    """
    definition = situation.catalogue.lookups[lookup or ""]
    bound: list[tuple[str, Hashable]] = []
    for argument in definition.takes:
        template = arguments.get(argument.name)
        value = _named(given(template, environment), template, argument.type, situation)
        if value is None and argument.required:
            return Bound(None, waiting=_label_of(situation, template, environment))
        if value is not None:
            bound.append((argument.name, _hashable(value)))
    search = Search(definition.kind, definition.id, field.within, field.excluded, tuple(sorted(bound)))
    return Bound(search)


def _named(value: Value, written: Given, type_: Type, situation: Situation) -> Value:
    """Return the object that an author wrote by name as an argument; anything else as it is."""
    if isinstance(written, tuple | list) and isinstance(value, tuple) and type_.item is not None:
        item = type_.item
        return tuple(_named(each, part, item, situation) for each, part in zip(value, written, strict=True))
    if type_.name in OBJECT_KINDS and isinstance(written, str) and isinstance(value, str) and value:
        entry = situation.facts.named(type_.name, value)
        return entry.ref if entry else value
    return value


def _hashable(value: Value) -> Hashable:
    if isinstance(value, Choice):
        return value.value
    if isinstance(value, tuple | list):
        return tuple(_hashable(item) for item in value)
    if isinstance(value, str | int | bool | Decimal | date | datetime | Ref):
        return value
    return str(value)


def _label_of(situation: Situation, template: Given, environment: Environment) -> str:
    """Name the first unanswered question a search waits for."""
    single = getattr(template, "single", None)
    names = single.names if single is not None else frozenset()
    for question in situation.form.fields:
        if question.id in names:
            return in_language(question.label, situation.language, environment)
    return "the questions above"


def narrowed(search: Search, ids: frozenset[str]) -> Search:
    """Return the same search, asking only about these objects."""
    return Search(search.kind, search.lookup, search.within, search.excluded, search.arguments, ids=ids)


def membership_kind(field: Field, environment: Environment) -> str:
    """Say what a membership question adds: groups for a person, people for a group."""
    of = given(field.of, environment)
    return "group" if isinstance(of, Ref) and of.kind != "group" else "user"
