"""Read the ``where`` of a named search: conditions on attributes and relations, as data. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectors.verbs import ATTRIBUTES
from forms.companions.comparing import Comparer, names_an_object, typed_object
from forms.compiling.kept import note_condition
from forms.compiling.values import Values
from forms.definition import Condition, Either, Given, Opposite, Relation, Template, Where
from forms.documents import ListNode, MapNode, Node, ScalarNode
from forms.expressions import Scope, type_named
from forms.problems import nearest_or_all
from forms.scalars import ScalarError, read_boolean
from forms.values import Type, list_of

MAX_DEPTH = 6
MAX_CONDITIONS = 60

RELATIONS: Mapping[str, tuple[str, ...]] = {
    "in_group": ("user", "group", "computer", "mailbox"),
    "under": ("user", "group", "ou", "computer", "contact"),
}
"""Kinds of object that can be found by where they belong."""

_WORDS = ("any", "not", *RELATIONS)
Pairs = Iterable[tuple[ScalarNode, Node]]


@dataclass(slots=True)
class WhereReader:
    """Reads the conditions of one search; ``scope`` has the names its values may use."""

    values: Values
    kind: str
    scope: Scope
    count: int = 0

    def parts(self, pairs: Pairs, depth: int = 1) -> tuple[Where, ...]:
        """Return the lines of a map, all of which have to hold; what is wrong is noted and left out."""
        return tuple(part for key, node in pairs for part in self._line(key, node, depth))

    def _line(self, key: ScalarNode, node: Node, depth: int) -> Sequence[Where]:
        self.count += 1
        if depth > MAX_DEPTH or self.count == MAX_CONDITIONS + 1:
            message = f"a search has at most {MAX_CONDITIONS} conditions, at most {MAX_DEPTH} of them inside each other"
            self.values.report.error("E115", key, message, "Make two searches of it, or simplify it.")
        if depth > MAX_DEPTH or self.count > MAX_CONDITIONS:
            return ()
        if key.text in ("any", "not"):
            return self._any(key, node, depth) if key.text == "any" else self._not(key, node, depth)
        if key.text in RELATIONS and self.kind in RELATIONS[key.text]:
            return self._related(key, node)
        return self._attribute(key, node)

    def _any(self, key: ScalarNode, node: Node, depth: int) -> Sequence[Where]:
        items = node.items if isinstance(node, ListNode) else ()
        branches = [item for item in items if isinstance(item, MapNode) and item.pairs]
        if not branches or len(branches) < len(items):
            fix = "Write  any:  and below it, for each alternative, a line such as  - mail: { absent: true } ."
            self.values.report.error("E113", key, '"any" must be a list of alternatives', fix)
            return ()
        return (Either(tuple(self.parts(branch.pairs, depth + 1) for branch in branches)),)

    def _not(self, key: ScalarNode, node: Node, depth: int) -> Sequence[Where]:
        if not isinstance(node, MapNode) or not node.pairs:
            fix = "Write  not: { department: Sales } ."
            self.values.report.error("E113", key, '"not" must be a map of conditions', fix)
            return ()
        return (Opposite(self.parts(node.pairs, depth + 1)),)

    def _attribute(self, key: ScalarNode, node: Node) -> Sequence[Where]:
        known = ATTRIBUTES[self.kind]
        attribute = known.get(key.text)
        if attribute is None:
            fix = nearest_or_all(key.text, (*known, *_WORDS), "Attributes")
            self.values.report.error("E126", key, f'there is no attribute of a {self.kind} "{key.text}"', fix)
            return ()
        if key.text == "id":
            return self._one_of(key, node)
        note_condition(self.values, key, self.kind, key.text)
        compared = Comparer(self.values, self.scope, key, type_named(attribute.type))
        if key.text == "groups" and isinstance(node, MapNode) and node.get("nested") is not None:
            return self._nested_groups(compared, node)
        return compared.conditions(node)

    def _nested_groups(self, compared: Comparer, node: MapNode) -> Sequence[Where]:
        """Read ``groups: { contains: …, nested: … }``; only through a relation are groups in groups followed."""
        nested = self._flag(node, "nested", default=False)
        rest = MapNode(node.line, node.column, tuple(pair for pair in node.pairs if pair[0].text != "nested"))
        found = compared.conditions(rest)
        return [
            Relation("in_group", part.value)
            if nested and isinstance(part, Condition) and part.op == "contains"
            else part
            for part in found
        ]

    def _one_of(self, key: ScalarNode, node: Node) -> Sequence[Where]:
        """Read ``id``: an object, a list of them, or ids."""
        if isinstance(node, MapNode):
            names = [name.text for name, _ in node.pairs]
            if len(names) != 1 or names[0] not in ("==", "!=", "in"):
                self.values.report.error("E110", key, '"id" is compared with ==, != or in', "Write  id: $(people) .")
                return ()
            found = self._one_of(key, node.pairs[0][1])
            return (Opposite(tuple(found)),) if names[0] == "!=" and found else found
        return self._relation("id", node, list_of(Type(self.kind)), nested=False)

    def _related(self, key: ScalarNode, node: Node) -> Sequence[Where]:
        wanted, nested, value = Type("group" if key.text == "in_group" else "ou"), True, node
        if isinstance(node, MapNode) and key.text == "in_group":
            others = [name for name, _ in node.pairs if name.text not in ("group", "nested")]
            inner = node.get("group")
            if others or inner is None:
                fix = "Write  in_group: { group: $(group), nested: false } ."
                self.values.report.error("E110", (others or [key])[0], '"in_group" takes "group" and "nested"', fix)
                return ()
            nested, value = self._flag(node, "nested", default=True), inner
        return self._relation(key.text, value, wanted, nested=nested)

    def _relation(self, name: str, node: Node, wanted: Type, *, nested: bool) -> Sequence[Where]:
        if isinstance(node, ScalarNode) and node.is_null:
            self.values.report.error("E111", node, f'"{name}" has no value', f"Write  {name}: $(…) .")
            return ()
        before = len(self.values.report.problems)
        value: Given = self.values.given(node, wanted, self.scope, name)
        item = wanted.item or wanted
        for part in value if isinstance(value, tuple) else (value,):
            found = part.type.item or part.type if isinstance(part, Template) else None
            if found is not None and names_an_object(item, found):
                self.values.report.error("E147", node, *typed_object(name, item))
        return (Relation(name, value, nested),) if len(self.values.report.problems) == before else ()

    def _flag(self, node: MapNode, name: str, *, default: bool) -> bool:
        value = node.get(name)
        if not isinstance(value, ScalarNode):
            return default
        try:
            return read_boolean(value, name)
        except ScalarError as error:
            self.values.report.error(error.code, value, error.message, error.fix)
            return default
