"""Import 100,000 entries from a generated LDIF file; print the rate and the peak memory.

Run ``python -m bench.import_bench [number of people]``.
"""

import resource
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from connectors.local.importing import import_file
from connectors.local.transactions import open_engine

SUFFIX = "dc=bench,dc=test"
UNITS = 200
GIVEN = ("Zoë", "Bram", "Lieke", "Ömer", "Søren", "Nynke", "Ángel", "Femke")
FAMILY = ("Appelboom", "Çiçek", "Lindqvist", "Kraanvogel", "Dvořáček", "Haverkist", "Straßburger")


def lines(people: int) -> Iterator[str]:
    """Yield an LDIF file with units, people (each with a manager and one group) and groups."""
    yield "version: 1\n"
    yield from (f"dn: ou={ou},{SUFFIX}\nobjectClass: organizationalUnit\nou: {ou}\n" for ou in ("people", "groups"))
    for unit in range(UNITS):
        yield f"dn: ou=d{unit:03d},ou=people,{SUFFIX}\nobjectClass: organizationalUnit\nou: d{unit:03d}\n"
    for number in range(people):
        yield _person(number)
    for group in range(UNITS):
        members = "".join(f"member: {_dn(number)}\n" for number in range(group, people, UNITS))
        yield f"dn: cn=g{group:03d},ou=groups,{SUFFIX}\nobjectClass: groupOfNames\ncn: g{group:03d}\n{members}"


def _dn(number: int) -> str:
    return f"uid=u{number:06d},ou=d{number % UNITS:03d},ou=people,{SUFFIX}"


def _person(number: int) -> str:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]
    return (
        f"dn: {_dn(number)}\nobjectClass: inetOrgPerson\nuid: u{number:06d}\n"
        f"cn:: {_base64(f'{given} {family} {number}')}\ngivenName:: {_base64(given)}\nsn:: {_base64(family)}\n"
        f"mail: u{number:06d}@bench.test\ntelephoneNumber: +31105{number:06d}\ntitle: Tester of very many things and\n"
        f"  of their folded lines\ndepartmentNumber: {number % 40}\nemployeeNumber: {number}\n"
        f"manager: {_dn(number // 10)}\nentryUUID: 00000000-0000-4000-8000-{number:012x}\n"
    )


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


@dataclass(frozen=True, slots=True)
class Import:
    """What one import of the file took and found; memory in bytes, of its own process."""

    seconds: float
    peak_memory: int
    entries: int
    changed: int
    refused: int
    dangling: int


def _import(folder: str, results: "SimpleQueue[Import]") -> None:
    engine = open_engine(f"sqlite:///{folder}/directory.db")
    start = perf_counter()
    with (Path(folder) / "bench.ldif").open("rb") as stream:
        report = import_file(engine, stream, format="ldif", now=datetime.now(UTC))
    seconds = perf_counter() - start
    engine.dispose()
    added, changed, unchanged = (sum(counts.values()) for counts in (report.added, report.changed, report.unchanged))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    entries = added + changed + unchanged
    results.put(Import(seconds, peak, entries, changed, len(report.refused), len(report.dangling)))


def measure(people: int) -> tuple[Import, Import]:
    """Import a generated file twice, each time in a process of its own so that the peak is of this import alone."""
    processes = get_context("spawn")
    with TemporaryDirectory(prefix="deskhand-bench-") as folder:
        with (Path(folder) / "bench.ldif").open("w", encoding="utf-8") as out:
            out.writelines(f"{record}\n" for record in lines(people))

        def once() -> Import:
            results: SimpleQueue[Import] = processes.SimpleQueue()
            process = processes.Process(target=_import, args=(folder, results))
            process.start()
            process.join()
            if process.exitcode:
                raise SystemExit("the import that was measured failed")
            return results.get()

        return once(), once()


def main(people: int) -> None:
    """Print both."""
    for title, done in zip(("first import", "second import"), measure(people), strict=True):
        sys.stdout.write(
            f"{title:<14}{done.entries:>9,} entries {done.seconds:8.1f} s {done.entries / done.seconds:9,.0f}/s"
            f"   peak {done.peak_memory / 2**20:6.0f} MB   refused {done.refused}, dangling {done.dangling}\n"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
