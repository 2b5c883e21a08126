"""From a named search with its arguments to a filter, as `connectors.spi.Filter` says it. Pure.

A date beside a moment stands for the first moment of its day in the organisation's time zone, as in expressions; only
``==``, ``!=`` and ``in`` mean the whole day, since nothing ever equals its first moment.  A moment beside a date works
the other way round: the date is the first moment of its day.  A comparison with an empty value matches nothing, and so
does a ``not`` that holds one, since it would match everybody otherwise.  A list without entries is no empty value: nothing
is among them, and everything is not.

Only the author of a search names objects by texts, which are found wherever they are.  A text that is filled in names
none: it may have been typed, and would reach beyond the scope of whoever typed it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import assert_never, cast

from connectors.errors import UnavailableError
from connectors.spi import AllOf, AnyOf, Compare, Comparison, Filter, Ids, InGroup, Not, Nothing, Ref, Under
from connectors.spi import Value as Asked
from connectors.verbs import ATTRIBUTES
from forms.answering.situation import given
from forms.definition import Condition, Either, Given, Lookup, Opposite, Relation, Where
from forms.expressions import Environment
from forms.values import OBJECT_KINDS, Choice, Value

MOST_VALUES = 1_000
"""The most values that one attribute is compared with."""

_MOMENTS = ("date", "datetime")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Makes the filters of one named search; raises `MissingFacts` for objects its values speak of."""

    lookup: Lookup
    environment: Environment

    def filters(self) -> tuple[Filter, ...]:
        """Return the filters, all of which have to match.

        Raises `UnavailableError` when the search names an object that is not there, or compares with too many values:
        then no list is better than a wrong one.
        """
        return tuple(self._filter(part) for part in self.lookup.where)

    def _filter(self, part: Where) -> Filter:
        match part:
            case Condition():
                return self._condition(part)
            case Relation():
                return self._relation(part)
            case Either(branches):
                return AnyOf(tuple(AllOf(tuple(map(self._filter, branch))) for branch in branches))
            case Opposite(parts):
                turned = AllOf(tuple(map(self._filter, parts)))
                return Nothing() if _compares_with_empty(turned) else Not(turned)
            case _:
                assert_never(part)

    # --- relations --------------------------------------------------------------------------------------------------

    def _relation(self, part: Relation) -> Filter:
        kinds = {"in_group": "group", "under": "ou", "id": self.lookup.kind}
        value = self._with_objects(part.value, kinds[part.name])
        if part.name == "id":
            ids = Ids(frozenset(item.id for item in self._bounded(value) if isinstance(item, Ref)))
            return AnyOf((ids, Nothing())) if self._lacks_some(part.value, value) else ids
        entry = self.environment.facts.entry(value) if isinstance(value, Ref) else None
        if entry is None:
            return Nothing()
        return InGroup(entry.ref.id, part.nested) if part.name == "in_group" else Under(entry.place)

    def _with_objects(self, written: Given, kind: str) -> Value:
        """Work a value out whose type is ``kind``, or several of them; what is no such object is left out."""
        if isinstance(written, tuple | list):
            return tuple(self._with_objects(item, kind) for item in written)
        if isinstance(written, str):
            return self._reference(written, kind)
        value = given(written, self.environment)
        if isinstance(value, tuple | list):
            return tuple(item for item in value if isinstance(item, Ref) and item.kind == kind)
        return value if isinstance(value, Ref) and value.kind == kind else None

    def _lacks_some(self, written: Given, value: Value) -> bool:
        """Say whether what was written came out empty, or an entry of a list did; a text is no object, so it counts too."""
        if not isinstance(value, tuple | list):
            return _is_empty(value)
        if any(map(_is_empty, value)) or isinstance(written, tuple | list):
            return any(map(_is_empty, value))
        entries = given(written, self.environment)
        is_cut = isinstance(entries, tuple | list) and len(entries) != len(value)
        return is_cut and any(not isinstance(entry, Ref) for entry in cast("Sequence[Value]", entries))

    def _reference(self, text: str, kind: str) -> Ref:
        """Return the object that the author of the search calls ``text``."""
        entry = self.environment.facts.named(kind, text)
        if entry is None:
            raise UnavailableError(f"The search “{self.lookup.id}” names something that is not there. Tell its owner.")
        return entry.ref

    # --- attributes -------------------------------------------------------------------------------------------------

    def _condition(self, part: Condition) -> Filter:
        if part.op in ("present", "absent"):
            return Compare(part.attribute, cast("Comparison", part.op))
        kind = ATTRIBUTES[self.lookup.kind][part.attribute].type.removeprefix("list:")
        is_object = kind in OBJECT_KINDS
        value = self._with_objects(part.value, kind) if is_object else _plain(given(part.value, self.environment))
        if part.op == "in":
            found = tuple(self._compare(part.attribute, "==", item) for item in self._bounded(value))
            return AnyOf((*found, Nothing())) if self._lacks_some(part.value, value) else AnyOf(found)
        return self._compare(part.attribute, cast("Comparison", part.op), value)

    def _compare(self, attribute: str, op: Comparison, value: Value) -> Filter:
        type_ = ATTRIBUTES[self.lookup.kind][attribute].type
        if value is None or value in ("", ()):
            return Nothing()
        if type_ in _MOMENTS and isinstance(value, date):
            return compared_in_time(attribute, type_, op, value, self.environment.now)
        return Compare(attribute, op, cast("Asked", value))

    def _bounded(self, value: Value) -> Sequence[Value]:
        items = [_plain(item) for item in value] if isinstance(value, tuple | list) else [value]
        if len(items) > MOST_VALUES:
            raise UnavailableError(f"The search “{self.lookup.id}” is asked about too many things at once.")
        return [item for item in items if item is not None]


def _is_empty(value: Value) -> bool:
    return value is None or _plain(value) == ""


def _compares_with_empty(part: Filter) -> bool:
    """Say whether a filter holds a comparison that matches nothing because its value is empty."""
    if isinstance(part, AllOf | AnyOf):
        return any(map(_compares_with_empty, part.parts))
    return _compares_with_empty(part.part) if isinstance(part, Not) else isinstance(part, Nothing)


def compared_in_time(attribute: str, type_: str, op: Comparison, value: date, now: datetime) -> Filter:
    """Return what a comparison of a date or moment attribute with a date or moment means; see the module. Pure.

    ``type_`` is that of the attribute; ``now`` is in the organisation's time zone.
    """
    is_moment = isinstance(value, datetime)
    if type_ == "datetime" and not is_moment:
        return _beside_day(attribute, op, value, now)
    if type_ == "date" and isinstance(value, datetime):
        return _day_beside_moment(attribute, op, value.astimezone(now.tzinfo))
    return Compare(attribute, op, value)


def _beside_day(attribute: str, op: Comparison, day: date, now: datetime) -> Filter:
    start = datetime.combine(day, time(), now.tzinfo)
    if op not in ("==", "!="):
        return Compare(attribute, op, start)
    within: Filter = Compare(attribute, ">=", start)
    if day < date.max:
        end = datetime.combine(day + timedelta(days=1), time(), now.tzinfo)
        within = AllOf((within, Compare(attribute, "<", end)))
    return within if op == "==" else Not(within)


def _day_beside_moment(attribute: str, op: Comparison, moment: datetime) -> Filter:
    """A day is before a moment that is later than its first; ``>`` and ``<=`` are the same for all moments of a day."""
    is_first = moment.timetz().replace(tzinfo=None) == time()
    if op == "<" and not is_first:
        return Compare(attribute, "<=", moment.date())
    if op == ">=" and not is_first:
        return Compare(attribute, ">", moment.date())
    return Compare(attribute, op, moment.date())


def _plain(value: Value) -> Value:
    return value.value if isinstance(value, Choice) else value


def names_of(
    lookup: Lookup, arguments: Iterable[tuple[str, object]], actor: Ref, org: Mapping[str, str]
) -> Mapping[str, Value]:
    """Return what the values of a named search see; an argument that was not given is empty. Pure."""
    given_ = cast("Mapping[str, Value]", dict(arguments))
    return {**{argument.name: given_.get(argument.name) for argument in lookup.takes}, "actor": actor, "org": dict(org)}
