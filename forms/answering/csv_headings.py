"""Find the columns of a ``csv`` question by the headings of a file: their ids or their labels in any language. Pure."""

from collections.abc import Iterator, Mapping

from forms.answering.csv_reading import CsvError, CsvLine
from forms.definition import Field
from forms.headings import heading_key
from forms.problems import did_you_mean


def labels(column: Field) -> Iterator[str]:
    """Yield the label of a column in every language, as far as it is plain text."""
    for template in column.label.languages.values():
        text = "".join(part for part in template.parts if isinstance(part, str)).strip()
        if text:
            yield text


def match_headings(field: Field, headings: CsvLine) -> Mapping[int, str]:
    """Return which column stands at each place of a file, from 0.

    Raises `CsvError` with every heading that is unknown, there twice or missing.
    """
    known, asked = _known(field), {column.id for column in _asked(field)}
    places: dict[int, str] = {}
    messages: list[str] = []
    for at, heading in enumerate(headings.cells):
        found = known.get(heading_key(heading), ())
        if len(found) == 1 and found[0] in asked and found[0] not in places.values():
            places[at] = found[0]
        elif heading:
            messages.append(_why_not(field, heading, found))
    missing = [column for column in _needed(field) if column.id not in places.values()]
    messages += [f"The column “{_called(column)}” is missing." for column in missing]
    if messages:
        raise CsvError(*messages)
    return places


def is_in_files(column: Field) -> bool:
    """Say whether a column is filled in by files at all."""
    return column.type not in ("computed", "note")


def _known(field: Field) -> dict[str, tuple[str, ...]]:
    """Return the ids each heading may mean; an id goes before labels."""
    known: dict[str, tuple[str, ...]] = {}
    for column in field.fields:
        for label in labels(column):
            found = known.get(heading_key(label), ())
            known[heading_key(label)] = found if column.id in found else (*found, column.id)
    return known | {heading_key(column.id): (column.id,) for column in field.fields}


def _why_not(field: Field, heading: str, found: tuple[str, ...]) -> str:
    shown = heading if len(heading) <= 60 else heading[:59] + "…"
    if len(found) > 1:
        return f"The heading “{shown}” may mean several columns. Write one of: {', '.join(found)}."
    if found and not is_in_files(next(column for column in field.fields if column.id == found[0])):
        return f"“{shown}” is worked out by the desk. Remove the column."
    if found:
        return f"The column “{shown}” is there twice."
    names = [name for column in field.fields if is_in_files(column) for name in (column.id, *labels(column))]
    hint = did_you_mean(shown, names) or f"Columns: {', '.join(dict.fromkeys(map(_called, _asked(field))))}."
    return f"There is no column “{shown}”. {hint}"


def _asked(field: Field) -> list[Field]:
    return [column for column in field.fields if is_in_files(column)]


def _needed(field: Field) -> list[Field]:
    return [column for column in _asked(field) if column.required is True and column.default is None]


def _called(column: Field) -> str:
    return next(labels(column), column.id)
