"""Read how one attribute is compared in a named search, and check that the comparison fits its type. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forms.compiling.values import Values
from forms.definition import Condition, Given, Template
from forms.documents import ListNode, MapNode, Node, ScalarNode
from forms.expressions import Scope, called
from forms.problems import nearest_or_all
from forms.scalars import ScalarError, read_boolean
from forms.values import DATE, OBJECT_KINDS, Type, list_of

EQUAL = ("==", "!=", "in")
ORDERED = (*EQUAL, "<", "<=", ">", ">=")
EMPTINESS = ("present", "absent")
COMPARISONS = (*ORDERED, "contains", "starts_with", *EMPTINESS)
"""Every word that may stand before a value in a search's condition."""

MAX_VALUES = 200
_BY_TYPE: Mapping[str, tuple[str, ...]] = {
    "text": (*ORDERED, "contains", "starts_with"),
    "bool": ("==", "!="),
    "number": ORDERED,
    "date": ORDERED,
    "datetime": ORDERED,
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def comparisons_of(name: str, type_: Type) -> tuple[str, ...]:
    """Return the comparisons that an attribute of this name and type can have. Pure."""
    if name == "dn":
        return (*EQUAL, *EMPTINESS)
    if type_.name == "list":
        texts = ("starts_with",) if type_.item is not None and type_.item.name == "text" else ()
        return ("contains", *texts, *EMPTINESS)
    return (*_BY_TYPE.get(type_.name, EQUAL), *EMPTINESS)


def names_an_object(wanted: Type, found: Type) -> bool:
    """Say whether a text that is filled in would name an object, which it may not since somebody may type it. Pure."""
    return wanted.name in OBJECT_KINDS and found.name in ("text", "choice")


def typed_object(name: str, wanted: Type) -> tuple[str, str]:
    """Return what is said of it, and how to mend it. Pure."""
    message = f'"{name}" takes {called(wanted)}, but a text that is filled in could name any in the directory'
    return message, f"Write an argument of the type  {wanted.name} ."


@dataclass(frozen=True, slots=True)
class Comparer:
    """Reads the value of one attribute: one that it equals, or a map from comparisons to values."""

    values: Values
    scope: Scope
    key: ScalarNode
    type: Type

    @property
    def name(self) -> str:
        """The attribute."""
        return self.key.text

    def conditions(self, node: Node) -> list[Condition]:
        """Return the conditions, all of which have to hold; what is wrong is noted and left out."""
        if isinstance(node, MapNode):
            if not node.pairs:
                self._error("E113", node, f'"{self.name}" is compared with nothing', "Write  { present: true } .")
            return [found for key, value in node.pairs for found in self._compared(key, value)]
        if isinstance(node, ListNode):
            fix = f"Write  {self.name}: {{ in: [ … ] }} ."
            self._error("E113", node, f'"{self.name}" equals one value, this is a list', fix)
            return []
        if self.type.name == "list":
            fix = f"Write  {self.name}: {{ contains: … }} ."
            self._error("E214", node, f'"{self.name}" is {called(self.type)}, it never equals one value', fix)
            return []
        return self._with("==", node)

    def _compared(self, key: ScalarNode, value: Node) -> Sequence[Condition]:
        if key.text not in COMPARISONS:
            fix = nearest_or_all(key.text, COMPARISONS, "Comparisons")
            self._error("E110", key, f'there is no comparison "{key.text}"', fix)
            return ()
        known = comparisons_of(self.name, self.type)
        if key.text not in known:
            fix = f"Comparisons: {', '.join(known)}."
            self._error("E214", key, f'"{self.name}" is {called(self.type)}, it has no "{key.text}"', fix)
            return ()
        return self._emptiness(key, value) if key.text in EMPTINESS else self._with(key.text, value)

    def _emptiness(self, key: ScalarNode, value: Node) -> Sequence[Condition]:
        """Read ``absent: true``; false means the opposite."""
        if not isinstance(value, ScalarNode):
            self._error("E113", value, f'"{key.text}" must be true or false')
            return ()
        try:
            holds = read_boolean(value, key.text)
        except ScalarError as error:
            self._error(error.code, value, error.message, error.fix)
            return ()
        other = {"present": "absent", "absent": "present"}[key.text]
        return (Condition(self.name, key.text if holds else other, None),)

    def _with(self, op: str, node: Node) -> list[Condition]:
        if isinstance(node, ScalarNode) and node.is_null:
            fix = f"Write  {self.name}: {{ absent: true }}  for what is empty."
            self._error("E114", node, f'"{self.name}" is compared with nothing', fix)
            return []
        if isinstance(node, ListNode) and len(node.items) > MAX_VALUES:
            self._error(
                "E115", node, f"at most {MAX_VALUES} values are compared with", "Use a group or a resource set."
            )
            return []
        before = len(self.values.report.problems)
        value = self._given(op, node)
        fits = len(self.values.report.problems) == before and self._is_comparable(node, value)
        return [Condition(self.name, op, value)] if fits else []

    def _given(self, op: str, node: Node) -> Given:
        item = self.type.item or Type("any") if self.type.name == "list" else self.type
        if isinstance(node, ScalarNode) and item.name == "datetime" and _DAY.fullmatch(node.text):
            item = DATE
        wanted = list_of(item) if op == "in" else item
        return self.values.given(node, wanted, self.scope, self.name)

    def _is_comparable(self, node: Node, value: Given) -> bool:
        """Refuse what would print as a text but is none: a text attribute never equals a number or a day."""
        if isinstance(node, ListNode) and isinstance(value, tuple):
            return all(self._is_comparable(*pair) for pair in zip(node.items, value, strict=True))
        type_ = value.type if isinstance(value, Template) else None
        if type_ is not None and type_.name == "list" and type_.item is not None:
            type_ = type_.item
        item = self.type.item if self.type.item is not None else self.type
        unlike = ("number", "bool", "date", "datetime", "duration")
        if type_ is not None and names_an_object(item, type_):
            self._error("E147", node, *typed_object(self.name, item))
            return False
        if type_ is None or item.name != "text" or type_.name not in unlike:
            return True
        self._error("E214", node, f'"{self.name}" is {called(item)}, this is {called(type_)}')
        return False

    def _error(self, code: str, node: Node, message: str, fix: str = "") -> None:
        self.values.report.error(code, node, message, fix)
