"""Commands for the journal: list, verify, export."""

import json
import socket
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, BinaryIO

import click

from runner.cli import journal_archiving, journal_evidence, journal_signed
from runner.cli.journal_archiving import compared, verified_archive
from runner.cli.journal_signed import offline_options, verified_offline
from runner.cli.options import desk_option, installation_at, json_option
from runner.cli.telling import tell
from runner.cli.whole_files import whole_file
from runner.counting import counted
from runner.journal.chain import canonical
from runner.journal.formats import FORMATS, written
from runner.journal.records import JSON, Record, subject_id
from runner.journal.telling import told
from runner.journal.verifying import START, verify
from runner.store.journal import JournalStore
from runner.store.records import JournalEntry
from runner.witnessing.examining import examine_journal
from runner.witnessing.keys import public_key_at

_MOST_OPERATIONS = 10_000


@click.group()
def journal() -> None:
    """What was decided, begun and done."""


@journal.command("list")
@click.option("--kind", help="Only this kind of record, e.g. intent, outcome, deny, login.")
@click.option("--submission", help="Only records of this submission.")
@click.option(
    "--limit", default=30, show_default=True, type=click.IntRange(1, 1_000_000), help="How many, the newest first."
)
@desk_option
@json_option
def list_records(kind: str | None, submission: str | None, limit: int, desk_path: Path, as_json: bool) -> None:
    """List records, the newest first, one line each; with --json each whole record; what was erased reads so."""
    with installation_at(desk_path) as installation:
        entries = installation.services.store.journal.search(kind=kind, submission=submission, limit=limit)
        intents = _Intents(installation.services.store.journal)
        for entry in entries:
            if as_json:
                click.echo(canonical(entry.body))
            else:
                tell(_line(entry, intents.of(entry)))


@dataclass(slots=True)
class _Intents:
    """Finds the intent behind an outcome, which says on what it was and what was to change.

    Of what ended before anything was begun, and of a yes or no, the decision says at least on whom it was.
    """

    journal: JournalStore
    _found: dict[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    _decided: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def of(self, entry: JournalEntry) -> Mapping[str, Any]:
        submission, operation = subject_id(entry.body, "submission"), subject_id(entry.body, "operation")
        if submission is None or entry.kind not in ("outcome", "approval"):
            return {}
        if operation is None or entry.kind == "approval":
            return self._decision(submission)
        if submission not in self._found:
            entries = self.journal.search(kind="intent", submission=submission, limit=_MOST_OPERATIONS)
            self._found[submission] = {subject_id(one.body, "operation") or "": one.body for one in entries}
        return self._found[submission].get(operation, {})

    def _decision(self, submission: str) -> Mapping[str, Any]:
        if submission not in self._decided:
            entries = self.journal.search(kind="decision", submission=submission, limit=1)
            self._decided[submission] = {"target": entries[0].body.get("target")} if entries else {}
        return self._decided[submission]


def _line(entry: JournalEntry, intent: Mapping[str, Any]) -> str:
    words = told(entry.kind, entry.body, intent)
    return f"{entry.seq:>7}  {entry.time:%Y-%m-%d %H:%M:%S}Z  {entry.kind:<9} {words.who or '-':<20} {words.sentence}"


@journal.command("verify")
@click.option(
    "--file",
    "file",
    type=click.File("rb"),
    help="Verify an export instead of the store.",
)
@click.option(
    "--archive",
    "archived",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Verify a file that  deskhand journal archive  wrote.",
)
@click.option(
    "--start", "start", help="NUMBER:HASH in front of the first record of --file, when earlier ones were archived."
)
@click.option("--head", "head", help="NUMBER:HASH noted elsewhere; shows a journal that was cut off behind it.")
@offline_options
@desk_option
@json_option
def verify_journal(
    file: BinaryIO | None,
    archived: Path | None,
    start: str | None,
    head: str | None,
    offline: Path | None,
    notes: Path | None,
    keys: tuple[str, ...],
    desk_path: Path,
    as_json: bool,
) -> None:
    """Verify the chain and the checkpoints, and name the first bad record; exit 1 when there is one."""
    if offline is not None:
        verified_offline(offline, notes, keys, start)
        return
    known, examined = head_of(head), None
    if archived is not None:
        verified_archive(archived, desk_path, known)
        return
    if file is not None:
        result = verify((line.removesuffix(b"\n") for line in file), head=known, start=head_of(start) or START)
    else:
        with installation_at(desk_path) as installation:
            store = installation.services.store.journal
            is_signed = installation.services.store.checkpoints.newest() is not None
            examined = examine_journal(installation.services.store, public_key_at(desk_path, is_used=is_signed))
            result = examined.verification()
            if known and result.ok:
                result = compared(store, known)
    if as_json:
        fault = asdict(result.fault) if result.fault else None
        click.echo(json.dumps({"ok": result.ok, "records": result.records, "fault": fault, "head": list(result.head)}))
    elif result.fault is None:
        click.echo(f"{result.records} records, and the chain holds. Head: {result.head[0]}:{result.head[1]}")
        if examined is not None and examined.checkpoints:
            click.echo(f"{examined.covered} of them are under {counted(examined.checkpoints, 'signed checkpoint')}.")
    else:
        where = f"{file.name}:{result.fault.line}: " if file is not None else ""
        click.echo(f"The journal was tampered with: {where}{result.fault.sentence}.", err=True)
    if not result.ok:
        raise click.exceptions.Exit(1)


def head_of(text: str | None) -> tuple[int, str] | None:
    """Return a place of the journal written as NUMBER:HASH; raises `click.UsageError`."""
    if text is None:
        return None
    number, _, digest = text.partition(":")
    if not number.isdecimal() or not digest:
        raise click.UsageError("--head is NUMBER:HASH, as  deskhand journal verify  prints it.")
    return int(number), digest


@journal.command("export")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="A file; standard output when left out.")
@click.option(
    "--plain", is_flag=True, help="JSON lines that say what is said of persons, as CSV does; they cannot be verified."
)
@desk_option
def export(format_: str, output: Path | None, plain: bool, desk_path: Path) -> None:
    """Export the whole journal; the export itself is recorded first.

    JSON lines are what was sealed, with what is said of persons encrypted, so that they can be verified anywhere.
    """
    with installation_at(desk_path) as installation:
        store = installation.services.store.journal
        body: dict[str, JSON] = {"actor": {"id": "cli"}, "operation": f"export {format_}"}
        store.append([Record("export", datetime.now(UTC), body)])
        is_proof = format_ == "jsonl" and not plain
        lines = store.all_lines() if is_proof else map(canonical, store.opened(store.all_lines()))
        chunks = written(format_, lines, version=version("deskhand"), host=socket.gethostname())
        with _opened(output) as stream:
            stream.writelines(chunks)


def _opened(output: Path | None) -> AbstractContextManager[IO[Any]]:
    """Open the file to write to; a new or ordinary file is there whole afterwards, or as it was.

    A new one is for its owner only, since the journal tells of everybody; one that was there keeps its rights.
    """
    if output is None:
        return click.open_file("-", "wb")
    is_ordinary = output.is_file() or not output.exists()
    return whole_file(output) if is_ordinary else click.open_file(str(output), "wb")


for command in (*journal_signed.COMMANDS, *journal_evidence.COMMANDS, journal_archiving.archive):
    journal.add_command(command)
COMMANDS = (journal,)
