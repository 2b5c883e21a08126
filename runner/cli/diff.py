"""The command that says what changed between two versions of a form: diff."""

import json
from dataclasses import dataclass
from pathlib import Path

import click

from forms.comparison.comparing import as_json as changes_json
from forms.comparison.comparing import compare
from forms.definition import Form
from forms.problems import nearest_or_all
from runner.cli.options import desk_option, installation_at, json_option
from runner.counting import counted
from runner.errors import NotFoundError, SetUpError, UnknownNameError
from runner.versions.kept import KeptForms
from runner.wiring import Installation


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared: a form, and what it is called in the answer."""

    name: str
    form: Form


@click.command()
@click.argument("before", metavar="FORM[@VERSION]")
@click.argument("after", metavar="[FORM[@VERSION]]", required=False)
@desk_option
@json_option
def diff(before: str, after: str | None, desk_path: Path, as_json: bool) -> None:
    """Show what changed between two versions of a form, as they were compiled.

    FORM@4 is version 4 as it was kept, FORM alone the file as it is now. With one argument, it is compared with the file; a
    FORM alone is then the newest version that is kept. Exit 0 when nothing changes, 1 when something does.
    """
    with installation_at(desk_path, "ignore") as installation:
        sides = _sides(installation, before, after)
    old, new = sides
    changes = compare(old.form, new.form)
    if as_json:
        said = {
            "before": _named(old),
            "after": _named(new),
            "same": old.form.digest == new.form.digest,
            "changes": changes_json(changes),
        }
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{old.name} → {new.name}")
        for change in changes:
            click.echo(f"  {change.sentence}")
        click.echo(_summary(old, new, len(changes)))
    if old.form.digest != new.form.digest:
        raise click.exceptions.Exit(1)


def _summary(old: Side, new: Side, count: int) -> str:
    if old.form.digest == new.form.digest:
        return "They are the same."
    if not count:
        return "They are written differently, and mean the same here."
    if old.form.version == new.form.version and old.form.status != "draft":
        return (
            f"{counted(count, 'change')}. Both are version {new.form.version}: write  version: {new.form.version + 1} ."
        )
    return f"{counted(count, 'change')}."


def _named(side: Side) -> dict[str, object]:
    return {"name": side.name, "id": side.form.id, "version": side.form.version, "digest": side.form.digest}


def _sides(installation: Installation, before: str, after: str | None) -> tuple[Side, Side]:
    if after is not None:
        return _side(installation, before), _side(installation, after)
    form_id, _, version = before.partition("@")
    return _kept(installation, form_id, version or _newest(installation, form_id)), _file(installation, form_id)


def _side(installation: Installation, text: str) -> Side:
    form_id, at, version = text.partition("@")
    return _kept(installation, form_id, version) if at else _file(installation, form_id)


def _kept(installation: Installation, form_id: str, version: str) -> Side:
    services = installation.services
    try:
        form = KeptForms(services.store, services.catalogue, services.connectors.unkept).form(form_id, version)
    except NotFoundError:
        known = [one.version for one in services.store.form_versions.versions(form_id)]
        there = (
            f"Kept are: {', '.join(known)}." if known else "None of it is kept; a version is kept when a desk uses it."
        )
        raise UnknownNameError(f'There is no version "{version}" of the form "{form_id}". {there}') from None
    return Side(f"{form_id}@{version}", form)


def _newest(installation: Installation, form_id: str) -> str:
    known = installation.services.store.form_versions.versions(form_id)
    if not known:
        _file(installation, form_id)
        raise UnknownNameError(f'No version of "{form_id}" is kept yet; one is kept when a desk uses it.')
    return known[-1].version


def _file(installation: Installation, form_id: str) -> Side:
    forms = installation.services.catalogue.forms
    if form_id in forms:
        return Side(form_id, forms[form_id])
    spoiled = [one for one in installation.problems if one.level == "error" and f"{form_id}.form." in one.file]
    if spoiled:
        raise SetUpError(f"{form_id} has errors, see: deskhand check. The first: {spoiled[0]}")
    raise UnknownNameError(f'There is no form "{form_id}". {nearest_or_all(form_id, sorted(forms), "Forms")}'.strip())


COMMANDS = (diff,)
