"""Draw a path as boxes and arrows with wrapped words: across for wide pages, down for narrow ones. Pure.

Coordinates are CSS pixels from the upper left corner.  Words are measured by rule of thumb, generously, so that they stay
inside their boxes in any font of the pages.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from runner.delegation.graphs.pages import PathNode, PathPicture

_LETTER = 7.6  # pixels of a letter of a label; arrows have smaller ones
_SMALL_LETTER = 6.6
_LINE, _SMALL_LINE = 18, 16
_PAD = 12
_WIDE_BOX, _WIDE_GAP, _PER_ROW = 152, 130, 4
_TALL_WIDTH, _TALL_BOX = 340, 300
_ROW_GAP = 74
_HEAD = 6
_MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words; ``y`` is its base line."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """One stop; ``look`` is ``person``, ``tier`` or empty, ``word`` what kind of thing it is."""

    x: float
    y: float
    width: float
    height: float
    look: str
    word: Words
    lines: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line from one stop to the next, its head as the points of a polygon, and its words.

    ``anchor`` says where the words stand to their ``x``: ``middle`` or ``start``.
    """

    x1: float
    y1: float
    x2: float
    y2: float
    head: str
    lines: tuple[Words, ...]
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of one path."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def across(path: PathPicture) -> Drawing:
    """Draw from left to right; beyond four stops it goes on below, from right to left, and so on."""
    sizes = [_height(node, _WIDE_BOX) for node in path.nodes]
    rows = [sizes[start : start + _PER_ROW] for start in range(0, len(sizes), _PER_ROW)]
    boxes: list[Box] = []
    top = 1.0
    for row, heights in enumerate(rows):
        tallest = max(heights)
        for place, height in enumerate(heights):
            column = place if row % 2 == 0 else _PER_ROW - 1 - place
            x = 1 + column * (_WIDE_BOX + _WIDE_GAP)
            node = path.nodes[row * _PER_ROW + place]
            boxes.append(_box(node, x, top + (tallest - height) / 2, _WIDE_BOX, height))
        top += tallest + _ROW_GAP
    columns = min(len(path.nodes), _PER_ROW)
    width = 2 + columns * _WIDE_BOX + (columns - 1) * _WIDE_GAP
    arrows = tuple(_arrow(path.steps[n].verb, boxes[n], boxes[n + 1]) for n in range(len(path.steps)))
    return Drawing(width, top - _ROW_GAP + 1, tuple(boxes), arrows)


def down(path: PathPicture) -> Drawing:
    """Draw from top to bottom."""
    boxes: list[Box] = []
    top = 1.0
    for node in path.nodes:
        height = _height(node, _TALL_BOX)
        boxes.append(_box(node, (_TALL_WIDTH - _TALL_BOX) / 2, top, _TALL_BOX, height))
        top += height + _ROW_GAP
    arrows = tuple(_arrow(path.steps[n].verb, boxes[n], boxes[n + 1]) for n in range(len(path.steps)))
    return Drawing(_TALL_WIDTH, top - _ROW_GAP + 1, tuple(boxes), arrows)


def wrapped(text: str, width: float, letter: float) -> tuple[str, ...]:
    """Break a text into lines of at most ``width`` pixels, at spaces where there are some; six lines at most."""
    lines: list[str] = []
    for piece in _pieces(text, width, letter):
        if lines and measured(f"{lines[-1]} {piece}", letter) <= width:
            lines[-1] = f"{lines[-1]} {piece}"
        else:
            lines.append(piece)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1].rstrip()}…"]
    return tuple(lines)


def measured(text: str, letter: float) -> float:
    """Return about how many pixels a text takes; wide letters count twice, marks on letters nothing."""
    return sum(_share(sign) for sign in text) * letter


def _share(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0.0
    return 2.0 if unicodedata.east_asian_width(sign) in "WF" else 1.0


def _pieces(text: str, width: float, letter: float) -> Iterator[str]:
    """Yield the words of a text; one that is longer than a line is cut, behind a hyphen or a dot where it has one."""
    for word in text.split():
        rest = word
        while measured(rest, letter) > width:
            most = max(1, int(width / letter / (2 if measured(rest, 1) > len(rest) else 1)))
            cut = max(rest.rfind(sign, 1, most) for sign in "-./:@") + 1
            cut = cut if cut > most // 3 else most
            yield rest[:cut]
            rest = rest[cut:]
        if rest:
            yield rest


def _height(node: PathNode, width: float) -> float:
    return 2 * _PAD + _SMALL_LINE + _LINE * len(wrapped(node.label, width - 2 * _PAD, _LETTER))


def _box(node: PathNode, x: float, y: float, width: float, height: float) -> Box:
    middle = x + width / 2
    lines = wrapped(node.label, width - 2 * _PAD, _LETTER)
    first = y + _PAD + _SMALL_LINE
    return Box(
        x=x,
        y=y,
        width=width,
        height=height,
        look={"DH_User": "person", "DH_Protected": "tier"}.get(node.kind, ""),
        word=Words(middle, y + _PAD + 11, node.word),
        lines=tuple(Words(middle, first + _LINE * n + 14, line) for n, line in enumerate(lines)),
    )


def _arrow(verb: str, start: Box, end: Box) -> Arrow:
    if start.x == end.x:
        return _arrow_down(verb, start, end)
    is_right = end.x > start.x
    y1 = start.y + start.height / 2
    x1, x2 = (start.x + start.width + 4, end.x - 4) if is_right else (start.x - 4, end.x + end.width + 4)
    back = x2 - _HEAD * 1.5 if is_right else x2 + _HEAD * 1.5
    lines = wrapped(verb, abs(x2 - x1) - 16, _SMALL_LETTER)
    over = y1 - 8 - _SMALL_LINE * (len(lines) - 1)
    words = tuple(Words((x1 + x2) / 2, over + _SMALL_LINE * n, line) for n, line in enumerate(lines))
    return Arrow(x1, y1, back, y1, f"{x2},{y1} {back},{y1 - _HEAD} {back},{y1 + _HEAD}", words, "middle")


def _arrow_down(verb: str, start: Box, end: Box) -> Arrow:
    x = start.x + start.width / 2
    y1, y2 = start.y + start.height + 4, end.y - 4
    back = y2 - _HEAD * 1.5
    room = max(_WIDE_BOX, start.width) / 2 - 14
    lines = wrapped(verb, room, _SMALL_LETTER)
    first = (y1 + back) / 2 + 4 - _SMALL_LINE * (len(lines) - 1) / 2
    words = tuple(Words(x + 12, first + _SMALL_LINE * n, line) for n, line in enumerate(lines))
    return Arrow(x, y1, x, back, f"{x},{y2} {x - _HEAD},{back} {x + _HEAD},{back}", words, "start")
