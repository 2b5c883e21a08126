"""From answers to operations: case files with a form, what is posted, and the plan it gives."""

from pathlib import Path
from typing import Any

import pytest

from forms.answering.wire import stored
from forms.plan_digest import operation_json
from forms.planning import Plan, PlanError, PlannedOperation, plan
from tests.forms.answering.answering_cases import Case, read_cases
from tests.forms.answering.answering_desk import validated

EXPECTING = frozenset({"plan", "refused", "whole"})
CASES = [case for file in sorted(Path(__file__).parent.glob("*.cases.yaml")) for case in read_cases(file, EXPECTING)]


def planned(case: Case) -> Plan:
    situation, reading = case.situation(), case.reading()
    worked = validated(situation, case.post, reading)
    return reading.gather(situation, lambda known: plan(known, worked))[0]


def _cases(*keys: str) -> list[Any]:
    return [pytest.param(case, id=str(case)) for case in CASES if case.expected.keys() & set(keys)]


def described(one: PlannedOperation) -> dict[str, Any]:
    return {
        "id": one.operation.id,
        "do": one.operation.verb,
        "with": {name: stored(value) for name, value in one.operation.arguments.items()},
        "needs": [f"{need.permission} @ {stored(need.on)}" for need in one.requirements],
        "title": one.title,
        "note": one.note,
        "until": one.until.isoformat() if one.until else None,
        "on_error": one.on_error,
        "undo": one.undo,
        "retry": one.retry,
    }


@pytest.mark.parametrize("case", _cases("plan", "whole"))
def test_answers_give_these_operations(case: Case) -> None:
    made = planned(case)
    wanted = case.expected.get("plan", [])
    found = [described(one) for one in made.operations]
    if "plan" in case.expected:
        assert [one["id"] for one in found] == [row["id"] for row in wanted]
    for row, one in zip(wanted, found, strict=False):
        assert {key: one[key] for key in row} == row
    whole = {"approval": made.approval, "later": made.runs_at is not None, "ends_by_itself": made.ends_by_itself}
    assert {key: whole[key] for key in case.expected.get("whole", {})} == case.expected.get("whole", {})


@pytest.mark.parametrize("case", _cases("refused"))
def test_what_cannot_be_carried_out_is_refused_as_a_whole(case: Case) -> None:
    with pytest.raises(PlanError) as refused:
        planned(case)
    assert str(refused.value) == case.expected["refused"]


@pytest.mark.parametrize("case", _cases("plan"))
def test_the_same_answers_give_the_same_plan_again(case: Case) -> None:
    assert planned(case) == planned(case)
    assert [operation_json(one) for one in planned(case).operations] == [
        operation_json(one) for one in planned(case).operations
    ]
