"""Whether two accounts are of one person: the same object of the directory, or the same employee number."""

from collections.abc import Iterator

from connectors.folding import key
from connectors.spi import AnyOf, Compare, Entry, Ref
from runner.access.model import Actor
from runner.access.views import NUMBER
from runner.pipeline.services import Services
from runner.pipeline.walking import reader_for


def number_of(person: Entry) -> str:
    """Return the employee number that further accounts of a person share; empty without one. Pure."""
    number = person.attributes.get(NUMBER)
    return key(number.strip()) if isinstance(number, str) else ""


def is_same_person(one: Entry, other: Entry) -> bool:
    """Say whether two objects of the directory are accounts of one person. Pure."""
    return one.ref == other.ref or (number_of(one) != "" and number_of(one) == number_of(other))


def further_of(services: Services, person: Entry) -> Iterator[Entry]:
    """Yield the further accounts of a person that share the employee number; raises the errors of connectors."""
    written = str(person.attributes.get(NUMBER))
    if number_of(person):
        alike = AnyOf(tuple(Compare(NUMBER, "==", text) for text in {written, written.strip()}))
        found = services.connectors.for_kind("user").scan("user", alike)
        yield from (one for one in found if one.ref != person.ref and is_same_person(one, person))


def is_own(services: Services, actor: Actor, account_id: str, person_id: str | None) -> bool:
    """Say whether what an account of the desk did is an actor's own, though the actor came with another account.

    ``person_id`` is the person behind that account.  Of a person who is gone only the id is known.  Raises the errors of
    connectors.
    """
    person = actor.person
    if actor.id == account_id or person is None or person_id is None:
        return actor.id == account_id
    if person.ref.id == person_id or not number_of(person):
        return person.ref.id == person_id
    other = reader_for(services, actor, None).entry(Ref("user", person_id))
    return other is not None and is_same_person(person, other)
