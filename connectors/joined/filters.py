"""A filter as it is asked of one of several directories: what can only be true elsewhere is nothing here. Pure.

Each condition is true of an object there exactly when the condition given is true of it with its joined id and references.
"""

from dataclasses import dataclass, replace

from connectors.errors import RejectedError
from connectors.joined.parts import Part
from connectors.joined.translating import Translation
from connectors.spi import UNSEEN, AllOf, AnyOf, Compare, Everything, Filter, Ids, InGroup, Not, Nothing, Ref, Under
from connectors.verbs import ATTRIBUTES

_DEEPEST = 60


def narrowed(filter_: Filter, kind: str, part: Part, translation: Translation) -> Filter:
    """Return what to ask of a directory, confined to its base; raises `RejectedError` for a comparison without sense."""
    inner = _Narrowing(kind, part, translation).of(filter_)
    return Under(part.base) if isinstance(inner, Everything) else AllOf((Under(part.base), inner))


def is_impossible(filter_: Filter) -> bool:
    """Say whether a filter matches nothing, whatever there is."""
    return _known(filter_) is False


def _known(filter_: Filter) -> bool | None:
    """Return whether it matches everything or nothing, None when that depends."""
    match filter_:
        case Everything():
            return True
        case Nothing():
            return False
        case Not(part):
            inner = _known(part)
            return None if inner is None else not inner
        case AllOf(parts) | AnyOf(parts):
            deciding = isinstance(filter_, AnyOf)
            found = {_known(part) for part in parts}
            return deciding if deciding in found else None if None in found else not deciding
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Narrowing:
    kind: str
    part: Part
    translation: Translation

    def of(self, filter_: Filter, depth: int = 0) -> Filter:
        if depth > _DEEPEST:
            raise RejectedError("The condition is nested too deeply.")
        match filter_:
            case Everything() | Nothing():
                return filter_
            case AllOf(parts):
                return AllOf(tuple(self.of(part, depth + 1) for part in parts))
            case AnyOf(parts):
                return AnyOf(tuple(self.of(part, depth + 1) for part in parts))
            case Not(part):
                return Not(self.of(part, depth + 1))
            case Ids(ids):
                own = frozenset(id_ for given in ids if (id_ := self.translation.own(given)) is not None)
                return Ids(own) if own else Nothing()
            case InGroup(group, nested):
                own_group = group if group == UNSEEN else self.translation.own(group)
                return Nothing() if own_group is None else InGroup(own_group, nested)
            case Under(place):
                return self._under(place)
            case Compare():
                return self._compare(filter_)

    def _under(self, place: tuple[str, ...]) -> Filter:
        if self.part.holds(place):
            return Under(place)
        is_above = bool(place) and self.part.base[: len(place)] == place
        return Everything() if is_above else Nothing()

    def _compare(self, compare: Compare) -> Filter:
        if compare.op in ("present", "absent"):
            return replace(compare, value=None)
        if compare.attribute == "id" and isinstance(compare.value, str) and compare.value:
            return self._compare_id(compare, compare.value)
        if isinstance(compare.value, Ref) and compare.value.kind in self.translation.kinds:
            return self._compare_reference(compare, compare.value)
        return compare

    def _compare_reference(self, compare: Compare, value: Ref) -> Filter:
        attribute = ATTRIBUTES.get(self.kind, {}).get(compare.attribute)
        if attribute is not None and attribute.type.removeprefix("list:") not in ATTRIBUTES:
            raise RejectedError(f"“{compare.attribute}” cannot be compared in this way.")
        own = self.translation.own(value.id)
        if own is not None:
            return replace(compare, value=Ref(value.kind, own))
        return Everything() if compare.op == "!=" else Nothing()

    def _compare_id(self, compare: Compare, value: str) -> Filter:
        """Compare ids that all begin with the same name."""
        prefix = self.part.prefix
        if compare.op in ("==", "!="):
            own = self.translation.own(value)
            if own is not None:
                return replace(compare, value=own)
            return Everything() if compare.op == "!=" else Nothing()
        if compare.op == "contains":
            return self._contains(compare, value)
        if value.startswith(prefix) and value != prefix:
            return replace(compare, value=value.removeprefix(prefix))
        if compare.op == "starts_with":
            return Everything() if prefix.startswith(value) else Nothing()
        is_greater = prefix >= value
        return Everything() if is_greater == (compare.op in (">", ">=")) else Nothing()

    def _contains(self, compare: Compare, value: str) -> Filter:
        prefix = self.part.prefix
        if value in prefix:
            return Everything()
        cuts = (value[cut:] for cut in range(1, len(value)) if prefix.endswith(value[:cut]))
        return AnyOf((compare, *(Compare("id", "starts_with", rest) for rest in cuts)))
