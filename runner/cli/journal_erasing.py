"""The command that erases a person from the journal."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from connectors.errors import ConnectorError
from connectors.spi import Entry
from runner.cli.journal import journal
from runner.cli.options import desk_option, installation_at
from runner.counting import counted
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.pipeline.finding import known_person
from runner.store.erasing import Kept
from runner.wiring import Installation

_QUESTION = "This cannot be undone, by nobody. Erase what is said of {person}?"
_OLD = (
    "{count} were written before records of persons were encrypted. They stay readable: taking them out would break the chain. "
    "They go with their segment, see: deskhand journal archive --help"
)


@journal.command("erase-person")
@click.argument("person")
@click.option(
    "--because", required=True, help="Why; it is recorded and stays readable, so leave the person's name out."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@desk_option
def erase_person(person: str, because: str, yes: bool, desk_path: Path) -> None:
    """Erase what the journal and the history say of a person, given by login or id. It cannot be undone.

    The key that the person's values are encrypted with is destroyed, so they are gone from the journal, its exports and its
    archives; the chain holds as before. What was done, when, by whom and by which form stays, with the person's id. Backups
    made before still hold the key: docs/personal-data.md says what to do with them.
    """
    reason = " ".join(because.split())
    if not reason:
        raise click.UsageError("--because says nothing. Write why, without the person's name.")
    with installation_at(desk_path) as installation:
        erasures = installation.services.store.erasures
        person_id, names = _found(installation, person)
        _refuse_named(reason, names)
        kept = erasures.kept(person_id)
        if not kept.is_known:
            raise NotFoundError(f'Nothing is kept of "{person}". Write the login or the id, as the journal has it.')
        _tell(person_id, kept)
        if not yes:
            click.confirm(_QUESTION.format(person=person), abort=True)
        try:
            done = erasures.erase(person_id, because=reason, actor={"id": "cli"}, now=installation.services.clock())
        except StaleError as error:
            raise RefusedError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    click.echo(f"Erased: {counted(done.keys, 'key')} destroyed, {counted(done.submissions, 'submission')} blanked.")
    click.echo("Backups made before now still hold both; docs/personal-data.md says what to do with them.")


def _tell(person_id: str, kept: Kept) -> None:
    click.echo(f"Of {person_id} are kept: {counted(kept.keys, 'key')}, {counted(kept.submissions, 'submission')}.")
    if kept.unsealed:
        click.echo(_OLD.format(count=counted(kept.unsealed, "record")))


def _found(installation: Installation, person: str) -> tuple[str, Sequence[str]]:
    """Return the id of a person and what the person is called; whom the directory does not have is taken for an id.

    Raises `RefusedError` when the directory cannot be asked and nothing is kept under that id.
    """
    services = installation.services
    try:
        ref = services.connectors.for_kind("user").locate(person, "user")
        entry = known_person(services, ref.id) if ref is not None else None
    except ConnectorError as error:
        if services.store.erasures.kept(person).is_known:
            return person, ()
        raise RefusedError(f"The directory cannot be asked who that is: {error} Give the id instead.") from error
    return (entry.ref.id, list(_names(entry, person))) if entry is not None else (person, ())


def _names(entry: Entry, person: str) -> Iterator[str]:
    yield entry.label
    yield from (
        value for name in ("login", "display_name", "mail") if isinstance(value := entry.attributes.get(name), str)
    )
    if person != entry.ref.id:
        yield person


def _refuse_named(reason: str, names: Sequence[str]) -> None:
    if any(name and name.casefold() in reason.casefold() for name in names):
        raise RefusedError(
            "--because names the person, and it stays readable for ever. Leave the name out. Nothing was erased."
        )


COMMANDS: Sequence[click.Command] = ()
