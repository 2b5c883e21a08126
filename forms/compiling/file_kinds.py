"""Compile what only questions for a file have: the kinds that are taken, and how large one may be. Pure."""

from typing import Any

from forms.compiling.values import Values
from forms.definition import FILE_TYPES, MOST_FILE_BYTES
from forms.problems import did_you_mean
from forms.records import Record


def compile_file(values: Values, record: Record) -> dict[str, Any]:
    """Return the keys of a ``file`` field, noting kinds that do not exist and sizes out of bounds."""
    if record.type != "file":
        return {}
    most = record.integer("max_size")
    if most is not None and not 1 <= most <= MOST_FILE_BYTES:
        message = f'"max_size" of a file is between 1 and {MOST_FILE_BYTES} bytes'
        values.report.error("E115", record.node_of("max_size"), message, "Write it in bytes:  1048576  is 1 MiB.")
    return {"accept": _kinds(values, record), "max_size": most}


def _kinds(values: Values, record: Record) -> tuple[str, ...]:
    known = {**FILE_TYPES, **{type_: type_ for type_ in FILE_TYPES.values()}}
    found = []
    for word in record.strings("accept"):
        kind = known.get(word.lower().removeprefix("."))
        if kind is None:
            fix = did_you_mean(word, known) or f"Kinds: {', '.join(dict.fromkeys(FILE_TYPES.values()))}."
            values.report.error("E114", record.node_of("accept"), f'"{word}" is no kind of file a form can take', fix)
        else:
            found.append(kind)
    return tuple(dict.fromkeys(found))
