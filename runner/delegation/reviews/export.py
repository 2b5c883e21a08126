"""A review as evidence for others: JSON for programs, CSV for spreadsheets. Pure."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

from forms.answering.csv_formulas import inert
from runner.journal.records import JSON, timestamp
from runner.store.review_records import By, Campaign, ReviewItem

Format: TypeAlias = Literal["json", "csv"]
COLUMNS = (
    "review",
    "item",
    "binding",
    "principals",
    "people",
    "role",
    "permissions",
    "sets",
    "forms",
    "from",
    "until",
    "uses",
    "last_used_at",
    "last_used_by",
    "verdict",
    "reason",
    "decided_at",
    "decided_by",
    "digest",
)


def exported(campaign: Campaign, items: Sequence[ReviewItem], format_: Format) -> bytes:
    """Return a review in UTF-8.

    The SHA-256 of the canonical JSON (RFC 8785) of the list of all ``snapshot`` is ``items_digest``, which the journal holds
    since the review began.
    """
    return (_json(campaign, items) if format_ == "json" else "".join(_csv(campaign, items))).encode()


def campaign_json(campaign: Campaign) -> dict[str, JSON]:
    """Return a review without its items."""
    return {
        "id": campaign.id,
        "title": campaign.title,
        "scope": campaign.scope,
        "reviewers": [one.login for one in campaign.reviewers],
        "due_on": campaign.due_on.isoformat(),
        "policy_digest": campaign.policy_digest,
        "items_digest": campaign.items_digest,
        "begun_at": timestamp(campaign.begun_at),
        "begun_by": campaign.begun_by.login,
        "closed_at": _time(campaign.closed_at),
        "closed_by": _login(campaign.closed_by),
    }


def item_json(item: ReviewItem) -> dict[str, JSON]:
    """Return one item with its snapshot."""
    return {
        "item": item.position,
        "verdict": item.verdict or None,
        "reason": item.reason or None,
        "decided_at": _time(item.decided_at),
        "decided_by": _login(item.decided_by),
        "snapshot": item.snapshot,
    }


def _json(campaign: Campaign, items: Sequence[ReviewItem]) -> str:
    whole = {"review": campaign_json(campaign), "items": [item_json(item) for item in items]}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _csv(campaign: Campaign, items: Sequence[ReviewItem]) -> Iterator[str]:
    """Yield lines, every cell quoted, none a formula (RFC 4180)."""
    yield _line(COLUMNS)
    for item in items:
        row = _row(campaign, item)
        yield _line([row[name] for name in COLUMNS])


def _row(campaign: Campaign, item: ReviewItem) -> Mapping[str, str]:
    shown: Mapping[str, Any] = item.snapshot
    principals, uses = shown["principals"], shown["uses"]
    return {
        "review": campaign.title,
        "item": str(item.position),
        "binding": shown["binding"],
        "principals": ", ".join(" ".join(filter(None, (one["kind"], one["name"]))) for one in principals),
        "people": ", ".join(_number(one["people"], one["more"]) for one in principals),
        "role": shown["role"]["id"],
        "permissions": ", ".join(shown["role"]["permissions"]),
        "sets": "; ".join(_set(one) for one in shown["sets"]),
        "forms": "everywhere" if shown["forms"] is None else ", ".join(shown["forms"]),
        "from": shown["from"] or "",
        "until": shown["until"] or "",
        "uses": str(uses["count"]),
        "last_used_at": uses["last_used_at"] or "",
        "last_used_by": uses["last_used_by"] or "",
        "verdict": item.verdict,
        "reason": item.reason,
        "decided_at": _time(item.decided_at) or "",
        "decided_by": _login(item.decided_by) or "",
        "digest": item.digest,
    }


def _set(one: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{count['kind']} {_number(count['count'], count['more'])}" for count in one["counts"])
    return f"{one['id']} ({counts})"


def _number(count: int | None, more: bool) -> str:
    return "?" if count is None else f"more than {count}" if more else str(count)


def _line(values: Sequence[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow([inert(value) for value in values])
    return buffer.getvalue()


def _time(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None


def _login(by: By | None) -> str | None:
    return by.login if by else None
