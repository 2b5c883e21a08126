"""Order the keys of a map in braces: its entries change places, all that stands between them stays. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from forms.editing.marks import MarkedMap
from forms.editing.splicing import Region, Span


def flow_region(text: str, node: MarkedMap, order: Sequence[int]) -> Region | None:
    """Return a map in braces with its entries in another order.

    None when a comment stands between them, which could belong to the entry before or behind it.
    """
    spans = [Span(key.start, max(key.end, value.end)) for key, value in node.pairs]
    between = [text[one.end : other.start] for one, other in pairwise(spans)]
    outside = (text[node.start : spans[0].start], text[spans[-1].end : node.end])
    if any("#" in gap or "?" in gap for gap in (*between, *outside)):
        return None
    parts: list[str | Span] = [spans[order[0]]]
    for gap, place in zip(between, order[1:], strict=True):
        parts += [gap, spans[place]]
    return Region(spans[0].start, spans[-1].end, tuple(parts))
