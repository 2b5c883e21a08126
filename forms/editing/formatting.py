"""Format a definition file: the keys of every record in the order of the vocabulary, everything else as typed. Pure.

Comments, quotes, folding, braces and values stay; no YAML is written anew, texts only change places.  JSON is formatted
in the same way.
"""

import re
from collections.abc import Iterator

from forms.compiling.form import digest_of
from forms.documents import Document, MapNode, Node, ScalarNode, read_document
from forms.editing.blocks import Lines, entries_of, region_of
from forms.editing.canonical import inner_kind, is_collection, keys_of_record, places
from forms.editing.flows import flow_region
from forms.editing.marks import MarkedList, MarkedMap, MarkedNode, last_line_of, marked
from forms.editing.splicing import Region, spliced
from forms.errors import DefinitionError
from forms.problems import Report
from forms.reading import Reader
from forms.vocabulary import KINDS

_BOM = "\ufeff"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_FORMAT = re.compile(rb"""^[\s{]*["']?format["']?\s*:\s*["']?([a-z]+)/\d""", re.MULTILINE)
_KINDS = {
    key.kind.removeprefix("one of ").partition("/")[0]: kind.name
    for kind in KINDS.values()
    if (key := kind.keys.get("format"))
}
_ONE_OF_A_DESK = frozenset({"access", "settings", "lookups", "verification"})


class FormattingError(Exception):
    """A file can be read, but not formatted without a change of what it says; it is as it was."""


def kind_of_file(file: str, content: bytes) -> str:
    """Return the kind of record that a file is, by its name or else by its ``format``; empty when it is none of ours.

    A file that cannot be read on is judged by the line where its ``format`` would stand.
    """
    name = file.rsplit("/", 1)[-1]
    stem, _, ending = name.rpartition(".")
    if ending not in ("yaml", "yml", "json"):
        return ""
    word = stem.rpartition(".")[2]
    if word in _KINDS and (word == stem) == (word in _ONE_OF_A_DESK):
        return _KINDS[word]
    try:
        written = read_document(file, content).root.get("format")
    except DefinitionError:
        found = _FORMAT.search(content)
        return _KINDS.get(found[1].decode(), "") if found else ""
    return _KINDS.get(written.text.partition("/")[0], "") if isinstance(written, ScalarNode) else ""


def formatted(file: str, content: bytes) -> bytes:
    """Return a definition file in canonical order, with a line end at its end; the same bytes when there is nothing to do.

    Comments keep their place above, beside or below their key.  Blank lines stay between keys that stay together.
    Raises `DefinitionError` with every problem when the file cannot be read, or has a key twice; `FormattingError` when
    it is no definition file, or would say something else afterwards.
    """
    kind = kind_of_file(file, content)
    if not kind:
        raise FormattingError(f"{file} is no definition file: it has no  format:  that Deskhand knows.")
    before = _read(file, content)
    text = content.decode("utf-8-sig")
    new = _arranged(_with_line_end(text), kind, is_json=file.endswith(".json"))
    if new == _with_line_end(text) and _is_block_text_at_end(file, content, before):
        return content
    made = (_BOM.encode() if content.startswith(_BOM.encode()) else b"") + new.encode()
    if made != content and not _says_the_same(before, file, made, kind):
        raise FormattingError(f"{file} would say something else with its keys in order; order them by hand.")
    return made


def _read(file: str, content: bytes) -> Document:
    document = read_document(file, content)
    if document.problems:
        raise DefinitionError(document.problems)
    return document


def _end_of_line(text: str) -> str:
    return "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"


def _with_line_end(text: str) -> str:
    return text if text.endswith(("\n", "\r")) else text + _end_of_line(text)


def _is_block_text_at_end(file: str, content: bytes, before: Document) -> bool:
    """Say whether a line end at the end would become part of a text, as behind ``|``."""
    if content.endswith((b"\n", b"\r")):
        return False
    return plain_tree(_read(file, content + b"\n").root) != plain_tree(before.root)


def _says_the_same(before: Document, file: str, made: bytes, kind: str) -> bool:
    try:
        after = _read(file, made)
    except DefinitionError:
        return False
    return plain_tree(before.root) == plain_tree(after.root) and _digest(before, kind) == _digest(after, kind)


def _digest(document: Document, kind: str) -> str:
    """Return the digest of what can be read of a file; empty when there are too many problems."""
    try:
        record = Reader(Report(document)).record(kind, document.root)
    except DefinitionError:
        return ""
    return digest_of(record) if record else ""


def plain_tree(node: Node) -> object:
    """Return what a file says, without places and order of keys: texts with the sign that quotes them, lists, maps."""
    if isinstance(node, ScalarNode):
        return node.text, node.style
    if isinstance(node, MapNode):
        return {key.text: (key.style, plain_tree(value)) for key, value in node.pairs}
    return [plain_tree(item) for item in node.items]


def _arranged(text: str, kind: str, *, is_json: bool) -> str:
    texts = tuple(match.group() for match in _LINE.finditer(text))
    starts = [0]
    for line in texts:
        starts.append(starts[-1] + len(line))
    lines = Lines(texts, tuple(starts), _end_of_line(text))
    root = marked(text.replace("\t", " ") if is_json else text, texts)
    return spliced(text, list(_regions(text, lines, root, kind, len(texts))))


def _regions(text: str, lines: Lines, node: MarkedMap, kind: str, limit: int) -> Iterator[Region]:
    """Yield what changes in a record and in those inside it; ``limit`` is the line behind all that may belong to it."""
    known = keys_of_record(kind, node)
    order = places([key.text for key, _ in node.pairs], known)
    entries = None if node.flow else entries_of(lines, node, limit)
    if order != sorted(order):
        if node.flow and (region := flow_region(text, node, order)):
            yield region
        elif entries:
            yield region_of(lines, entries, order)
    for place, (key, value) in enumerate(node.pairs):
        if key.text in known:
            yield from _inside(text, lines, value, known[key.text].kind, entries[place].end if entries else limit)


def _inside(text: str, lines: Lines, value: MarkedNode, written: str, limit: int) -> Iterator[Region]:
    kind = inner_kind(written, value)
    if not kind:
        return
    if isinstance(value, MarkedMap) and not is_collection(written, value):
        yield from _regions(text, lines, value, kind, limit)
        return
    items = [*_items(value)]
    for place, (column, last, item) in enumerate(items):
        below = items[place + 1][2].line if place + 1 < len(items) else limit
        if isinstance(item, MarkedMap):
            yield from _regions(text, lines, item, kind, lines.own_end(last, column, below))


def _items(value: MarkedNode) -> Iterator[tuple[int, int, MarkedNode]]:
    """Yield the column, the last line and the value of every item of a list, or entry of a map."""
    if isinstance(value, MarkedList):
        for item in value.items:
            yield value.column, item.last_line, item
    elif isinstance(value, MarkedMap):
        for key, item in value.pairs:
            yield key.column, last_line_of(key, item), item
