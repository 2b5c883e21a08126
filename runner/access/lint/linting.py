"""What of a policy is dead or dangerous, seen beside a whole directory and the forms: unused, empty, never, and ways to more.

Pure.  The findings are warnings W325 to W329 at their lines of the access file.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.spi import InGroup, Ref
from connectors.verbs import PERMISSIONS
from forms.definition import Form
from forms.errors import Problem
from runner.access.authority import Authority
from runner.access.census import Census
from runner.access.comparison.change_words import listed_first, people_in_words
from runner.access.graph.carriers import Carriers
from runner.access.lint.gaining import Gain, gains
from runner.access.model import Actor, Binding, Policy, Principal, applies
from runner.access.resolving import Row

_NOBODY = Actor("", "", "", None)


@dataclass(frozen=True, slots=True)
class Linted:
    """What is looked at. ``mentioned`` holds every word that forms and searches use for a role or a resource set."""

    authority: Authority
    census: Census
    forms: Mapping[str, Form]
    mentioned: Collection[str]
    file: str
    content: bytes
    now: datetime

    @property
    def policy(self) -> Policy:
        """The policy by its names."""
        return self.authority.resolved.policy


def lint(linted: Linted) -> tuple[Problem, ...]:
    """Return every finding: what is not used, holds nothing or never counts, then the ways to more."""
    places = _Places(linted.file, linted.content)
    dead = (*_unused(linted, places), *_empty(linted, places), *_never(linted, places))
    carriers = Carriers.of(linted.forms.values())
    ways = sorted(
        gains(linted.authority, linted.census, carriers, linted.now),
        key=lambda one: (one.way == "password", -one.people.bit_count()),
    )
    return (*dead, *(_way(linted, places, gain) for gain in ways))


class _Places:
    """Finds where something with an id is written."""

    def __init__(self, file: str, content: bytes) -> None:
        self._file, self._lines = file, content.decode("utf-8", errors="replace").splitlines()

    def problem(self, code: str, id_: str, message: str, fix: str) -> Problem:
        words = (f"id: {id_}", f'id: "{id_}"', f"role: {id_}")
        for word in words:
            for number, line in enumerate(self._lines, 1):
                before, found, behind = line.partition(word)
                if found and behind[:1] in ("", " ", ",", "}"):
                    return Problem(self._file, number, len(before) + 1, "warning", code, message, fix, line)
        return Problem(self._file, 0, 0, "warning", code, message, fix)


def _unused(linted: Linted, places: _Places) -> Iterator[Problem]:
    policy = linted.policy
    roles = {binding.role for binding in policy.bindings}
    roles |= {name for role in policy.roles.values() for name in (*role.includes, *role.covers)}
    sets = {name for binding in policy.bindings for name in binding.on} | set(policy.protected)
    for role in policy.roles.values():
        if not role.standard and role.id not in roles and role.id not in linted.mentioned:
            yield places.problem("W325", role.id, f'no binding uses the role "{role.id}"', "Remove it, or bind it.")
    for found in policy.sets.values():
        if not found.standard and found.id not in sets and found.id not in linted.mentioned:
            message = f'no binding and no form uses the resource set "{found.id}"'
            yield places.problem("W325", found.id, message, "Remove it, or use it.")


def _empty(linted: Linted, places: _Places) -> Iterator[Problem]:
    used = {name for binding in linted.policy.bindings for name in binding.on}
    for id_ in linted.policy.sets:
        if (
            id_ in used
            and not _is_personal(linted, id_)
            and not any(_held(linted, id_, kind) for kind in linted.census.kinds)
        ):
            message = f'the resource set "{id_}" holds nothing in this directory'
            yield places.problem("W326", id_, message, "Correct its selectors, or remove it from its bindings.")


def _never(linted: Linted, places: _Places) -> Iterator[Problem]:
    rows: dict[str, list[Row]] = {}
    for row in linted.authority.resolved.rows:
        rows.setdefault(row.binding, []).append(row)
    for binding in linted.policy.bindings:
        why = _why_never(linted, binding, rows.get(binding.id, []))
        if why:
            fix = "Remove it, or correct what keeps it from counting."
            yield places.problem("W327", binding.id, f'the binding "{binding.id}" gives nothing to anybody: {why}', fix)
            continue
        for principal in _without_people(linted, rows.get(binding.id, [])):
            message = f'the binding "{binding.id}" is also for the group "{principal}", and nobody is in it'
            yield places.problem("W327", binding.id, message, "Remove the group from the binding, or fill it.")


def _why_never(linted: Linted, binding: Binding, rows: list[Row]) -> str:
    if binding.ends is not None and binding.ends < linted.now.date():
        return f"its last day was {binding.ends}"
    if binding.forms is not None:
        known = [linted.forms[name] for name in sorted(binding.forms) if name in linted.forms]
        if not any(form.status == "live" for form in known):
            names = ", ".join(sorted(binding.forms)) or "none"
            return f"it counts only in forms that are not there or not live ({names})"
    if not rows:
        return (
            f"{_principals(binding.principals)} {'is' if len(binding.principals) == 1 else 'are'} not in this directory"
        )
    if all(_nobody_behind(linted, row) for row in rows):
        return f"nobody is in {_principals(binding.principals)}"
    if not any(_has_effect(linted, row) for row in rows):
        return f'its sets hold nothing that the role "{binding.role}" is about'
    return ""


def _without_people(linted: Linted, rows: list[Row]) -> Iterator[str]:
    for id_ in dict.fromkeys(
        row.principal_id for row in rows if row.principal == "group" and _nobody_behind(linted, row)
    ):
        group = linted.census.entry(Ref("group", id_))
        yield group.label if group else id_


def _nobody_behind(linted: Linted, row: Row) -> bool:
    return row.principal == "group" and not linted.census.matching(InGroup(row.principal_id), "user")


def _has_effect(linted: Linted, row: Row) -> bool:
    if any("" in PERMISSIONS[name][0] for name in row.permissions) or not row.set or _is_personal(linted, row.set):
        return True
    kinds = [kind for kind in linted.census.kinds if any(applies(name, kind) for name in row.permissions)]
    return any(_held(linted, row.set, kind) for kind in kinds)


def _is_personal(linted: Linted, id_: str) -> bool:
    found = linted.policy.sets[id_]
    return any(selector.needs_actor for selector in (*found.resources, *found.excluded))


def _held(linted: Linted, id_: str, kind: str) -> int:
    return linted.census.matching(linted.authority.set_filter(id_, kind, _NOBODY), kind)


def _principals(principals: tuple[Principal, ...]) -> str:
    return " and ".join(str(one).replace(":", " ", 1) for one in principals)


def _way(linted: Linted, places: _Places, gain: Gain) -> Problem:
    who = people_in_words(linted.census, gain.people)
    whom = people_in_words(linted.census, gain.things)
    forms = f"in the form{'s' if len(gain.forms) > 1 else ''} {listed_first(gain.forms, 3)}"
    rights = listed_first(gain.permissions, 4)
    if gain.way == "password":
        message = (
            f'{who} can reset the password of {whom} {forms}, whose rights by the binding "{gain.binding}" '
            f'(role "{gain.by}") go further: {rights}'
        )
        fix = f'Leave  holders: ordinary  and  covers  out where they name "{gain.by}", or exclude these accounts.'
        return places.problem("W329", gain.binding, message, fix)
    can = {
        "group": f'can add {whom} to the group "{gain.by}"',
        "unit": f'can move {whom} into the unit "{gain.by}"',
        "attribute": f'can set "{gain.by}" of {whom}',
        "own attribute": f'can set their own "{gain.by}"',
    }[gain.way]
    then = f"and then reach {whom}" if gain.way == "own attribute" else "and then reach them"
    message = f'{who} {can} {forms}, {then} by the binding "{gain.binding}" (set "{gain.set}") with {rights}'
    fix = {
        "group": "Leave the group, or these accounts, out of what they may change.",
        "unit": "Leave the unit out of what they may move accounts into.",
    }.get(gain.way, "Compare an attribute that no form of theirs sets, or exclude these accounts.")
    return places.problem("W328", gain.binding, message, fix)
