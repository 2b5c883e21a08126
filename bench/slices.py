"""Time things against each other: short slices in turn, medians, so that a noisy machine cancels out."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

_BLOCK = b"x" * 511 + b"\n"


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and on how much to measure; the defaults are those of ``make bench``."""

    slice_seconds: float = 0.3
    rounds: int = 6
    bindings: int = 1_000
    people: int = 100_000
    decisions: int = 20_000
    records: int = 50_000
    searched: int = 1_000_000
    journeys: int = 100
    clients: int = 8
    forms: int = 1_000
    rows: int = 10_000


def compare(works: Mapping[str, Callable[[], object]], effort: Effort) -> dict[str, list[float]]:
    """Return, for each thing, how long every call took, in seconds; slices take turns."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(effort.rounds):
        for name, work in works.items():
            found[name] += durations(work, effort.slice_seconds)
    return found


def durations(work: Callable[[], object], seconds: float) -> list[float]:
    """Return how long each call took; calls for about ``seconds``, at least once."""
    found: list[float] = []
    end = perf_counter() + seconds
    while not found or perf_counter() < end:
        found.append(timed(work))
    return found


def timed(work: Callable[[], object]) -> float:
    """Return how long one call took, in seconds."""
    start = perf_counter()
    work()
    return perf_counter() - start


def rates(works: Mapping[str, Callable[[int], object]], effort: Effort) -> dict[str, float]:
    """Return calls a second of each with ``effort.clients`` threads at once; a work is told which thread it is in."""
    found: dict[str, list[float]] = {name: [] for name in works}
    with ThreadPoolExecutor(effort.clients) as threads:
        for _ in range(max(1, effort.rounds // 2)):
            for name, work in works.items():
                found[name].append(_rate(threads, work, effort))
    return {name: median(values) for name, values in found.items()}


def _rate(threads: ThreadPoolExecutor, work: Callable[[int], object], effort: Effort) -> float:
    def calls(client: int) -> int:
        return len(durations(lambda: work(client), effort.slice_seconds * 3))

    start = perf_counter()
    count = sum(threads.map(calls, range(effort.clients)))
    return count / (perf_counter() - start)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@contextmanager
def durable_writes(file: Path) -> Iterator[Callable[[], None]]:
    """Give what every durable record costs at least: 512 bytes appended, then ``fdatasync``."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write() -> None:
        os.write(descriptor, _BLOCK)
        os.fdatasync(descriptor)

    try:
        yield write
    finally:
        os.close(descriptor)
