"""The command for authors that writes a first form: new."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from connectors.spi import Verb
from forms.definition import Form
from forms.editing.drafting import (
    TARGET_KINDS,
    Doing,
    Draft,
    Given,
    acts_on,
    argument_called,
    arguments_to_give,
    attributes_that_fit,
    drafted,
    id_from,
    usual,
)
from forms.errors import DefinitionError
from forms.problems import nearest_or_all
from runner.cli.new_asking import TICKETS, Dialogue, ask_for_draft
from runner.cli.new_desk import NewDesk, open_new_desk
from runner.cli.new_rules import NewFormError, check_passwords, checked_id, checked_title
from runner.cli.new_tests import with_test
from runner.cli.options import desk_option


@click.command()
@click.argument("id", required=False, default="")
@click.option("--title", default="", help="What the form is called.")
@click.option("--target", type=click.Choice([*TARGET_KINDS, "nothing"]), help="What it acts on.")
@click.option(
    "--do", "verbs", multiple=True, metavar="VERB", help="What it does; may be given several times, in order."
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="ARGUMENT=VALUE",
    help="Where an argument comes from: ask (a question), target.<attribute>, or else a constant; set.<attribute> for one "
    "of those that an update sets. What is needed and not said is asked.",
)
@click.option("--verify", default="", metavar="POLICY", help="How the caller is checked, or none.")
@click.option("--because", default="", metavar="TEXT", help="Why nobody is checked, with --verify none.")
@click.option("--within", default="", metavar="SET", help="The resource set it may reach.")
@click.option("--ticket", type=click.Choice(TICKETS), help="Whether a ticket number is asked for.")
@desk_option
def new(
    id: str,
    title: str,
    target: str | None,
    verbs: tuple[str, ...],
    settings: tuple[str, ...],
    verify: str,
    because: str,
    within: str,
    ticket: str | None,
    desk_path: Path,
) -> None:
    """Write a first form called ID, from questions on the terminal, or from options alone when --do is among them.

    The form is checked and gets a test before it is written; nothing is ever overwritten.
    """
    if settings and not verbs:
        raise click.UsageError("--set goes with --do.")
    desk = open_new_desk(desk_path)
    begun = _begun(desk, Draft(id, title, (), target or "", within, verify, because, ticket or "", schema=desk.schema))
    if verbs:
        draft = _from_options(desk, begun, verbs, settings)
    else:
        draft = ask_for_draft(desk, begun, Dialogue(sys.stdin, sys.stdout))
    form, draft = _finished(desk, replace(draft, target="" if draft.target == "nothing" else draft.target))
    file = desk.root / f"{draft.id}.form.yaml"
    _write(file, drafted(draft))
    _tell_what_next(desk, draft, form, file, desk_path)


def _begun(desk: NewDesk, draft: Draft) -> Draft:
    """Check what was given and fill in what follows from the desk; raises `NewFormError`."""
    if draft.id:
        checked_id(desk, draft.id)
    if draft.title:
        checked_title(draft.title)
    if draft.because:
        checked_title(draft.because)
    if draft.verify not in ("", "none", *desk.verification):
        raise NewFormError(
            f'There is no policy "{draft.verify}". {nearest_or_all(draft.verify, desk.verification, "Policies")}'
        )
    kind = draft.target
    if draft.within and draft.within not in desk.sets_for(kind or "user"):
        fix = nearest_or_all(draft.within, desk.sets_for(kind or "user"), "Sets")
        raise NewFormError(f'No resource set "{draft.within}" holds what the form acts on. {fix}'.strip())
    return replace(draft, password_policy=desk.password_policies[0] if desk.password_policies else "")


def _from_options(desk: NewDesk, begun: Draft, names: Sequence[str], settings: Sequence[str]) -> Draft:
    if not begun.title:
        raise click.UsageError("--do needs --title too.")
    verbs = [_verb(desk, name) for name in names]
    for verb in verbs:
        check_passwords(desk, verb)
    kind = begun.target or next((acts_on(verb) for verb in verbs if acts_on(verb)), "nothing")
    draft = replace(
        begun, id=begun.id or checked_id(desk, id_from(begun.title)), target="" if kind == "nothing" else kind
    )
    given = _given(draft, verbs, settings)
    draft = replace(draft, doings=tuple(_doing(draft, verb, given) for verb in verbs))
    if any(verb.caller_check for verb in verbs) and not draft.verify:
        if not desk.default_verification:
            raise click.UsageError("This is done for a caller: say --verify POLICY, or --verify none --because TEXT.")
        draft = replace(draft, verify=desk.default_verification)
    if draft.verify == "none" and not draft.because:
        raise click.UsageError("--verify none needs --because TEXT.")
    return draft


def _verb(desk: NewDesk, name: str) -> Verb:
    if name not in desk.verbs:
        raise NewFormError(f'No connector offers "{name}". {nearest_or_all(name, desk.verbs, "Verbs")}')
    return desk.verbs[name]


def _given(draft: Draft, verbs: Sequence[Verb], settings: Sequence[str]) -> Mapping[str, Given]:
    """Read ``--set``; raises `NewFormError` for an argument that no verb has, and an attribute that does not fit."""
    found: dict[str, Given] = {}
    for setting in settings:
        name, sign, text = setting.partition("=")
        argument = next((one for verb in verbs if (one := argument_called(verb, name))), None)
        if not sign or argument is None or argument.type == "map":
            known = [one.name for verb in verbs for one in verb.arguments if one.type != "map"]
            raise NewFormError(
                f"--set {setting}: there is no such argument. Known are: {', '.join(known)}, set.<attribute>."
            )
        attributes = attributes_that_fit(argument, draft.target)
        if text.startswith("target.") and text.removeprefix("target.") not in attributes:
            raise NewFormError(f"--set {setting}: attributes that fit are {', '.join(attributes) or 'none'}.")
        is_attribute = text.startswith("target.")
        found[name] = Given("target", text.removeprefix("target.")) if is_attribute else Given("constant", text)
        if text == "ask":
            found[name] = Given("question")
    return found


def _doing(draft: Draft, verb: Verb, settings: Mapping[str, Given]) -> Doing:
    mine = {name: given for name, given in settings.items() if argument_called(verb, name)}
    needed = [one for one in arguments_to_give(verb) if one.type != "map"]
    given = {one.name: mine.get(one.name) or usual(verb, one, draft.target) for one in needed}
    for name, one in given.items():
        if one.source == "constant" and not one.text:
            raise NewFormError(f"{verb.name} needs {name}, which no question can ask for: say --set {name}=….")
    is_setting = any(one.type == "map" and one.needed for one in verb.arguments)
    if is_setting and not any(name.startswith("set.") for name in mine):
        raise NewFormError(f"{verb.name} needs to know what it sets: say --set set.<attribute>=ask.")
    return Doing(verb, {**given, **mine})


def _finished(desk: NewDesk, draft: Draft) -> tuple[Form, Draft]:
    """Check the form as it would stand in its folder, and give it a test; raises `DefinitionError`."""
    form, problems = desk.compiled(draft)
    if form is None:
        raise DefinitionError(problems)
    return form, with_test(desk, draft)


def _write(file: Path, text: str) -> None:
    """Write a file that is not there yet, whole or not at all; raises `NewFormError` when it is there."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        raise NewFormError(f"{file} is there already; nothing was changed.") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _tell_what_next(desk: NewDesk, draft: Draft, form: Form, file: Path, folder: Path) -> None:
    needs = ", ".join(dict.fromkeys(need.permission for need in form.needs)) or "nothing"
    click.echo(f"{file} was written and checked. It needs {needs}.")
    if not draft.tests:
        click.echo("No test was found that passes against the fixture: write one under  tests: .")
    bindings = desk.bindings_for(form)
    for binding, principals in bindings:
        click.echo(f"The binding {binding} in access.yaml lets use it: {principals}.")
    if not bindings:
        on = draft.within or next(iter(desk.sets_for(draft.target)), "…")
        click.echo("Nobody can use it yet. In access.yaml, give a role these permissions and add a binding:")
        click.echo(
            f"  - id: {draft.id}\n    principals: [{{ group: … }}]\n    role: …\n    on: [{on}]\n    forms: [{draft.id}]"
        )
    click.echo(
        f"Next: open the file and make its words yours, then  deskhand check {folder}  and  deskhand test {folder} {draft.id} ."
    )


COMMANDS = (new,)
