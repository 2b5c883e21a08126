"""Answer questions: scope, typed words and limit in one query, then the rows of that page. Reads only."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from connectors.errors import RejectedError
from connectors.local.attributes import Moment, key_column, type_of, value_column
from connectors.local.conditions import Conditions
from connectors.local.entries import read_entries
from connectors.local.graph import Shape
from connectors.local.searching import search_for
from connectors.local.tables import KIND_TABLES, objects, search_texts
from connectors.spi import Entry, Filter, Page, Question, Ref

_MOST = 1_000
_LABEL = {"user": "display_name", "contact": "display_name"}


@dataclass(frozen=True, slots=True)
class View:
    """The directory as one transaction sees it at one moment."""

    connection: Connection
    shape: Shape
    moment: Moment

    def page(self, question: Question) -> Page:
        """Answer a question; raises `RejectedError` for a kind, attribute or comparison that does not exist."""
        if question.kind not in KIND_TABLES:
            raise RejectedError(f"The directory has no objects of the kind “{question.kind}”.")
        limit = max(0, min(question.limit, _MOST))
        ids = list(self.connection.scalars(self._ids(question).limit(limit + 1)))
        entries = read_entries(self.connection, question.kind, ids[:limit], shape=self.shape, moment=self.moment)
        return Page(entries, more=len(ids) > limit)

    def behind(self, kind: str, filter_: Filter, last: str) -> tuple[Entry, ...]:
        """Return the next page of all objects that match, in the order of their ids, behind the id ``last``.

        An empty page is the end.  Raises `RejectedError` for a kind, attribute or comparison that does not exist.
        """
        if kind not in KIND_TABLES:
            raise RejectedError(f"The directory has no objects of the kind “{kind}”.")
        table = KIND_TABLES[kind]
        statement = (
            select(objects.c.id)
            .join_from(objects, table, table.c.id == objects.c.id)
            .where(table.c.id > last, Conditions(kind, self.shape, self.moment).clause(filter_))
            .order_by(table.c.id)
            .limit(_MOST)
        )
        ids = list(self.connection.scalars(statement))
        return read_entries(self.connection, kind, ids, shape=self.shape, moment=self.moment)

    def entry(self, ref: Ref) -> Entry | None:
        """Return one object, or None."""
        if ref.kind not in KIND_TABLES or "\x00" in ref.id:
            return None
        found = read_entries(self.connection, ref.kind, [ref.id], shape=self.shape, moment=self.moment)
        return found[0] if found else None

    def _ids(self, question: Question) -> Select[str]:
        kind, table = question.kind, KIND_TABLES[question.kind]
        statement: Select[str] = select(objects.c.id).join_from(objects, table, table.c.id == objects.c.id)
        statement = statement.where(Conditions(kind, self.shape, self.moment).clause(question.filter))
        attribute, descending = question.sorting
        order = self._order(kind, attribute or _LABEL.get(kind, "name"))
        search = search_for(self.connection, kind, question.text, question.search)
        if search is not None:
            statement = statement.join(search_texts, search_texts.c.number == objects.c.number).where(search.clause)
            order = _unindexed(order) if search.proposed else order
        directed = order.desc().nulls_last() if descending else order.asc().nulls_first()
        return statement.order_by(directed, objects.c.number)

    def _order(self, kind: str, attribute: str) -> ColumnElement[Any]:
        type_ = type_of(kind, attribute)
        if type_ is None or type_.startswith("list:") or attribute == "dn":
            raise RejectedError(f"A {kind} cannot be sorted by “{attribute}”.")
        column = key_column(kind, attribute) if type_ == "text" else value_column(kind, attribute, self.moment)
        if column is None:
            raise RejectedError(f"A {kind} cannot be sorted by “{attribute}”.")
        return column


def _unindexed(order: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(order, None)
