"""Prints answers about rights: sentences for people, JSON for programs. Pure, but for what it echoes."""

from collections.abc import Mapping
from typing import Any

import click

from runner.access.explanation.lacking import Considered, window_of
from runner.cli.telling import tell
from runner.delegation.asking import Answer, Explained, WhoCan
from runner.delegation.reaching import Can, WhatCan, counted

_SHOWN_ROWS = 20


def print_answer(answer: Answer) -> None:
    """Print whether it is allowed, why, and the rows that come nearest."""
    form = f" in the form {answer.form}" if answer.form else ""
    tell(f"{'YES' if answer.allowed else 'NO'}: {answer.who.actor.login} on {answer.what.label}{form}")
    if answer.who.ended:
        tell(f"  {answer.who.ended}")
    for part in answer.parts:
        allowed = part.explanation.decision.allowed
        tell(f"  {'yes' if allowed else 'no '} {part.permission} on {part.on}: {part.explanation.sentence}")
        for note in part.explanation.notes:
            tell(f"      {note}")
        if not allowed:
            _print_rows(part)


def _print_rows(part: Explained) -> None:
    for row in part.explanation.rows[:_SHOWN_ROWS]:
        tell(f"      {row.row.id}: {', and '.join(row.lacks) or 'gives it'}")
    rest = len(part.explanation.rows) - _SHOWN_ROWS + part.explanation.more
    if rest > 0:
        tell(f"      … and {rest} more")


def answer_body(answer: Answer) -> Mapping[str, Any]:
    """Return an answer for JSON."""
    return {
        "who": answer.who.text,
        "what": answer.what.text,
        "form": answer.form,
        "allowed": answer.allowed,
        "ended": answer.who.ended or None,
        "permissions": [_part_body(part) for part in answer.parts],
    }


def _part_body(part: Explained) -> Mapping[str, Any]:
    found = part.explanation
    return {
        "permission": part.permission,
        "on": part.on,
        "allowed": found.decision.allowed,
        "code": found.decision.code,
        "binding": found.decision.binding,
        "sentence": found.sentence,
        "notes": list(found.notes),
        "rows": [_row_body(row) for row in found.rows],
        "more_rows": found.more,
    }


def _row_body(row: Considered) -> Mapping[str, Any]:
    return {"row": row.row.id, "role": row.row.role, "is_own": row.is_own, "lacks": list(row.lacks)}


def print_who_can(found: WhoCan) -> None:
    """Print everybody who can, each with the row that gives it."""
    for one in found.holders:
        account = "" if one.account or one.text.startswith("client:") else "  (no account here)"
        tell(f"{one.text:<28} {one.label:<28} {one.binding}{account}".rstrip())
    form = f" in the form {found.form}" if found.form else ""
    count = f"{len(found.holders)}{' or more' if found.more else ''}"
    tell(f"{count} may {found.permission} on {found.what.label}{form}.")
    if found.more:
        click.echo("The list was cut; ask about a smaller thing, or read access.yaml.")


def who_can_body(found: WhoCan) -> Mapping[str, Any]:
    """Return who can for JSON."""
    return {
        "permission": found.permission,
        "what": found.what.text,
        "form": found.form,
        "more": found.more,
        "who": [
            {"who": one.text, "name": one.label, "account": one.account or None, "binding": one.binding}
            for one in found.holders
        ],
    }


def print_what_can(found: WhatCan) -> None:
    """Print what somebody can do, on how many things, and by which rows."""
    if found.who.ended:
        tell(found.who.ended)
    for line in found.lines:
        form = f" in the form {line.form}" if line.form else ""
        window = f" ({'; '.join(line.windows)})" if line.windows else ""
        tell(f"{line.permission}{form} on {counted(line.reach, line.kind)}{window}")
        for row in line.rows:
            tell(f"    {row}")
    for other in found.other_days:
        tell(f"not on this day: {other.id} (only {window_of(other)})")
    if not found.lines and not found.who.ended:
        tell(f"{found.who.actor.login} can do nothing.")


def what_can_body(found: WhatCan) -> Mapping[str, Any]:
    """Return what somebody can for JSON."""
    return {
        "who": found.who.text,
        "ended": found.who.ended or None,
        "can": [_can_body(line) for line in found.lines],
        "other_days": [{"row": row.id, "window": window_of(row)} for row in found.other_days],
    }


def _can_body(line: Can) -> Mapping[str, Any]:
    return {
        "permission": line.permission,
        "kind": line.kind or None,
        "form": line.form,
        "count": line.reach.count,
        "more": line.reach.more,
        "examples": list(line.reach.examples),
        "rows": list(line.rows),
        "windows": list(line.windows),
    }
