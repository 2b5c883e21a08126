"""Commands for messages that wait or could not go out: list, resend."""

import json
from pathlib import Path

import click

from runner.cli.options import desk_option, installation_at, json_option
from runner.cli.telling import tell
from runner.errors import NotFoundError, RunnerError
from runner.pipeline.delivering import deliver_due
from runner.pipeline.message_queue import decided
from runner.store.records import Notification
from runner.wiring import Installation

_STATES = {"failed": ("failed",), "waiting": ("pending",), "all": ("failed", "pending")}
_MOST = 10_000


@click.group()
def notifications() -> None:
    """Messages that wait, or that could not be sent."""


@notifications.command("list")
@click.option("--show", type=click.Choice(tuple(_STATES)), default="all", show_default=True, help="Which of them.")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, _MOST), help="How many, the oldest first."
)
@desk_option
@json_option
def list_messages(show: str, limit: int, desk_path: Path, as_json: bool) -> None:
    """List messages with the reason why they did not go out; what they say is not shown."""
    with installation_at(desk_path) as installation:
        found = installation.services.store.notifications.list(states=_STATES[show], limit=limit)
    if as_json:
        click.echo(json.dumps([_json(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        reason = one.error or "not tried yet"
        tell(f"{one.id}  {one.state:<7}  {', '.join(one.to) or '-'}  {one.subject}  ({reason})")
    if not found:
        click.echo("No message is waiting, and none failed.")


@notifications.command("resend")
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option("--all-failed", is_flag=True, help="Send everything again that failed.")
@desk_option
def resend(ids: tuple[str, ...], all_failed: bool, desk_path: Path) -> None:
    """Send messages again, now; it is journalled. Exits with 1 when one did not go out."""
    if bool(ids) == all_failed:
        raise click.UsageError("Name messages, or say --all-failed. See: deskhand notifications list")
    with installation_at(desk_path) as installation:
        store = installation.services.store.notifications
        wanted = ids or tuple(one.id for one in store.list(state="failed", limit=_MOST))
        for id_ in wanted:
            _send_again(installation, id_)
        sent = deliver_due(installation.services, limit=len(wanted)) if wanted else 0
        left = [id_ for id_ in wanted if store.get(id_).state != "sent"]
    click.echo(f"{len(wanted) - len(left)} of {len(wanted)} went out." if wanted else "None failed.")
    if left and sent < len(wanted):
        raise click.exceptions.Exit(1)


def _send_again(installation: Installation, id_: str) -> None:
    services = installation.services
    try:
        message = services.store.notifications.get(id_)
        record = decided(services, {"id": "cli"}, message, "sent_again")
        services.store.notifications.send_again(id_, services.now(), [record])
    except NotFoundError:
        raise NotFoundError(f'There is no message "{id_}". See: deskhand notifications list') from None
    except RunnerError as error:
        raise type(error)(f"{id_}: {error}") from error


def _json(one: Notification) -> dict[str, object]:
    return {
        "id": one.id,
        "state": one.state,
        "event": one.event,
        "channel": one.channel,
        "to": list(one.to),
        "subject": one.subject,
        "error": one.error,
        "attempts": one.attempts,
        "created_at": one.created_at.isoformat(),
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "submission": one.submission_id,
    }


COMMANDS = (notifications,)
