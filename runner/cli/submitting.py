"""Commands that go the whole way from the host, as a given account: plan and run."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeAlias

import click

from connectors.errors import UnknownOutcomeError
from connectors.spi import Compare, Question
from forms.compiling.form import form_id_of
from forms.definition import Form
from runner.access.model import Actor
from runner.cli.answering import Names, how, written
from runner.cli.changes import operation_json, operation_lines
from runner.cli.options import Decorator, actor_named, desk_option, installation_at, json_option
from runner.cli.telling import tell
from runner.errors import NotDurableError, NotFoundError, RefusedError
from runner.pipeline.pages import FillPage, PlanPage, Posted, SubmissionPage, VerifyPage
from runner.pipeline.reading import Reader, label_attribute
from runner.wiring import Installation

_UNCLEAR = 5
_MOST_NAMESAKES = 20
_KINDS = {"user": "person", "ou": "unit"}
_WHOM = {"user": "whom"}
_SEVERAL = {"user": "people; use the login", "group": "groups; use the id", "mailbox": "mailboxes; use the address"}
Page: TypeAlias = FillPage | VerifyPage | PlanPage | SubmissionPage

_OPTIONS: tuple[Decorator, ...] = (
    click.argument("form"),
    desk_option,
    click.option("--as", "login", required=True, help="The account on whose behalf this is done."),
    click.option("--target", help="Login, name, address or id of the target."),
    click.option(
        "--set",
        "pairs",
        multiple=True,
        metavar="FIELD=VALUE",
        help="An answer; may be repeated. Objects by name: FIELD=NAME, in a list of memberships FIELD=+NAME, FIELD=-NAME.",
    ),
    click.option("--answers", type=click.File("rb"), help="A JSON file with answers, or - for standard input."),
    click.option("--ticket", default="", help="The ticket number."),
    click.option("--reason", default="", help="Why this is done."),
    json_option,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line; ``answers`` is an open stream or None."""

    form: str
    desk_path: Path
    login: str
    target: str | None
    pairs: tuple[str, ...]
    answers: Any
    ticket: str
    reason: str
    as_json: bool


def _takes_a_submission(work: Callable[[Asked], None]) -> Callable[..., None]:
    """Give a command the options of a submission."""

    @wraps(work)
    def command(**options: Any) -> None:
        work(Asked(**options))

    wrapped: Callable[..., Any] = command
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _target_id(installation: Installation, actor: Actor, form: Form | None, target: str | None) -> str | None:
    """Find the target by what an operator types; the pipeline decides afterwards whether it may be used.

    A name as it is shown stands for the only one of that name in the actor's scope.
    """
    if form is None or form.target is None:
        return target
    kind = form.target.type
    if target is None:
        raise click.UsageError(
            f"This form is for a {_KINDS.get(kind, kind)}: say {_WHOM.get(kind, 'which')} with --target."
        )
    reader = Reader(installation.services, actor, form.id, installation.services.now())
    entry = reader.named(kind, target)
    if entry is not None:
        return entry.ref.id
    called = Compare(label_attribute(kind), "==", target.strip())
    found = reader.find(Question(kind, called, limit=_MOST_NAMESAKES))
    if len(found.entries) > 1:
        count = f"{len(found.entries)}{' or more' if found.more else ''}"
        raise NotFoundError(f'"{target}" matches {count} {_SEVERAL.get(kind, "objects; use the id")}.')
    return found.entries[0].ref.id if found.entries else target


def _taken(
    installation: Installation, asked: Asked, take: Callable[..., Page]
) -> tuple[Actor, PlanPage | SubmissionPage]:
    """Take answers one step; raises `RefusedError` with every problem when they do not get as far as a plan."""
    actor = actor_named(installation, asked.login)
    form = installation.services.catalogue.forms.get(asked.form)
    if form is None:
        _say_why_unusable(installation, asked.form)
    target_id = _target_id(installation, actor, form, asked.target)
    posted = Posted(written(form, asked.pairs, asked.answers), asked.ticket, asked.reason)
    if form is not None and not (form.verify and form.verify.policy and form.verify.when is None):
        posted = Names(installation, actor, form, target_id, _language(installation)).with_ids(posted)
    page = take(actor, installation.services.new_id(), asked.form, target_id, posted, _language(installation))
    if isinstance(page, VerifyPage):
        raise RefusedError("This form asks for a caller check, which needs a person at the desk. Use the web.")
    if isinstance(page, FillPage):
        raise RefusedError(_problems(page, form, posted))
    return actor, page


def _say_why_unusable(installation: Installation, form_id: str) -> None:
    """Raise `RefusedError` with what is wrong with the definition of a form that is there but cannot be used."""
    wrong = [one for one in installation.problems if one.level == "error" and form_id_of(one.file) == form_id]
    if wrong:
        raise RefusedError("\n".join(str(one) for one in wrong))


def _problems(page: FillPage, form: Form | None, posted: Posted) -> str:
    """Return every problem with its question, and first the answers that no question of the form asks for."""
    asked = {field.id for field in form.fields} if form else set()
    unknown = [f'There is no question "{name}" in this form.' for name in posted.answers if name not in asked]
    named = [
        f"{where or 'form'}: {message}{_how(form, at)}"
        for at, where, message in page.errors
        if at or where or not unknown
    ]
    return "\n".join([*unknown, *named])


def _how(form: Form | None, at: str) -> str:
    """Say how a question about objects is answered here, whose answer did not fit or was left out."""
    field = next((one for one in form.fields if one.id == at), None) if form else None
    said = how(field) if field is not None else ""
    return f" {said}" if said else ""


@click.command()
@_takes_a_submission
def plan(asked: Asked) -> None:
    """Show what a form would change, and change nothing."""
    with installation_at(asked.desk_path, "ignore") as installation:
        _, page = _taken(installation, asked, installation.desk.plan)
        _show(page, asked.as_json)


@click.command()
@_takes_a_submission
def run(asked: Asked) -> None:
    """Run a form as a given account. It is decided, recorded and done as in the web, with the channel "cli".

    Exit 0 done, or handed in where it waits for a yes or a moment, 1 refused or not done, 5 unclear.
    """
    with installation_at(asked.desk_path, "keep") as installation:
        try:
            actor, page = _taken(installation, asked, installation.desk.submit)
            if isinstance(page, PlanPage):
                page = _confirmed(installation, actor, page)
        except NotDurableError as lost:
            if not installation.services.halt.reason:
                raise
            raise UnknownOutcomeError(str(lost)) from lost
        _show(page, asked.as_json)
    if page.state == "unknown":
        raise click.exceptions.Exit(_UNCLEAR)
    if page.state not in ("done", "queued", "awaiting_approval"):
        raise click.exceptions.Exit(1)


def _language(installation: Installation) -> str:
    return installation.services.catalogue.settings.languages[0]


def _confirmed(installation: Installation, actor: Actor, page: PlanPage) -> SubmissionPage:
    if page.refused:
        raise RefusedError(page.refused)
    boxes = tuple(range(len(page.acknowledge)))
    submission, language = page.head.submission, _language(installation)
    done = installation.desk.confirm(actor, submission, page.digest, page.type_to_confirm, boxes, language)
    if not isinstance(done, SubmissionPage):
        raise NotFoundError("The world changed while this ran. Nothing was done; run it again.")
    return done


def _show(page: PlanPage | SubmissionPage, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_page_json(page), ensure_ascii=False, indent=2))
        return
    for operation in page.operations:
        for line in operation_lines(operation):
            tell(line)
    if isinstance(page, SubmissionPage):
        tell(f"{page.state_text}. {page.message}")
        for shown in page.shows:
            tell(f"{shown.label}: {shown.secret.reveal() if shown.secret else shown.text}")
    elif page.refused:
        tell(page.refused)


def _page_json(page: PlanPage | SubmissionPage) -> Mapping[str, object]:
    body: dict[str, object] = {
        "submission": page.head.submission,
        "form": page.head.form,
        "operations": [operation_json(operation) for operation in page.operations],
    }
    if isinstance(page, SubmissionPage):
        shows = {one.label: one.secret.reveal() if one.secret else one.text for one in page.shows}
        return body | {"state": page.state, "message": page.message, "shows": shows}
    return body | {"digest": page.digest, "nothing_to_do": page.nothing_to_do, "refused": page.refused}


COMMANDS = (plan, run)
