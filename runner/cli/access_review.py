"""Commands for the review of delegations: uses, findings, and reviews from the beginning to the evidence."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import click

from runner.cli.access import access
from runner.cli.options import Decorator, actor_named, desk_option, installation_at, json_option
from runner.cli.telling import tell
from runner.cli.whole_files import whole_file
from runner.counting import counted
from runner.delegation.reviews import campaigns
from runner.delegation.reviews.campaigns import OPERATOR
from runner.delegation.reviews.export import Format, campaign_json
from runner.delegation.reviews.findings import findings as all_findings
from runner.delegation.reviews.pages import CampaignLine, Draft, ItemView
from runner.delegation.reviews.using import binding_uses, note_uses
from runner.delegation.reviews.views import campaign_line, item_views
from runner.errors import NotFoundError, RefusedError
from runner.store.review_records import Campaign, Verdict
from runner.wiring import Installation

as_option: Decorator = click.option(
    "--as", "login", help="The account that does this; it needs access.manage. Left out, it is the operator."
)
_MARKS = {"error": "ERROR  ", "warning": "warning", "notice": "notice "}


@access.command("uses")
@desk_option
@json_option
def uses(desk_path: Path, as_json: bool) -> None:
    """Show when each binding was last used: when it last allowed an operation, by the journal.

    What was only read or opened leaves no operation and does not count.
    """
    with installation_at(desk_path) as installation:
        note_uses(installation.services)
        found = binding_uses(installation.services)
    if as_json:
        _print_json([asdict(one) for one in found])
        return
    for one in found:
        last = f"{one.last_used_at:%Y-%m-%d %H:%M}Z by {one.last_used_by}" if one.last_used_at else "never"
        revoked = "  revoked" if one.revoked else ""
        tell(f"{one.binding:<32} {counted(one.uses, 'use'):>12}  last {last}{revoked}")


@access.command("findings")
@desk_option
@json_option
def findings(desk_path: Path, as_json: bool) -> None:
    """Show what somebody should look at: windows, reviews that are due, bindings nobody uses, lost names.

    Exit 1 when there is more than notices.
    """
    with installation_at(desk_path) as installation:
        note_uses(installation.services)
        found = all_findings(installation.services)
    if as_json:
        _print_json([asdict(one) for one in found])
    else:
        for one in found:
            tell(f"{_MARKS[one.level]}  {one.code:<20} {one.sentence}")
        if not found:
            click.echo("There is nothing to look at.")
    if any(one.level != "notice" for one in found):
        raise click.exceptions.Exit(1)


@access.group("review")
def review() -> None:
    """Reviews of bindings: somebody decides on each of them, keep or revoke, with a reason."""


@review.command("begin")
@click.option("--title", required=True, help="What the review is called.")
@click.option("--reviewer", "reviewers", multiple=True, required=True, help="An account that decides; may be repeated.")
@click.option("--due", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day, as 2026-12-31.")
@click.option("--binding", "bindings", multiple=True, help="Only this binding; may be repeated.")
@click.option("--role", "roles", multiple=True, help="Only bindings that give this role; may be repeated.")
@as_option
@desk_option
@json_option
def begin(
    title: str,
    reviewers: tuple[str, ...],
    due: datetime,
    bindings: tuple[str, ...],
    roles: tuple[str, ...],
    login: str | None,
    desk_path: Path,
    as_json: bool,
) -> None:
    """Begin a review of all bindings, or of those named; each is taken down as it stands now."""
    draft = Draft(title, reviewers, due.date(), bindings, roles)
    with installation_at(desk_path) as installation:
        note_uses(installation.services)
        if login is None:
            id_ = campaigns.begin(installation.services, OPERATOR, draft).id
        else:
            id_ = installation.delegation.reviewing.begin(actor_named(installation, login), draft)
        line = _line(installation, installation.services.store.reviews.campaign(id_))
    if as_json:
        _print_json({"id": id_, "items": line.items})
    else:
        tell(f"{id_}  “{line.title}”: {counted(line.items, 'binding')} to decide on until {line.due_on}.")


@review.command("list")
@desk_option
@json_option
def list_reviews(desk_path: Path, as_json: bool) -> None:
    """List reviews, the newest first."""
    with installation_at(desk_path) as installation:
        lines = [_line(installation, one) for one in installation.services.store.reviews.campaigns()]
    if as_json:
        _print_json([{**asdict(line), "items": line.items} for line in lines])
        return
    for line in lines:
        tell(f"{line.id}  {_summary(line)}")


@review.command("show")
@click.argument("review_id", metavar="REVIEW")
@desk_option
@json_option
def show(review_id: str, desk_path: Path, as_json: bool) -> None:
    """Show a review with its items. REVIEW is its id, or how it begins."""
    with installation_at(desk_path) as installation:
        campaign = _campaign(installation, review_id)
        line = _line(installation, campaign)
        items = installation.services.store.reviews.items(campaign.id)
        views = item_views(installation.services).items(campaign, items, None)
    if as_json:
        _print_json({**campaign_json(campaign), "items": [asdict(view) for view in views]})
        return
    tell(f"{line.id}  {_summary(line)}")
    for view in views:
        _print_item(view)


@review.command("decide")
@click.argument("review_id", metavar="REVIEW")
@click.argument("verdict", type=click.Choice(["keep", "revoke"]))
@click.argument("items", nargs=-1, required=True, type=click.IntRange(1))
@click.option("--reason", required=True, help="Why; it stays with the decision.")
@click.option("--as", "login", required=True, help="The reviewer's account.")
@desk_option
def decide(review_id: str, verdict: str, items: tuple[int, ...], reason: str, login: str, desk_path: Path) -> None:
    """Keep or revoke the bindings with these numbers; a revocation counts at once.

    Each is decided by itself: when one is refused, those before it are decided.
    """
    with installation_at(desk_path) as installation:
        campaign, actor = _campaign(installation, review_id), actor_named(installation, login)
        for number in items:
            if not 1 <= number <= len(installation.services.store.reviews.items(campaign.id)):
                raise NotFoundError(f"There is no item {number} in this review. Nothing was decided.")
        for number in dict.fromkeys(items):
            reviewing = installation.delegation.reviewing
            reviewing.decide(actor, campaign.id, number, cast("Verdict", verdict), reason)
            tell(f"{number}: {verdict}")


@review.command("close")
@click.argument("review_id", metavar="REVIEW")
@as_option
@desk_option
def close(review_id: str, login: str | None, desk_path: Path) -> None:
    """Close a review; what is undecided becomes a finding."""
    with installation_at(desk_path) as installation:
        campaign = _campaign(installation, review_id)
        if login is None:
            campaigns.close(installation.services, OPERATOR, campaign)
        else:
            installation.delegation.reviewing.close(actor_named(installation, login), campaign.id)
        line = _line(installation, campaign)
    left = f"{counted(line.left, 'binding')} undecided" if line.left else "everything is decided"
    tell(f"“{line.title}” is closed; {left}.")


@review.command("restore")
@click.argument("review_id", metavar="REVIEW")
@click.argument("item", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why; it stands in the journal.")
@as_option
@desk_option
def restore(review_id: str, item: int, reason: str, login: str | None, desk_path: Path) -> None:
    """Give a revoked binding back."""
    with installation_at(desk_path) as installation:
        campaign = _campaign(installation, review_id)
        found = installation.services.store.reviews.item(campaign.id, item)
        if login is None:
            campaigns.restore(installation.services, OPERATOR, campaign, found, reason)
        else:
            installation.delegation.reviewing.restore(actor_named(installation, login), campaign.id, item, reason)
    tell(f'"{found.binding_id}" gives again what access.yaml says.')


@review.command("export")
@click.argument("review_id", metavar="REVIEW")
@click.option("--format", "format_", type=click.Choice(["json", "csv"]), default="json", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="A file; standard output when left out.")
@desk_option
def export(review_id: str, format_: str, output: Path | None, desk_path: Path) -> None:
    """Export a review with everything that was taken down and decided; that it left is recorded first."""
    with installation_at(desk_path) as installation:
        campaign = _campaign(installation, review_id)
        content = campaigns.export(installation.services, OPERATOR, campaign, cast("Format", format_))
    with whole_file(output) if output else click.open_file("-", "wb") as stream:
        stream.write(content)


def _campaign(installation: Installation, start: str) -> Campaign:
    """Return the one review whose id begins so."""
    found = [one for one in installation.services.store.reviews.campaigns() if start and one.id.startswith(start)]
    if not found:
        raise NotFoundError(f'There is no review "{start}". See: deskhand access review list')
    if len(found) > 1:
        raise RefusedError(f'Several reviews begin with "{start}". Write more of the id.')
    return found[0]


def _line(installation: Installation, campaign: Campaign) -> CampaignLine:
    store = installation.services.store.reviews
    now = installation.services.now()
    return campaign_line(store.campaign(campaign.id), store.tallies(), None, now)


def _summary(line: CampaignLine) -> str:
    decided = f"{line.kept} kept, {line.revoked} revoked, {line.left} undecided"
    return f"{line.state:<7}  due {line.due_on}  {decided}  “{line.title}” by {', '.join(line.reviewers)}"


def _print_item(view: ItemView) -> None:
    binding = view.binding
    state = {"in_force": "", "revoked": " [revoked]", "changed": " [no longer so in access.yaml]"}[view.state]
    tell(f"{view.position:>4}  {view.verdict or '-':<6}  {binding.binding}{state}")
    for one in binding.principals:
        number = (
            ""
            if one.people is None
            else f": {'more than ' if one.more else ''}{counted(one.people, 'person', 'people')}"
        )
        tell(f"        {' '.join(filter(None, (one.kind, one.name)))}{number}")
    last = f", last {binding.last_used_at:%Y-%m-%d} by {binding.last_used_by}" if binding.last_used_at else ""
    places = ", ".join(one.id for one in binding.sets) or "the installation"
    tell(f"        {binding.role} on {places}; {counted(binding.uses, 'use')}{last}")
    if view.reason:
        tell(f"        {view.decided_by}: {view.reason}")


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_text))


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not JSON")


COMMANDS: Sequence[click.Command] = ()
