"""How the arguments of a named search are bound: lists stay lists, and only an author's own words name an object."""

from dataclasses import replace

from connectors.spi import Ref
from forms.answering.options import bind
from forms.definition import Given, Lookup, LookupArgument
from forms.facts import Search
from forms.values import NUMBER, TEXT, Choice, Type, list_of
from tests.forms.answering.answering_desk import CATALOGUE, Reading, situation_for, small_form

FORM = small_form("fields: [{ id: a, type: text }]\n")
LOOKUP = Lookup(
    "found",
    "user",
    takes=(
        LookupArgument("people", list_of(Type("user"))),
        LookupArgument("boss", Type("user")),
        LookupArgument("words", list_of(TEXT)),
        LookupArgument("count", NUMBER),
    ),
)
SITUATION = situation_for(FORM, catalogue=replace(CATALOGUE, lookups={**CATALOGUE.lookups, "found": LOOKUP}))


def bound(arguments: dict[str, Given]) -> Search | None:
    work = Reading().gather(
        SITUATION, lambda known: bind(known, FORM.fields[0], known.environment({}), "found", arguments)
    )
    return work[0].search


def test_lists_are_bound_as_lists_of_values_that_can_be_remembered() -> None:
    people = (Ref("user", "u-bob"), Ref("user", "u-erin"))
    search = bound({"people": people, "words": ("a", Choice("b", {"value": "b"})), "count": 3})
    assert search is not None
    assert search.arguments == (("count", 3), ("people", people), ("words", ("a", "b")))
    assert hash(search) == hash(replace(search))


def test_an_author_may_write_an_object_by_name() -> None:
    assert bound({"boss": "erin", "words": ("erin",)}) == Search(
        "user", "found", arguments=(("boss", Ref("user", "u-erin")), ("words", ("erin",)))
    )
    assert bound({"people": ("bob", "erin")}) == Search(
        "user", "found", arguments=(("people", (Ref("user", "u-bob"), Ref("user", "u-erin"))),)
    )
    assert bound({"boss": "nobody"}) == Search("user", "found", arguments=(("boss", "nobody"),))


def test_what_is_typed_stays_a_text() -> None:
    form = small_form("""
fields:
  - { id: b, type: text }
  - { id: a, type: choice, options: { lookup: reports-of, with: { boss: $(b) } } }
""")
    field = form.fields[1]
    assert field.options is not None
    arguments = field.options.arguments
    situation = situation_for(form)
    search = bind(situation, field, situation.environment({"b": "erin"}), "reports-of", arguments).search
    assert search is not None
    assert search.arguments == (("boss", "erin"),)
