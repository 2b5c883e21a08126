"""The page of the reference about fields. Pure."""

from collections.abc import Mapping

from forms.reference.examples import Examples, shown
from forms.reference.markdown import anchor, block, code, table
from forms.reference.records import keys_table, record
from forms.vocabulary import ALIASES, FIELD_TYPES, KINDS, FieldType, keys_of
from forms.vocabulary.fields import RECORDS_OF_FIELDS

_TOP = """# Fields

A field is one question, or something shown among the questions. Every field has the keys of the first table; each type adds
its own. Fields stand in `fields:` in the order in which they are asked, under headings where that helps.

A field gets its answer in one of four ways, and there is no fifth: from `default` (followed until the person types), from
`from` (the target's value when the form opens), from `value` of a computed field (always worked out, never typed), or from the
person. A field that is not asked, because its `when` does not hold, has no answer, and none is stored or sent."""


def fields_page(examples: Examples, pages: Mapping[str, str]) -> str:
    """Return the page about fields: the keys of all, the types, and each type with an example."""
    parts = [
        _TOP,
        _overview(),
        f"## Field\n\nThe keys of every field.\n\n{keys_table(KINDS['FIELD'].keys.values(), pages)}",
    ]
    parts += [type_part(field_type, examples, pages) for field_type in FIELD_TYPES.values()]
    parts.append("# What stands inside fields")
    parts += [record(kind, pages) for kind in RECORDS_OF_FIELDS]
    return "\n\n".join(parts) + "\n"


def _overview() -> str:
    rows = (
        (f"[`{each.name}`](#{anchor(each.name)})", each.meaning, each.json, code(each.type))
        for each in FIELD_TYPES.values()
    )
    return table(("type", "what it is", "answer in JSON", "type in conditions"), rows)


def type_part(field_type: FieldType, examples: Examples, pages: Mapping[str, str]) -> str:
    """Return the part of the page about one type: what it is, its own keys, an example."""
    keys = keys_of(field_type.name)
    own = [keys[name] for name in field_type.keys]
    others = sorted(alias for alias, name in ALIASES.items() if name == field_type.name)
    parts = [f"## {field_type.name}", f"{field_type.meaning[0].upper()}{field_type.meaning[1:]}."]
    if others:
        parts.append(f"Elsewhere called {', '.join(others)}.")
    if own:
        parts.append(keys_table(own, pages))
    if field_type.name in examples.fields:
        parts.append(block(shown(examples.fields[field_type.name])))
    return "\n\n".join(parts)
