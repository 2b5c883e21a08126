"""Measure how many forms are compiled in a second, against parsing the same YAML and nothing else."""

from bench.slices import compare, middle, report
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.documents import read_document
from runner.deskfolder import library


def main() -> None:
    """Print the table."""
    files, verbs = library(), {**DIRECTORY_VERBS, **MAILBOX_VERBS}
    forms = {name: content for name, content in files.items() if ".form." in name}
    found = compare(
        {
            "compile": lambda: load_catalogue(files, verbs),
            "parse": lambda: [read_document(name, content) for name, content in files.items()],
        },
        rounds=3,
    )
    whole, parse = middle(found["compile"]), middle(found["parse"])
    report("forms compiled and checked", f"{len(forms) / whole:8.0f} a second")
    report("  against only parsing the same files", f"{whole / parse:8.2f} x")


if __name__ == "__main__":
    main()
