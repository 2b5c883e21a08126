"""Campaigns that review delegations, the decisions in them, and the bindings that were revoked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select, update

from runner.errors import NotFoundError, StaleError
from runner.journal.records import Record
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.review_records import By, Campaign, ReviewItem, Revocation, Standing, Tally
from runner.store.review_rows import (
    campaign_row,
    campaigns_of,
    item,
    item_row,
    reviewer_rows,
    revocation,
    revocation_row,
)
from runner.store.review_tables import binding_revocations, review_campaigns, review_items, review_reviewers
from runner.store.tables import accounts

_CLOSED = "this review is closed, so nothing in it can be changed any more"


class ReviewStore:
    """Campaigns, their items and revocations; each change is stored together with its records."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- campaigns

    def begin(self, campaign: Campaign, items: Sequence[ReviewItem], records: Sequence[Record]) -> None:
        """Store a campaign with everything in it; raises `StaleError` when its id is taken."""
        rows = [item_row(one) for one in items]

        def work(connection: Connection) -> None:
            connection.execute(insert(review_campaigns), campaign_row(campaign))
            connection.execute(insert(review_reviewers), reviewer_rows(campaign))
            if rows:
                connection.execute(insert(review_items), rows)
            append(connection, records)

        self._database.write(work)

    def campaigns(self, reviewer_id: str | None = None) -> Sequence[Campaign]:
        """Return campaigns, the newest first: all of them, or those that an account reviews."""
        query = select(review_campaigns).order_by(review_campaigns.c.begun_at.desc(), review_campaigns.c.id)
        if reviewer_id is not None:
            theirs = select(review_reviewers.c.campaign_id).where(review_reviewers.c.account_id == reviewer_id)
            query = query.where(review_campaigns.c.id.in_(theirs))
        return self._database.read(lambda connection: campaigns_of(connection, query))

    def campaign(self, id: str) -> Campaign:
        """Return a campaign; raises `NotFoundError`."""
        query = select(review_campaigns).where(review_campaigns.c.id == id)
        found = self._database.read(lambda connection: campaigns_of(connection, query))
        if not found:
            raise NotFoundError("there is no such review")
        return found[0]

    def close(self, id: str, by: By, now: datetime, records: Sequence[Record]) -> None:
        """Close a campaign; raises `StaleError` when it is closed already, or not there."""
        closed = update(review_campaigns).where(review_campaigns.c.id == id, review_campaigns.c.closed_at.is_(None))

        def work(connection: Connection) -> None:
            values = {"closed_at": now, "closed_by_id": by.id, "closed_by_login": by.login}
            if connection.execute(closed.values(values)).rowcount != 1:
                raise StaleError(_CLOSED)
            append(connection, records)

        self._database.write(work)

    def tallies(self) -> Mapping[str, Tally]:
        """Return how far each campaign is, by its id."""
        columns = (review_items.c.campaign_id, review_items.c.verdict)
        query = select(*columns, func.count()).group_by(*columns)
        found: dict[str, Tally] = {}
        for id_, verdict, count in self._database.read(lambda connection: connection.execute(query).all()):
            name = {"keep": "kept", "revoke": "revoked"}.get(verdict, "left")
            found[id_] = replace(found.get(id_, Tally()), **{name: count})
        return found

    # --- items

    def items(self, campaign_id: str, after: int = 0, limit: int = 100_000) -> Sequence[ReviewItem]:
        """Return the items of a campaign behind a position, at most ``limit``, in order."""
        query = _items_of(campaign_id).where(review_items.c.position > after)
        query = query.order_by(review_items.c.position).limit(limit)
        rows = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [item(row) for row in rows]

    def item(self, campaign_id: str, position: int) -> ReviewItem:
        """Return one item; raises `NotFoundError`."""
        query = _items_of(campaign_id).where(review_items.c.position == position)
        row = self._database.read(lambda connection: connection.execute(query).mappings().one_or_none())
        if row is None:
            raise NotFoundError("there is no such item in this review")
        return item(row)

    def decide(self, before: ReviewItem, after: ReviewItem, records: Sequence[Record]) -> None:
        """Store a decision, and with it that the binding is revoked, or that this campaign no longer revokes it.

        Raises `StaleError`, and nothing was changed, when the campaign is closed or the item is not as in ``before``.
        """
        values = {
            name: value
            for name, value in item_row(after).items()
            if name in ("verdict", "reason", "decided_at", "decided_by_id", "decided_by_login")
        }
        mine = (review_items.c.campaign_id == before.campaign_id) & (review_items.c.position == before.position)
        as_before = (review_items.c.verdict == before.verdict) & (review_items.c.reason == before.reason)
        decided = update(review_items).where(mine, as_before).values(values)

        def work(connection: Connection) -> None:
            _check_open(connection, before.campaign_id)
            if connection.execute(decided).rowcount != 1:
                raise StaleError("somebody else decided on this meanwhile; look again")
            connection.execute(delete(binding_revocations).where(_of(before)))
            if after.verdict == "revoke":
                connection.execute(insert(binding_revocations), revocation_row(after))
            append(connection, records)

        self._database.write(work)

    def reviewed(self) -> Mapping[str, datetime]:
        """Return when each binding, by its digest, was last decided on."""
        query = select(review_items.c.digest, func.max(review_items.c.decided_at, type_=review_items.c.decided_at.type))
        query = query.where(review_items.c.decided_at.is_not(None)).group_by(review_items.c.digest)
        return {row[0]: row[1] for row in self._database.read(lambda connection: connection.execute(query).all())}

    def left_open(self) -> Mapping[str, tuple[str, datetime]]:
        """Return the last closed campaign that left a binding undecided, title and time, by the binding's digest."""
        columns = (review_items.c.digest, review_campaigns.c.title, review_campaigns.c.closed_at)
        query = select(*columns).join(review_campaigns, review_campaigns.c.id == review_items.c.campaign_id)
        query = query.where(review_campaigns.c.closed_at.is_not(None), review_items.c.verdict == "")
        query = query.order_by(review_campaigns.c.closed_at)
        found = self._database.read(lambda connection: connection.execute(query).all())
        return {row.digest: (row.title, row.closed_at) for row in found}

    # --- revocations

    def standing(self) -> Standing:
        """Return what reviews say now: which bindings give nothing, and who decides in reviews that are open."""
        revoked = select(binding_revocations.c.digest).distinct()
        deciding = select(accounts.c.person_id).join(review_reviewers, review_reviewers.c.account_id == accounts.c.id)
        deciding = deciding.join(review_campaigns, review_campaigns.c.id == review_reviewers.c.campaign_id)
        deciding = deciding.where(review_campaigns.c.closed_at.is_(None), accounts.c.person_id.is_not(None)).distinct()

        def work(connection: Connection) -> Standing:
            digests, people = (connection.execute(query).scalars().all() for query in (revoked, deciding))
            return Standing(frozenset(digests), frozenset(str(person) for person in people))

        return self._database.read(work)

    def revocations(self) -> Sequence[Revocation]:
        """Return every revocation, the newest first; a binding may be revoked by several campaigns."""
        query = select(binding_revocations).order_by(binding_revocations.c.revoked_at.desc())
        rows = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [revocation(row) for row in rows]

    def restore(self, digest: str, records: Sequence[Record]) -> None:
        """Take every revocation of a binding back; raises `StaleError` when there is none."""
        gone = delete(binding_revocations).where(binding_revocations.c.digest == digest)

        def work(connection: Connection) -> None:
            if not connection.execute(gone).rowcount:
                raise StaleError("this binding is not revoked, perhaps it was given back already")
            append(connection, records)

        self._database.write(work)


def _items_of(campaign_id: str) -> "Select[tuple[object, ...]]":
    return select(review_items).where(review_items.c.campaign_id == campaign_id)


def _of(one: ReviewItem) -> ColumnElement[bool]:
    columns = binding_revocations.c
    return (columns.digest == one.digest) & (columns.campaign_id == one.campaign_id)


def _check_open(connection: Connection, campaign_id: str) -> None:
    """Hold the campaign until the transaction ends; raises `StaleError` when it is closed or not there."""
    query = select(review_campaigns.c.id).where(
        review_campaigns.c.id == campaign_id, review_campaigns.c.closed_at.is_(None)
    )
    if connection.execute(query.with_for_update()).one_or_none() is None:
        raise StaleError(_CLOSED)
