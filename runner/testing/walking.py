"""Walk one test of a form through the pipeline, as far as the plan. Reads the fixture's world; performs nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from connectors.errors import ConnectorError
from connectors.spi import Change, Entry, Ref
from forms.answering.situation import given
from forms.answering.validating import validate
from forms.answering.working_out import Worked, work_out
from forms.definition import Example, Form
from forms.errors import AnswerProblem, AnswersError
from forms.planning import PlanError
from runner.access.form_rights import may_satisfy
from runner.access.model import Actor
from runner.errors import NotFoundError, RunnerError
from runner.pipeline.authorising import target_permissions
from runner.pipeline.planning import prepare
from runner.pipeline.reading import READ_PERMISSIONS
from runner.pipeline.services import Services
from runner.pipeline.tabling import rows_of
from runner.pipeline.viewing import MOST_ROWS
from runner.pipeline.walking import Walk, reader_for, situation_of, start
from runner.testing.answers import Names
from runner.testing.world import World

_TICKET, _REASON = "TEST-1", "A test of the form."


class TestError(Exception):
    """A test cannot be walked as it is written; the text is a sentence for its author."""

    __test__ = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a test: how far it got, and what stood there.

    ``operations`` are the steps of the plan in their order, each once; ``changes`` those the connectors announced.
    ``rows`` are what stands in each table, where the test asks for it.  ``refused`` is the sentence of a refusal, ``why``
    what an author has to know of it.
    """

    worked: Worked | None = None
    problems: tuple[AnswerProblem, ...] = ()
    refused: str = ""
    why: str = ""
    operations: tuple[str, ...] = ()
    approval: bool = False
    changes: tuple[Change, ...] = ()
    is_planned: bool = False
    rows: Mapping[str, tuple[Ref, ...]] = field(default_factory=dict)
    names: Names | None = field(default=None, repr=False)
    target: Ref | None = None


def walk_test(world: World, form: Form, example: Example, language: str) -> Seen:
    """Walk one test; raises `TestError` when the fixture or the policy lacks what it names."""
    role = example.actor.get("role")
    if role is not None and role not in world.policy.roles:
        raise TestError(f'There is no role "{role}" in access.yaml.')
    services = world.services_for(form, role)
    actor = acting(world, example)
    target: str | None = None
    try:
        target = target_of(world, services, form, actor, example, language)
        walk = start(
            services, actor, form.id, target, services.new_id(), language, example.actor.get("channel", "portal")
        )
    except NotFoundError as refused:
        return Seen(refused=str(refused), why=_why_not(world, services, actor, form, target))
    except (RunnerError, ConnectorError) as refused:
        return Seen(refused=str(refused))
    names = Names(world, form, services.catalogue)
    walk = replace(walk, situation=replace(walk.situation, files=names.files(example.fill)))
    try:
        seen = _looked_at(walk, names, example.fill) if form.is_view else _walked(walk, form, names, example.fill)
        return _with_rows(walk, seen, example)
    except (RunnerError, ConnectorError) as refused:
        return Seen(refused=str(refused), names=names)


def _looked_at(walk: Walk, names: Names, fill: Mapping[str, object]) -> Seen:
    """Work out a form that only shows."""
    posted = names.posted(fill)
    target = walk.target.ref if walk.target else None
    worked, situation = walk.reader.gather(walk.situation, lambda known: work_out(known, posted))
    try:
        walk.reader.gather(situation, lambda known: validate(known, posted))
    except AnswersError as wrong:
        return Seen(worked, wrong.problems, names=names, target=target)
    return Seen(worked, names=names, target=target)


def _with_rows(walk: Walk, seen: Seen, example: Example) -> Seen:
    """Add the rows of the tables that a test names."""
    wanted = example.expect.get("rows")
    if not isinstance(wanted, Mapping) or seen.names is None or seen.worked is None:
        return seen
    posted = seen.names.posted(example.fill)
    found = {id_: rows_of(walk, posted, walk.form.field(id_), MOST_ROWS)[0] for id_ in wanted}
    return replace(seen, rows={id_: tuple(entry.ref for entry in rows.entries) for id_, rows in found.items()})


def _missing(world: World, cause: BaseException | None) -> str:
    """Return what the form names and the fixture does not have; empty where it is something else."""
    if not isinstance(cause, PlanError) or not cause.name:
        return ""
    return f'The form names the {cause.kind} "{cause.name}", which {world.fixture.file} does not have.'


def _walked(walk: Walk, form: Form, names: Names, fill: Mapping[str, object]) -> Seen:
    ticket = _TICKET if form.record.ticket == "required" else ""
    reason = _REASON if form.record.reason == "required" else ""
    walk = walk.with_request(ticket, reason)
    posted = names.posted(fill)
    target = walk.target.ref if walk.target else None
    worked: Worked | None = None
    try:
        worked, _ = walk.reader.gather(walk.situation, lambda known: work_out(known, posted))
        prepared = prepare(walk, posted)
    except AnswersError as wrong:
        return Seen(worked, wrong.problems, names=names, target=target)
    except (RunnerError, ConnectorError) as refused:
        why = _missing(names.world, refused.__cause__)
        return Seen(worked, refused=str(refused), why=why, names=names, target=target)
    steps = (planned.operation.id.partition("/")[0] for planned in prepared.plan.operations)
    return Seen(
        prepared.worked,
        operations=tuple(dict.fromkeys(steps)),
        approval=prepared.plan.approval,
        changes=tuple(change for one in prepared.preparations for change in one.changes),
        is_planned=True,
        names=names,
        target=target,
    )


def _why_not(world: World, services: Services, actor: Actor, form: Form, target: str | None) -> str:
    """Say why a form or its target is not the actor's."""
    reader, authority = reader_for(services, actor, form.id), services.authority.current()
    lacking = [
        need.permission for need in form.needs if not may_satisfy(authority, actor, need, form=form.id, now=reader.now)
    ]
    if lacking:
        return f"Nothing gives {actor.login} {', '.join(dict.fromkeys(lacking))}."
    entry = world.entry(Ref(form.target.type, target)) if form.target is not None and target is not None else None
    if entry is None:
        return "The form is opened in another way."
    for permission in (READ_PERMISSIONS[entry.ref.kind], *target_permissions(form)):
        decision = authority.decide(actor, permission, entry, form=form.id, now=reader.now)
        if not decision.allowed:
            return f"{actor.login}, {permission} on {entry.label}: {decision.reason}"
    return "The target is not in what the form allows: see within and except."


def acting(world: World, example: Example | None = None) -> Actor:
    """Return who fills the form in: the user a test names, else the fixture's actor; raises `TestError`."""
    login = example.actor.get("user", world.fixture.actor) if example is not None else world.fixture.actor
    person = world.person(login)
    if person is None:
        raise TestError(f'{world.fixture.file} has no user "{login}".')
    return world.actor(person)


def target_of(
    world: World, services: Services, form: Form, actor: Actor, example: Example, language: str
) -> str | None:
    """Return the id of a test's target, by default the one the form starts with; raises `TestError`."""
    if form.target is None:
        return None
    if example.target is not None:
        return _named(world, form.target.type, example.target).ref.id
    default = form.target.default
    if default is None:
        raise TestError("The form has a target; write  target: …  with a login or name of the fixture.")
    reader = reader_for(services, actor, form.id)
    situation = situation_of(reader, form, None, language, "portal")
    value, _ = reader.gather(situation, lambda known: given(default, known.environment({})))
    return value.id if isinstance(value, Ref) else None


def _named(world: World, kind: str, text: str) -> Entry:
    entry = world.named(kind, text)
    if entry is None:
        raise TestError(f'{world.fixture.file} has no {kind} "{text}".')
    return entry


def is_refused_without_bindings(world: World, form: Form, language: str) -> bool:
    """Say whether somebody who was given nothing cannot open the form; raises `TestError`."""
    actor = acting(world)
    named = (example.target for example in form.examples if example.target is not None)
    kind = form.target.type if form.target is not None else ""
    entry = world.named(kind, next(named, "")) or (actor.person if kind == "user" else None)
    target = (entry.ref.id if entry is not None else world.fixture.id) if kind else None
    services = world.services_without_bindings(form)
    try:
        start(services, actor, form.id, target, services.new_id(), language)
    except NotFoundError:
        return True
    except (RunnerError, ConnectorError):
        return False
    return False
