"""Time things against each other: short slices in turn, medians, so that a noisy machine cancels out."""

import sys
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter

SLICE_SECONDS = 0.3
ROUNDS = 8


def compare(works: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Return, for each thing, how long every call took, in seconds; slices take turns."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            end = perf_counter() + SLICE_SECONDS
            while (start := perf_counter()) < end:
                work()
                found[name].append(perf_counter() - start)
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    return median(values)


def report(title: str, figure: str) -> None:
    """Write one line of the table."""
    sys.stdout.write(f"{title:<64} {figure}\n")
    sys.stdout.flush()
