"""What was measured beside its yardstick: ratios, a table of them, and a file that keeps them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Literal, TypeAlias

Unit: TypeAlias = Literal["s", "/s", "bytes", "count"]
_HEADER = ("What", "Ours", "Yardstick", "", "Ratio", "Goal", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: ``ours`` and ``yardstick`` in the same unit, taken in turns in the same run.

    ``goal`` is what the ratio should at most be, for a rate (``/s``) at least.
    """

    name: str
    ours: float
    unit: Unit
    against: str
    yardstick: float
    goal: float | None = None

    @property
    def ratio(self) -> float:
        """Ours divided by the yardstick."""
        return self.ours / self.yardstick

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        if self.goal is None:
            return None
        return self.ratio >= self.goal if self.unit == "/s" else self.ratio <= self.goal

    @property
    def is_sound(self) -> bool:
        """Whether both numbers and their ratio are finite and above nothing."""
        return all(isfinite(value) and value > 0 for value in (self.ours, self.yardstick, self.ratio))


def shown(value: float, unit: Unit) -> str:
    """Write a value as people read it. Pure."""
    if unit == "/s":
        return f"{value:,.0f}/s" if value >= 10 else f"{value:.1f}/s"
    if unit == "count":
        return f"{value:,.0f}"
    if unit == "bytes":
        return f"{value / 1024:,.1f} KB"
    return f"{value * 1e3:,.2f} ms" if value >= 1e-3 else f"{value * 1e6:,.1f} µs"


def table(figures: Iterable[Figure]) -> str:
    """Lay the figures out under each other. Pure."""
    rows = [_HEADER, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    left = {0, 2, 6}
    lines = [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _row(figure: Figure) -> tuple[str, ...]:
    sign = "≥" if figure.unit == "/s" else "≤"
    goal = f"{sign} {figure.goal:g}" if figure.goal is not None else ""
    verdict = {True: "ok", False: "MISSED", None: ""}[figure.is_met]
    ratio = f"{figure.ratio:.3g} x" if figure.ratio < 100 else f"{figure.ratio:,.0f} x"
    return (
        figure.name,
        shown(figure.ours, figure.unit),
        figure.against,
        shown(figure.yardstick, figure.unit),
        ratio,
        goal,
        verdict,
    )


def keep(figures: Iterable[Figure], file: Path) -> None:
    """Write the figures as JSON: an array of objects, times in seconds, rates per second."""
    rows = [
        {
            "name": figure.name,
            "ours": figure.ours,
            "unit": figure.unit,
            "against": figure.against,
            "yardstick": figure.yardstick,
            "ratio": figure.ratio,
            "goal": figure.goal,
            "is_met": figure.is_met,
        }
        for figure in figures
    ]
    file.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
