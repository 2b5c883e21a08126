"""A census answers for everybody at once what `matches` answers for each: on random objects and random filters."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.matching import matches
from connectors.spi import (
    AllOf,
    AnyOf,
    Compare,
    Entry,
    Everything,
    Ids,
    InGroup,
    Not,
    Nothing,
    Ref,
    Under,
)
from runner.access.bits import bits_of, full, numbers_in
from runner.access.census import Census
from runner.access.selecting import BoundSelector

GROUPS = ("g1", "g2", "g3")
PLACES = (("a",), ("a", "b"), ("a", "bb"), ("a", "b", "c"), ())
VALUES = (None, "", "  ", "Sales", "SALES", "sales ", 3, True, False, date(2026, 6, 1),
          Ref("user", "p1"), (), ("Sales", "x"), (Ref("group", "g1"),))  # fmt: skip
ATTRIBUTES = ("department", "manager", "enabled", "groups")
OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "contains", "starts_with", "present", "absent")


@st.composite
def entries(draw):
    found = []
    for number in range(draw(st.integers(0, 20))):
        attributes = {name: draw(st.sampled_from(VALUES)) for name in ATTRIBUTES if draw(st.booleans())}
        groups = draw(st.frozensets(st.sampled_from(GROUPS)))
        kind = draw(st.sampled_from(("user", "group")))
        found.append(Entry(Ref(kind, f"p{number}"), "", draw(st.sampled_from(PLACES)), attributes, groups))
    return found


LEAVES = st.one_of(
    st.just(Everything()),
    st.just(Nothing()),
    st.sampled_from(PLACES).map(Under),
    st.builds(InGroup, st.sampled_from((*GROUPS, "unknown")), st.booleans()),
    st.frozensets(st.sampled_from(("p1", "p2", "p3", "unknown"))).map(Ids),
    st.builds(Compare, st.sampled_from(ATTRIBUTES), st.sampled_from(OPERATORS), st.sampled_from(VALUES)),
)
FILTERS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.lists(parts, max_size=3).map(lambda some: AllOf(tuple(some))),
        st.lists(parts, max_size=3).map(lambda some: AnyOf(tuple(some))),
        parts.map(Not),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(entries(), FILTERS, st.sampled_from([None, ATTRIBUTES]))
def test_a_filter_over_all_is_the_filter_on_each(found, filter_, kept):
    census = Census.of(found, kept)
    for kind in ("user", "group", "unicorn"):
        expected = [entry.ref.id for entry in found if entry.ref.kind == kind and matches(filter_, entry)]
        assert list(census.ids(kind, census.matching(filter_, kind))) == expected


@given(
    entries(), st.sampled_from([None, ("a", "b")]), st.sampled_from([None, "g1"]), st.booleans(),
    st.sampled_from([None, frozenset({"p1", "p2"})]), st.sampled_from([(), (("department", "sales"),)]),
)  # fmt: skip
def test_a_selector_over_all_is_the_selector_on_each(found, place, group, direct, ids, match):
    selector = BoundSelector("user", place, group, direct, ids, match)
    census = Census.of(found)
    assert list(census.ids("user", census.selected(selector))) == [e.ref.id for e in found if selector.selects(e)]


@given(st.frozensets(st.integers(0, 2_000)))
def test_numbers_come_back_out_of_their_bits(numbers):
    bits = bits_of(numbers, 2_001)
    assert (list(numbers_in(bits)), bits.bit_count()) == (sorted(numbers), len(numbers))
    assert sorted(numbers_in(full(2_001) & ~bits)) == sorted(set(range(2_001)) - numbers)


def test_a_census_knows_each_object_once_and_what_it_was_asked_to_keep():
    alice = Entry(Ref("user", "a"), "CN=a", ("x",), {"login": "alice", "department": "IT", "title": "Head"})
    census = Census.of([alice, alice], ["department"])
    assert (census.kinds, census.count("user"), census.count("group")) == (("user",), 1, 0)
    assert census.entry(alice.ref).attributes == {"login": "alice", "department": "IT"}
    assert census.entry(Ref("user", "b")) is None
    assert census.entry(Ref("ou", "a")) is None
    assert (census.bit(alice.ref), census.bit(Ref("user", "b"))) == (1, 0)
    assert list(census.values("user", "department")) == [("it", 1)]


def test_what_was_not_kept_is_never_taken_for_empty():
    census = Census.of([Entry(Ref("user", "a"), "", (), {"title": "Head"})], ["department"])
    for op in ("absent", "!="):
        with pytest.raises(ValueError, match="title"):
            census.matching(Compare("title", op, "Head"), "user")
    with pytest.raises(ValueError, match="title"):
        list(census.values("user", "title"))


def test_the_first_of_a_set_can_be_shown_without_the_rest():
    census = Census.of(Entry(Ref("user", f"p{number:04d}"), "", (), {}) for number in range(3_000))
    shown = [entry.ref.id for entry in census.entries("user", census.everything("user"), most=2)]
    assert shown == ["p0000", "p0001"]
