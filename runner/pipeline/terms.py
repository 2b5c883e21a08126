"""What else belongs to a plan: who must agree, when it runs, what ends by itself. Reads; writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.spi import Preparation, Ref
from forms.answering.options import NOT_IN_SCOPE
from forms.answering.situation import Situation, given, in_language, is_true
from forms.definition import Approver, Given, Stage
from forms.planning import PlannedOperation
from forms.values import Value
from runner.pipeline.grants.foreseeing import named_of, there_already
from runner.pipeline.grants.lasting import last_day
from runner.pipeline.grants.moving import given_until
from runner.pipeline.pages import Fact
from runner.pipeline.planning import Prepared
from runner.pipeline.reading import Reader
from runner.pipeline.telling import Teller, day, moment


def terms(prepared: Prepared) -> tuple[Fact, ...]:
    """Return who must agree before a plan is carried out, when that is, and which of its changes end by themselves."""
    return (*_agreements(prepared), *_start(prepared), *_ends(prepared))


def _agreements(prepared: Prepared) -> Iterator[Fact]:
    approval, walk = prepared.walk.form.approval, prepared.walk
    if approval is None or not prepared.plan.approval:
        return
    stages, _ = walk.reader.gather(walk.situation, lambda known: _stages(known, prepared, approval.stages))
    for number, (title, approvers, stage) in enumerate(stages, 1):
        label = "Needs a yes" if len(stages) == 1 else f"Needs a yes, {number} of {len(stages)}"
        yield Fact(label, _told(prepared, title, approvers, stage.need))


def _stages(
    situation: Situation, prepared: Prepared, stages: tuple[Stage, ...]
) -> list[tuple[str, list[tuple[str, Value]], Stage]]:
    """Return the rounds that are needed: title, how each approver is named and the person, where there is one."""
    environment = situation.environment(prepared.worked.values)
    return [
        (
            in_language(stage.title, situation.language, environment),
            [_approver(situation, prepared, approver) for approver in stage.approvers],
            stage,
        )
        for stage in stages
        if stage.when is None or is_true(stage.when, environment)
    ]


def _approver(situation: Situation, prepared: Prepared, approver: Approver) -> tuple[str, Value]:
    if approver.group is not None:
        return f"a member of {approver.group}", None
    if approver.role is not None:
        return f"somebody with the role {approver.role}", None
    if approver.manager_of is not None:
        return "the manager", _related(situation, prepared, approver.manager_of, "manager")
    if approver.owner_of is not None:
        return "the owner", _related(situation, prepared, approver.owner_of, "owner")
    return "", given(approver.user, situation.environment(prepared.worked.values))


def _related(situation: Situation, prepared: Prepared, of: Given, attribute: str) -> Value:
    ref = given(of, situation.environment(prepared.worked.values))
    entry = situation.facts.entry(ref) if isinstance(ref, Ref) else None
    return entry.attributes.get(attribute) if entry else None


def _told(prepared: Prepared, title: str, approvers: list[tuple[str, Value]], need: int) -> str:
    teller = Teller(prepared.walk.reader)
    named = ((name, teller.text(who)) for name, who in approvers)
    words = [_named(name, "" if text == NOT_IN_SCOPE else text) for name, text in named]
    many = f"{need} of: " if need > 1 else ""
    return (f"{title}: " if title else "") + many + " or ".join(dict.fromkeys(words))


def _named(name: str, person: str) -> str:
    return f"{name} ({person})" if name and person else name or person or "somebody outside your scope"


def _start(prepared: Prepared) -> Iterator[Fact]:
    when = prepared.plan.runs_at
    if isinstance(when, datetime):
        yield Fact("Runs", moment(when, prepared.walk.reader.now))
    elif when is not None:
        yield Fact("Runs", day(when))


def _ends(prepared: Prepared) -> Iterator[Fact]:
    """Tell of what gets an end by this; which ends it moves stands in the plan itself."""
    form, now = prepared.walk.form, prepared.walk.reader.now
    for planned, preparation in zip(prepared.plan.operations, prepared.preparations, strict=True):
        ends_at = given_until(form, planned, now)
        if ends_at is not None and preparation.changes:
            yield _end_of(prepared, planned, preparation, ends_at)
    yield from kept_ends(prepared.walk.reader, prepared.kept)


def _end_of(prepared: Prepared, planned: PlannedOperation, preparation: Preparation, ends_at: datetime) -> Fact:
    """Tell of one operation what ends then."""
    walk, now = prepared.walk, prepared.walk.reader.now
    teller, target = Teller(walk.reader), walk.target.ref if walk.target else None
    found = there_already(walk.services, planned.operation, preparation, ends_at)
    is_whole = found.rest in (None, planned.operation)
    what = planned.title if is_whole or found.rest is None else teller.text(named_of(found.rest, target))
    return Fact("Ends by itself", f"{what}: when {day(last_day(ends_at, now))} is over")


def kept_ends(reader: Reader, plan: Sequence[Mapping[str, Any]]) -> Iterator[Fact]:
    """Tell of a kept plan what is there for longer already and keeps its end, and what is there for good."""
    teller = Teller(reader)
    for *about, end in (one for operation in plan for one in operation.get("keeps", ())):
        what = teller.text(tuple(Ref(*text.split(":", 1)) for text in about))
        if end is None:
            yield Fact("Does not end", f"{what}: has no end, keeps none")
        else:
            last = day(last_day(datetime.fromisoformat(end), reader.now))
            yield Fact("Keeps its end", f"{what}: until {last} already")
