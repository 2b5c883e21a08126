"""Every format that the journal is exported in, by name. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from runner.journal.cef import cef_lines
from runner.journal.exporting import csv_lines, json_lines
from runner.journal.ocsf import ocsf_lines
from runner.journal.syslog import syslog_lines

FORMATS = ("jsonl", "csv", "cef", "syslog", "ocsf")


def written(format_: str, lines: Iterable[str], *, version: str, host: str) -> Iterator[bytes]:
    """Yield records in a format of `FORMATS`; ``version`` is the product's, ``host`` the name of this machine."""
    writers: Mapping[str, Callable[[], Iterator[bytes]]] = {
        "jsonl": lambda: json_lines(lines),
        "csv": lambda: (row.encode("utf-8") for row in csv_lines(lines)),
        "cef": lambda: cef_lines(lines, version),
        "syslog": lambda: syslog_lines(lines, host),
        "ocsf": lambda: ocsf_lines(lines, version),
    }
    return writers[format_]()
