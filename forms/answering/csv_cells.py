"""What somebody wrote in a cell of a file, as the answer a page would have given. Pure, but for the facts it lacks.

Yes and no are read in several languages, days as ``2027-01-31``, ``31.1.2027`` or ``31-1-2027``, choices by value or
label, objects by what they are called, found by a search inside the actor's scope only.  A cell that cannot be read
stays as it is written, with a sentence what is wrong.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from connectors.spi import Entry
from forms.answering.options import Bound, Offer, picker_search
from forms.answering.situation import Situation
from forms.answering.wire import PICKERS, is_storable
from forms.definition import Field
from forms.expressions import Environment
from forms.facts import NAMED_BY, Search

_YES = frozenset({"yes", "y", "true", "on", "1", "x", "ja", "j", "oui", "si", "sí", "sì", "sim", "tak", "kyllä", "✓"})
_NO = frozenset({"no", "n", "false", "off", "0", "nee", "nein", "non", "nej", "nei", "não", "ei"})
_DAY = re.compile(r"(\d{1,2})([.-])(\d{1,2})\2(\d{4})")
_MOMENT = re.compile(r"(\S+)[ T](\d{1,2}:\d\d(?::\d\d)?)")
_SLASHED = re.compile(r"\d{1,4}/\d{1,2}/\d{1,4}( .*)?")
_BETWEEN = re.compile(r"\s*[,;|\n]\s*")
_LONGEST_NAME = 200
_SLASHES = "With slashes this may mean two days. Write year-month-day, for example 2027-01-31."
_NOBODY = "Nobody you look after has this login, mail address or name."
_NOTHING = "Nothing you look after is called so."
_SEVERAL = "More than one is called so. Write the login or the mail address."
_SEVERAL_THINGS = "More than one is called so."


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as an answer: ``wire`` as JSON, and what is wrong with what is written, empty when nothing is."""

    wire: object
    trouble: str = ""


def read_cell(
    situation: Situation,
    field: Field,
    wire: object,
    environment: Environment,
    offered: Callable[[frozenset[str]], Offer],
) -> Cell:
    """Return what a written answer means; ``offered`` gives what a choice offers. Raises `MissingFacts`.

    What is no text, or an answer already, stays as it is, for the schema to judge.
    """
    if field.type in PICKERS or (field.options is not None and field.options.lookup is not None):
        return _read_names(situation, field, wire, environment)
    if field.options is not None:
        return _read_choices(field, wire, offered(frozenset()))
    if not isinstance(wire, str):
        return Cell(wire)
    if field.type == "boolean":
        return _read_flag(wire)
    if field.type in ("date", "datetime"):
        return _read_moment(field, wire, situation)
    return Cell(wire)


def _read_flag(text: str) -> Cell:
    word = text.strip().casefold()
    if word in _YES | _NO:
        return Cell(word in _YES)
    return Cell(text, "Write yes or no.")


def _read_moment(field: Field, text: str, situation: Situation) -> Cell:
    if _SLASHED.fullmatch(text):
        return Cell(text, _SLASHES)
    if field.type == "date":
        day = _day(text)
        return Cell(day or text, "" if day else "Write a date as year-month-day, for example 2027-01-31.")
    moment = _MOMENT.fullmatch(text)
    day = _day(moment[1]) if moment else None
    found = _local_moment(day, moment[2], situation) if moment and day else None
    if found is None and _has_zone(text):
        found = text
    return Cell(found or text, "" if found else "Write date and time, for example 2027-01-31 09:00.")


def _day(text: str) -> str | None:
    written = _DAY.fullmatch(text)
    try:
        if written:
            return date(int(written[4]), int(written[3]), int(written[1])).isoformat()
        return date.fromisoformat(text).isoformat() if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _local_moment(day: str, time: str, situation: Situation) -> str | None:
    """Return a moment written without a zone as one in the organisation's time."""
    try:
        return datetime.fromisoformat(f"{day}T{time.zfill(5)}").replace(tzinfo=situation.now.tzinfo).isoformat()
    except ValueError:
        return None


def _has_zone(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _read_choices(field: Field, wire: object, offer: Offer) -> Cell:
    values = {option.label.casefold(): option.value for option in offer.options}
    values |= {option.value.casefold(): option.value for option in offer.options}
    values |= {option.value: option.value for option in offer.options}
    trouble = _trouble_of_choice(offer)
    if field.type == "choice":
        if not isinstance(wire, str) or field.allow_other:
            return Cell(_meant(values, wire) or wire)
        found = _meant(values, wire)
        return Cell(found or wire, "" if found else trouble)
    parts = [_meant(values, part) or part for part in _parts(values, wire)]
    known = field.allow_other or all(part in values.values() for part in parts)
    return Cell(parts, "" if known else trouble)


def _trouble_of_choice(offer: Offer) -> str:
    labels = [option.label for option in offer.options]
    named = ", ".join(labels[:8]) + (" …" if len(labels) > 8 else "")
    return f"Write one of: {named}." if labels else "There is nothing to choose from."


def _meant(values: dict[str, str], written: object) -> str | None:
    return values.get(written) or values.get(written.casefold()) if isinstance(written, str) else None


def _parts(values: dict[str, str], wire: object) -> list[str]:
    """Return the parts of a cell that holds several answers, between commas, semicolons, bars or line ends."""
    found: list[str] = []
    for item in wire if isinstance(wire, list) else [wire]:
        if isinstance(item, str) and _meant(values, item) is None:
            found += [part for part in _BETWEEN.split(item) if part]
        elif isinstance(item, str):
            found.append(item)
    return list(dict.fromkeys(found))


def _read_names(situation: Situation, field: Field, wire: object, environment: Environment) -> Cell:
    several = field.type == "choices" or field.multiple
    parts = _parts({}, wire) if several else [wire]
    texts = [part for part in parts if isinstance(part, str) and part]
    if not texts:
        return Cell([] if several else wire)
    kind = field.type
    if field.options is not None and field.options.lookup is not None:
        kind = situation.catalogue.lookups[field.options.lookup].kind
    bound = picker_search(situation, field, environment, kind)
    cells = [_read_name(situation, bound, kind, text) for text in texts]
    trouble = next((cell.trouble for cell in cells if cell.trouble), "")
    return Cell([cell.wire for cell in cells], trouble) if several else Cell(cells[0].wire, trouble)


def _read_name(situation: Situation, bound: Bound, kind: str, text: str) -> Cell:
    nobody = _NOBODY if kind == "user" else _NOTHING
    if bound.search is None:
        return Cell(text, f"First answer “{bound.waiting}”.")
    if len(text) > _LONGEST_NAME or not is_storable(text):
        return Cell(text, nobody)
    search = bound.search
    name = text.casefold()
    asked = Search(search.kind, search.lookup, search.within, search.excluded, search.arguments, name=name)
    rows = situation.facts.rows(asked)
    for attribute in ("id", *NAMED_BY.get(kind, ())):
        found = [entry for entry in rows.entries if _is_called(entry, attribute, name)]
        if len(found) == 1 and not (rows.more and attribute in ("name", "display_name")):
            return Cell(found[0].ref.id)
        if found:
            return Cell(text, _SEVERAL if kind == "user" else _SEVERAL_THINGS)
    return Cell(text, nobody)


def _is_called(entry: Entry, attribute: str, name: str) -> bool:
    value = entry.ref.id if attribute == "id" else entry.attributes.get(attribute)
    return isinstance(value, str) and value.casefold() == name
