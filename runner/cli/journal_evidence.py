"""Command for evidence packs: what the journal says of a person, an agent, a form or a period, in one file."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from connectors.errors import ConnectorError
from runner.cli.options import account_named, desk_option, installation_at
from runner.cli.whole_files import whole_file
from runner.counting import counted
from runner.errors import RefusedError
from runner.evidence.choosing import Choice
from runner.evidence.packing import pack
from runner.journal.records import JSON, Record
from runner.wiring import Installation
from runner.witnessing.checkpointing import BrokenJournalError, Checkpointer
from runner.witnessing.keeping import open_for

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("evidence")
@click.option("--person", help="Records on this person: a login, an address, or the id in the directory.")
@click.option("--agent", metavar="LOGIN", help="Records by this account.")
@click.option("--form", help="Records of this form.")
@click.option("--submission", help="Records of this submission.")
@click.option("--since", type=_DAY, help="Records from this day on.")
@click.option("--until", type=_DAY, help="Records up to this day, the day itself included.")
@click.option("--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The zip file to write.")
@desk_option
def evidence(
    person: str | None,
    agent: str | None,
    form: str | None,
    submission: str | None,
    since: datetime | None,
    until: datetime | None,
    output: Path,
    desk_path: Path,
) -> None:
    """Pack what the journal says, with the proof that it stands there, for whoever has to judge it."""
    if not (person or agent or form or submission or since or until):
        raise click.UsageError("Choose what to pack: --person, --agent, --form, --submission, --since or --until.")
    with installation_at(desk_path) as installation:
        choice = _choice(installation, person, agent, form, submission, _day(since), _day(until))
        store, now = installation.services.store, datetime.now(UTC)
        signer = open_for(store, desk_path)
        store.journal.append([_export(choice, now)])
        try:
            while Checkpointer(store, signer).make(now) is not None:
                pass
        except BrokenJournalError as error:
            raise RefusedError(
                f"The journal does not verify, so nothing is packed: {error}. See: deskhand doctor"
            ) from error
        with whole_file(output) as stream:
            verdict = pack(store, signer, choice, now, stream)
    click.echo(f"Packed {counted(verdict.records, 'record')} into {output}.")


def _export(choice: Choice, now: datetime) -> Record:
    """Return the record that says what was packed; the words are sealed with what else is said of the person."""
    target: JSON = {"kind": "user", "id": choice.person} if choice.person else None
    body: dict[str, JSON] = {
        "actor": {"id": "cli"},
        "operation": "export evidence",
        "target": target,
        "form": {"id": choice.form} if choice.form else None,
        "submission": choice.submission or None,
        "reason": choice.words,
    }
    return Record("export", now, body)


def _choice(
    installation: Installation,
    person: str | None,
    agent: str | None,
    form: str | None,
    submission: str | None,
    since: date | None,
    until: date | None,
) -> Choice:
    zone = ZoneInfo(installation.services.catalogue.settings.timezone)
    words = [f"on {person}"] if person else []
    words += [f"by {agent}"] if agent else []
    words += [f"of the form {form}"] if form else []
    words += [f"of the submission {submission}"] if submission else []
    words += [f"from {since}"] if since else []
    words += [f"until {until}"] if until else []
    return Choice(
        ", ".join(words),
        person=_person(installation, person) if person else "",
        agent=account_named(installation, agent).id if agent else "",
        form=form or "",
        since=datetime.combine(since, time(), zone) if since else None,
        submission=submission or "",
        until=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
    )


def _person(installation: Installation, named: str) -> str:
    """Return the id of a person; what nobody is called stands for an id, since the directory may have them no longer."""
    try:
        found = installation.services.connectors.for_kind("user").locate(named, "user")
    except ConnectorError:
        return named
    return found.id if found is not None else named


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


COMMANDS = (evidence,)
