"""On which units rights are given so that they cover what is reached and nothing else. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from connectors.ldap.examining.sampling import Place, Reach


@dataclass(frozen=True, slots=True, order=True)
class Container:
    """A unit to give rights on; ``is_whole`` says that they hold in everything below it too, else in itself alone."""

    place: Place
    is_whole: bool = True


def containers(missing: Collection[Place], reach: Reach, units: Collection[Place]) -> tuple[Container, ...]:
    """Return the fewest units that hold everything ``missing`` and nothing that is out of reach, in order.

    A unit stands for all its children where each of them is missing or empty; nothing above ``units`` is ever taken.
    """
    choosing = _Choosing(frozenset(missing), reach, _children({*units, *reach.samples, *reach.barred}))
    found = sorted({choosing.highest(place, units) for place in missing})
    whole = [one.place for one in found if one.is_whole]
    return tuple(one for one in found if not any(_is_below(one.place, above) for above in whole))


@dataclass(frozen=True, slots=True)
class _Choosing:
    missing: frozenset[Place]
    reach: Reach
    children: dict[Place, list[Place]]

    def highest(self, place: Place, units: Collection[Place]) -> Container:
        if not all(map(self._is_open, self.children.get(place, ()))):
            return Container(place, is_whole=False)
        while place[:-1] in units and self._is_wanted(place[:-1]):
            place = place[:-1]
        return Container(place)

    def _is_open(self, place: Place) -> bool:
        """Whether nothing in a unit, nor below it, is out of reach."""
        below = self.children.get(place, ())
        is_parent = bool(below) and place not in self.reach.closed
        return (place not in self.reach.barred or is_parent) and all(map(self._is_open, below))

    def _is_wanted(self, place: Place) -> bool:
        """Whether everything in a unit and below it is missing, or empty."""
        below = self.children.get(place, ())
        is_parent = len(below) > 1 and place not in self.reach.samples and place not in self.reach.closed
        is_itself = place in self.missing or place in self.reach.empty
        return (is_itself or is_parent) and all(map(self._is_wanted, below))


def _children(places: Collection[Place]) -> dict[Place, list[Place]]:
    found: dict[Place, list[Place]] = {}
    for place in sorted(places):
        found.setdefault(place[:-1], []).append(place)
    return found


def _is_below(place: Place, above: Place) -> bool:
    return len(place) > len(above) and place[: len(above)] == above
