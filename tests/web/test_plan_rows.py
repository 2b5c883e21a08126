"""Long plans by row: what is done for one item stands together, and most rows stand behind."""

from runner.pipeline.pages import OperationView
from runner.web.plan_rows import MOST_IN_FULL, by_row


def operations(*ids: str) -> list[OperationView]:
    return [OperationView(id_, id_, (), can_undo=True) for id_ in ids]


def test_a_short_plan_stays_in_its_order() -> None:
    found = by_row(operations("create/1", "create/2", "join/1", "join/2", "tell"))
    assert [row.operations[0].id for row in found.first] == ["create/1", "create/2", "join/1", "join/2", "tell"]
    assert found.others == ()


def test_a_long_plan_puts_together_what_is_done_for_one_item() -> None:
    numbers = range(1, 201)
    found = by_row(operations("first", *(f"create/{n}" for n in numbers), *(f"join/{n}" for n in numbers), "last"))
    assert [[one.id for one in row.operations] for row in found.first[:2]] == [["first"], ["create/1", "join/1"]]
    assert len(found.first) == MOST_IN_FULL
    assert (len(found.others), found.operations_behind) == (182, 363)
    assert found.others[-1].operations[0].id == "last"
