"""Read the selectors of a resource set: one kind each, ``all`` or keys that must all hold. Pure."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from connectors.spi import Scalar
from connectors.verbs import ATTRIBUTES
from forms.documents import MapNode, Node, ScalarNode
from forms.problems import nearest_or_all
from runner.access.model import SELECTOR_KINDS, ActorValue, Selector
from runner.access.nodes import Taker

_ACTOR = re.compile(r"\$\(\s*actor\s*(?:\.\s*([a-z_]+)\s*)?\)")
_PLACED = ("under", "in_group", "nested", "id", "match")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "users": _PLACED,
    "groups": (*_PLACED, "in_list"),
    "computers": _PLACED,
    "contacts": ("under", "id", "match"),
    "mailboxes": ("in_group", "nested", "id", "match", "kind"),
    "lists": ("id", "match"),
    "ous": ("under", "id", "match"),
    "mail_domains": ("id",),
    "forms": ("id",),
}
_MAILBOX_KINDS = ("personal", "shared", "room")


def read_selectors(taker: Taker, node: Node | None, what: str) -> tuple[Selector, ...]:
    """Read a list of selectors; what is wrong is reported, and left out."""
    return tuple(selector for item in taker.items(node, what) for selector in _Entry(taker, item).selectors())


class _Entry:
    """One entry of ``resources:`` or ``except:``."""

    def __init__(self, taker: Taker, node: Node) -> None:
        self._taker, self._report, self._node = taker, taker.report, node
        self._word = self._kind = ""

    def selectors(self) -> tuple[Selector, ...]:
        """Return the selector, or two when ``id`` lists both the actor and others."""
        keys = self._taker.map(self._node, tuple(SELECTOR_KINDS), "a resource")
        if not keys:
            return ()
        if len(keys) > 1:
            fix = "Start each kind with its own  - : entries of the list add up."
            self._report.error("E150", self._node, "a resource names one kind of thing", fix)
            return ()
        ((self._word, given),) = keys.items()
        self._kind = SELECTOR_KINDS[self._word]
        if isinstance(given, ScalarNode):
            return self._all(given)
        return self._limited(given)

    def _all(self, node: ScalarNode) -> tuple[Selector, ...]:
        if node.text == "all":
            return (Selector(self._kind),)
        keys = ", ".join(_KEYS[self._word])
        message = f'"{self._word}" is  all  or a map'
        self._report.error("E150", node, message, f"Write  {self._word}: all  or  {{ key: … }}  with: {keys}.")
        return ()

    def _limited(self, node: Node) -> tuple[Selector, ...]:
        keys = self._taker.map(node, _KEYS[self._word], f'"{self._word}"')
        if not keys or set(keys) == {"nested"}:
            if isinstance(node, MapNode) and len(node.pairs) == len(keys or ()):
                fix = f"Write  {self._word}: all  if that is meant."
                self._report.error("E150", node, f'"{self._word}" does not say which ones', fix)
            return ()
        read = self._read(keys, len(self._report.problems))
        return read if isinstance(node, MapNode) and len(keys) == len(node.pairs) else ()

    def _read(self, keys: Mapping[str, Node], problems: int) -> tuple[Selector, ...]:
        under = self._taker.text(keys.get("under"), '"under"')
        in_group = self._taker.text(keys.get("in_group"), '"in_group"')
        nested = self._taker.bool(keys.get("nested"), "nested", default=True)
        in_list = self._taker.text(keys.get("in_list"), '"in_list"')
        if in_list is not None and "id" in keys:
            fix = "Write two entries, each with its own  - groups: … ."
            self._report.error("E150", keys["in_list"], '"in_list" and "id" do not go together', fix)
        match, own = self._match(keys)
        ids, listed_own = self._ids(keys.get("id"))
        if len(self._report.problems) > problems:
            return ()
        rest = (under, in_group, nested)
        found = [Selector(self._kind, *rest, None, match, own=True)] if listed_own else []
        if ids or not listed_own:
            found.append(Selector(self._kind, *rest, ids, match, own, in_list))
        return tuple(found)

    def _ids(self, node: Node | None) -> tuple[tuple[str, ...] | None, bool]:
        if node is None:
            return None, False
        texts = self._taker.texts(node, '"id"')
        own = [item for text, item in texts if self._is_own(text, item)]
        names = tuple(text for text, _ in texts if "$(" not in text)
        return names or None, bool(own)

    def _is_own(self, text: str, node: Node) -> bool:
        if "$(" not in text:
            return False
        value = self._actor_value(text, node)
        if value is None:
            return False
        if value.attribute in ("", "id") and self._kind == "user":
            return True
        self._report.error("E151", node, "only  users  can have  id: $(actor.id)", "Use  match: { … } .")
        return False

    def _match(self, keys: Mapping[str, Node]) -> tuple[tuple[tuple[str, Scalar | ActorValue], ...], bool]:
        found: list[tuple[str, Scalar | ActorValue]] = []
        own = False
        kind = self._taker.text(keys.get("kind"), '"kind"')
        if kind is not None:
            if kind not in _MAILBOX_KINDS:
                fix = nearest_or_all(kind, _MAILBOX_KINDS, "There are")
                self._report.error("E150", keys["kind"], f'there is no kind of mailbox "{kind}"', fix)
            found.append(("kind", kind))
        node = keys.get("match")
        if node is None:
            return tuple(found), own
        attributes = tuple(ATTRIBUTES.get(self._kind, {}))
        for name, value in (self._taker.map(node, attributes, f"one of the {self._word}") or {}).items():
            if name == "id":
                own = own or self._is_own(self._taker.text(value, '"id"') or "", self._own_id(value))
            else:
                found.append((name, self._value(name, value)))
        if isinstance(node, MapNode) and not node.pairs:
            self._report.error("E150", node, '"match" compares at least one attribute')
        return tuple(found), own

    def _own_id(self, node: Node) -> Node:
        if not (isinstance(node, ScalarNode) and "$(" in node.text):
            self._report.error("E151", node, '"match" compares "id" with $(actor.id) only', "Use  id: [ … ] .")
        return node

    def _value(self, name: str, node: Node) -> Scalar | ActorValue:
        text = self._taker.text(node, f'"{name}"')
        type_ = ATTRIBUTES[self._kind][name].type
        if text is None:
            return None
        if type_.startswith("list:") or type_ == "datetime":
            self._report.error("E151", node, f'"{name}" cannot be compared here', "Use an attribute with one value.")
            return None
        if "$(" in text:
            return self._compared(name, type_, self._actor_value(text, node), node)
        return self._constant(name, type_, text, node)

    def _compared(self, name: str, type_: str, value: ActorValue | None, node: Node) -> ActorValue | None:
        if value is None:
            return None
        if type_ == "user" and value.attribute == "id":
            return ActorValue("")
        have = ATTRIBUTES["user"][value.attribute].type if value.attribute else "user"
        if have != type_:
            message = f'"{name}" is a {type_}, {value} is a {have}'
            self._report.error("E151", node, message, "Compare things of one type.")
        return value

    def _actor_value(self, text: str, node: Node) -> ActorValue | None:
        found = _ACTOR.fullmatch(text.strip())
        if found is None:
            fix = "Write  $(actor.department)  or  $(actor) , with nothing around it."
            self._report.error("E151", node, "only a value of the actor can be used here", fix)
            return None
        attribute = found[1] or ""
        if attribute and attribute not in ATTRIBUTES["user"]:
            fix = nearest_or_all(attribute, ATTRIBUTES["user"], "There are")
            self._report.error("E210", node, f'an actor has no "{attribute}"', fix)
            return None
        return ActorValue(attribute)

    def _constant(self, name: str, type_: str, text: str, node: Node) -> Scalar:
        try:
            if type_ == "bool":
                return self._taker.bool(node, name, default=False)
            if type_ == "date":
                return date.fromisoformat(text)
            if type_ == "number":
                return int(text) if text.lstrip("-").isdigit() else Decimal(text)
        except (ValueError, InvalidOperation):
            self._report.error("E151", node, f'"{name}" is compared with a {type_}')
        return text
