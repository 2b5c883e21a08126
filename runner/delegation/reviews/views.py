"""Reviews as they are shown: lines of a list, and items with what this actor may do to them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from runner.access.model import Actor
from runner.access.revoking import binding_digests
from runner.delegation.reviews.pages import BindingState, CampaignLine, CampaignState, ItemView
from runner.delegation.reviews.self_review import Located, gives_rights_to
from runner.delegation.reviews.snapshots import binding_view
from runner.pipeline.services import Services
from runner.store.review_records import Campaign, ReviewItem, Tally

_OWN = "It gives rights to yourself; somebody else has to review it."
_GONE = "access.yaml no longer has it as it stood when this review began."


def is_mine(campaign: Campaign, actor: Actor) -> bool:
    """Say whether the actor is one of the reviewers; an API client never is. Pure."""
    return actor.client is None and any(one.id == actor.id for one in campaign.reviewers)


def state_of(campaign: Campaign, now: datetime) -> CampaignState:
    """Say how a review stands; its last day still counts. Pure."""
    if campaign.closed_at is not None:
        return "closed"
    return "overdue" if campaign.due_on < now.date() else "open"


def campaign_line(campaign: Campaign, tallies: Mapping[str, Tally], actor: Actor | None, now: datetime) -> CampaignLine:
    """Return a review as a line of a list. Pure."""
    tally = tallies.get(campaign.id, Tally())
    return CampaignLine(
        id=campaign.id,
        title=campaign.title,
        scope=campaign.scope,
        reviewers=tuple(one.login for one in campaign.reviewers),
        due_on=campaign.due_on,
        begun_at=campaign.begun_at,
        begun_by=campaign.begun_by.login,
        closed_at=campaign.closed_at,
        closed_by=campaign.closed_by.login if campaign.closed_by else "",
        state=state_of(campaign, now),
        kept=tally.kept,
        revoked=tally.revoked,
        left=tally.left,
        is_mine=actor is not None and is_mine(campaign, actor),
    )


@dataclass(frozen=True, slots=True)
class ItemViews:
    """Shows items: ``written`` are the digests of what access.yaml has, ``revoked`` of what gives nothing any more."""

    services: Services
    written: Collection[str]
    revoked: Collection[str]
    _located: Located = field(default_factory=dict)

    def items(self, campaign: Campaign, items: Sequence[ReviewItem], actor: Actor | None) -> tuple[ItemView, ...]:
        """Return items as this actor sees them; None is the operator, who decides on nothing."""
        decides = actor is not None and campaign.closed_at is None and is_mine(campaign, actor)
        return tuple(self._item(item, actor if decides else None) for item in items)

    def _item(self, item: ReviewItem, reviewer: Actor | None) -> ItemView:
        why_not = self._why_not(item, reviewer) if reviewer else ""
        return ItemView(
            position=item.position,
            binding=binding_view(item.snapshot),
            verdict=item.verdict,
            reason=item.reason,
            decided_at=item.decided_at,
            decided_by=item.decided_by.login if item.decided_by else "",
            state=self._state(item),
            may_decide=reviewer is not None and not why_not,
            why_not=why_not,
        )

    def _state(self, item: ReviewItem) -> BindingState:
        if item.digest not in self.written:
            return "changed"
        return "revoked" if item.digest in self.revoked else "in_force"

    def _why_not(self, item: ReviewItem, reviewer: Actor) -> str:
        if gives_rights_to(self.services, item, reviewer, self._located):
            return _OWN
        return "" if item.digest in self.written else _GONE


def item_views(services: Services) -> ItemViews:
    """Return what shows items as the policy and its revocations are now."""
    written = frozenset(binding_digests(services.authority.written()))
    return ItemViews(services, written, services.store.reviews.standing().revoked)
