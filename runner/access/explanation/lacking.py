"""What each row that gives a permission lacks to allow it on one object, in the words of the access file. Pure.

Nothing here tells what somebody's value is: "the account is not one whose department is the actor's department".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.matching import same
from connectors.spi import Entry, Value
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.model import Actor, ActorValue, Decision, DecisionCode, Selector, is_read
from runner.access.resolving import MatchValue, ResolvedSelector, Row
from runner.access.selecting import BoundSelector, actor_value, bind, direct_groups
from runner.access.views import BoundSet, Grant, bind_set

_WORDS = {"user": "account", "ou": "unit", "mail_domain": "mail domain", "mail_list": "list"}
_ORDER: tuple[DecisionCode, ...] = ("self", "window", "other_form", "unresolved", "not_in_scope")
_FAR = len(_ORDER)
_UNBOUND = 99
_NOTHING_YET = Decision(False, "", None, "no_binding")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: may ``actor`` do it to ``entry`` (None: to the installation as a whole), in this form, now."""

    actor: Actor
    permission: str
    entry: Entry | None
    form: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Considered:
    """A row that gives the permission, and what it ``lacks`` here; one that lacks nothing allows it.

    ``nearness`` sorts rows: the smaller, the nearer to a yes.
    """

    row: Row
    is_own: bool
    lacks: tuple[str, ...]
    nearness: tuple[int, int, int]

    @property
    def principal(self) -> str:
        """For whom the row is, as written: ``group SD-FirstLine``."""
        return principal_of(self.row)


def principal_of(row: Row) -> str:
    """Return for whom a row is, as written in the access file."""
    written = row.id.removeprefix(f"{row.binding}/")
    return (written.removesuffix(f"/{row.set}") if row.set else written).replace(":", " ", 1)


def considered(authority: Authority, asked: Asked) -> Iterator[Considered]:
    """Yield every row that gives the permission on such a thing, the actor's and others', in the order of the file."""
    own = {row.id for row in authority.view(asked.actor).rows}
    about_all = "" in PERMISSIONS[asked.permission][0] if asked.permission in PERMISSIONS else False
    bound: dict[str, BoundSet] = {}
    for order, row in enumerate(authority.resolved.rows):
        if asked.permission not in row.permissions:
            continue
        if asked.entry is None or about_all:
            found: tuple[int, int, tuple[str, ...]] | None = _of_installation(row, asked)
        else:
            found = _nearest(authority, row, asked, asked.entry, bound)
        if found is None:
            continue
        rank, missing, lacks = found
        is_own = row.id in own
        said = lacks if is_own else (_not_theirs(row, asked.actor), *lacks)
        yield Considered(row, is_own, said, (rank, missing, order))


def _not_theirs(row: Row, actor: Actor) -> str:
    if actor.client is not None and row.principal != "client":
        return f"it is for {_people(row)}, and the actor is an API client"
    if row.principal == "client":
        return f"it is for the API {principal_of(row)}"
    return f"the actor is not {as_one_of(principal_of(row))}"


def as_one_of(principal: str) -> str:
    """Return who one has to be: "in the group SD-FirstLine", "user bob". Pure."""
    return f"in the {principal}" if principal.startswith("group ") else principal


def _people(row: Row) -> str:
    return "people" if row.principal == "everyone" else principal_of(row)


def _of_installation(row: Row, asked: Asked) -> tuple[int, int, tuple[str, ...]]:
    said = tuple(_elsewhen(row, asked))
    return (-1 if not said else _ORDER.index("window")), len(said), said


def _nearest(
    authority: Authority, row: Row, asked: Asked, entry: Entry, bound: dict[str, BoundSet]
) -> tuple[int, int, tuple[str, ...]] | None:
    """Return how far the nearest selector of a row is, and what it lacks; None when none is about such a thing."""
    resolved = authority.resolved.sets.get(row.set)
    if resolved is None:
        return None
    selectors = [one for one in resolved.resources if one.written.kind == entry.ref.kind]
    if not selectors:
        return None
    oneself = authority.view(asked.actor).is_own_account(entry) and not is_read(asked.permission)
    if row.set not in bound:
        bound[row.set] = bind_set(resolved, _values(asked.actor, (*resolved.resources, *resolved.excluded)))
    found = [
        _of_grant(Grant(0, row, selector, bound[row.set].exclusion, _NOTHING_YET), asked, entry, oneself=oneself)
        for selector in bound[row.set].resources
        if selector.kind == entry.ref.kind
    ]
    if len(found) < len(selectors):
        unbound = (_unbound(selector, asked.actor) for selector in selectors)
        found += [(_FAR, _UNBOUND, (why,)) for why in unbound if why]
    return min(found, default=None, key=lambda one: one[:2])


def _of_grant(grant: Grant, asked: Asked, entry: Entry, *, oneself: bool) -> tuple[int, int, tuple[str, ...]]:
    failing = _failing(grant.selector, entry)
    if failing:
        said = (f"the {word(entry.ref.kind)} is not {' and not '.join(failing)}", *_elsewhen(grant.row, asked))
        return _FAR, len(failing) + len(said) + grant.selector.own, said
    refusal = grant.refusal(entry, asked.form, asked.now.date(), oneself=oneself)
    if refusal is None:
        return -1, 0, ()
    return _ORDER.index(refusal), 0, (_why(refusal, grant.row, entry.ref.kind),)


def _values(actor: Actor, selectors: tuple[ResolvedSelector, ...]) -> Mapping[str, Value]:
    names = {v.attribute for one in selectors for _, v in one.match if isinstance(v, ActorValue)}
    return {name: actor_value(actor.person, name) for name in {"", "id", *names}}


def _elsewhen(row: Row, asked: Asked) -> Iterator[str]:
    if not row.counts_on(asked.now.date()):
        yield _why("window", row, "")
    elif not row.counts_in(asked.form):
        yield _why("other_form", row, "")


def window_of(row: Row) -> str:
    """Return on which days a row counts: ``from 2026-01-01 and until 2026-01-31``; empty for always."""
    return " and ".join(f"{word} {day}" for word, day in (("from", row.starts), ("until", row.ends)) if day)


def _why(refusal: DecisionCode, row: Row, kind: str) -> str:
    return {
        "self": "nobody may do this to the own account",
        "window": f"only {window_of(row)}",
        "other_form": f"only in the form {' or '.join(sorted(row.forms or ()))}",
        "unresolved": f"what {row.set} leaves out cannot be worked out",
        "not_in_scope": f"{row.set} leaves this {word(kind)} out",
    }[refusal]


def _failing(selector: BoundSelector, entry: Entry) -> list[str]:
    """Return the conditions that do not hold, in the words of the file; never what somebody's value is."""
    written = selector.written or Selector(selector.kind)
    failing = []
    if selector.ids is not None and entry.ref.id not in selector.ids:
        failing.append("the actor's own" if selector.own else "one of those listed")
    if selector.place is not None and entry.place[: len(selector.place)] != selector.place:
        failing.append(f"under {written.under}")
    if selector.group is not None:
        groups = direct_groups(entry) if selector.direct else entry.groups
        failing += [] if selector.group in groups else [f"in {written.in_group}"]
    wanted = dict(written.match)
    for name, value in selector.match:
        if not same(entry.attributes.get(name), value):
            failing.append(f"one whose {name} is {_said(wanted.get(name))}")
    return failing


def _said(value: MatchValue) -> str:
    if isinstance(value, ActorValue):
        return f"the actor's {value.attribute}" if value.attribute else "the actor"
    return f'"{value}"'


def _unbound(selector: ResolvedSelector, actor: Actor) -> str:
    """Say why a selector selects nothing for this actor, whatever the object; empty when it may."""
    if selector.missing:
        return f"{selector.missing} was not found"
    values = dict(_values(actor, (selector,)))
    if bind(selector, values) is not None:
        return ""
    if actor.person is None:
        return "nobody in the directory stands behind the actor"
    empty = sorted(name for name, value in values.items() if value is None)
    return f"the actor has no {' and no '.join(empty)}"


def word(kind: str) -> str:
    """Return what people call a kind of object."""
    return _WORDS.get(kind, kind)
