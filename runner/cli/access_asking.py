"""Commands that ask about rights: access explain, who-can, what-can and simulate."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from runner.access.model import Actor
from runner.cli.access import access
from runner.cli.access_answers import (
    answer_body,
    print_answer,
    print_what_can,
    print_who_can,
    what_can_body,
    who_can_body,
)
from runner.cli.options import Decorator, desk_option, installation_at, json_option
from runner.cli.telling import tell
from runner.delegation.asking import Asking
from runner.delegation.named import Naming
from runner.errors import NotFoundError, UnknownNameError
from runner.pipeline.pages import ChoosePage, FillPage, PersonPage, VerifyPage
from runner.wiring import Installation

_LANGUAGE = "en"
day_option: Decorator = click.option(
    "--on-day", "day", type=click.DateTime(["%Y-%m-%d"]), help="Ask about another day, such as 2026-12-24."
)


@contextmanager
def _asking(path: Path, day: datetime | None) -> Iterator[Asking]:
    with installation_at(path) as installation:
        asked: date | None = day.date() if day else None
        try:
            yield installation.delegation.asking.on(asked)
        except NotFoundError as unknown:  # a script that expects a no is not served by a misspelling
            raise UnknownNameError(str(unknown)) from unknown


def _say(body: Mapping[str, Any]) -> None:
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))


@access.command("explain")
@click.argument("who")
@click.argument("permission")
@click.argument("what")
@click.argument("form", required=False)
@day_option
@desk_option
@json_option
def explain(
    who: str, permission: str, what: str, form: str | None, day: datetime | None, desk_path: Path, as_json: bool
) -> None:
    """Say whether WHO may do PERMISSION to WHAT (in FORM), and why.

    WHO is a login or client:NAME. WHAT is a login, user:…, group:…, mailbox:…, ou:…, mail_domain:…, form:…, a resource
    name, or desk for the desk as a whole. A - for PERMISSION asks for all that FORM needs. Exit 1 when the answer is no, 2
    when nothing is called so.
    """
    with _asking(desk_path, day) as asking:
        answer = asking.explain(who, "" if permission == "-" else permission, what, form)
    _say(answer_body(answer)) if as_json else print_answer(answer)
    if not answer.allowed:
        raise click.exceptions.Exit(1)


@access.command("who-can")
@click.argument("permission")
@click.argument("what")
@click.argument("form", required=False)
@day_option
@desk_option
@json_option
def who_can(permission: str, what: str, form: str | None, day: datetime | None, desk_path: Path, as_json: bool) -> None:
    """List everybody who may do PERMISSION to WHAT (in FORM). Exit 1 when nobody may."""
    with _asking(desk_path, day) as asking:
        found = asking.who_can(permission, what, form)
    _say(who_can_body(found)) if as_json else print_who_can(found)
    if not found.holders:
        raise click.exceptions.Exit(1)


@access.command("what-can")
@click.argument("who")
@day_option
@desk_option
@json_option
def what_can(who: str, day: datetime | None, desk_path: Path, as_json: bool) -> None:
    """List what WHO may do, on how many things, and by which bindings. Exit 1 when that is nothing."""
    with _asking(desk_path, day) as asking:
        found = asking.what_can(who)
    _say(what_can_body(found)) if as_json else print_what_can(found)
    if not found.lines:
        raise click.exceptions.Exit(1)


@access.command("simulate")
@click.argument("who")
@click.option("--find", "text", default="", help="Whom and what the search box finds for this text.")
@click.option("--person", default="", help="The card of this person, by login.")
@click.option("--form", "form", default="", help="The first step of this form; with --person, for that person.")
@desk_option
@json_option
def simulate(who: str, text: str, person: str, form: str, desk_path: Path, as_json: bool) -> None:
    """Show the desk as WHO sees it: read-only, and on record in the journal.

    Exit 1 when they would see "not found".
    """
    with installation_at(desk_path) as installation:
        actor = installation.delegation.simulating.from_host(who).actor
        body = _seen(installation, actor, text, person, form)
    _say(body) if as_json else _print_seen(body)


def _seen(installation: Installation, actor: Actor, text: str, person: str, form: str) -> dict[str, Any]:
    """Return what the asked pages show; a page that is not theirs raises `NotFoundError`, on record."""
    desk = installation.desk
    body: dict[str, Any] = {"who": actor.login}
    target = _person_id(installation, person) if person else None
    if form:
        return body | {"form": form, "step": _step(desk.open(actor, form, target, text, _LANGUAGE))}
    if target is not None:
        return body | {"card": _card(desk.person(actor, target, _LANGUAGE))}
    if text:
        found = desk.find(actor, text, _LANGUAGE)
        people = [{"name": one.label, "detail": one.detail} for one in found.people]
        return body | {"people": people, "forms": [tile.form for tile in found.tiles], "more": found.more}
    home = desk.home(actor, _LANGUAGE)
    tiles = {name: [{"form": tile.form, "title": tile.title} for tile in found] for name, found in home.categories}
    return body | {"forms": tiles}


def _person_id(installation: Installation, text: str) -> str:
    entry = Naming(installation.services).what(f"user:{text}").entry
    return entry.ref.id if entry else ""


def _card(page: PersonPage) -> dict[str, Any]:
    return {
        "name": page.person.label,
        "detail": page.subtitle,
        "facts": {fact.label: fact.text for fact in page.facts},
        "forms": [{"form": tile.form, "title": tile.title, "why_not": tile.why_not or None} for tile in page.tiles],
    }


def _step(page: ChoosePage | VerifyPage | FillPage) -> dict[str, Any]:
    if isinstance(page, ChoosePage):
        return {"is": "choose", "title": page.head.title, "choices": [thing.label for thing in page.things]}
    if isinstance(page, VerifyPage):
        return {"is": "verify", "title": page.head.title, "methods": [method.title for method in page.methods]}
    questions = [field.label for section in page.sections for field in section.fields]
    return {"is": "fill", "title": page.head.title, "questions": questions}


def _print_seen(body: Mapping[str, Any], indent: str = "") -> None:
    for name, value in body.items():
        if isinstance(value, Mapping):
            tell(f"{indent}{name}:")
            _print_seen(value, f"{indent}  ")
        elif isinstance(value, list):
            tell(f"{indent}{name}:{'' if value else ' none'}")
            for item in value:
                said = "  ".join(str(part) for part in item.values() if part) if isinstance(item, Mapping) else item
                tell(f"{indent}  {said}")
        elif value not in (None, False, ""):
            tell(f"{indent}{name}: {value}")


COMMANDS: tuple[click.Command, ...] = ()
