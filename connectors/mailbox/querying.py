"""From a question to SQL: scope, typed words, order and limit in one statement. Builds it, runs nothing."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true

from connectors.errors import RejectedError
from connectors.folding import fold
from connectors.mailbox.arguments import is_storable
from connectors.mailbox.conditions import COLUMNS, Clause, Conditions, like, type_of
from connectors.mailbox.tables import addresses, mail_objects
from connectors.spi import Filter, Question

_MOST_ENTRIES = 1000
_MOST_CHARACTERS = 200
_objects = mail_objects.c
_SEARCHED = {
    "name": _objects.name_plain,
    "display_name": _objects.name_plain,
    "auto_reply": _objects.auto_reply_plain,
    "address": COLUMNS["address"],
    "kind": _objects.kind,
    "id": _objects.id,
}


def limit_of(question: Question) -> int:
    """Return how many entries the answer may hold."""
    return max(0, min(question.limit, _MOST_ENTRIES))


def statement_for(question: Question, dialect: str) -> Select[Any]:
    """Return the rows that answer a question, one more than its limit when there are more.

    Raises `RejectedError` for an attribute the kind has not, and for what cannot be compared, searched or sorted.
    """
    scope = Conditions(question.kind, dialect).clause(question.filter)
    return (
        select(mail_objects)
        .where(_objects.object_kind == question.kind, scope, _words(question))
        .order_by(*_order(question))
        .limit(limit_of(question) + 1)
    )


def page_behind(kind: str, filter_: Filter, last: str, dialect: str) -> Select[Any]:
    """Return the next rows of all objects that match, in the order of their ids, behind the id ``last``.

    Raises `RejectedError` for an attribute the kind has not, and for what cannot be compared.
    """
    scope = Conditions(kind, dialect).clause(filter_)
    return (
        select(mail_objects)
        .where(_objects.object_kind == kind, _objects.id > last, scope)
        .order_by(_objects.id)
        .limit(_MOST_ENTRIES)
    )


def _words(question: Question) -> Clause:
    for attribute in question.search:
        if type_of(question.kind, attribute) not in ("text", "list:text"):
            raise RejectedError(f'"{attribute}" holds no text that could be searched.')
    if len(question.text) > _MOST_CHARACTERS or not is_storable(question.text):
        return false()
    words = fold(question.text).split()
    return and_(true(), *(or_(false(), *(_has(name, word) for name in question.search)) for word in words))


def _has(attribute: str, word: str) -> Clause:
    if attribute == "addresses":
        found = like(addresses.c.address_folded, word, anywhere=True)
        return exists().where(addresses.c.object_id == _objects.id, found)
    column: ColumnElement[Any] = _SEARCHED[attribute]
    return and_(column.is_not(None), like(column, word, anywhere=True))


def _order(question: Question) -> tuple[ColumnElement[Any], ...]:
    named, descending = question.sorting
    attribute = named or "name"
    type_ = type_of(question.kind, attribute)
    if type_.startswith("list:"):
        raise RejectedError(f'Nothing can be sorted by "{attribute}", which holds several values.')
    column = COLUMNS[attribute]
    return (column.desc().nulls_last() if descending else column.asc().nulls_first(), _objects.id)
