"""Commands for four eyes on forms: hand-in, publish."""

import json
from pathlib import Path

import click

from forms.comparison.comparing import as_json as changes_json
from forms.problems import nearest_or_all
from runner.cli.options import actor_named, desk_option, installation_at, json_option
from runner.cli.telling import tell
from runner.counting import counted
from runner.errors import RefusedError, SetUpError, StaleError, UnknownNameError
from runner.settings.reading import SETTINGS_FILE
from runner.store.candidates import Candidate
from runner.versions.publishing import Publishing
from runner.wiring import Installation

_as_option = click.option("--as", "login", required=True, help="The login of who does this.")


@click.command("hand-in")
@click.argument("form")
@_as_option
@desk_option
def hand_in(form: str, login: str, desk_path: Path) -> None:
    """Hand a changed form in, so that somebody else can publish it.

    Only where deskhand.toml says  [forms] publish = "two people" .
    """
    with installation_at(desk_path, "ignore") as installation:
        _check_needed(installation)
        found = installation.services.catalogue.forms.get(form)
        if found is None:
            fix = nearest_or_all(form, sorted(installation.services.catalogue.forms), "Forms")
            raise UnknownNameError(f'There is no form "{form}", or it has errors. {fix}'.strip())
        actor = actor_named(installation, login)
        candidate = Publishing(installation.services).hand_in(actor, found, installation.folder.forms)
    click.echo(f"{form}, version {candidate.version}, waits until somebody else publishes it:")
    click.echo(f"  deskhand publish --list --desk {desk_path}")


@click.command()
@click.argument("forms", nargs=-1)
@click.option("--as", "login", help="The login of who publishes; not of who handed it in.")
@click.option("--list", "is_list", is_flag=True, help="Show what waits, and what would change.")
@click.option("--digest", help="Publish only what has this digest, as --list shows it.")
@desk_option
@json_option
def publish(
    forms: tuple[str, ...], login: str | None, is_list: bool, digest: str | None, desk_path: Path, as_json: bool
) -> None:
    """Publish forms that somebody else handed in; a desk uses them when it opens the next time.

    Only where deskhand.toml says  [forms] publish = "two people" .
    """
    if is_list == bool(forms) or (forms and login is None) or (digest and len(forms) != 1):
        raise click.UsageError("Write  deskhand publish --list , or  deskhand publish FORM --as LOGIN .")
    with installation_at(desk_path, "compare") as installation:
        _check_needed(installation)
        if is_list:
            _list(installation, as_json=as_json)
            return
        publishing, actor = Publishing(installation.services), actor_named(installation, login or "")
        for form in forms:
            waiting = digest or installation.services.store.candidates.get(form).digest
            done = publishing.publish(actor, form, waiting)
            click.echo(
                f"{form}, version {done.version}, by {done.author_login}, is published. Open the desk anew to use it."
            )


def _check_needed(installation: Installation) -> None:
    if not installation.folder.needs_two:
        file = installation.folder.path / SETTINGS_FILE
        raise SetUpError(
            f"{file}: nobody has to publish forms here; a changed one is used when the desk opens. To change that write  "
            'publish = "two people"  under [forms].'
        )


def _list(installation: Installation, *, as_json: bool) -> None:
    waiting = installation.services.store.candidates.all()
    handed_in = {(one.form_id, one.digest) for one in waiting}
    others = [one for one in installation.unpublished if (one.form_id, one.digest) not in handed_in]
    publishing = Publishing(installation.services)
    if as_json:
        said = {
            "waiting": [_json(publishing, one) for one in waiting],
            "not_handed_in": [
                {"form": one.form_id, "version": one.version, "digest": one.digest, "used": one.used or None}
                for one in others
            ],
        }
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    for one in waiting:
        tell(
            f"{one.form_id}, version {one.version}, handed in by {one.author_login} on {one.handed_in_at:%Y-%m-%d %H:%M}Z, "
            f"digest {one.digest}"
        )
        for line in _told(publishing, one):
            tell(f"  {line}")
    for other in others:
        click.echo(f"{other.sentence}. Nobody handed it in: deskhand hand-in {other.form_id} --as LOGIN")
    click.echo(f"{counted(len(waiting), 'form')} to publish, {counted(len(others), 'changed form')} not handed in.")


def _told(publishing: Publishing, candidate: Candidate) -> list[str]:
    try:
        changes = publishing.changes(candidate)
    except (RefusedError, StaleError) as error:
        return [f"it cannot be published or compared as it is: {error}"]
    if changes is None:
        return ["it is new"]
    return [change.sentence for change in changes] or ["it is written differently, and means the same here"]


def _json(publishing: Publishing, candidate: Candidate) -> dict[str, object]:
    fault = ""
    try:
        changes = publishing.changes(candidate)
    except (RefusedError, StaleError) as error:
        changes, fault = (), str(error)
    return {
        "form": candidate.form_id,
        "version": candidate.version,
        "digest": candidate.digest,
        "author": candidate.author_login,
        "handed_in_at": candidate.handed_in_at.isoformat(),
        "is_new": changes is None,
        "changes": changes_json(changes or ()),
        "fault": fault or None,
    }


COMMANDS = (hand_in, publish)
