"""A comparison of two policies in sentences, and as JSON: how many, who first, on what, in which forms. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from connectors.spi import Entry, InGroup, Ref
from runner.access.census import Census
from runner.access.comparison.policy_changes import Comparison, Form, PolicyChange
from runner.access.explanation.wording import PLURALS
from runner.counting import counted

MOST_NAMED = 3
MOST_IN_JSON = 100
_SINGULAR = {"user": "person", "ou": "unit", "mail_list": "mailing list", "contact": "mail contact"}


class Telling:
    """Tells a comparison; ``groups`` are the ids of groups that people may be called by, such as those of bindings."""

    def __init__(self, comparison: Comparison, groups: Sequence[str] = ()) -> None:
        self._comparison, self._census = comparison, comparison.census
        self._groups: dict[int, str] = {}
        for id_ in groups:
            group = self._census.entry(Ref("group", id_))
            if group is not None and (members := self._census.matching(InGroup(id_), "user")):
                self._groups.setdefault(members, group.label)

    def lines(self) -> Iterator[str]:
        """Yield the lines that are printed: losses, gains, what is protected, and how many changes there are."""
        for change in self._comparison.changes:
            yield self._sentence(change)
        yield from self._protection()
        count = len(self._comparison.changes)
        yield "Nothing changes for anybody." if self._comparison.is_empty else f"{counted(count, 'change')}."

    def as_json(self) -> Mapping[str, object]:
        """Return the comparison for a program; long lists hold the first hundred, ``count`` counts all."""
        compared = self._comparison
        return {
            "same": compared.is_empty,
            "changes": [self._change_json(change) for change in compared.changes],
            "protected": {kind: self._things_json(kind, bits) for kind, bits in compared.protected.items()},
            "unprotected": {kind: self._things_json(kind, bits) for kind, bits in compared.unprotected.items()},
            "holders": self._things_json("user", compared.holders),
            "no_holders": self._things_json("user", compared.no_holders),
        }

    # --- sentences

    def _sentence(self, change: PolicyChange) -> str:
        count = change.people.bit_count() + len(change.clients)
        verb = "gain" if change.gains else "lose"
        verb = verb if count != 1 else f"{verb}s"
        what = f"{self._who(change)} {verb} {_listed(change.permissions, len(change.permissions))}"
        return " ".join(filter(None, (what, self._on(change)))) + f", {_where(change.forms)}."

    def _who(self, change: PolicyChange) -> str:
        people, clients = change.people, [f"client {name}" for name in change.clients]
        if not people:
            return _listed(clients, MOST_NAMED)
        if people.bit_count() == 1 and not clients:
            return self._names("user", people)
        said = f"{_counted(people.bit_count(), 'user')} ({self._called(people)}{self._names('user', people)})"
        return " and ".join([said, *clients])

    def _called(self, people: int) -> str:
        if people == self._census.everything("user"):
            return "everybody: "
        return f"everybody in {self._groups[people]}: " if people in self._groups else ""

    def _on(self, change: PolicyChange) -> str:
        if change.scope == "installation":
            return "for the desk as a whole"
        if change.scope == "own":
            return "on their own account"
        if change.scope == "each":
            return f"on {self._each(change)}"
        count, names = change.things.bit_count(), self._names(change.kind, change.things)
        said = f"on {_counted(count, change.kind)} ({names})"
        return f"{said}, but not on their own account" if change.scope == "others" else said

    def _each(self, change: PolicyChange) -> str:
        counts = sorted(things.bit_count() for _, things in change.pairs)
        span = f"{counts[0]:,}" if counts[0] == counts[-1] else f"{counts[0]:,} to {counts[-1]:,}"
        word = PLURALS.get(change.kind, change.kind) if counts[-1] != 1 else _SINGULAR.get(change.kind, change.kind)
        if len(change.pairs) == 1:
            return f"{span} {word} ({self._names(change.kind, change.pairs[0][1])})"
        first = "; ".join(
            f"{self._names('user', person)}: {self._names(change.kind, things)}"
            for person, things in change.pairs[:MOST_NAMED]
        )
        return f"{span} {word} each that are theirs ({first}{' …' if len(change.pairs) > MOST_NAMED else ''})"

    def _protection(self) -> Iterator[str]:
        compared = self._comparison
        for sets, one, many in (
            (
                compared.protected,
                "becomes protected: no binding reaches it",
                "become protected: no binding reaches them",
            ),
            (compared.unprotected, "is not protected any more", "are not protected any more"),
        ):
            for kind, bits in sorted(sets.items()):
                said = one if bits.bit_count() == 1 else many
                yield f"{_counted(bits.bit_count(), kind)} ({self._names(kind, bits)}) {said}."
        for bits, said in (
            (compared.holders, "rights over others from now on: only who holds as much may change their accounts"),
            (compared.no_holders, "no rights over others any more: their accounts are changed like any other"),
        ):
            if bits:
                verb = "hold" if bits.bit_count() != 1 else "holds"
                yield f"{_counted(bits.bit_count(), 'user')} ({self._names('user', bits)}) {verb} {said}."

    def _names(self, kind: str, bits: int) -> str:
        first = [_name(entry) for entry in self._census.entries(kind, bits, MOST_NAMED)]
        return _listed(first, bits.bit_count())

    # --- JSON

    def _change_json(self, change: PolicyChange) -> Mapping[str, object]:
        pairs = change.pairs[:MOST_IN_JSON]
        forms = None if not change.forms else sorted(form for form in change.forms if form is not None)
        return {
            "gains": change.gains,
            "permissions": list(change.permissions),
            "kind": change.kind,
            "scope": change.scope,
            "people": self._things_json("user", change.people),
            "group": self._groups.get(change.people, ""),
            "clients": list(change.clients),
            "things": self._things_json(change.kind, change.things) if change.scope in ("these", "others") else None,
            "each": [[self._names("user", one), self._things_json(change.kind, things)] for one, things in pairs],
            "everywhere": not change.forms,
            "outside_forms": not change.forms or None in change.forms,
            "forms": forms,
        }

    def _things_json(self, kind: str, bits: int) -> Mapping[str, object]:
        entries = self._census.entries(kind, bits, MOST_IN_JSON)
        return {"count": bits.bit_count(), "first": [{"id": entry.ref.id, "name": _name(entry)} for entry in entries]}


def _name(entry: Entry) -> str:
    for key in ("login", "address", "name", "display_name"):
        if isinstance(text := entry.attributes.get(key), str) and text:
            return text
    return entry.ref.id


def _counted(count: int, kind: str) -> str:
    word = _SINGULAR.get(kind, kind.replace("_", " ")) if count == 1 else PLURALS.get(kind, kind)
    return f"{count:,} {word}"


def _listed(names: Sequence[str], count: int) -> str:
    """Join names; ``count`` says how many there are, named or not."""
    more = count - len(names)
    if more > 0:
        return f"{', '.join(names)} and {more:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _where(forms: frozenset[Form]) -> str:
    named = sorted(form for form in forms if form is not None)
    word = "form" if len(named) == 1 else "forms"
    if not forms:
        return "in every form and outside"
    if None not in forms:
        return f"in the {word} {_listed(named, len(named))} only"
    if not named:
        return "except in forms that bindings name"
    return f"outside forms, in those no binding names, and in {_listed(named, len(named))}"


def people_in_words(census: Census, people: int) -> str:
    """Say who they are: how many and the first of them, or one by name."""
    names = [_name(entry) for entry in census.entries("user", people, MOST_NAMED)]
    if people.bit_count() == 1:
        return names[0]
    if people == census.everything("user"):
        return f"everybody ({_listed(names, people.bit_count())})"
    return f"{_counted(people.bit_count(), 'user')} ({_listed(names, people.bit_count())})"


def listed_first(names: Sequence[str], most: int) -> str:
    """Join the first names, and count the others."""
    return _listed(names[:most] if len(names) > most else names, len(names))
