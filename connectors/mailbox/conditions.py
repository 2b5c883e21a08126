"""From a filter to SQL. Builds conditions, runs none.

Every condition is true or false for every row, never NULL, so that `Not` means the opposite everywhere.  A comparison
of unlike things is refused, not false, since its opposite would match everything.
"""

import json
import operator
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import JSON, ColumnElement, and_, cast, exists, false, func, literal, not_, or_, select, true

from connectors.errors import RejectedError
from connectors.folding import key
from connectors.mailbox.arguments import is_storable
from connectors.mailbox.state import RIGHTS
from connectors.mailbox.tables import addresses, mail_objects, rights
from connectors.spi import AllOf, AnyOf, Compare, Everything, Filter, Ids, InGroup, Not, Nothing, Ref, Under, Value
from connectors.verbs import ATTRIBUTES

Clause: TypeAlias = ColumnElement[bool]
_Column: TypeAlias = ColumnElement[Any]

_DEEPEST = 60
_LARGEST = 2**31 - 1
_ORDER: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_objects = mail_objects.c
_primary = (
    select(addresses.c.address_folded)
    .where(addresses.c.object_id == _objects.id, addresses.c.is_primary)
    .scalar_subquery()
)
# Attribute → the column it is compared and sorted by; texts folded.
COLUMNS: Mapping[str, _Column] = {
    "id": _objects.id,
    "name": _objects.name_folded,
    "display_name": _objects.name_folded,
    "kind": _objects.kind,
    "address": _primary,
    "owner": _objects.owner,
    "hidden": _objects.hidden,
    "auto_reply": _objects.auto_reply_folded,
    "auto_reply_until": _objects.auto_reply_until,
    "archive": _objects.archive,
    "capacity": _objects.capacity,
    "created": _objects.created,
    "changed": _objects.changed,
}


def type_of(kind: str, attribute: str) -> str:
    """Return the type of an attribute; raises `RejectedError` when objects of this kind have none such."""
    if attribute not in ATTRIBUTES[kind]:
        raise RejectedError(f'A {kind} has no attribute "{attribute}".')
    return ATTRIBUTES[kind][attribute].type


@dataclass(frozen=True, slots=True)
class Conditions:
    """Makes conditions on the table of mailboxes, for objects of one kind and for one database dialect."""

    kind: str
    dialect: str

    def clause(self, part: Filter, depth: int = 0) -> Clause:
        """Return what a filter says; raises `RejectedError` for what cannot be compared or is nested too deep.

        `Under` and `InGroup` match nothing: a mail system has neither units nor groups.
        """
        if depth > _DEEPEST:
            raise RejectedError("The filter is nested too deep.")
        match part:
            case Everything():
                return true()
            case Nothing() | Under() | InGroup():
                return false()
            case Ids(ids):
                return self._one_of(_objects.id, sorted(ids))
            case Compare():
                return self._compare(part)
            case AllOf(parts):
                return and_(true(), *(self.clause(inner, depth + 1) for inner in parts))
            case AnyOf(parts):
                return self._any_of(parts, depth)
            case Not(inner):
                return not_(self.clause(inner, depth + 1))

    def _any_of(self, parts: Sequence[Filter], depth: int) -> Clause:
        """Join the parts; equality with many people or texts is one condition, since SQLite's depth is limited."""
        people: dict[str, list[str]] = defaultdict(list)
        texts: dict[str, list[str]] = defaultdict(list)
        clauses: list[Clause] = []
        for part in parts:
            if isinstance(part, Compare) and part.op == "==" and isinstance(part.value, Ref):
                people[part.attribute] += self._user_ids(part)
            elif isinstance(part, Compare) and part.op == "==" and self._is_text(part):
                texts[part.attribute].append(key(str(part.value).strip()))
            else:
                clauses.append(self.clause(part, depth + 1))
        held = (self._held_by(attribute, ids) for attribute, ids in people.items())
        equal = (self._one_of(COLUMNS[name], [word for word in words if word]) for name, words in texts.items())
        return or_(false(), *clauses, *held, *equal)

    def _is_text(self, part: Compare) -> bool:
        return part.attribute != "id" and type_of(self.kind, part.attribute) == "text" and isinstance(part.value, str)

    def _compare(self, part: Compare) -> Clause:
        type_ = type_of(self.kind, part.attribute)
        if part.op == "present":
            return self._present(part.attribute)
        if part.op == "absent":
            return not_(self._present(part.attribute))
        if part.value is None or part.value in ("", ()):
            return self._present(part.attribute) if part.op == "!=" else false()
        if part.op == "!=":
            return not_(self._matches(Compare(part.attribute, "==", part.value), type_))
        return self._matches(part, type_)

    def _present(self, attribute: str) -> Clause:
        if attribute in RIGHTS:
            return self._listed(attribute, true())
        if attribute == "addresses":
            return self._listed(attribute, true())
        column = COLUMNS[attribute]
        return column.is_not(None)

    def _matches(self, part: Compare, type_: str) -> Clause:
        match type_:
            case "list:user" | "user":
                return self._held_by(part.attribute, self._user_ids(part))
            case "list:text":
                return self._listed(part.attribute, _text(addresses.c.address_folded, _element(part)))
            case "text":
                return _text(COLUMNS[part.attribute], part)
            case "datetime":
                return _moment(COLUMNS[part.attribute], part)
            case _:
                return _scalar(COLUMNS[part.attribute], part, type_)

    def _user_ids(self, part: Compare) -> list[str]:
        """Return the one id a comparison with a person asks for, or none when it is about another kind."""
        type_ = type_of(self.kind, part.attribute)
        allowed = {"user": ("==",), "list:user": ("==", "contains")}.get(type_, ())
        if part.op not in allowed or not isinstance(part.value, Ref):
            raise _unfit(part)
        return [part.value.id] if part.value.kind == "user" else []

    def _held_by(self, attribute: str, ids: Sequence[str]) -> Clause:
        if attribute == "owner":
            return self._one_of(_objects.owner, ids)
        return self._listed(attribute, self._one_of(rights.c.user_id, ids))

    def _listed(self, attribute: str, test: Clause) -> Clause:
        if attribute == "addresses":
            return exists().where(addresses.c.object_id == _objects.id, test)
        return exists().where(rights.c.object_id == _objects.id, rights.c.right == attribute, test)

    def _one_of(self, column: _Column, texts: Sequence[str]) -> Clause:
        """Compare with any number of texts as one parameter, since databases limit how many there may be."""
        wanted = [text for text in texts if is_storable(text)]
        if len(wanted) < 2:
            return and_(column.is_not(None), column == wanted[0]) if wanted else false()
        if self.dialect == "sqlite":
            listed = func.json_each(json.dumps(wanted)).table_valued("value")
        else:
            listed = func.json_array_elements_text(cast(literal(wanted, JSON), JSON)).table_valued("value")
        return and_(column.is_not(None), column.in_(select(listed.c.value)))


def _element(part: Compare) -> Compare:
    """Return what one of several texts must be: ``contains`` asks for a whole element."""
    if part.op not in ("==", "contains", "starts_with"):
        raise _unfit(part)
    return Compare(part.attribute, "==" if part.op == "contains" else part.op, part.value)


def _text(column: _Column, part: Compare) -> Clause:
    if not isinstance(part.value, str):
        raise _unfit(part)
    value = part.value if part.attribute == "id" else key(part.value.strip())
    if not value or not is_storable(value):
        return false()
    if part.op in ("contains", "starts_with"):
        return and_(column.is_not(None), like(column, value, anywhere=part.op == "contains"))
    return and_(column.is_not(None), _ORDER[part.op](column, value))


def like(column: _Column, text: str, *, anywhere: bool) -> Clause:
    """Return whether a folded column starts with a folded text, or holds it ``anywhere``."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.like(("%" if anywhere else "") + escaped + "%", escape="\\")


def _moment(column: _Column, part: Compare) -> Clause:
    """Compare a moment with a moment, or with a whole day in UTC."""
    value = part.value
    if part.op not in _ORDER or not isinstance(value, date) or (isinstance(value, datetime) and value.tzinfo is None):
        raise _unfit(part)
    if isinstance(value, datetime):
        return and_(column.is_not(None), _ORDER[part.op](column, value))
    start = datetime.combine(value, time(), UTC)
    following = start + timedelta(days=1) if value < date.max else datetime.max.replace(tzinfo=UTC)
    clauses: Mapping[str, Clause] = {
        "==": and_(column >= start, column < following),
        "<": column < start,
        "<=": column < following,
        ">": column >= following,
        ">=": column >= start,
    }
    return and_(column.is_not(None), clauses[part.op])


def _scalar(column: _Column, part: Compare, type_: str) -> Clause:
    value: Value = part.value
    if type_ == "date" and isinstance(value, datetime):
        value = value.date()
    wanted = {"bool": bool, "number": int | Decimal, "date": date}[type_]
    if not isinstance(value, wanted) or (type_ == "number" and isinstance(value, bool)):
        raise _unfit(part)
    if part.op not in _ORDER or (type_ == "bool" and part.op != "=="):
        raise _unfit(part)
    if isinstance(value, int | Decimal) and type_ == "number":
        value = _in_column(value, part)
    return and_(column.is_not(None), _ORDER[part.op](column, value))


def _in_column(value: int | Decimal, part: Compare) -> int | Decimal:
    """Return the number, or the nearest one a column can hold."""
    if isinstance(value, Decimal) and not value.is_finite():
        raise _unfit(part)
    return max(-_LARGEST, min(value, _LARGEST))


def _unfit(part: Compare) -> RejectedError:
    return RejectedError(f'"{part.attribute}" cannot be compared in this way.')
