"""Whatever JSON is posted to the forms of the library, nothing undeclared, hidden or of a wrong type gets into a plan."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import category

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as some

from connectors.spi import OutputRef, Ref, SecretRef
from forms.answering.schema import is_answered_by_people
from forms.answering.situation import Request, Situation
from forms.answering.validating import validate
from forms.answering.wire import PICKERS, empty
from forms.answering.working_out import Worked
from forms.definition import Field, Form
from forms.errors import AnswersError
from forms.planning import Plan, plan
from forms.values import Choice, Delta, Value
from tests.forms.answering.answering_desk import ENTRIES, OUT_OF_REACH, Reading, situation_for
from tests.forms.desk_folders import library, load

LIBRARY, _ = load(library())
CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
TARGETS: Mapping[str, tuple[str, ...]] = {
    "": ("user:u-bob",),
    "user": ("user:u-alice", "user:u-bob", "user:u-charlie"),
    "group": ("group:g-drawings", "group:g-maps"),
    "mailbox": ("mailbox:m-sales",),
}
"""Things a form can be opened for, by kind; the desk of these tests has no computers."""


def target_kind(form: Form) -> str:
    """Return the kind of thing a form is about, empty for one that makes something."""
    return form.target.type if form.target else ""


FORMS = sorted(id_ for id_, form in LIBRARY.forms.items() if target_kind(form) in TARGETS)
IDS = some.sampled_from([entry.ref.id for entry in ENTRIES] + ["u-nobody", "", "root", "u-bob\0"])
WORDS = some.sampled_from(
    [
        "Sales",
        "Finance",
        "020 123 4567",
        "+31201234567",
        "sales-north",
        "full_access",
        "send_as",
        "yes",
        "5",
        "2030-01-01",
    ]
)
TEXTS = some.text(max_size=12) | WORDS | IDS
SCALARS = some.none() | some.booleans() | some.integers() | some.floats() | TEXTS
JUNK = some.recursive(
    SCALARS, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)


PEOPLE = some.sampled_from(["u-alice", "u-bob", "u-charlie", "u-erin"])
GROUPS = some.lists(some.sampled_from(["g-drawings", "g-maps", "g-wages"]), max_size=2, unique=True)
RIGHTS = some.lists(some.sampled_from(["full_access", "send_as"]), min_size=1, max_size=2, unique=True)
CAREFUL: Mapping[str, some.SearchStrategy[Any]] = {
    "boolean": some.booleans(),
    "membership": some.fixed_dictionaries({"add": GROUPS, "remove": GROUPS}),
    "choices": RIGHTS,
    "choice": some.sampled_from(["Sales", "Finance", "Warehouse", ""]),
    "phone": some.sampled_from(["020 123 4567", "+31201234567", ""]),
    "text": some.sampled_from(["sales-north", "board-room"]),
}
CARELESS: Mapping[str, some.SearchStrategy[Any]] = {
    "boolean": some.booleans(),
    "membership": some.fixed_dictionaries(
        {}, optional={side: some.lists(IDS, max_size=3) for side in ("add", "remove")}
    ),
    "choices": some.lists(WORDS, max_size=2),
    "choice": some.sampled_from(["Sales", "Finance", "Nowhere"]),
    "phone": some.sampled_from(["020 123 4567", "12"]),
}


def fitting(field: Field, *, careful: bool) -> some.SearchStrategy[Any]:
    """Return answers of about the right shape, so that many posts get far; careful ones mostly fit."""
    if field.type == "rows":
        columns = {column.id: fitting(column, careful=careful) for column in field.fields}
        row = some.fixed_dictionaries(columns) if careful else some.fixed_dictionaries({}, optional=columns)
        return some.lists(row, max_size=3, min_size=int(careful))
    people = PEOPLE if careful else IDS
    return (CAREFUL if careful else CARELESS).get(field.type, people if field.type in PICKERS else TEXTS)


@some.composite
def submissions(draw: some.DrawFn) -> tuple[str, str, dict[str, Any]]:
    form = LIBRARY.forms[draw(some.sampled_from(FORMS))]
    target = draw(some.sampled_from(TARGETS[target_kind(form)]))
    careful = draw(some.booleans())
    posted: dict[str, Any] = {}
    for field in form.fields:
        kind = draw(some.integers(0, 9))
        open_ = is_answered_by_people(field)
        if open_ and (field.required is True or kind < 6):
            posted[field.id] = draw(JUNK if kind == 5 and not careful else fitting(field, careful=careful))
        elif kind == 9 and not careful:
            posted[field.id] = draw(JUNK)
    if not careful and draw(some.integers(0, 9)) == 0:
        posted[draw(TEXTS | some.sampled_from(["target", "operations", "form", "actor", "password"]))] = draw(JUNK)
    return form.id, target, posted


def _situation(form: Form, target: str) -> Situation:
    request = Request(reason="Asked for by phone") if form.record.reason == "required" else Request()
    whom = target if form.target else None
    return situation_for(form, whom, request=request, catalogue=LIBRARY)


def attempt(form: Form, target: str, posted: dict[str, Any]) -> tuple[Worked, Plan] | None:
    """Validate and plan as a submission does; None when the answers were refused. Any other error is a fault."""
    reading = Reading(catalogue=LIBRARY)
    situation = _situation(form, target)
    try:
        worked, known = reading.gather(situation, lambda now: validate(now, posted))
    except AnswersError:
        return None
    return worked, reading.gather(known, lambda now: plan(now, worked))[0]


def check(form: Form, target: str, posted: dict[str, Any]) -> bool:
    """Say whether the answers were taken, after checking that everything in them and in the plan may be there."""
    found = attempt(form, target, posted)
    if found is None:
        return False
    worked, made = found
    assert posted.keys() <= {field.id for field in form.fields if is_answered_by_people(field)}
    for field in form.fields:
        answer = worked.answers[field.id]
        assert answer.asked or worked.values[field.id] == empty(field), field.id
        assert has_the_type(field, worked.values[field.id]), field.id
        assert not answer.readonly or not answer.is_given
    asked = [one for field in form.fields for one in (field, *field.fields)]
    has_lines = any(one.type == "multiline" for one in asked)
    for planned in made.operations:
        for value in leaves(planned.operation.arguments):
            assert isinstance(value, str | int | Decimal | bool | date | Ref | OutputRef | SecretRef | None)
            text = value.replace("\n", "") if has_lines and isinstance(value, str) else value
            assert not isinstance(text, str) or CONTROL.isdisjoint(map(category, text)), planned.operation.id
    assert chosen(form, worked) <= reachable(target)
    return True


def chosen(form: Form, worked: Worked) -> set[str]:
    """Return the ids of all objects that were answered, not those that a default or the target brings."""
    return {
        value.id
        for field in form.fields
        if worked.answers[field.id].is_given
        for value in leaves(worked.values[field.id])
        if isinstance(value, Ref)
    }


def reachable(target: str) -> set[str]:
    present = next(entry for entry in ENTRIES if str(entry.ref) == target).attributes
    own = [present.get(name) for name in ("manager", "groups", "owner")]
    kept = {value.id for value in leaves(own) if isinstance(value, Ref)}
    return {entry.ref.id for entry in ENTRIES if entry.ref.id not in OUT_OF_REACH} | kept


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, Delta):
        yield from (*value.add, *value.remove)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield value


KINDS: Mapping[str, tuple[type, ...]] = {
    "boolean": (bool,), "number": (int, Decimal), "choice": (Choice, Ref), "date": (date,), "datetime": (datetime,),
    "password": (SecretRef,), "membership": (Delta,), "note": (),
}  # fmt: skip


def has_the_type(field: Field, value: Value) -> bool:
    """Say whether a value is what the language promises for a question of this type."""
    if value is None:
        return field.type not in ("boolean", "membership", "choices", "rows") and not field.multiple
    if field.type == "rows":
        columns = {column.id: column for column in field.fields}
        return isinstance(value, tuple) and all(
            isinstance(row, Mapping)
            and row.keys() == columns.keys()
            and all(has_the_type(column, row[id_]) for id_, column in columns.items())
            for row in value
        )
    if field.type == "table" and field.select == "none":
        return isinstance(value, tuple) and all(isinstance(item, Ref) for item in value)
    if field.type == "choices" or field.multiple:
        kind: tuple[type, ...] = (Choice, Ref) if field.type == "choices" else (Ref,)
        return isinstance(value, tuple) and all(isinstance(item, kind) for item in value)
    if field.type in PICKERS:
        return isinstance(value, Ref) and value.kind == field.type
    return field.type == "computed" or isinstance(value, KINDS.get(field.type, (str,)))


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(submissions())
def test_random_answers_are_taken_whole_or_refused(case: tuple[str, str, dict[str, Any]]) -> None:
    name, target, posted = case
    event(f"{name}: {'taken' if check(LIBRARY.forms[name], target, posted) else 'refused'}")


@pytest.mark.torture
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(submissions())
def test_twenty_thousand_random_answers_are_taken_whole_or_refused(case: tuple[str, str, dict[str, Any]]) -> None:
    name, target, posted = case
    check(LIBRARY.forms[name], target, posted)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.sampled_from(FORMS), some.dictionaries(TEXTS, JUNK, min_size=1, max_size=4))
def test_names_no_form_has_are_always_refused(name: str, posted: dict[str, Any]) -> None:
    form = LIBRARY.forms[name]
    unknown = {key: value for key, value in posted.items() if key not in form.order}
    assert not unknown or attempt(form, TARGETS[target_kind(form)][0], unknown) is None


def test_lines_go_on_only_where_lines_are_asked_for() -> None:
    """What a random run found once: a reply of two lines is one."""
    assert check(LIBRARY.forms["auto-reply"], "mailbox:m-sales", {"message": "00000000\n0"})
    details = LIBRARY.forms["update-contact-details"]
    assert check(details, "user:u-alice", {"office": "A"})
    assert not check(details, "user:u-alice", {"office": "A\nB"})
