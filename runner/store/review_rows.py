"""Turn records of the review into rows, and rows into records. Pure but for reading the reviewers of campaigns."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from runner.journal.chain import canonical
from runner.store.review_records import By, Campaign, ReviewItem, Revocation
from runner.store.review_tables import review_reviewers
from runner.store.rows import Row

_AT_ONCE = 500


def campaign_row(campaign: Campaign) -> Row:
    """Return the row of a campaign, without its reviewers."""
    names = ("id", "title", "scope", "due_on", "policy_digest", "items_digest", "begun_at", "closed_at")
    plain = {name: getattr(campaign, name) for name in names}
    return plain | _by("begun_by", campaign.begun_by) | _by("closed_by", campaign.closed_by)


def reviewer_rows(campaign: Campaign) -> list[Row]:
    """Return a row per reviewer."""
    return [{"campaign_id": campaign.id, "account_id": one.id, "login": one.login} for one in campaign.reviewers]


def campaigns_of(connection: Connection, query: "Select[Any]") -> list[Campaign]:
    """Return the campaigns that a query finds, with their reviewers by login."""
    rows = connection.execute(query).mappings().all()
    reviewers: dict[str, list[By]] = {}
    ids = [row["id"] for row in rows]
    for start in range(0, len(ids), _AT_ONCE):
        wanted = select(review_reviewers).where(review_reviewers.c.campaign_id.in_(ids[start : start + _AT_ONCE]))
        for one in connection.execute(wanted.order_by(review_reviewers.c.login)).mappings():
            reviewers.setdefault(one["campaign_id"], []).append(By(one["account_id"], one["login"]))
    return [_campaign(row, tuple(reviewers.get(row["id"], ()))) for row in rows]


def _campaign(row: RowMapping, reviewers: tuple[By, ...]) -> Campaign:
    return Campaign(
        row["id"],
        row["title"],
        row["scope"],
        row["due_on"],
        row["policy_digest"],
        row["items_digest"],
        row["begun_at"],
        By(row["begun_by_id"], row["begun_by_login"]),
        reviewers,
        row["closed_at"],
        _known(row, "closed_by", row["closed_at"]),
    )


def item_row(item: ReviewItem) -> Row:
    """Return the row of an item; raises `SecretLeakError` when a secret stands in its snapshot."""
    names = ("campaign_id", "position", "binding_id", "digest", "verdict", "reason", "decided_at")
    plain = {name: getattr(item, name) for name in names}
    return plain | {"snapshot": canonical(item.snapshot)} | _by("decided_by", item.decided_by)


def item(row: Mapping[Any, Any]) -> ReviewItem:
    """Return the item that a row holds."""
    return ReviewItem(
        row["campaign_id"],
        row["position"],
        row["binding_id"],
        row["digest"],
        json.loads(row["snapshot"]),
        row["verdict"],
        row["reason"],
        row["decided_at"],
        _known(row, "decided_by", row["decided_at"]),
    )


def revocation_row(item: ReviewItem) -> Row:
    """Return the row that revokes the binding of an item which was decided so."""
    names = ("digest", "campaign_id", "binding_id", "reason")
    plain = {name: getattr(item, name) for name in names} | {"revoked_at": item.decided_at}
    return plain | _by("revoked_by", item.decided_by)


def revocation(row: RowMapping) -> Revocation:
    """Return the revocation that a row holds."""
    by = By(row["revoked_by_id"], row["revoked_by_login"])
    kept = {name: row[name] for name in ("digest", "campaign_id", "binding_id", "reason", "revoked_at")}
    return Revocation(**kept, revoked_by=by)


def _by(name: str, by: By | None) -> Row:
    return {f"{name}_id": by.id if by else "", f"{name}_login": by.login if by else ""}


def _known(row: Mapping[Any, Any], name: str, at: datetime | None) -> By | None:
    return By(row[f"{name}_id"], row[f"{name}_login"]) if at is not None else None
