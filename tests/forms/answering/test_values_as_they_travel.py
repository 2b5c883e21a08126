"""Answers as JSON and as values: a value, its answer and back; and how values are recorded."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from connectors.spi import OutputRef, Ref, Secret, SecretRef
from forms.answering.wire import as_wire, empty, normalise, stored, typed
from forms.values import Choice, Delta, Duration, Value
from tests.forms.answering.answering_desk import EVERY_TYPE, NOW, small_form

FIELDS = {field.id: field for field in EVERY_TYPE.fields}
MANY = small_form("fields: [{ id: a, type: user, multiple: true }]\n").field("a")
TEXTS = some.text(some.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=30)
IDS = some.text("abcdef0123456789-", min_size=1, max_size=40)
NUMBERS = some.integers(-(10**15), 10**15) | some.decimals("-1e9", "1e9", places=2)
VALUES: dict[str, some.SearchStrategy[Any]] = {
    "text": TEXTS,
    "multiline": TEXTS,
    "number": NUMBERS,
    "boolean": some.booleans(),
    "choice": some.builds(Choice, IDS),
    "choices": some.lists(some.builds(Choice, IDS), max_size=4).map(tuple),
    "date": some.dates(),
    "datetime": some.datetimes(timezones=some.just(UTC)),
    "group": some.builds(Ref, some.just("group"), IDS),
    "user": some.lists(some.builds(Ref, some.just("user"), IDS), max_size=4).map(tuple),
    "membership": some.builds(
        Delta, *[some.lists(some.builds(Ref, some.just("group"), IDS), max_size=3).map(tuple)] * 2
    ),
}


@settings(max_examples=150, deadline=None)
@given(some.sampled_from(sorted(VALUES)).flatmap(lambda name: some.tuples(some.just(name), VALUES[name])))
def test_a_value_becomes_an_answer_and_the_same_value_again(case: tuple[str, Value]) -> None:
    name, value = case
    answer = as_wire(FIELDS[name], value)
    assert typed(FIELDS[name], answer) == value
    assert typed(FIELDS[name], normalise(FIELDS[name], answer)) == value


@settings(max_examples=150, deadline=None)
@given(some.sampled_from(sorted(FIELDS)), some.text(max_size=30) | some.lists(some.text(max_size=5), max_size=3))
def test_tidying_twice_changes_nothing_more(name: str, posted: object) -> None:
    once = normalise(FIELDS[name], posted)
    assert normalise(FIELDS[name], once) == once


def test_a_question_without_an_answer_has_the_value_of_its_type() -> None:
    found = {name: empty(field) for name, field in FIELDS.items()}
    special = {"boolean": False, "membership": Delta(), "choices": (), "rows": (), "csv": (), "user": (), "table": ()}
    assert found == {name: special.get(name) for name in FIELDS}
    assert {name: typed(field, None) for name, field in FIELDS.items()} == found


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (datetime(2030, 3, 1, 12, tzinfo=UTC), "2030-03-01"),
        (date(2030, 3, 1), "2030-03-01"),
        (None, None),
        (Decimal("2.0"), 2),
        (Decimal("2.5"), 2.5),
        ((Ref("user", "u-1"), "x", Choice("y")), ["u-1", "x", "y"]),
    ],
)
def test_what_a_day_starts_with_is_written_as_a_page_writes_it(value: Value, wire: object) -> None:
    assert as_wire(FIELDS["date"], value) == wire


def test_one_object_for_several_is_a_list_of_one() -> None:
    assert as_wire(MANY, Ref("user", "u-1")) == ["u-1"]
    assert as_wire(FIELDS["group"], Ref("group", "g-1")) == "g-1"


@pytest.mark.parametrize(
    ("value", "recorded"),
    [
        (None, None),
        (True, True),
        (5, 5),
        ("text", "text"),
        (Decimal("2.50"), "2.5"),
        (date(2030, 3, 4), "2030-03-04"),
        (NOW, "2030-03-04T09:00:00+00:00"),
        (Duration(6, 60), {"months": 6, "seconds": 60}),
        (Ref("user", "u-1"), "user:u-1"),
        (OutputRef("create", "user", "user"), "steps.create.user"),
        (Choice("x", {"label": "y"}), "x"),
        (Delta((Ref("group", "g-1"),), (Ref("group", "g-2"),)), {"add": ["group:g-1"], "remove": ["group:g-2"]}),
        (SecretRef("password"), "[secret]"),
        (Secret("correct horse"), "[secret]"),
        ([{"a": Ref("user", "u-1")}, SecretRef("p")], [{"a": "user:u-1"}, "[secret]"]),
    ],
    ids=repr,
)
def test_a_value_is_recorded_as_plain_json(value: Value, recorded: object) -> None:
    assert stored(value) == recorded


@pytest.mark.parametrize("wire", ["2030-02-30", "20300304", "2030-3-4", 20300304, ["2030-03-04"], "2030-03-04\n", True])
def test_what_is_no_day_has_no_value(wire: object) -> None:
    assert typed(FIELDS["date"], wire) is None


@pytest.mark.parametrize("wire", ["2030-03-04T09:00:00", "2030-03-04", "noon", 5, None])
def test_what_is_no_moment_has_no_value(wire: object) -> None:
    assert typed(FIELDS["datetime"], wire) is None


def test_a_malformed_answer_never_becomes_a_value_of_another_type() -> None:
    odd: list[object] = [True, 5, 2.5, "x\0", "\ud800", [5], [["x"]], {"add": 5}, {"x": 1}, [{"inner": 5}], "u" * 300]
    kinds: dict[str, type | tuple[type, ...]] = {"number": (int, Decimal), "boolean": bool, "membership": Delta}
    for name, field in FIELDS.items():
        for wire in odd:
            value = typed(field, wire) if field.type not in ("note", "computed") else None
            wanted = kinds.get(name, (str, tuple, Choice, Ref, SecretRef, date))
            assert value is None or isinstance(value, wanted), (name, wire)
            assert not (isinstance(value, bool) and name != "boolean")


def test_a_moment_keeps_its_offset() -> None:
    wire = "2030-03-04T10:00:00+01:00"
    value = typed(FIELDS["datetime"], wire)
    assert isinstance(value, datetime)
    assert value.utcoffset() == timedelta(hours=1)
    assert as_wire(FIELDS["datetime"], value) == wire


@pytest.mark.parametrize(
    ("posted", "number"),
    [
        ("1", 1), ("1,5", 1.5), ("+7", 7), ("1,234", "1,234"), ("-1,234,567", "-1,234,567"), ("1234,5", 1234.5),
        ("12,34,5", "12,34,5"), ("1e15", 10**15), ("1e16", "1e16"), ("1e-15", 1e-15), ("1e-16", "1e-16"),
        ("0", 0), ("inf", "inf"), (10**15, 10**15), (-(10**15), -(10**15)), (10**15 + 1, "too large"),
        (float("nan"), "too large"), ([1], [1]),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it_or_left_to_be_refused(posted: object, number: object) -> None:
    assert normalise(FIELDS["number"], posted) == number
