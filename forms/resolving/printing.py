"""Write a resolved form out as one YAML file, which says of each part which file it is from. Pure."""

import json
import re
from collections.abc import Iterator

from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.resolving.resolver import Resolved

_STEP = "  "
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")  # what a file may not contain as it is


def printed(resolved: Resolved) -> str:
    """Return the form as YAML that means the same by itself: no ``extends``, no ``use``, every translation in it."""
    lines = _map_lines(resolved.root, "", "")
    return "".join(f"{line}\n" for line in lines)


def is_made_of_several(resolved: Resolved) -> bool:
    """Say whether anything of a resolved form is written in another file than the form's own."""
    return bool(resolved.ancestors) or _has_other(resolved.root)


def _has_other(node: Node) -> bool:
    if node.file:
        return True
    if isinstance(node, MapNode):
        return any(_has_other(value) for _, value in node.pairs)
    return isinstance(node, ListNode) and any(_has_other(item) for item in node.items)


def _map_lines(node: MapNode, indent: str, file: str) -> Iterator[str]:
    for key, value in node.pairs:
        origin = value.file if isinstance(value, ScalarNode) else (value.file or key.file)
        if origin != file and origin:
            yield f"{indent}# from {origin}, line {key.line if key.file == origin else value.line}"
        yield from _entry(f"{indent}{_word(key)}:", value, indent + _STEP, origin)


def _list_lines(node: ListNode, indent: str, file: str) -> Iterator[str]:
    for item in node.items:
        if item.file and item.file != file:
            yield f"{indent}# from {item.file}, line {item.line}"
        if not isinstance(item, MapNode) or not item.pairs:
            yield from _entry(f"{indent}-", item, indent + _STEP, item.file)
            continue
        inner = list(_map_lines(item, indent + _STEP, item.file))
        first = next(number for number, line in enumerate(inner) if not line.lstrip().startswith("# from "))
        yield from inner[:first]
        yield f"{indent}- {inner[first][len(indent) + len(_STEP) :]}"
        yield from inner[first + 1 :]


def _entry(head: str, value: Node, indent: str, file: str) -> Iterator[str]:
    if isinstance(value, ScalarNode):
        yield f"{head} {_word(value)}".rstrip()
    elif isinstance(value, MapNode):
        yield head if value.pairs else f"{head} {{}}"
        yield from _map_lines(value, indent, file)
    else:
        yield head if value.items else f"{head} []"
        yield from _list_lines(value, indent, file)


def _word(node: ScalarNode) -> str:
    """Return a text as YAML on one line; what was written without quotes stays without, so that it means the same."""
    is_bare = not node.style and "\n" not in node.text
    return node.text if is_bare else _ESCAPED.sub(_escape, json.dumps(node.text, ensure_ascii=False))


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"
