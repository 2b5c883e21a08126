"""Commands for the journal: list, verify, export."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

import click

from runner.cli.options import desk_option, installation_at, json_option
from runner.cli.whole_files import whole_file
from runner.journal.exporting import csv_lines, json_lines
from runner.journal.records import JSON, Record
from runner.journal.verifying import verify
from runner.pipeline.results import journal_sentence
from runner.store.records import JournalEntry


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
    """List records, the newest first."""
    with installation_at(desk_path) as installation:
        entries = installation.services.store.journal.search(kind=kind, submission=submission, limit=limit)
    for entry in entries:
        if as_json:
            click.echo(entry.line)
            continue
        actor = entry.body.get("actor")
        login = actor.get("login", "") if isinstance(actor, dict) else ""
        click.echo(
            f"{entry.seq:>7}  {entry.time:%Y-%m-%d %H:%M:%S}Z  {entry.kind:<9} {login or '-':<20} {_sentence(entry)}"
        )


def _sentence(entry: JournalEntry) -> str:
    """Say what a record is about; one that is no step of a submission by its operation, outcome and account."""
    sentence = journal_sentence(entry.kind, entry.body)
    if sentence != entry.kind or entry.kind == "deny":
        return f"{sentence}{_asked(entry.body)}"
    outcome, account = entry.body.get("outcome"), entry.body.get("account")
    words = [
        entry.body.get("operation"),
        outcome.get("code", "").replace("_", " ") if isinstance(outcome, dict) else "",
        account.get("login") if isinstance(account, dict) else "",
        entry.body.get("file"),
    ]
    said = " ".join(str(word) for word in words if word) or sentence
    return said[0].upper() + said[1:]


def _asked(body: Mapping[str, Any]) -> str:
    """Say in which form and on what something was done or refused, as far as the record knows."""
    form, target = body.get("form"), body.get("target")
    words = [f", form {form['id']}" if isinstance(form, dict) and form.get("id") else ""]
    if isinstance(target, dict) and target.get("id"):
        words.append(f", {target.get('kind') or 'target'} {target['id']}")
    return "".join(words)


@journal.command("verify")
@click.option(
    "--file",
    "file",
    type=click.File("rb"),
    help="Verify an export instead of the store.",
)
@click.option("--head", "head", help="NUMBER:HASH noted elsewhere; shows a journal that was cut off behind it.")
@desk_option
@json_option
def verify_journal(file: BinaryIO | None, head: str | None, desk_path: Path, as_json: bool) -> None:
    """Verify the chain and name the first bad record; exit 1 when there is one."""
    known = _head(head)
    if file is not None:
        result = verify((line.removesuffix(b"\n") for line in file), head=known)
    else:
        with installation_at(desk_path) as installation:
            store = installation.services.store.journal
            result = store.verify()
            if known and result.ok:
                result = verify(store.all_lines(), head=known)
    if as_json:
        fault = asdict(result.fault) if result.fault else None
        click.echo(json.dumps({"ok": result.ok, "records": result.records, "fault": fault, "head": list(result.head)}))
    elif result.fault is None:
        click.echo(f"{result.records} records, and the chain holds. Head: {result.head[0]}:{result.head[1]}")
    else:
        where = f"{file.name}:{result.fault.line}: " if file is not None else ""
        click.echo(f"The journal was tampered with: {where}{result.fault.sentence}.", err=True)
    if not result.ok:
        raise click.exceptions.Exit(1)


def _head(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    number, _, digest = text.partition(":")
    if not number.isdecimal() or not digest:
        raise click.UsageError("--head is NUMBER:HASH, as  deskhand journal verify  prints it.")
    return int(number), digest


@journal.command("export")
@click.option("--format", "format_", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="A file; standard output when left out.")
@desk_option
def export(format_: str, output: Path | None, desk_path: Path) -> None:
    """Export the whole journal; the export itself is recorded first."""
    with installation_at(desk_path) as installation:
        store = installation.services.store.journal
        body: dict[str, JSON] = {"actor": {"id": "cli"}, "operation": f"export {format_}"}
        store.append([Record("export", datetime.now(UTC), body)])
        lines = store.all_lines()
        chunks = json_lines(lines) if format_ == "jsonl" else (row.encode("utf-8") for row in csv_lines(lines))
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


COMMANDS = (journal,)
