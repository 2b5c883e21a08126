"""Turn records into rows and rows into records. Pure."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar, cast

from sqlalchemy import RowMapping

from runner.journal.chain import canonical
from runner.journal.records import JSON
from runner.store.records import Notification, OperationRow, Submission

R = TypeVar("R")
Row = dict[str, Any]


def written(value: JSON) -> str | None:
    """Write JSON for a column, None for None; raises `SecretLeakError` when a secret stands inside."""
    return None if value is None else canonical(value)


def decoded(text: str | None) -> JSON:
    """Read JSON from a column."""
    return None if text is None else cast("JSON", json.loads(text))


def as_row(record: Any) -> Row:
    """Return the fields of a frozen record by name, as they are."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


def submission_row(submission: Submission) -> Row:
    """Return the row of a submission; raises `SecretLeakError` when a secret stands in its answers or plan."""
    return as_row(submission) | {
        "answers": canonical(submission.answers),
        "plan": written(submission.plan),
        "verified": canonical(submission.verified),
    }


def submission(row: RowMapping) -> Submission:
    """Return the submission that a row holds."""
    verified = tuple(json.loads(row["verified"]))
    return Submission(
        **{**row, "answers": json.loads(row["answers"]), "plan": decoded(row["plan"]), "verified": verified}
    )


def operation_row(operation: OperationRow) -> Row:
    """Return the row of an operation; raises `SecretLeakError` when a secret stands inside."""
    return as_row(operation) | {
        "arguments": canonical(operation.arguments),
        "changes": canonical(operation.changes),
        "inverse": written(operation.inverse),
        "outputs": written(operation.outputs),
    }


def operation(row: RowMapping) -> OperationRow:
    """Return the operation that a row holds."""
    json_columns = {name: decoded(row[name]) for name in ("arguments", "changes", "inverse", "outputs")}
    return OperationRow(**{**row, **json_columns})


def notification_row(notification: Notification) -> Row:
    """Return the row of a notification; raises `SecretLeakError` when a secret stands inside."""
    return as_row(notification) | {
        "to": canonical(notification.to),
        "subject": _text(notification.subject),
        "body": _text(notification.body),
        "html": _text(notification.html),
    }


def notification(row: RowMapping) -> Notification:
    """Return the notification that a row holds."""
    return Notification(**{**row, "to": tuple(json.loads(row["to"]))})


def plain(kind: type[R], row: Mapping[Any, Any]) -> R:
    """Return a record of ``kind`` whose fields are columns of the same name; other columns are left out."""
    return kind(**{field.name: row[field.name] for field in fields(cast("Any", kind))})


def _text(value: str) -> str:
    canonical(value)
    return value
