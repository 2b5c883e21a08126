"""What a change of the policy comes to, put together: the same change for many people is one. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from runner.access.census import Census

Scope: TypeAlias = Literal["these", "others", "own", "each", "installation"]
Form: TypeAlias = str | None
_SCOPES: tuple[Scope, ...] = ("installation", "these", "others", "each", "own")


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One change that is the same for everybody it concerns.

    ``people`` is a set of the census, ``clients`` are API clients.  ``forms`` holds the forms in which it counts, with
    None for outside any form and in those that no binding names; an empty set stands for everywhere.  ``scope`` says
    what it is about: ``these`` things (the set ``things``), the same but for a person's own account (``others``), each
    one's ``own`` account, other things for ``each`` of them (``pairs``: a set of one person and the things), or the
    ``installation`` as a whole.
    """

    gains: bool
    permissions: tuple[str, ...]
    kind: str
    scope: Scope
    people: int
    clients: tuple[str, ...] = ()
    things: int = 0
    pairs: tuple[tuple[int, int], ...] = ()
    forms: frozenset[Form] = frozenset()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that a change of the policy changes; the sets are of ``census``.

    ``protected`` and ``unprotected`` map kinds to the things that no binding reaches any more, or that bindings reach
    again; ``holders`` and ``no_holders`` are people who become, or are no more, accounts with rights over others, whom
    only those may change who hold as much.
    """

    census: Census
    changes: tuple[PolicyChange, ...]
    protected: Mapping[str, int] = field(default_factory=dict)
    unprotected: Mapping[str, int] = field(default_factory=dict)
    holders: int = 0
    no_holders: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes for anybody."""
        return not (self.changes or self.protected or self.unprotected or self.holders or self.no_holders)


@dataclass(frozen=True, slots=True)
class Found:
    """A change of one permission, for a class of people, one person or a client, in one form or ``everywhere``."""

    gains: bool
    permission: str
    kind: str
    scope: Scope
    people: int
    client: str | None
    things: int
    form: Form
    everywhere: bool


def over_forms(
    permission: str, kind: str, scope: Scope, who: tuple[int, str | None], by_form: Mapping[Form, tuple[int, int]]
) -> Iterator[Found]:
    """Yield what is lost and what is gained: what is so in every form once, then what each form has beyond that.

    ``by_form`` maps each form to the sets lost and gained.  With the scope ``own`` these are sets of people.
    """
    for gains in (False, True):
        sets = {form: pair[gains] for form, pair in by_form.items()}
        always = -1
        for bits in sets.values():
            always &= bits
        rest = {form: bits & ~always for form, bits in sets.items()}
        for form, bits, everywhere in ((None, always, True), *((form, bits, False) for form, bits in rest.items())):
            if bits:
                people, things = (bits, 0) if scope == "own" else (who[0], bits)
                yield Found(gains, permission, kind, scope, people, who[1], things, form, everywhere)


def grouped(found: Iterable[Found]) -> tuple[PolicyChange, ...]:
    """Put together what is the same: people first, then permissions, then forms; losses before gains."""
    who: dict[tuple[object, ...], list[Found]] = {}
    for one in found:
        things = 0 if one.scope == "each" else one.things
        key = (one.gains, one.scope, one.kind, one.permission, one.everywhere, one.form, things)
        who.setdefault(key, []).append(one)
    permissions: dict[tuple[object, ...], list[PolicyChange]] = {}
    for same in who.values():
        change = _together(same)
        about = (change.gains, change.scope, change.kind, change.people, change.clients, change.things, change.pairs)
        permissions.setdefault((*about, change.forms), []).append(change)
    forms: dict[tuple[object, ...], list[PolicyChange]] = {}
    for rest, same_people in permissions.items():
        names = tuple(sorted(name for one in same_people for name in one.permissions))
        forms.setdefault((*rest[:-1], names), []).append(_with(same_people[0], names, same_people[0].forms))
    changes = (
        _with(same_all[0], same_all[0].permissions, frozenset[Form]().union(*(one.forms for one in same_all)))
        for some in forms.values()
        for same_all in _apart(some)
    )
    return tuple(sorted(changes, key=_order))


def _apart(some: list[PolicyChange]) -> Iterator[list[PolicyChange]]:
    """Yield those that count everywhere, and those that count in some forms, apart: an empty set means everywhere."""
    for everywhere in (True, False):
        if chosen := [one for one in some if (not one.forms) == everywhere]:
            yield chosen


def _together(same: list[Found]) -> PolicyChange:
    first = same[0]
    people = 0
    for one in same:
        people |= one.people
    clients = tuple(sorted({one.client for one in same if one.client is not None}))
    pairs = tuple(sorted((one.people, one.things) for one in same)) if first.scope == "each" else ()
    things = 0 if first.scope == "each" else first.things
    forms: frozenset[Form] = frozenset() if first.everywhere else frozenset({first.form})
    return PolicyChange(
        first.gains, (first.permission,), first.kind, first.scope, people, clients, things, pairs, forms
    )


def _with(change: PolicyChange, permissions: tuple[str, ...], forms: frozenset[Form]) -> PolicyChange:
    return PolicyChange(
        change.gains, permissions, change.kind, change.scope, change.people, change.clients, change.things, change.pairs, forms
    )  # fmt: skip


def _order(change: PolicyChange) -> tuple[object, ...]:
    forms = tuple(sorted(form or "" for form in change.forms))
    size = change.people.bit_count() + len(change.clients)
    return change.gains, len(forms), forms, change.kind, _SCOPES.index(change.scope), -size, change.permissions
