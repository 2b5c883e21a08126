"""The schema of each kind of file. Pure."""

from collections.abc import Mapping

from connectors.spi import Verb
from forms.vocabulary import KINDS
from forms.vocabulary.schemas.names import Names
from forms.vocabulary.schemas.records import Records
from forms.vocabulary.schemas.shapes import Json

DRAFT = "http://json-schema.org/draft-07/schema#"


def _formats() -> Mapping[str, str]:
    """Return the kinds of record that are files, by their format without the number: ``form`` → ``FORM``."""
    found = {}
    for kind in KINDS.values():
        if "format" in kind.keys:
            found[_format(kind.name).split("/")[0]] = kind.name
    return found


def _format(kind: str) -> str:
    return KINDS[kind].keys["format"].kind.removeprefix("one of ")


FILES: Mapping[str, str] = _formats()
"""The kinds of file, as in ``form/1``, and the kind of record each one is."""


def file_name(file: str) -> str:
    """Return the name under which a schema is kept and served, ``form-1.json``; raises `KeyError`."""
    return _format(FILES[file]).replace("/", "-") + ".json"


def schema_of(file: str, verbs: Mapping[str, Verb], names: Names | None = None) -> Json:
    """Return the draft-07 schema of a kind of file; raises `KeyError` when there is no such kind.

    ``verbs`` are those of the installed connectors, by full name; ``names`` those of a desk folder.
    """
    records = Records(verbs, names or Names())
    root = records.record(FILES[file])
    definitions = records.definitions
    if "extends" in root["properties"]:
        based = Records(verbs, names or Names(), is_based=True)
        root = _either(root, based.record(FILES[file]))
        definitions = {**definitions, **based.definitions}
    title = f"Deskhand: {KINDS[FILES[file]].title} ({_format(FILES[file])})"
    return {"$schema": DRAFT, **root, "title": title, "definitions": dict(sorted(definitions.items()))}


def _either(whole: Json, based: Json) -> Json:
    """Return the schema of a file that is whole in itself or, with ``extends``, based on another one."""
    ours, theirs = whole["properties"], based["properties"]
    differing = [name for name in ours if ours[name] != theirs[name]]
    described = {name: {"description": ours[name]["description"]} for name in differing}
    return {
        **whole,
        "properties": {**ours, **described},
        "if": {"required": ["extends"]},
        "then": {"properties": {name: theirs[name] for name in differing}},
        "else": {"properties": {name: ours[name] for name in differing}},
    }
