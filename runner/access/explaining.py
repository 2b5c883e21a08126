"""Says in a sentence why something is allowed or refused, with the names of the access file. Pure.

For administrators and those who may read the access file: the sentence names bindings, groups and units.
"""

from collections.abc import Iterator
from datetime import datetime

from connectors.spi import Entry
from runner.access.authority import Authority
from runner.access.model import Actor, ActorValue, Decision, DecisionCode, Principal, Selector, is_read
from runner.access.resolving import MatchValue, ResolvedSelector, Row
from runner.access.selecting import BoundSelector, actor_value, bind, direct_groups, equals

_WORDS = {"user": "account", "ou": "unit", "mail_domain": "mail domain"}
_ORDER: tuple[DecisionCode, ...] = ("self", "window", "other_form", "unresolved", "not_in_scope")


def explain(
    authority: Authority, actor: Actor, permission: str, entry: Entry, *, form: str | None, now: datetime
) -> tuple[Decision, str]:
    """Return the decision and a sentence: the binding that decided it, or the nearest miss."""
    decision = authority.decide(actor, permission, entry, form=form, now=now)
    if decision.allowed or decision.code == "protected":
        return decision, decision.reason
    misses = sorted(_misses(authority, actor, permission, entry, form, now))
    if misses:
        return decision, misses[0][-1]
    return decision, _elsewhere(authority, permission, entry) or decision.reason


def _misses(
    authority: Authority, actor: Actor, permission: str, entry: Entry, form: str | None, now: datetime
) -> Iterator[tuple[int, int, int, str]]:
    """Yield what the actor's own bindings lack: how near it is, how much is missing, its order, the sentence."""
    view = authority.view(actor)
    oneself = entry.ref == (actor.person.ref if actor.person else None) and not is_read(permission)
    for order, grant in enumerate(view.grants(permission, entry.ref.kind)):
        start = f"would be allowed by {grant.row.binding}, but"
        failing = _failing(grant.selector, entry)
        if failing:
            said = [f"the {_word(entry.ref.kind)} is not {' and not '.join(failing)}", *_elsewhen(grant.row, form, now)]
            missing = len(failing) + len(said) + grant.selector.own
            yield len(_ORDER), missing, order, f"{start} {', and '.join(said)}"
        elif refusal := grant.refusal(entry, form, now.date(), oneself=oneself):
            yield _ORDER.index(refusal), 0, order, f"{start} {_why(refusal, grant.row, entry.ref.kind)}"
    for order, row in enumerate(view.rows):
        if permission in row.permissions and row.set:
            for selector in authority.resolved.sets[row.set].resources:
                if selector.written.kind == entry.ref.kind and (why := _unbound(selector, actor)):
                    yield len(_ORDER), 99, order, f"would be allowed by {row.binding}, but {why}"


def _elsewhen(row: Row, form: str | None, now: datetime) -> Iterator[str]:
    if not row.counts_on(now.date()):
        yield _why("window", row, "")
    elif not row.counts_in(form):
        yield _why("other_form", row, "")


def _why(refusal: DecisionCode, row: Row, kind: str) -> str:
    days = " and ".join(f"{word} {day}" for word, day in (("from", row.starts), ("until", row.ends)) if day)
    return {
        "self": "nobody may do this to the own account",
        "window": f"only {days}",
        "other_form": f"only in the form {' or '.join(sorted(row.forms or ()))}",
        "unresolved": f"what {row.set} leaves out cannot be worked out",
        "not_in_scope": f"{row.set} leaves this {_word(kind)} out",
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
        if not equals(entry.attributes.get(name), value):
            failing.append(f"one whose {name} is {_said(wanted.get(name))}")
    return failing


def _said(value: MatchValue) -> str:
    if isinstance(value, ActorValue):
        return f"the actor's {value.attribute}" if value.attribute else "the actor"
    return f'"{value}"'


def _unbound(selector: ResolvedSelector, actor: Actor) -> str:
    if selector.missing:
        return f"{selector.missing} was not found"
    values = {
        v.attribute: actor_value(actor.person, v.attribute) for _, v in selector.match if isinstance(v, ActorValue)
    }
    values["id"] = actor_value(actor.person, "id")
    if bind(selector, values) is not None:
        return ""
    if actor.person is None:
        return "nobody in the directory stands behind the actor"
    empty = sorted(name for name, value in values.items() if value is None)
    return f"the actor has no {' and no '.join(empty)}"


def _elsewhere(authority: Authority, permission: str, entry: Entry) -> str:
    """Name the bindings that give the permission on this object to others."""
    found: dict[str, list[Principal]] = {}
    policy = authority.resolved.policy
    for binding in policy.bindings:
        holds = any(
            authority.in_set(set_id, entry, _NOBODY) for set_id in binding.on if set_id in authority.resolved.sets
        )
        if holds and permission in policy.roles[binding.role].permissions:
            found[binding.id] = list(binding.principals)
    if not found:
        return ""
    first, principals = next(iter(found.items()))
    who = " or ".join(str(principal).replace(":", " ", 1) for principal in principals)
    return f"would be allowed by {first}, but the actor is not {who}"


_NOBODY = Actor("", "", "", None)


def _word(kind: str) -> str:
    return _WORDS.get(kind, kind)
