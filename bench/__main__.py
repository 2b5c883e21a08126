"""Run the measurements: ``python -m bench [NAME …] [--json FILE]``."""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

from bench import (
    access_bench,
    bulk_bench,
    check_bench,
    compile_bench,
    directory_bench,
    engine_bench,
    http_bench,
    journal_bench,
    people_bench,
    pipeline_bench,
)
from bench.figures import Figure, keep, table
from bench.slices import Effort

PARTS: Mapping[str, Callable[[Effort], list[Figure]]] = {
    "decisions": access_bench.measure,
    "people": people_bench.measure,
    "forms": compile_bench.measure,
    "check": check_bench.measure,
    "journal": journal_bench.measure,
    "pipeline": pipeline_bench.measure,
    "http": http_bench.measure,
    "directory": directory_bench.measure,
    "engine": engine_bench.measure,
    "bulk": bulk_bench.measure,
}


def main() -> None:
    """Run the parts that were named, or all, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, as ratios in one run.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(PARTS)}; all of them without")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in a file too")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    figures: list[Figure] = []
    for name in asked.names or PARTS:
        start = perf_counter()
        figures += PARTS[name](Effort())
        sys.stderr.write(f"{name}: {perf_counter() - start:.0f} s\n")
    sys.stdout.write(f"\n{table(figures)}\n")
    if asked.json is not None:
        keep(figures, asked.json)


if __name__ == "__main__":
    main()
