"""Commands for what waits for a yes, as a given account: list, show, yes, no."""

import json
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path

import click

from runner.cli.changes import operation_lines
from runner.cli.options import actor_named, desk_option, installation_at, json_option
from runner.cli.requests_json import bulk_json, line_json, open_json, request_json
from runner.cli.telling import tell
from runner.counting import counted
from runner.pipeline.requests.binding import bound_digest
from runner.pipeline.requests.desk import Requests
from runner.pipeline.requests.pages import InboxPage, OpenPage, RequestLine, RequestPage, SaidView
from runner.pipeline.requests.saying import CHANGED
from runner.store.request_records import ApprovalDecision
from runner.wiring import Installation

_as_option = click.option("--as", "login", required=True, help="The account on whose behalf this is done.")
_DIGEST = 64


def _whole(_context: click.Context, _parameter: click.Parameter, digest: str) -> str:
    if len(digest) != _DIGEST:
        raise click.BadParameter(
            f"it is not a whole digest, which has {_DIGEST} characters. Copy it from  deskhand requests show ."
        )
    return digest


_digest_option = click.option(
    "--digest", required=True, callback=_whole, help="What is decided on, as  deskhand requests show  says it."
)


@click.group()
def requests() -> None:
    """What waits for somebody's yes."""


@requests.command("list")
@_as_option
@click.option("--all", "is_all", is_flag=True, help="All open requests that the account may see, whoever is asked.")
@click.option("--bulk", default="", metavar="ID", help="With --all: each row of this bulk; 8 characters will do.")
@click.option("--page", default=1, show_default=True, type=click.IntRange(1), help="With --all: which page.")
@desk_option
@json_option
def list_requests(login: str, is_all: bool, bulk: str, page: int, desk_path: Path, as_json: bool) -> None:
    """List what waits for the yes of an account, or all that it may see."""
    if (bulk or page > 1) and not is_all:
        raise click.UsageError("--bulk and --page are for  deskhand requests list --all .")
    with installation_at(desk_path) as installation:
        desk, actor = _desk(installation), actor_named(installation, login)
        of_bulk = desk.bulk_named(actor, bulk) if bulk else ""
        found = desk.open_ones(actor, page, of_bulk) if is_all else desk.inbox(actor)
        zone = installation.services.now().tzinfo
    if as_json:
        _print(_list_json(found))
        return
    for line in _listed(found, zone):
        tell(line)


@requests.command()
@click.argument("request")
@_as_option
@desk_option
@json_option
def show(request: str, login: str, desk_path: Path, as_json: bool) -> None:
    """Show a request: who asks, what would change, and who has to agree.

    REQUEST is its number; the first 8 characters, as pages show them, are enough when no other one begins so.
    """
    with installation_at(desk_path) as installation:
        language = installation.services.catalogue.settings.languages[0]
        desk, actor = _desk(installation), actor_named(installation, login)
        page = desk.request(actor, desk.named(actor, request), language)
        zone = installation.services.now().tzinfo
    if as_json:
        _print(request_json(page))
        return
    for line in _shown(page, zone):
        tell(line)


@requests.command()
@click.argument("request")
@_as_option
@_digest_option
@click.option("--comment", default="", help="What the requester reads.")
@desk_option
@json_option
def yes(request: str, login: str, digest: str, comment: str, desk_path: Path, as_json: bool) -> None:
    """Agree to a request as it was shown; nothing is said when it is another one by now."""
    _say(request, login, digest, "yes", comment, desk_path, as_json=as_json)


@requests.command()
@click.argument("request")
@_as_option
@_digest_option
@click.option("--comment", required=True, help="Why not; the requester reads it.")
@desk_option
@json_option
def no(request: str, login: str, digest: str, comment: str, desk_path: Path, as_json: bool) -> None:
    """Turn a request down, with the reason."""
    _say(request, login, digest, "no", comment, desk_path, as_json=as_json)


def _say(
    request: str, login: str, digest: str, decision: ApprovalDecision, comment: str, desk_path: Path, *, as_json: bool
) -> None:
    with installation_at(desk_path, "keep") as installation:
        desk, actor = _desk(installation), actor_named(installation, login)
        id_ = desk.named(actor, request)
        state = desk.say(actor, id_, digest, decision, comment)
        now_it_is = installation.services.store.submissions.get(id_)
    begins_anew = state == "awaiting_approval" and bound_digest(now_it_is) != digest
    if as_json:
        _print({"id": id_, "decision": decision, "state": state, "note": now_it_is.note})
    elif begins_anew:
        notes = dict.fromkeys(("Said.", CHANGED, now_it_is.note, "See: deskhand requests show"))
        tell(" ".join(notes))
    else:
        click.echo(_FOLLOWS[state])


_FOLLOWS = {
    "awaiting_approval": "Said. It still needs the yes of somebody else.",
    "queued": "Agreed. A worker of the desk carries it out at its moment.",
    "rejected": "Turned down. Whoever asked is told.",
    "failed": "Everybody agreed, and it cannot be done any more; nothing was. See: deskhand requests show",
}


def _desk(installation: Installation) -> Requests:
    return Requests(installation.services, channel="cli")


def _print(body: object) -> None:
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))


def _list_json(found: InboxPage | OpenPage) -> dict[str, object]:
    if isinstance(found, OpenPage):
        return {"requests": [open_json(one) for one in found.lines], "page": found.page, "more": found.more}
    lines = [line_json(line) for group in found.groups for line in group.lines]
    return {"requests": lines, "bulks": [bulk_json(one) for one in found.bulks], "more": found.more}


def _listed(found: InboxPage | OpenPage, zone: tzinfo | None) -> Iterator[str]:
    if isinstance(found, OpenPage):
        count = len(found.lines)
        for one in found.lines:
            yield _one_line(one.line, zone, one.bulk)
            yield from (f"    {text}" for text in (f"can say yes: {one.who}" if one.who else "", one.why) if text)
    else:
        lines = [line for group in found.groups for line in group.lines]
        count = len(lines)
        yield from (_one_line(line, zone) for line in lines)
        for bulk in found.bulks:
            many = counted(bulk.count, "row waits", "rows wait")
            yield f"bulk {bulk.id}  {bulk.title}, asked by {bulk.requester}: {many}; decide on the page of requests"
    yield f"{counted(count, 'request')}{', and more' if found.more else ''}."


def _one_line(line: RequestLine, zone: tzinfo | None, bulk: str = "") -> str:
    whom = f" for {line.target}" if line.target else ""
    until = f", until {_local(line.expires_at, zone)}" if line.expires_at else ""
    asked = f"asked by {line.requester} on {_local(line.asked_at, zone)}"
    return f"{f'bulk {bulk}' if bulk else line.id}  {line.title}{whom}, {asked}{until}"


def _shown(page: RequestPage, zone: tzinfo | None) -> Iterator[str]:
    yield f"{page.title}: {page.state_text}"
    whom = f" for {page.target.label}" if page.target else ""
    yield f"asked by {page.requester.label}{whom}"
    yield from (f"{fact.label}: {fact.text}" for fact in page.facts)
    yield from (f"{line.label}: {line.text}" for section in page.answers for line in section.lines if line.text)
    for operation in page.operations:
        yield from operation_lines(operation)
    for one in page.rounds:
        need = f"{one.need} of: " if one.need > 1 else ""
        now = "  (now)" if one.state == "now" else ""
        yield f"Needs a yes: {f'{one.title}: ' if one.title else ''}{need}{one.who}{now}"
        yield from (f"    {_said(word, zone)}" for word in one.said)
    yield from (f"Said to an earlier plan: {_said(word, zone)}" for word in page.earlier)
    yield from (text for text in (page.note, page.why_not) if text)
    yield f"Digest: {page.digest}"


def _said(word: SaidView, zone: tzinfo | None) -> str:
    instead = f" for {word.instead_of}" if word.instead_of else ""
    comment = f": {word.comment}" if word.comment else ""
    return f"{word.name}{instead} said {word.decision} on {_local(word.at, zone)}{comment}"


def _local(at: datetime, zone: tzinfo | None) -> str:
    """Write a moment in the time of the organisation, as  show  writes the others."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


COMMANDS = (requests,)
