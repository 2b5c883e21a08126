"""The words of the language: every kind of record with its keys, and every field type. One table; performs no I/O.

The reader and the checker are driven by it; the editor schema and the language reference are made from it.
"""

from collections.abc import Mapping

from forms.vocabulary.access import ACCESS
from forms.vocabulary.companions import COMPANIONS
from forms.vocabulary.fields import ALIASES, FIELD, FIELD_TYPES, RECORDS_OF_FIELDS, keys_of
from forms.vocabulary.form import FORM
from forms.vocabulary.table import FieldType, Key, Kind

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (*FORM, FIELD, *RECORDS_OF_FIELDS, *COMPANIONS, *ACCESS)}

RESERVED = frozenset(
    [
        "target",
        "actor",
        "request",
        "run",
        "org",
        "value",
        "row",
        "item",
        "steps",
        "and",
        "or",
        "not",
        "in",
        "contains",
        "matches",
        "true",
        "false",
        "null",
    ]
)
"""Words that cannot be the id of a field."""

__all__ = [
    "ALIASES",
    "FIELD_TYPES",
    "KINDS",
    "RESERVED",
    "FieldType",
    "Key",
    "Kind",
    "keys_of",
]
