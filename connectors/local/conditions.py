"""`connectors.spi.Filter` → SQL. Pure: builds conditions, runs none.

Every condition is true or false for every row, never unknown, so that `Not` is exact.  Comparisons with an empty value
match nothing, but ``!=``, which then matches what has a value.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, func, not_, or_, select, true

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.folding import key
from connectors.local.attributes import EXPIRY, Moment, key_column, type_of, value_column
from connectors.local.graph import Shape
from connectors.local.tables import addresses, members, objects, units
from connectors.spi import AllOf, AnyOf, Compare, Everything, Filter, Ids, InGroup, Not, Nothing, Ref, Under

Clause = ColumnElement[bool]
_DEEPEST = 60
_WIDE = 4
_ORDER: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """Translates filters about one kind of object."""

    kind: str
    shape: Shape
    moment: Moment

    def clause(self, filter_: Filter, depth: int = 0) -> Clause:
        """Return the condition; raises `RejectedError` for an attribute or comparison that the kind does not have."""
        if depth > _DEEPEST:
            raise RejectedError("The condition is nested too deeply.")
        match filter_:
            case Everything():
                return true()
            case Nothing():
                return false()
            case AllOf(parts):
                return and_(true(), *(self.clause(part, depth + 1) for part in parts))
            case AnyOf(parts):
                return self._any_of(parts, depth)
            case Not(part):
                return not_(self.clause(part, depth + 1))
            case Compare():
                return self._compare(filter_)
            case Ids(ids):
                return _one_of(objects.c.id, ids)
            case Under(place):
                return self._under(place)
            case InGroup(group, nested):
                return self._in_group(group, nested=nested)

    def _any_of(self, parts: Sequence[Filter], depth: int) -> Clause:
        """Join the parts; equality with many values, or many groups, is one condition: SQLite's depth is limited."""
        same: dict[str, list[Compare]] = {}
        groups: set[str] = set()
        clauses: list[Clause] = []
        for part in parts:
            if isinstance(part, Compare) and part.op == "==" and self._is_joined(part):
                same.setdefault(part.attribute, []).append(part)
            elif isinstance(part, InGroup) and self.kind != "group":
                groups |= self._reached(part.group, nested=part.nested)
            else:
                clauses.append(self.clause(part, depth + 1))
        if groups:
            clauses.append(_inside(frozenset(groups)))
        return or_(false(), *clauses, *(self._equal_to_one(attribute, some) for attribute, some in same.items()))

    def _is_joined(self, part: Compare) -> bool:
        type_ = type_of(self.kind, part.attribute)
        if part.attribute in {"id", "dn"}:
            return False
        if type_ == "text":
            return isinstance(part.value, str) and "\x00" not in part.value
        return isinstance(part.value, Ref) and part.value.kind == type_

    def _equal_to_one(self, attribute: str, parts: Sequence[Compare]) -> Clause:
        is_text = type_of(self.kind, attribute) == "text"
        column = key_column(self.kind, attribute) if is_text else self._value(attribute)
        values = {key(str(part.value).strip()) if is_text else str(getattr(part.value, "id", "")) for part in parts}
        wanted = frozenset(value for value in values if value)
        if column is None:
            raise _unfit(parts[0])
        return and_(column.is_not(None), _one_of(column, wanted)) if wanted else false()

    def _under(self, place: tuple[str, ...]) -> Clause:
        if not place:
            return false()
        path = "\n".join(place)
        below = or_(units.c.place == path, func.substr(units.c.place, 1, len(path) + 1) == path + "\n")
        column = objects.c.id if self.kind == "ou" else objects.c.unit_id
        reached = select(units.c.id).where(below)
        if self._is_wide(place):
            return func.coalesce(column, "").in_(reached)
        return and_(column.is_not(None), column.in_(reached))

    def _is_wide(self, place: tuple[str, ...]) -> bool:
        """Say whether most objects stand there, so that it is better to read them in the order of the answer."""
        inside = sum(unit.place[: len(place)] == place for unit in self.shape.units.values())
        return inside * _WIDE > len(self.shape.units)

    def _in_group(self, group: str, *, nested: bool) -> Clause:
        return and_(_inside(self._reached(group, nested=nested)), objects.c.id != group)

    def _reached(self, group: str, *, nested: bool) -> frozenset[str]:
        return self.shape.graph.below(group) if nested else frozenset({group})

    def _compare(self, compare: Compare) -> Clause:
        type_ = type_of(self.kind, compare.attribute)
        if type_ is None:
            raise RejectedError(f"A {self.kind} has no attribute “{compare.attribute}”.")
        if compare.attribute == EXPIRY:
            return self._expiry(compare)
        if compare.op in {"present", "absent"}:
            present = self._present(compare.attribute, type_)
            return present if compare.op == "present" else not_(present)
        if compare.value is None or compare.value in ("", ()):
            return self._present(compare.attribute, type_) if compare.op == "!=" else false()
        if compare.op == "!=":
            return not_(self._matches(Compare(compare.attribute, "==", compare.value), type_))
        return self._matches(compare, type_)

    def _expiry(self, compare: Compare) -> Clause:
        """Compare the day a password was set, which is indexed, with a moment so many days earlier."""
        days, value = self.moment.password_days, compare.value
        if isinstance(value, date):
            value = _earlier(value, days or 0)
        clause = self._compare(Compare("password_set_on", compare.op, value))
        if days is not None:
            return clause
        return true() if compare.op == "absent" or (compare.op == "!=" and value is not None) else false()

    def _present(self, attribute: str, type_: str) -> Clause:
        if type_.startswith("list:"):
            return self._listed(attribute, lambda _column: true())
        if attribute in {"dn", "id"}:
            return true()
        column = key_column(self.kind, attribute) if type_ == "text" else self._value(attribute)
        return true() if column is None else column.is_not(None)

    def _matches(self, compare: Compare, type_: str) -> Clause:
        if compare.attribute == "dn":
            return self._at(compare)
        if type_.startswith("list:"):
            return self._one_listed(compare, type_)
        if type_ == "text":
            return self._text(key_column(self.kind, compare.attribute), compare)
        if type_ in ATTRIBUTE_KINDS:
            return self._reference(compare)
        return self._scalar(compare, type_)

    def _value(self, attribute: str) -> ColumnElement[Any]:
        column = value_column(self.kind, attribute, self.moment)
        if column is None:
            raise RejectedError(f"“{attribute}” cannot be compared.")
        return column

    def _text(self, column: ColumnElement[Any] | None, compare: Compare) -> Clause:
        if column is None or not isinstance(compare.value, str) or "\x00" in compare.value:
            raise _unfit(compare)
        value = compare.value if compare.attribute == "id" else key(compare.value.strip())
        return and_(column.is_not(None), _text_clause(column, compare, value))

    def _reference(self, compare: Compare) -> Clause:
        if compare.op != "==" or not isinstance(compare.value, Ref):
            raise _unfit(compare)
        column = self._value(compare.attribute)
        same_kind = compare.value.kind == type_of(self.kind, compare.attribute)
        return and_(column.is_not(None), column == compare.value.id) if same_kind else false()

    def _scalar(self, compare: Compare, type_: str) -> Clause:
        column, value = self._value(compare.attribute), compare.value
        if type_ == "datetime":
            return and_(column.is_not(None), _moment_clause(column, compare))
        if type_ == "date":
            value = value.date() if isinstance(value, datetime) else value
        wanted = {"bool": bool, "number": int | Decimal, "date": date}[type_]
        if not isinstance(value, wanted) or compare.op not in _ORDER:
            raise _unfit(compare)
        if type_ == "bool":
            if compare.op != "==":
                raise _unfit(compare)
            return column.is_(true()) if value else column.is_(false())
        return and_(column.is_not(None), _ORDER[compare.op](column, value))

    def _one_listed(self, compare: Compare, type_: str) -> Clause:
        if compare.op not in {"==", "contains", "starts_with"}:
            raise _unfit(compare)
        if type_ == "list:text":
            whole = Compare(compare.attribute, "==" if compare.op == "contains" else compare.op, compare.value)
            return self._listed(compare.attribute, lambda column: self._text(column, whole))
        if compare.op == "starts_with" or not isinstance(compare.value, Ref):
            raise _unfit(compare)
        wanted = compare.value
        return (
            self._listed(compare.attribute, lambda column: column == wanted.id) if wanted.kind == "group" else false()
        )

    def _listed(self, attribute: str, test: Callable[[ColumnElement[Any]], Clause]) -> Clause:
        if attribute == "addresses":
            return objects.c.id.in_(select(addresses.c.object_id).where(test(addresses.c.address_key)))
        return objects.c.id.in_(select(members.c.member_id).where(test(members.c.group_id)))

    def _at(self, compare: Compare) -> Clause:
        if compare.op != "==" or not isinstance(compare.value, str):
            raise _unfit(compare)
        place = names.place(names.parse(compare.value))
        if self.kind == "ou":
            return objects.c.id.in_(select(units.c.id).where(units.c.place == "\n".join(place)))
        parent = select(units.c.id).where(units.c.place == "\n".join(place[:-1]))
        return and_(objects.c.unit_id.is_not(None), objects.c.unit_id.in_(parent), objects.c.rdn_key == place[-1])


def _earlier(value: date, days: int) -> date:
    try:
        return value - timedelta(days=days)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC) if isinstance(value, datetime) else date.min


ATTRIBUTE_KINDS = frozenset({"user", "group", "ou", "computer", "contact"})


def _unfit(compare: Compare) -> RejectedError:
    return RejectedError(f"“{compare.attribute}” cannot be compared in this way.")


def _inside(groups: frozenset[str]) -> Clause:
    """Say that an object is a direct member of one of these groups."""
    return objects.c.id.in_(select(members.c.member_id).where(_one_of(members.c.group_id, groups)))


def _one_of(column: ColumnElement[Any], ids: frozenset[str]) -> Clause:
    return column.in_(bindparam(None, sorted(id_ for id_ in ids if "\x00" not in id_), expanding=True))


def _text_clause(column: ColumnElement[Any], compare: Compare, value: str) -> Clause:
    if not value:
        return false()
    if compare.op == "contains":
        return column.contains(value, autoescape=True)
    if compare.op == "starts_with":
        return and_(column >= value, column < value + "\U0010ffff", func.substr(column, 1, len(value)) == value)
    return _compared(column, compare, value)


def _compared(column: ColumnElement[Any], compare: Compare, value: object) -> Clause:
    clause: Clause = _ORDER[compare.op](column, value)
    return clause


def _moment_clause(column: ColumnElement[Any], compare: Compare) -> Clause:
    if isinstance(compare.value, datetime):
        if compare.value.tzinfo is None or compare.op not in _ORDER:
            raise _unfit(compare)
        return _compared(column, compare, compare.value)
    if not isinstance(compare.value, date) or isinstance(compare.value, bool):
        raise _unfit(compare)
    return _within_day(column, compare, datetime.combine(compare.value, time(), UTC))


def _within_day(column: ColumnElement[Any], compare: Compare, start: datetime) -> Clause:
    is_last = start.date() == date.max
    following = datetime.max.replace(tzinfo=UTC) if is_last else start + timedelta(days=1)
    clauses: Mapping[str, Clause] = {
        "==": and_(column >= start, column < following),
        "<": column < start,
        "<=": column < following,
        ">": column >= following,
        ">=": column >= start,
    }
    if compare.op not in clauses:
        raise _unfit(compare)
    return clauses[compare.op]
