"""Take values of an expected shape from the nodes of a file, and report those of another. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from forms.documents import ListNode, MapNode, Node, ScalarNode
from forms.problems import Report, nearest_or_all
from forms.scalars import ScalarError, read_boolean, read_date

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,79}")


class Taker:
    """Reads nodes into plain values; what does not fit is reported once and read as absent."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def map(self, node: Node, keys: Sequence[str], what: str, needed: Sequence[str] = ()) -> dict[str, Node] | None:
        """Return the keys of a map; unknown ones (E110) are reported, else missing ones (E111), e.g. for "a role"."""
        if not isinstance(node, MapNode):
            self.report.error("E113", node, f"{what} is written as lines such as  key: value")
            return None
        for key, _ in node.pairs:
            if key.text not in keys:
                self.report.error("E110", key, f'{what} has no "{key.text}"', nearest_or_all(key.text, keys, "Keys"))
        found = {key.text: value for key, value in node.pairs if key.text in keys}
        for name in needed if len(found) == len(node.pairs) else ():
            if name not in found:
                self.report.error("E111", node, f'{what} needs "{name}"', f"Write  {name}: … .")
        return found if all(name in found for name in needed) else None

    def items(self, node: Node | None, what: str, *, may_be_empty: bool = False) -> tuple[Node, ...]:
        """Return the entries of a list (E113) that has at least one (E111); none when the node is absent."""
        if node is None:
            return ()
        if isinstance(node, ListNode) and (node.items or may_be_empty):
            return node.items
        code = "E111" if isinstance(node, ListNode) else "E113"
        self.report.error(code, node, f"{what} is a list with at least one entry", "Write  [ … ]  or lines with  - .")
        return ()

    def text(self, node: Node | None, what: str) -> str | None:
        """Return a text (E113) that is not empty (E111)."""
        if node is None:
            return None
        if isinstance(node, ScalarNode) and not node.is_null and node.text.strip():
            return node.text
        self.report.error("E111" if isinstance(node, ScalarNode) else "E113", node, f"{what} is a text")
        return None

    def texts(self, node: Node | None, what: str) -> tuple[tuple[str, Node], ...]:
        """Return the texts of a list, or one text alone, each with its node."""
        nodes = (node,) if isinstance(node, ScalarNode) else self.items(node, what)
        return tuple((text, item) for item in nodes if (text := self.text(item, what)) is not None)

    def names(self, node: Node | None, what: str, known: Mapping[str, object], code: str) -> tuple[str, ...]:
        """Return the names of a list; one that is not known is reported with ``code``, e.g. as "permission"."""
        found = self.texts(node, f"a {what}")
        for name, item in found:
            if name not in known:
                self.report.error(code, item, f'there is no {what} "{name}"', nearest_or_all(name, known, "There are"))
        return tuple(dict.fromkeys(name for name, _ in found if name in known))

    def id(self, node: Node | None, what: str, taken: Mapping[str, object]) -> str | None:
        """Return an id that nothing before has (E154): a letter, then letters, digits and ``- _ .`` (E155)."""
        text = self.text(node, "an id")
        if text is None or node is None:
            return None
        if not _ID.fullmatch(text):
            fix = "Begin with a letter, then letters, digits, - _ or . , 80 at most."
            self.report.error("E155", node, f'"{text[:80]}" cannot be an id', fix)
            return None
        if text in taken:
            self.report.error("E154", node, f'there is already a {what} "{text}"', "Give it another id.")
            return None
        return text

    def bool(self, node: Node | None, name: str, *, default: bool) -> bool:
        """Return ``true`` or ``false`` (E114)."""
        if node is None:
            return default
        try:
            if isinstance(node, ScalarNode):
                return read_boolean(node, name)
            self.report.error("E113", node, f'"{name}" must be true or false', "Write  true  or  false .")
        except ScalarError as error:
            self.report.error(error.code, node, error.message, error.fix)
        return default

    def day(self, node: Node | None, name: str) -> date | None:
        """Return a day written as ``2027-01-31`` (E114)."""
        text = self.text(node, f'"{name}"')
        if text is None or node is None:
            return None
        try:
            if isinstance(node, ScalarNode):
                return read_date(node, name)
        except ScalarError as error:
            self.report.error(error.code, node, error.message, error.fix)
        return None
