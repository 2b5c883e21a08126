"""Filters put together mean what their parts mean, and the yardstick follows the contract's words."""

import time
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.matching import matches
from connectors.spi import AllOf, AnyOf, Compare, Entry, Everything, Ids, InGroup, Not, Nothing, Ref, Under
from runner.access.filters import all_of, any_of, not_

ENTRY = Entry(
    Ref("user", "1"),
    "",
    ("dc=test", "ou=people"),
    {
        "title": "Chef",
        "office": "",
        "manager": Ref("user", "2"),
        "enabled": False,
        "expires_on": date(2026, 6, 15),
        "size": Decimal("2.0"),
        "groups": (Ref("group", "g"),),
        "addresses": ("a@sample.test", "b@sample.test"),
    },
    frozenset({"g", "above"}),
)
LEAVES = st.sampled_from(
    [
        Everything(),
        Nothing(),
        Ids(frozenset({"1"})),
        Ids(frozenset({"2"})),
        InGroup("above"),
        InGroup("above", nested=False),
        Under(("dc=test",)),
        Compare("title", "==", "chef"),
        Compare("office", "absent"),
    ]
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)


@given(st.lists(FILTERS, max_size=4))
def test_filters_put_together_mean_what_their_parts_mean(parts):
    assert matches(any_of(parts), ENTRY) == any(matches(part, ENTRY) for part in parts)
    assert matches(all_of(parts), ENTRY) == all(matches(part, ENTRY) for part in parts)
    assert [matches(not_(part), ENTRY) for part in parts] == [not matches(part, ENTRY) for part in parts]


def test_what_is_certain_or_impossible_is_said_plainly():
    assert any_of([]) == Nothing() == not_(Everything())
    assert all_of([]) == Everything() == not_(Nothing())
    assert any_of([Ids(frozenset("a")), Nothing(), Ids(frozenset("b"))]) == Ids(frozenset("ab"))
    assert any_of([InGroup("g"), Everything()]) == Everything()
    assert all_of([InGroup("g"), Everything(), InGroup("g")]) == InGroup("g")
    assert all_of([InGroup("g"), Nothing()]) == Nothing()


def test_places_are_compared_step_by_step():
    assert matches(Under(("dc=test", "ou=people")), ENTRY)
    assert not matches(Under(("dc=test", "ou=peop")), ENTRY)
    assert not matches(Under(("dc=test", "ou=people", "ou=north")), ENTRY)


def test_only_the_first_group_is_direct():
    assert matches(InGroup("above"), ENTRY)
    assert matches(InGroup("g", nested=False), ENTRY)
    assert not matches(InGroup("above", nested=False), ENTRY)


def test_comparisons_ignore_case_keep_types_apart_and_never_match_empty():
    found = [
        Compare("title", "==", "CHEF"),
        Compare("title", "starts_with", "ch"),
        Compare("title", "contains", "ef"),
        Compare("title", "<", "cook"),
        Compare("title", ">", "CAFE"),
        Compare("title", "<=", "chef"),
        Compare("title", "<=", "cook"),
        Compare("title", ">=", "cafe"),
        Compare("title", ">=", "CHEF"),
        Compare("size", "<", 3),
        Compare("expires_on", ">=", date(2026, 6, 15)),
        Compare("title", "contains", "HE"),
        Compare("manager", "==", Ref("user", "2")),
        Compare("enabled", "==", False),
        Compare("expires_on", "<=", date(2026, 6, 15)),
        Compare("expires_on", ">", date(2026, 6, 14)),
        Compare("size", ">=", 2),
        Compare("addresses", "contains", "A@sample.test"),
        Compare("office", "absent"),
        Compare("nothing", "absent"),
        Compare("title", "present"),
        Compare("title", "!=", "cook"),
        Compare("nothing", "!=", "cook"),
    ]
    missed = [
        Compare("office", "==", ""),
        Compare("nothing", "==", None),
        Compare("enabled", "==", 0),
        Compare("manager", "==", "2"),
        Compare("title", "!=", "CHEF"),
        Compare("office", "present"),
        Compare("office", "<", "x"),
        Compare("title", "<", 5),
        Compare("title", "starts_with", "ef"),
        Compare("title", "starts_with", ""),
        Compare("title", "<", "CHEF"),
        Compare("title", ">", "chef"),
        Compare("title", "<=", "CHE"),
        Compare("title", ">=", "cook"),
        Compare("size", "<", 2),
        Compare("size", ">", 2),
        Compare("expires_on", "<", date(2026, 6, 15)),
        Compare("expires_on", ">", date(2026, 6, 15)),
        Compare("office", "==", "  "),
        Compare("manager", "contains", "2"),
    ]
    assert [part for part in found if not matches(part, ENTRY)] == []
    assert [part for part in missed if matches(part, ENTRY)] == []


MIDNIGHT = datetime(2026, 6, 15, 0, 30, tzinfo=timezone(timedelta(hours=2)))  # the evening before, in UTC


@pytest.mark.parametrize(
    ("op", "day", "is_found"),
    [
        ("==", date(2026, 6, 14), True),
        ("==", date(2026, 6, 15), False),
        ("<", date(2026, 6, 15), True),
        (">=", date(2026, 6, 15), False),
        ("<=", date(2026, 6, 14), True),
    ],
)
def test_a_day_beside_a_moment_is_that_day_in_utc(op, day, is_found):
    entry = Entry(Ref("user", "1"), "", (), {"last_logon": MIDNIGHT})
    assert matches(Compare("last_logon", op, day), entry) == is_found


@pytest.mark.parametrize(("op", "is_found"), [("==", True), ("<", False), ("<=", True), (">", False), ("!=", False)])
def test_a_moment_beside_a_day_is_the_day_it_is_in_utc(op, is_found):
    entry = Entry(Ref("user", "1"), "", (), {"expires_on": date(2026, 6, 14)})
    assert matches(Compare("expires_on", op, MIDNIGHT), entry) == is_found


def test_the_time_zone_of_the_machine_does_not_count(monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        moment, day = {"last_logon": MIDNIGHT}, {"last_logon": date(2026, 6, 14)}
        assert matches(Compare("last_logon", "==", date(2026, 6, 14)), Entry(Ref("user", "1"), "", (), moment))
        assert matches(Compare("last_logon", "==", MIDNIGHT), Entry(Ref("user", "1"), "", (), day))
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(("written", "found"), [("Zoé", "ZOE\u0301"), ("Straße", "STRASSE"), ("ǰ", "J\u030c")])
def test_texts_are_equal_whatever_their_case_and_however_accents_are_encoded(written, found):
    assert matches(Compare("title", "==", written), Entry(Ref("user", "1"), "", (), {"title": found}))
