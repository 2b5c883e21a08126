"""What else belongs to a plan: who must agree, when it runs, what ends by itself. Reads; writes nothing."""

from collections.abc import Iterator
from datetime import date, datetime

from connectors.spi import Ref
from forms.answering.options import NOT_IN_SCOPE
from forms.answering.situation import Situation, given, in_language, is_true
from forms.definition import Approver, Given, Stage
from forms.values import Value
from runner.pipeline.grants.lasting import end_of, last_day
from runner.pipeline.grants.moving import moved_ends
from runner.pipeline.pages import Fact
from runner.pipeline.planning import Prepared
from runner.pipeline.telling import Teller, day, moment


def terms(prepared: Prepared) -> tuple[Fact, ...]:
    """Return who must agree before a plan is carried out, when that is, and which of its changes end by themselves."""
    return (*_agreements(prepared), *_start(prepared), *_ends(prepared))


def moves_ends(prepared: Prepared) -> bool:
    """Say whether something that has an end already ends later by a plan, or no more, whatever else it changes."""
    return bool(moved_ends(prepared.walk.services, prepared.walk.form, prepared.plan, prepared.walk.reader.now))


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
    walk = prepared.walk
    when, _ = walk.reader.gather(
        walk.situation, lambda known: given(walk.form.run_at, known.environment(prepared.worked.values))
    )
    if not prepared.plan.later:
        return
    if isinstance(when, datetime):
        yield Fact("Runs", moment(when, walk.reader.now))
    elif isinstance(when, date):
        yield Fact("Runs", day(when))


def _ends(prepared: Prepared) -> Iterator[Fact]:
    now, kept = prepared.walk.reader.now, {step.id for step in prepared.walk.form.steps if step.revert == "none"}
    for planned in prepared.plan.operations:
        if planned.until is not None and planned.operation.id.partition("/")[0] not in kept:
            ends_at = end_of(planned.until, now)
            yield Fact("Ends by itself", f"{planned.title}: when {day(last_day(ends_at, now))} is over")
    yield from _moved(prepared)


def _moved(prepared: Prepared) -> Iterator[Fact]:
    """Tell of what has an end already, and ends later by this, or no more."""
    teller, now = Teller(prepared.walk.reader), prepared.walk.reader.now
    for one in moved_ends(prepared.walk.services, prepared.walk.form, prepared.plan, now):
        before = day(last_day(one.grant.ends_at, now))
        stays = "and stays for good now" if one.ends_at is None else f"and now until {day(last_day(one.ends_at, now))}"
        yield Fact("Had an end", f"{teller.text(one.about)}: until {before}, {stays}")
