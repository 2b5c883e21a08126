"""Measure how many forms are compiled in a second, against parsing the same YAML and nothing else."""

from collections.abc import Mapping
from statistics import median

from bench.figures import Figure
from bench.slices import Effort, compare
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.documents import read_slowly
from runner.deskfolder import library


def measure(effort: Effort) -> list[Figure]:
    """Compile the library again and again."""
    files, verbs = library(), {**DIRECTORY_VERBS, **MAILBOX_VERBS}
    found = compare(
        {"compile": lambda: load_catalogue(files, verbs), "parse": lambda: _parse(files)},
        effort,
    )
    forms = sum(".form." in name for name in files)
    compiled, parsed = (forms / median(found[name]) for name in ("compile", "parse"))
    return [Figure("forms compiled and checked", compiled, "/s", "their YAML only read in Python", parsed, goal=1)]


def _parse(files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        read_slowly(name, content)
