"""Read ``lookups.yaml``, the named searches. Pure."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from connectors.spi import Unkepts
from connectors.verbs import ATTRIBUTES
from forms.companions.reading import Found, column_type, note_twice, read_companion
from forms.companions.where import WhereReader
from forms.compiling.kept import note_sort, shown
from forms.compiling.surroundings import Surroundings
from forms.compiling.values import Values
from forms.definition import Lookup, LookupArgument, Settings
from forms.documents import ListNode, MapNode, Node, ScalarNode
from forms.expressions import Scope, called, type_named
from forms.expressions.kinds import ORDERED
from forms.problems import Report, did_you_mean
from forms.records import Entries, Record
from forms.values import ANY, Type

_USUAL, _MOST = 200, 1_000


def read_lookups(
    file: str,
    content: bytes,
    settings: Settings,
    resource_sets: frozenset[str] | None,
    unkept: Unkepts = MappingProxyType({}),
) -> Found[Mapping[str, Lookup]]:
    """Read ``lookups.yaml``; ``resource_sets`` None leaves the names of sets unchecked.

    What asks for an attribute in ``unkept`` is noted (E166), and is among the searches all the same.
    """
    around = Surroundings({}, settings, resource_sets=resource_sets, unkept=unkept)

    def compiled(report: Report, record: Record) -> Mapping[str, Lookup]:
        values = Values(report, around)
        found = (_lookup(values, each) for each in record.records("lookups"))
        note_twice(report, record.records("lookups"))
        return {lookup.id: lookup for lookup in found if lookup is not None}

    return read_companion(file, content, "LOOKUPS", {}, compiled)


def _lookup(values: Values, record: Record) -> Lookup | None:
    name, kind = record.string("id"), record.string("find")
    if name is None or kind is None:
        return None
    takes = tuple(_takes(values, name, raw) for name, raw in record.entries("takes") if isinstance(raw, Record))
    names = {**dict.fromkeys(_written(record), ANY), **{argument.name: argument.type for argument in takes}}
    scope = Scope({**names, "actor": Type("user"), "org": values.around.org()})
    return Lookup(
        name,
        kind,
        title=record.string("title") or "",
        within=values.known(record.values.get("in"), values.around.resource_sets, "E124", "resource set"),
        takes=takes,
        where=WhereReader(values, kind, scope).parts(_pairs(record)),
        search=shown(values, record, "search", kind),
        sort=_sort(values, record, kind),
        limit=_limit(values, record),
    )


def _written(record: Record) -> tuple[str, ...]:
    """Return the names of all arguments, also of those that could not be read: what uses them is not wrong."""
    entries = record.values.get("takes")
    return tuple(entries.keys) if isinstance(entries, Entries) else ()


def _takes(values: Values, name: str, record: Record) -> LookupArgument:
    return LookupArgument(name, column_type(values, record), record.flag("required"))


def _pairs(record: Record) -> Iterator[tuple[ScalarNode, Node]]:
    for name, raw in record.entries("where"):
        key = record.map_key("where", name)
        if isinstance(key, ScalarNode) and isinstance(raw, MapNode | ScalarNode | ListNode):
            yield key, raw


def _sort(values: Values, record: Record, kind: str) -> str:
    """Return the attribute that is sorted by, with its minus; empty when there is none or it is wrong."""
    written = record.string("sort") or ""
    name = written.removeprefix("-")
    known = ATTRIBUTES[kind]
    if not written:
        return ""
    if name not in known:
        message = f'there is no attribute of a {kind} "{name}"'
        values.report.error("E126", record.node_of("sort"), message, did_you_mean(name, known))
        return ""
    type_ = type_named(known[name].type)
    if type_.name not in (*ORDERED, "bool") or name == "dn":
        message = f'nothing is sorted by "{name}", which is {called(type_)}'
        values.report.error("E214", record.node_of("sort"), message, "Sort by a text, a number or a day.")
        return ""
    note_sort(values, record.node_of("sort"), kind, name)
    return written


def _limit(values: Values, record: Record) -> int:
    limit = record.integer("limit")
    if limit is None:
        return _USUAL
    if not 1 <= limit <= _MOST:
        fix = "What is beyond it is said to be there, and found by typing a word."
        values.report.error("E115", record.node_of("limit"), f'"limit" is 1 to {_MOST:,}', fix)
        return _USUAL
    return limit
