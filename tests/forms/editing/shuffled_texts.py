"""Write definitions with their keys shuffled and a comment above, beside and below keys, to be put in order again."""

import json
import random

from forms.documents import ListNode, MapNode, Node, ScalarNode


class ShuffledText:
    """Writes a tree of nodes as block YAML; every comment has a number, the same above and beside one key."""

    def __init__(self, seed: int, *, with_comments: bool = True) -> None:
        self.random, self.with_comments, self.count = random.Random(seed), with_comments, 0
        self.lines: list[str] = []

    def text(self, root: MapNode) -> str:
        self.lines = ["# the head of the file", ""]
        self._map(root, 0, "")
        return "\n".join(self.lines) + "\n"

    def _map(self, node: MapNode, indent: int, dash: str) -> None:
        pairs = list(node.pairs)
        self.random.shuffle(pairs)
        for place, (key, value) in enumerate(pairs):
            first = place == 0 and dash
            number = self._number()
            if number and not first:
                self._above(number, indent)
            mark = f"  # at {number}" if number else ""
            before = dash if first else " " * indent
            self._entry(f"{before}{_quoted(key.text)}:", value, indent, mark if not first else "")
            if number and not first and isinstance(value, ListNode | ScalarNode) and self.random.random() < 0.3:
                self.lines.append(f"{' ' * (indent + 2)}# below {number}")

    def _number(self) -> int:
        if not self.with_comments or self.random.random() < 0.5:
            return 0
        self.count += 1
        return self.count

    def _above(self, number: int, indent: int) -> None:
        if self.random.random() < 0.3:
            self.lines.append("")
        self.lines += [f"{' ' * indent}# above {number}"] * self.random.choice((1, 1, 2))

    def _entry(self, start: str, value: Node, indent: int, mark: str) -> None:
        if isinstance(value, ScalarNode):
            self._scalar(start, value, indent, mark)
        elif isinstance(value, MapNode) and (not value.pairs or self.random.random() < 0.2):
            self.lines.append(f"{start} {_flow(value, self.random)}{mark}")
        elif isinstance(value, MapNode):
            self.lines.append(f"{start}{mark}")
            self._map(value, indent + 2, "")
        elif not value.items:
            self.lines.append(f"{start} []{mark}")
        else:
            self.lines.append(f"{start}{mark}")
            self._list(value, indent + self.random.choice((0, 2)))

    def _list(self, node: ListNode, indent: int) -> None:
        for item in node.items:
            if isinstance(item, MapNode) and item.pairs and self.random.random() < 0.7:
                self._map(item, indent + 2, f"{' ' * indent}- ")
            else:
                self.lines.append(f"{' ' * indent}- {_flow(item, self.random)}")

    def _scalar(self, start: str, value: ScalarNode, indent: int, mark: str) -> None:
        if "\n" in value.text.rstrip("\n") and value.text.isprintable() is False and not value.text.startswith(" "):
            self.lines.append(f"{start} |{'' if value.text.endswith(chr(10)) else '-'}{mark}")
            self.lines += [
                f"{' ' * (indent + 2)}{line}" if line else "" for line in value.text.rstrip("\n").split("\n")
            ]
        else:
            self.lines.append(f"{start} {_bare(value)}{mark}")


def _flow(node: Node, chance: random.Random) -> str:
    if isinstance(node, ScalarNode):
        return _bare(node)
    if isinstance(node, ListNode):
        return f"[{', '.join(_flow(item, chance) for item in node.items)}]"
    pairs = list(node.pairs)
    chance.shuffle(pairs)
    return "{ " + ", ".join(f"{_quoted(key.text)}: {_flow(value, chance)}" for key, value in pairs) + " }"


def _bare(node: ScalarNode) -> str:
    return node.text if node.is_null or node.text in ("true", "false") or node.text.isdigit() else _quoted(node.text)


def _quoted(text: str) -> str:
    return text if text.replace("_", "").isalnum() and text.isascii() and not text.isdigit() else json.dumps(text)
