"""Pages of several directories → one page in the order of the question. Pure."""

import heapq
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from connectors.folding import key
from connectors.spi import Entry, Page, Question, Ref, Value

MOST = 1_000
_LABELS = {"user": "display_name", "contact": "display_name"}


def asked_of_each(question: Question) -> Question:
    """Return the question with its order and limit spelt out, so that all directories mean the same."""
    attribute, falling = question.sorting
    order = attribute or _LABELS.get(question.kind, "name")
    return replace(question, sort=f"-{order}" if falling else order, limit=max(0, min(question.limit, MOST)))


def merged(question: Question, pages: Sequence[Page]) -> Page:
    """Return the first entries of all pages, each of which is in the order of the question already.

    ``question`` is what `asked_of_each` gave.  Equal ones come in the order of the pages.
    """
    attribute, falling = question.sorting

    def rank(entry: Entry) -> tuple[Any, ...]:
        return _rank(entry.attributes.get(attribute))

    ordered = heapq.merge(*(page.entries for page in pages), key=rank, reverse=falling)
    first = tuple(islice(ordered, question.limit + 1))
    return Page(first[: question.limit], more=len(first) > question.limit or any(page.more for page in pages))


def _rank(value: Value) -> tuple[Any, ...]:
    """Return what a value is sorted by: nothing first, texts without regard to case."""
    if value is None or value == "":
        return (0,)
    if isinstance(value, str):
        return (1, "text", key(value))
    if isinstance(value, Ref):
        return (1, "reference", value.id)
    for name, type_ in (("number", (bool, int, Decimal)), ("datetime", datetime), ("date", date)):
        if isinstance(value, type_):
            return (1, name, value)
    return (0,)
