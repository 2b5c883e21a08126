"""Read a shared list kept as ``<id>.list.csv`` into the nodes its YAML would have. Pure.

The first line names the columns, each with its type behind a colon unless it is text: ``value;label;cost:number``.  Several
values of a ``list of …`` stand in one cell, separated by upright bars.
"""

from forms.answering.csv_reading import CsvError, CsvLine, read_table
from forms.documents import Document, ListNode, MapNode, Node, ScalarNode
from forms.errors import DefinitionError, Problem

SUFFIX = ".list.csv"
MOST_ROWS = 5_000
_SEVERAL = "|"


def read_list_table(file: str, content: bytes) -> Document:
    """Return the file as a document of the kind LIST; raises `DefinitionError` when it cannot be read."""
    try:
        table = read_table(content, MOST_ROWS)
    except CsvError as error:
        problems = [Problem(file, 0, 0, "error", "E102", message, "") for message in error.messages]
        raise DefinitionError(problems) from error
    if table.note:
        problem = Problem(
            file, 0, 0, "error", "E102", "the file is not UTF-8", "Save it as CSV with the encoding UTF-8."
        )
        raise DefinitionError([problem])
    lines = tuple(content.decode("utf-8-sig").splitlines()) or ("",)
    headings = _places(table.headings, lines)
    names = [heading.text.partition(":")[0].strip() for heading in headings]
    rows = tuple(_row(_places(line, lines), headings, names) for line in table.lines)
    first = headings[0]
    pairs = (
        _pair(first, "format", _text(first, "list/1")),
        _pair(first, "id", _text(first, file.rsplit("/", 1)[-1].removesuffix(SUFFIX))),
        _pair(first, "columns", ListNode(first.line, first.column, tuple(_column(heading) for heading in headings))),
        _pair(first, "rows", ListNode(first.line, first.column, rows)),
    )
    return Document(file, lines, MapNode(first.line, first.column, pairs))


def _places(line: CsvLine, lines: tuple[str, ...]) -> tuple[ScalarNode, ...]:
    """Return the cells of a line as nodes that stand where they are written, as far as that can be told."""
    source = lines[line.number - 1] if line.number <= len(lines) else ""
    nodes, at = [], 0
    for cell in line.cells:
        found = source.find(cell, at)
        nodes.append(ScalarNode(min(line.number, len(lines)), max(found, 0) + 1, cell, ""))
        at = found + len(cell) if found >= 0 else at
    return tuple(nodes)


def _column(heading: ScalarNode) -> MapNode:
    name, _, type_ = (part.strip() for part in heading.text.partition(":"))
    pairs = (_pair(heading, "id", _text(heading, name)), _pair(heading, "type", _text(heading, type_ or "text")))
    return MapNode(heading.line, heading.column, pairs)


def _row(cells: tuple[ScalarNode, ...], headings: tuple[ScalarNode, ...], names: list[str]) -> MapNode:
    pairs = []
    for number, cell in enumerate(cells):
        name = names[number] if number < len(names) else f"{number + 1}. column"
        heading = headings[min(number, len(headings) - 1)]
        if cell.text:
            pairs.append(_pair(cell, name, _cell(cell, heading)))
    return MapNode(cells[0].line, cells[0].column, tuple(pairs))


def _cell(cell: ScalarNode, heading: ScalarNode) -> Node:
    if not heading.text.partition(":")[2].strip().startswith("list of"):
        return cell
    items = tuple(_text(cell, item.strip()) for item in cell.text.split(_SEVERAL) if item.strip())
    return ListNode(cell.line, cell.column, items)


def _pair(place: ScalarNode, key: str, value: Node) -> tuple[ScalarNode, Node]:
    return _text(place, key), value


def _text(place: ScalarNode, text: str) -> ScalarNode:
    return ScalarNode(place.line, place.column, text, "")
