"""Read ``lookups.yaml``, the named searches. Pure."""

from collections.abc import Mapping

from connectors.verbs import ATTRIBUTES
from forms.companions.reading import Found, column_type, note_twice, read_companion
from forms.compiling.surroundings import Surroundings
from forms.compiling.types import named_type
from forms.compiling.values import Values
from forms.definition import Condition, Lookup, LookupArgument, Settings
from forms.documents import ListNode, MapNode, ScalarNode
from forms.expressions import Scope
from forms.problems import Report, did_you_mean
from forms.records import Record
from forms.values import ANY, Type


def read_lookups(
    file: str, content: bytes, settings: Settings, resource_sets: frozenset[str] | None
) -> Found[Mapping[str, Lookup]]:
    """Read ``lookups.yaml``; ``resource_sets`` None leaves the names of sets unchecked."""
    around = Surroundings({}, settings, resource_sets=resource_sets)

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
    names = {argument.name: argument.type for argument in takes}
    scope = Scope({**names, "actor": Type("user"), "org": values.around.org()})
    attributes, what = frozenset(ATTRIBUTES[kind]), f"attribute of a {kind}"
    sort = record.string("sort") or ""
    if sort and sort not in attributes:
        values.report.error(
            "E126", record.node_of("sort"), f'there is no {what} "{sort}"', did_you_mean(sort, attributes)
        )
    return Lookup(
        name,
        kind,
        title=record.string("title") or "",
        within=values.known(record.values.get("in"), values.around.resource_sets, "E124", "resource set"),
        takes=takes,
        where=tuple(_conditions(values, record, kind, scope)),
        search=values.known(record.values.get("search"), attributes, "E126", what),
        sort=sort,
    )


def _takes(values: Values, name: str, record: Record) -> LookupArgument:
    return LookupArgument(name, column_type(values, record), record.flag("required"))


_OPERATORS = ("==", "!=", "<=", ">=", "<", ">")
_WORDS = ("contains", "starts_with", "present", "absent")


def _conditions(values: Values, record: Record, kind: str, scope: Scope) -> list[Condition]:
    """Read ``attribute: value`` as equality; ``attribute: { op: value }`` names the comparison."""
    found = []
    for name, raw in record.entries("where"):
        attribute = ATTRIBUTES[kind].get(name)
        node = record.map_key("where", name)
        if attribute is None:
            fix = did_you_mean(name, ATTRIBUTES[kind])
            values.report.error("E126", node, f'there is no attribute of a {kind} "{name}"', fix)
        elif isinstance(raw, MapNode):
            found.extend(_compared(values, name, raw, named_type(attribute.type) or ANY, scope))
        elif isinstance(raw, ScalarNode | ListNode):
            found.append(Condition(name, "==", values.given(raw, named_type(attribute.type) or ANY, scope, name)))
    return found


def _compared(values: Values, name: str, node: MapNode, type_: Type, scope: Scope) -> list[Condition]:
    found = []
    for key, value in node.pairs:
        if key.text not in (*_OPERATORS, *_WORDS):
            fix = f"Comparisons: {', '.join((*_OPERATORS, *_WORDS))}."
            values.report.error("E110", key, f'there is no comparison "{key.text}"', fix)
        elif key.text in ("present", "absent"):
            found.append(Condition(name, key.text, None))
        else:
            found.append(Condition(name, key.text, values.given(value, type_, scope, name)))
    return found
