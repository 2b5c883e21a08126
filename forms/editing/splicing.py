"""Put parts of a text in another order. Pure.

A `Region` says of what the text between two indexes is made anew: literal texts, and spans of the text as it was, in which
other regions may lie.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """The characters from ``start`` up to ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Region:
    """What stands between ``start`` and ``end`` from now on."""

    start: int
    end: int
    parts: tuple[str | Span, ...]


def spliced(text: str, regions: Sequence[Region]) -> str:
    """Return the text with every region made anew; two regions lie apart or one inside a span of the other."""
    ordered = sorted(regions, key=lambda region: (region.start, -region.end))
    starts = [region.start for region in ordered]
    return _made(text, ordered, starts, Span(0, len(text)), None)


def _made(text: str, ordered: Sequence[Region], starts: Sequence[int], span: Span, within: Region | None) -> str:
    out: list[str] = []
    at = span.start
    for place in range(bisect_left(starts, span.start), len(ordered)):
        region = ordered[place]
        if region.start >= span.end:
            break
        if region is within or region.start < at or region.end > span.end:
            continue
        out.append(text[at : region.start])
        out += [part if isinstance(part, str) else _made(text, ordered, starts, part, region) for part in region.parts]
        at = region.end
    return "".join([*out, text[at : span.end]])
