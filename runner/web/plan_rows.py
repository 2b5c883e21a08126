"""Long plans by row: what is done for each item of a list stands together, the first rows in full. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from runner.pipeline.pages import OperationView

MOST_IN_FULL = 20
"""How many rows of a long plan are shown in full; the others stand behind, short."""
_ITEM = re.compile(r"[^/]+/(\d+)")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What is done for one item of a list, or one operation by itself."""

    operations: tuple[OperationView, ...]


@dataclass(frozen=True, slots=True)
class PlanRows:
    """A plan by row: ``first`` in full, ``others`` short. A plan of few operations has all of them in ``first``."""

    first: tuple[PlanRow, ...]
    others: tuple[PlanRow, ...]

    @property
    def operations_behind(self) -> int:
        """How many operations stand behind the first rows."""
        return sum(len(row.operations) for row in self.others)


def by_row(operations: Sequence[OperationView]) -> PlanRows:
    """Return a plan by row when it is long, else one row for each operation, in their order."""
    if len(operations) <= MOST_IN_FULL:
        return PlanRows(tuple(PlanRow((one,)) for one in operations), ())
    rows: dict[str, list[OperationView]] = {}
    for one in operations:
        item = _ITEM.fullmatch(one.id)
        rows.setdefault(f"/{item[1]}" if item else one.id, []).append(one)
    found = tuple(PlanRow(tuple(row)) for row in rows.values())
    return PlanRows(found[:MOST_IN_FULL], found[MOST_IN_FULL:])
