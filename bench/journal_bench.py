"""Measure the journal: durable chained appends against raw ones, and verifying against reading.

Run ``python -m bench.journal_bench [seconds]``; short slices of the things compared take turns, and medians count.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from runner.journal.chain import Head, seal
from runner.journal.exporting import json_lines
from runner.journal.records import JSON, Record
from runner.journal.verifying import verify
from runner.store.schema import upgrade
from runner.store.store import Store

SLICE_SECONDS = 0.3
CLIENTS = 8
RECORDS = 100_000


def record() -> Record:
    """Return a record whose line is about 512 bytes."""
    body: dict[str, JSON] = {
        "submission": "0d5c1f5e2ab84c0d",
        "actor": {"id": "id-alice", "login": "alice"},
        "target": {"kind": "user", "id": "id-bob", "label": "Bob"},
        "form": {"id": "unlock-account", "version": "3", "digest": "sha256:" + "0" * 24},
        "operation": "unlock",
        "ticket": "INC0012345",
    }
    return Record("intent", datetime.now(UTC), body)


def durations(work: Callable[[], object], seconds: float) -> Iterator[float]:
    """Yield how long each call took, for about ``seconds``."""
    end = perf_counter() + seconds
    while (start := perf_counter()) < end:
        work()
        yield perf_counter() - start


def compare(works: dict[str, Callable[[], object]], seconds: float) -> dict[str, float]:
    """Return the median of each, in seconds, slices taking turns."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(max(1, round(seconds / SLICE_SECONDS / len(works)))):
        for name, work in works.items():
            found[name] += durations(work, SLICE_SECONDS)
    return {name: median(values) for name, values in found.items()}


def report(*columns: object) -> None:
    """Write one line of the table."""
    sys.stdout.write("  ".join(str(column) for column in columns) + "\n")


def measure_appends(folder: Path, seconds: float) -> None:
    """Compare one client's durable appends, and give the rate of eight."""
    url = f"sqlite:///{folder / 'desk.db'}"
    upgrade(url)
    raw = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    block = b"x" * 511 + b"\n"

    def append_raw() -> None:
        os.write(raw, block)
        os.fdatasync(raw)

    with Store.open(url) as store:
        found = compare({"raw": append_raw, "journal": lambda: store.journal.append([record()])}, seconds)
        rate = concurrent_rate(lambda: store.journal.append([record()]), SLICE_SECONDS * 4)
    os.close(raw)
    report("append 512 bytes + fdatasync    ", f"{found['raw'] * 1e6:8.0f} µs")
    report(
        "durable chained append          ",
        f"{found['journal'] * 1e6:8.0f} µs",
        f"{found['journal'] / found['raw']:.2f} x",
    )
    report(f"the same, {CLIENTS} clients           ", f"{rate:8.0f} /s", f"{rate * found['raw']:.2f} x raw rate")


def concurrent_rate(work: Callable[[], object], seconds: float) -> float:
    """Return calls a second with several threads at once."""
    with ThreadPoolExecutor(CLIENTS) as threads:
        counts = threads.map(lambda _: sum(1 for _ in durations(work, seconds)), range(CLIENTS))
        return sum(counts) / seconds


def measure_verifying(folder: Path) -> None:
    """Compare verifying an export with merely reading its lines."""
    path, head = folder / "export.jsonl", Head()
    with path.open("wb") as output:
        for _ in range(RECORDS):
            sealed = seal(record(), head.seq + 1, head.hash)
            head = sealed.head
            output.writelines(json_lines([sealed.line]))
    read, verified = [], []
    for _ in range(3):
        read.append(timed(path, lambda lines: sum(1 for _ in lines)))
        verified.append(timed(path, lambda lines: verify(lines, head=(head.seq, head.hash)).ok or sys.exit("bad")))
    report("read lines                      ", f"{RECORDS / median(read):8.0f} /s")
    report(
        "verify lines                    ",
        f"{RECORDS / median(verified):8.0f} /s",
        f"{median(read) / median(verified):.2f} x",
    )


def timed(path: Path, work: Callable[[Iterator[bytes]], object]) -> float:
    """Return how long ``work`` took on the lines of a file, in seconds."""
    with path.open("rb") as lines:
        start = perf_counter()
        work(iter(lines))
        return perf_counter() - start


def main() -> None:
    """Measure everything in a folder of its own."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 6.0
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        measure_appends(Path(folder), seconds)
        measure_verifying(Path(folder))


if __name__ == "__main__":
    main()
