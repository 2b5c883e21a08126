"""The gate: decides on a form, on its target and on every operation of a plan. Asks the authority; performs nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.spi import Entry, OutputRef, Ref
from forms.definition import Form
from forms.planning import Plan, PlannedOperation, Requirement
from runner.access.form_rights import may_satisfy
from runner.access.model import Actor, Decision
from runner.access.rights_groups import adds_people
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.reading import READ_PERMISSIONS, Reader
from runner.pipeline.services import Services

NOT_FOUND = "There is nothing here, or it is not yours to see."


_GIVES_RIGHTS = "This group gives rights in Deskhand; people are added to it by somebody with access.manage."


@dataclass(frozen=True, slots=True)
class Permit:
    """Why one operation may be done: for each thing it touches, the object as read and the decision on it."""

    operation_id: str
    decisions: tuple[tuple[Requirement, Entry | None, Decision], ...]

    @property
    def refused(self) -> Decision | None:
        """The first decision that says no, if there is one."""
        return next((decision for _, _, decision in self.decisions if not decision.allowed), None)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The existing objects that were decided on."""
        return tuple(entry for _, entry, _ in self.decisions if entry is not None and entry.ref.kind != "mail_domain")


def reads_journal(reader: Reader) -> bool:
    """Say whether the actor may read the journal, and with it the records of others."""
    return may_audit(reader.services, reader.actor)


def may_audit(services: Services, actor: Actor) -> bool:
    """Say whether an actor may read the journal, and what operators look after with it."""
    return services.authority.current().holds(actor, "audit.read", "", form=None, now=services.now())


def may_use(reader: Reader, form: Form) -> bool:
    """Say whether some binding of the actor could satisfy all that a form needs; drafts and retired forms never."""
    if form.status != "live":
        return False
    authority = reader.services.authority.current()
    return all(may_satisfy(authority, reader.actor, need, form=form.id, now=reader.now) for need in form.needs)


def target_permissions(form: Form) -> tuple[str, ...]:
    """Return what the actor must hold on the target of a form, reading it left out."""
    read = READ_PERMISSIONS.get(form.target.type, "") if form.target else ""
    return tuple(need.permission for need in form.needs if need.on == "target" and need.permission != read)


def is_fitting(reader: Reader, form: Form, entry: Entry) -> bool:
    """Say whether an object that may be read may also be the target: permissions, ``within`` and ``except``."""
    authority, target = reader.services.authority.current(), form.target
    if target is None or entry.ref.kind != target.type:
        return False
    if target.within and not any(authority.in_set(name, entry, reader.actor) for name in target.within):
        return False
    if any(authority.in_set(name, entry, reader.actor, excluding=True) for name in target.excluded):
        return False
    return all(
        authority.decide(reader.actor, permission, entry, form=form.id, now=reader.now).allowed
        for permission in target_permissions(form)
    )


def open_form(reader: Reader, forms: Mapping[str, Form], form_id: str) -> Form:
    """Return a form the actor may use; raises `NotFoundError` for one that is unknown or not theirs."""
    form = forms.get(form_id)
    if form is None or not may_use(reader, form):
        raise NotFoundError(NOT_FOUND)
    return form


def open_target(reader: Reader, form: Form, target_id: str) -> Entry:
    """Return the target as read inside the actor's scope; raises `NotFoundError` when it is not fit or not there."""
    entry = reader.visible(form.target.type, target_id) if form.target else None
    if entry is None or not is_fitting(reader, form, entry):
        raise NotFoundError(NOT_FOUND)
    return entry


def decide_operation(reader: Reader, form: Form, planned: PlannedOperation) -> Permit:
    """Decide on one operation with everything it touches as it is now."""
    return _permit(reader, form, planned, {})


def decide_plan(reader: Reader, form: Form, plan: Plan, target: Entry | None) -> tuple[Permit, ...]:
    """Decide on every operation; raises `RefusedError` naming the first step that is not allowed, and nothing is done.

    All of the plan is decided on one picture: ``target`` as it was opened in this request, and each other object read
    once.  What is performed is decided on anew by `decide_operation`.
    """
    known: dict[Ref, Entry | None] = {target.ref: target} if target is not None else {}
    permits = tuple(_permit(reader, form, planned, known) for planned in plan.operations)
    for planned, permit in zip(plan.operations, permits, strict=True):
        if permit.refused is not None:
            raise RefusedError(_refusal(planned.title, permit.refused))
    return permits


def _refusal(title: str, decision: Decision) -> str:
    """Say that a step is refused; why, only where that tells nothing of what the actor may not see."""
    if decision.code == "self":
        return f"“{title}” would change your own account; somebody else has to do that. Nothing was changed."
    if decision.reason == _GIVES_RIGHTS:
        return f"“{title}” is not yours to do here. {_GIVES_RIGHTS} Nothing was changed."
    return f"“{title}” is not yours to do here. Nothing was changed."


def _permit(reader: Reader, form: Form, planned: PlannedOperation, known: dict[Ref, Entry | None]) -> Permit:
    decisions = tuple(_decided(reader, form, requirement, known) for requirement in planned.requirements)
    if adds_people(planned.operation):
        decisions = tuple((need, entry, _not_by_rights(reader, entry, decision)) for need, entry, decision in decisions)
    return Permit(planned.operation.id, decisions)


def _not_by_rights(reader: Reader, entry: Entry | None, decision: Decision) -> Decision:
    """Refuse to add people to a group that gives rights here, but for those who say who has which rights."""
    authority = reader.services.authority.current()
    if entry is None or not decision.allowed or not authority.gives_rights(entry):
        return decision
    if authority.holds(reader.actor, "access.manage", "", form=None, now=reader.now):
        return decision
    return Decision(False, _GIVES_RIGHTS, None, "protected")


def _decided(
    reader: Reader, form: Form, need: Requirement, known: dict[Ref, Entry | None]
) -> tuple[Requirement, Entry | None, Decision]:
    authority = reader.services.authority.current()
    if isinstance(need.on, OutputRef):
        held = authority.holds(reader.actor, need.permission, need.on.kind, form=form.id, now=reader.now)
        reason = "decided when it exists" if held else f"Nothing gives you {need.permission} on it."
        return need, None, Decision(held, reason, None, "allowed" if held else "no_binding")
    if need.on not in known:
        known[need.on] = _entry(reader, need.on)
    entry = known[need.on]
    if entry is None:
        return need, None, Decision(False, "There is no such object any more.", None, "not_in_scope")
    decision = authority.decide(reader.actor, need.permission, entry, form=form.id, now=reader.now)
    return need, entry, decision


def _entry(reader: Reader, ref: Ref) -> Entry | None:
    if ref.kind == "mail_domain":
        return Entry(ref, ref.id, (), {"name": ref.id})
    return reader.entry(ref)
