"""What somebody may do is the union of what each binding gives: no binding takes from another, and none adds to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.matching import matches
from connectors.spi import Entry, Ref
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.model import (
    SELECTOR_KINDS,
    Actor,
    ActorValue,
    Binding,
    Policy,
    Principal,
    ResourceSet,
    Role,
    Selector,
)
from runner.access.resolving import resolve

NOW = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)
NAMES = ("one", "two", "three")
UNITS = ("ou=a", "ou=b", "ou=c,ou=a")
FORMS = (None, "reset", "unlock")
DAYS = [None, *(NOW.date() + timedelta(days=days) for days in (-1, 0, 1))]
WHO = Principal("user", "one")
KINDS = tuple(SELECTOR_KINDS.values())
MOSTLY = (*KINDS, *("user", "group", "form", "ou") * 3)


def place(text: str) -> tuple[str, ...]:
    return tuple(reversed(text.split(",")))


def located(kind: str, text: str) -> Ref | None:
    return Ref(kind, f"{kind}-{text}") if text in NAMES else None


def things() -> list[Entry]:
    """Return objects of every kind in every place, in no group or one, of either department or none."""
    found = []
    for kind in KINDS:
        for number, name in enumerate((*NAMES, "reset", "unlock")):
            unit = (*place(UNITS[number % 3]), f"ou={name}") if kind == "ou" else place(UNITS[number % 3])
            department = (None, "Sales", "Finance")[number % 3]
            id_ = name if kind in ("form", "mail_domain") else f"{kind}-{name}"
            groups = frozenset({f"group-{NAMES[number % 2]}"}) if number else frozenset()
            found.append(Entry(Ref(kind, id_), name, unit, {"department": department, "title": "x"}, groups))
    return found


THINGS = things()
ME = next(one for one in THINGS if one.ref == Ref("user", "user-one"))


@st.composite
def selectors(draw: st.DrawFn) -> Selector:
    kind = draw(st.sampled_from(MOSTLY))
    if kind in ("form", "mail_domain"):
        return Selector(kind, ids=draw(st.none() | st.tuples(st.sampled_from(("one", "reset")))))
    limits = draw(st.frozensets(st.sampled_from(("under", "in_group", "ids", "match", "own")), max_size=2))
    matches_ = [(("department", "Sales"),), (("department", ActorValue("department")),)]
    return Selector(
        kind,
        under=draw(st.sampled_from(UNITS)) if "under" in limits else None,
        in_group=draw(st.sampled_from(NAMES)) if "in_group" in limits else None,
        ids=tuple(draw(st.lists(st.sampled_from((*NAMES, "gone")), min_size=1, max_size=2)))
        if "ids" in limits
        else None,
        match=draw(st.sampled_from(matches_)) if "match" in limits else (),
        own=kind == "user" and "own" in limits,
    )


@st.composite
def given_rights(draw: st.DrawFn, name: str) -> tuple[Role, Sequence[ResourceSet], Binding]:
    permissions = draw(st.frozensets(st.sampled_from(sorted(PERMISSIONS)), min_size=1, max_size=20))
    sets = [
        ResourceSet(
            f"{name}-{number}",
            "",
            tuple(draw(st.lists(selectors(), min_size=1, max_size=3))),
            tuple(draw(st.lists(selectors(), max_size=2))),
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    starts, ends = draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS))
    forms = draw(st.none() | st.frozensets(st.sampled_from(("reset", "unlock")), min_size=1))
    window: tuple[date | None, date | None] = (starts, ends)
    on = tuple(one.id for one in sets)
    return Role(name, "", permissions), sets, Binding(name, (WHO,), name, on, forms, *window)


def authority_of(*rights: tuple[Role, Sequence[ResourceSet], Binding]) -> Authority:
    roles = {role.id: role for role, _, _ in rights}
    sets = {one.id: one for _, found, _ in rights for one in found}
    return Authority(resolve(Policy(roles, sets, tuple(binding for *_, binding in rights)), located, place))


@settings(max_examples=60, deadline=None)
@given(given_rights("first"), given_rights("second"), st.sampled_from(FORMS), st.sampled_from(("Sales", None)))
def test_two_bindings_allow_exactly_what_either_allows(first, second, form, department):
    me = replace(ME, attributes={**ME.attributes, "department": department})
    actor = Actor("account", "one", "One", me)
    alone, both = [authority_of(first), authority_of(second)], authority_of(first, second)
    for permission in sorted(first[0].permissions | second[0].permissions):
        for entry in THINGS:
            asked = {"form": form, "now": NOW}
            either = [one.decide(actor, permission, entry, **asked).allowed for one in alone]
            decision = both.decide(actor, permission, entry, **asked)
            assert decision.allowed == any(either), (permission, entry.ref, decision)
            assert (decision.binding or "").split("/")[0] in (
                {"first", "second"} if all(either) else {"first"} if either[0] else {"second"} if either[1] else {""}
            )
        for kind in KINDS:
            found = [matches(both.scope(actor, [permission], kind, form=form, now=NOW), one) for one in THINGS]
            parts = [
                [matches(one.scope(actor, [permission], kind, form=form, now=NOW), thing) for thing in THINGS]
                for one in alone
            ]
            of_kind = [number for number, thing in enumerate(THINGS) if thing.ref.kind == kind]
            assert [found[n] for n in of_kind] == [parts[0][n] or parts[1][n] for n in of_kind]
        held = [one.holds(actor, permission, "", form=form, now=NOW) for one in (*alone, both)]
        assert held[2] == (held[0] or held[1])


@settings(max_examples=20, deadline=None)
@given(given_rights("first"), st.sampled_from(FORMS))
def test_the_same_binding_twice_gives_nothing_more(first, form):
    role, sets, binding = first
    again = replace(role, id="again"), sets, replace(binding, id="again", role="again")
    actor, once, twice = Actor("account", "one", "One", ME), authority_of(first), authority_of(first, again)
    for permission in PERMISSIONS:
        for entry in THINGS:
            before = once.decide(actor, permission, entry, form=form, now=NOW)
            assert twice.decide(actor, permission, entry, form=form, now=NOW) == before
