"""Rounds of agreement: which of a form's stages are needed, who is named in each, and how far a request is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from connectors.spi import Entry, Ref
from forms.answering.situation import Situation, given, in_language, is_true
from forms.definition import Approver, Given, Stage
from forms.values import Value
from runner.pipeline.requests.pending import Pending
from runner.store.request_records import Approval

WayKind: TypeAlias = Literal["user", "group", "role", "permission"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to be somebody who may say yes: this person, a member of this group, who holds this role or permission.

    ``id`` is the stable id of the person or the group, or the name of the role; ``said`` names it on pages.
    """

    kind: WayKind
    id: str
    said: str


@dataclass(frozen=True, slots=True)
class Round:
    """One stage that is needed: the yes of ``need`` different people. ``lacking`` says of whom there is nobody.

    ``number`` is its place among the stages of the form, from 0.
    """

    number: int
    title: str
    need: int
    ways: tuple[Way, ...]
    lacking: tuple[str, ...] = ()


def rounds_of(pending: Pending) -> tuple[Round, ...]:
    """Return the stages that are needed as things are now, in order; raises as `Pending.gather` does."""
    return pending.gather(lambda known: tuple(_rounds(known, pending)))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a request is: the first stage that lacks a yes (None when none does), how many, and whose yes counted."""

    present: Round | None
    lacks: int = 0
    used: frozenset[str] = frozenset()


def progress(rounds: Sequence[Round], said: Sequence[Approval]) -> Progress:
    """Count what was said to a plan. Pure.

    A person counts once over all stages, and so does somebody for whom a deputy spoke.
    """
    used: set[str] = set()
    for one in rounds:
        yes = 0
        for word in said:
            people = {person for person in (word.person_id, word.instead_of) if person}
            if word.stage == one.number and word.decision == "yes" and people and used.isdisjoint(people):
                used |= people
                yes += 1
        if yes < one.need:
            return Progress(one, one.need - yes, frozenset(used))
    return Progress(None, 0, frozenset(used))


def _rounds(situation: Situation, pending: Pending) -> Iterator[Round]:
    environment = situation.environment(pending.worked.values)
    for number, stage in enumerate(pending.approval.stages):
        if stage.when is None or is_true(stage.when, environment):
            title = in_language(stage.title, situation.language, environment)
            yield _round(situation, pending, stage, number, title)


def _round(situation: Situation, pending: Pending, stage: Stage, number: int, title: str) -> Round:
    ways: list[Way] = []
    lacking: list[str] = []
    for approver in stage.approvers:
        found, said = _ways(situation, pending, approver)
        ways += found
        if not found:
            lacking.append(said)
    return Round(number, title, stage.need, tuple(dict.fromkeys(ways)), tuple(dict.fromkeys(lacking)))


def _ways(situation: Situation, pending: Pending, approver: Approver) -> tuple[list[Way], str]:
    """Return what one entry of the form means now, and how it is called where it means nobody."""
    if approver.group is not None:
        group = situation.facts.named("group", approver.group)
        said = f"a member of {group.label if group else approver.group}"
        return ([Way("group", group.ref.id, said)] if group else []), said
    if approver.role is not None:
        said = f"somebody with the role {approver.role}"
        return [Way("role", approver.role, said)], said
    if approver.manager_of is not None:
        return _related(situation, pending, approver.manager_of, "manager")
    if approver.owner_of is not None:
        return _related(situation, pending, approver.owner_of, "owner")
    people = _people(situation, given(approver.user, situation.environment(pending.worked.values)))
    return [Way("user", one.ref.id, "") for one in people], "a person the form names"


def _related(situation: Situation, pending: Pending, of: Given, attribute: str) -> tuple[list[Way], str]:
    found: list[Way] = []
    said = f"the {attribute}"
    for one in _entries(situation, given(of, situation.environment(pending.worked.values))):
        said = f"the {attribute} of {one.label}"
        found += [Way("user", person.ref.id, said) for person in _people(situation, one.attributes.get(attribute))]
    return found, said


def _people(situation: Situation, value: Value) -> list[Entry]:
    return [one for one in _entries(situation, value) if one.ref.kind == "user"]


def _entries(situation: Situation, value: Value) -> list[Entry]:
    if isinstance(value, list | tuple):
        return [entry for item in value for entry in _entries(situation, item)]
    if isinstance(value, Ref):
        entry = situation.facts.entry(value)
    elif isinstance(value, str) and value.strip():
        entry = situation.facts.named("user", value.strip())
    else:
        entry = None
    return [entry] if entry is not None else []
