"""One person's way through one form: the form and target they may use, and what stands on every page of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from connectors.spi import Entry, Ref
from forms.answering.situation import Request, Situation, in_language, in_markdown
from forms.answering.validating import target_refusal
from forms.definition import Form, Text, VerificationPolicy
from forms.facts import Facts
from forms.values import Value
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.authorising import open_form, open_target
from runner.pipeline.lately import ran_lately
from runner.pipeline.pages import Chip, Fact, Head, Journey
from runner.pipeline.paging import FILL_IN
from runner.pipeline.reading import Reader, actor_facts, actor_ref
from runner.pipeline.refusing import Refusal, refuse
from runner.pipeline.services import Services
from runner.pipeline.telling import Teller, chips, thing
from runner.pipeline.waiting import waiting_files
from runner.verification.checks import policy_for

LOOK = "See"
"""The step of the journey of a form that only shows."""
_TARGETS = {"user": "Person", "mail_list": "Distribution list", "ou": "Unit"}
_NO_VALUES: Mapping[str, Value] = {}
Stage: TypeAlias = Literal["target", "verify", "fill", "plan", "done"]
_SAY = (
    "“I am giving you a temporary password. You choose your own at the next sign-in. "
    "I will never ask for your own password.”"
)


@dataclass(frozen=True, slots=True)
class Walk:
    """A form opened by somebody who may, on a target they may use it on. ``submission`` is the id it is kept under.

    ``waited`` says that it was handed in before and is opened again, to be carried out.
    """

    services: Services
    actor: Actor
    reader: Reader
    form: Form
    target: Entry | None
    situation: Situation
    submission: str
    policy: VerificationPolicy | None
    waited: bool = False

    def with_request(self, ticket: str, reason: str) -> "Walk":
        """Return the same walk with a ticket and a reason."""
        request = replace(self.situation.request, ticket=ticket.strip(), reason=reason.strip())
        return replace(self, situation=replace(self.situation, request=request))

    def text(self, text: Text | None, values: Mapping[str, Value] = _NO_VALUES) -> str:
        """Fill a text of the form in, in the reader's language, with the values of answers where there are any."""
        return self.reader.gather(
            self.situation, lambda known: in_language(text, known.language, known.environment(values))
        )[0]

    def markdown(self, text: Text | None, values: Mapping[str, Value] = _NO_VALUES) -> str:
        """Fill a text of Markdown in, as `text` does; what is filled in shows as it is."""
        return self.reader.gather(
            self.situation, lambda known: in_markdown(text, known.language, known.environment(values))
        )[0]


def reader_for(services: Services, actor: Actor, form: str | None) -> Reader:
    """Return a reader for this actor, now."""
    return Reader(services, actor, form, services.now())


def situation_of(reader: Reader, form: Form, target: Entry | None, language: str, channel: str) -> Situation:
    """Return what a form's expressions start from."""
    facts = actor_facts(reader.actor)
    if target is not None:
        facts = Facts({**facts.entries, target.ref: target})
    return Situation(
        form=form,
        catalogue=reader.services.catalogue,
        actor=actor_ref(reader.actor),
        target=target.ref if target else None,
        now=reader.now,
        language=language,
        request=Request(channel=channel, created_at=reader.now),
        facts=facts,
    )


def start(
    services: Services,
    actor: Actor,
    form_id: str,
    target_id: str | None,
    submission: str,
    language: str,
    channel: str = "portal",
    *,
    handed_in: datetime | None = None,
    kept: Form | None = None,
    is_begun: bool = False,
) -> Walk:
    """Open a form on a target; refusals are recorded.

    What was ``handed_in`` before is opened again with the values of that moment, in the version that was ``kept`` of the
    form; what is allowed is decided as things are now.  What ``is_begun`` has changed its target already, which is not held
    against the form's conditions then.
    Raises `NotFoundError` when the form or the target is not the actor's, `RefusedError` with the author's message when
    the target does not fit the form's conditions.
    """
    reader = reader_for(services, actor, form_id)
    wanted = Ref("", target_id) if target_id is not None else None
    try:
        form, target = _opened(reader, form_id, target_id, kept)
    except NotFoundError as refused:
        raise refuse(services, actor, "open", refused, form=form_id, target=wanted)  # noqa: B904 - the same one
    situation = situation_of(reader, form, target, language, channel)
    if handed_in is not None:
        then = handed_in.astimezone(reader.now.tzinfo)
        situation = replace(situation, now=then, request=replace(situation.request, created_at=then))
    situation = replace(situation, files=waiting_files(services, actor.id, form, submission, situation.now))
    refusal, situation = reader.gather(situation, target_refusal) if not is_begun else ("", situation)
    if refusal:
        raise refuse(services, actor, "open", RefusedError(refusal), form=form_id, target=wanted)
    policy, situation = reader.gather(situation, lambda known: policy_for(form, known))
    return Walk(services, actor, reader, form, target, situation, submission, policy, waited=handed_in is not None)


def _opened(reader: Reader, form_id: str, target_id: str | None, kept: Form | None) -> tuple[Form, Entry | None]:
    forms = reader.services.catalogue.forms
    form = open_form(reader, forms if kept is None else {**forms, form_id: kept}, form_id)
    if (form.target is None) != (target_id is None):
        raise NotFoundError("This form is opened in another way.")
    return form, open_target(reader, form, target_id) if target_id is not None else None


def head(walk: Walk, stage: Stage, checked: int = 0) -> Head:
    """Return what stands on every page of a form's journey."""
    form, target = walk.form, walk.target
    marks: tuple[Chip, ...] = ()
    facts: tuple[Fact, ...] = ()
    if target is not None:
        marks = chips(target, walk.reader.now, brief=True)
        names = form.target.show if form.target else ()
        facts = Teller(walk.reader).facts(target, (name for name in names if name != "display_name"))
    if checked:
        marks = (*marks, Chip(f"Caller checked {checked}×", "ok", "check2"))
    return Head(
        form=form.id,
        title=walk.text(form.title),
        description=walk.text(form.description),
        journey=_journey(walk, stage),
        submission=walk.submission,
        target=thing(target, walk.reader.now) if target else None,
        target_chips=marks,
        target_facts=facts,
        say=_SAY if _gives_password(form) else "",
        lately=_lately(walk) if stage in ("verify", "fill", "plan") else "",
    )


def _lately(walk: Walk) -> str:
    if walk.target is None or walk.form.is_view:
        return ""
    return ran_lately(walk.services, walk.actor, walk.form.id, walk.target.ref, walk.submission, walk.reader.now)


def _gives_password(form: Form) -> bool:
    return any(step.verb.name == "directory.user.set_password" for step in form.steps)


def _journey(walk: Walk, stage: Stage) -> Journey:
    names: list[tuple[Stage, str]] = []
    if walk.form.target is not None:
        names.append(("target", _TARGETS.get(walk.form.target.type, walk.form.target.type.capitalize())))
    if walk.policy is not None:
        names.append(("verify", "Caller check"))
    if walk.form.is_view:
        names += [("fill", LOOK)] if names else []
    else:
        names += [("fill", FILL_IN), ("plan", "Check"), ("done", "Done")]
    if not names:
        return Journey(())
    at = [name for name, _ in names].index(stage)
    return Journey(
        tuple(
            (label, "done" if position < at or stage == "done" else "now" if position == at else "")
            for position, (_, label) in enumerate(names)
        )
    )


def target_ref(walk: Walk) -> Ref | None:
    """Return the target's identity, when the form has one."""
    return walk.target.ref if walk.target else None


def refused_on(walk: Walk, what: str, refusal: Refusal) -> Refusal:
    """Record a refusal on somebody's way through a form and return it, to be raised."""
    return refuse(walk.services, walk.actor, what, refusal, form=walk.form.id, target=target_ref(walk))
