"""Reviews of delegations as one person may see and change them: every right is decided here, every refusal recorded.

A reviewer needs no permission but being named, and sees only what they review.  Who may see who may do what sees every
review; who decides who may do what (``access.manage``) begins and closes them and gives revoked bindings back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from runner.access.model import Actor
from runner.delegation.checking import may_manage, may_read
from runner.delegation.reviews import campaigns
from runner.delegation.reviews.campaigns import doer
from runner.delegation.reviews.export import Format
from runner.delegation.reviews.findings import findings
from runner.delegation.reviews.pages import BindingUseView, CampaignList, CampaignPage, Draft, FindingView
from runner.delegation.reviews.self_review import gives_rights_to
from runner.delegation.reviews.using import binding_uses
from runner.delegation.reviews.views import campaign_line, is_mine, item_views
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.services import Services
from runner.store.review_records import Campaign, ReviewItem, Verdict

PAGE_SIZE = 50
_MOST_POSITION = 2**31 - 1
Result = TypeVar("Result")
_NOT_YOURS = "Only somebody with access.manage may do this. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Reviewing:
    """The reviews on one desk."""

    services: Services

    def has_part(self, actor: Actor) -> bool:
        """Say whether to offer this actor the list of reviews at all. Records nothing."""
        sees_all = may_read(self.services, actor) or may_manage(self.services, actor)
        return sees_all or bool(self.services.store.reviews.campaigns(actor.id))

    @in_our_errors
    def campaigns(self, actor: Actor) -> CampaignList:
        """Return the reviews that the actor may see; raises `NotFoundError` for who has no part in any."""
        store = self.services.store.reviews
        found = store.campaigns(None if self._sees_all(actor) else actor.id)
        manages = may_manage(self.services, actor)
        if not found and not self._sees_all(actor):
            raise refuse(self.services, actor, "list reviews", NotFoundError(NOT_FOUND))
        tallies, now = store.tallies(), self.services.now()
        return CampaignList(tuple(campaign_line(one, tallies, actor, now) for one in found), manages)

    @in_our_errors
    def campaign(self, actor: Actor, campaign_id: str, page: int = 1) -> CampaignPage:
        """Return a review with `PAGE_SIZE` of its items; raises `NotFoundError` when there is none for this actor."""
        campaign = self._campaign(actor, campaign_id, "open review")
        store, now, manages = self.services.store.reviews, self.services.now(), may_manage(self.services, actor)
        line = campaign_line(campaign, store.tallies(), actor, now)
        pages = max(1, -(-line.items // PAGE_SIZE))
        page = min(max(page, 1), pages)
        items = store.items(campaign.id, (page - 1) * PAGE_SIZE, PAGE_SIZE)
        is_open = campaign.closed_at is None
        views = item_views(self.services).items(campaign, items, actor)
        return CampaignPage(line, views, page, pages, line.is_mine and is_open, manages and is_open, manages)

    @in_our_errors
    def begin(self, actor: Actor, draft: Draft) -> str:
        """Begin a review and return its id.

        Raises `NotFoundError` for who may not see who may do what, `RefusedError` for who may not decide it and for a
        draft that does not fit. Nothing was begun then.
        """
        what = "begin review"
        if not self._sees_all(actor):
            raise refuse(self.services, actor, what, NotFoundError(NOT_FOUND))
        self._check_managing(actor, what)
        return self._recorded(actor, what, lambda: campaigns.begin(self.services, doer(actor), draft)).id

    @in_our_errors
    def decide(self, actor: Actor, campaign_id: str, position: int, verdict: Verdict, reason: str) -> None:
        """Keep or revoke a binding; may be changed until the review is closed, and a revocation counts at once.

        Raises `NotFoundError` when there is no such review or item for this actor, `RefusedError` when the actor does not
        review it, gets rights from the binding, gives no reason, or the binding no longer stands as it did; `StaleError`
        when the review is closed or somebody else decided meanwhile. Nothing was changed then.
        """
        what = "decide in review"
        campaign = self._campaign(actor, campaign_id, what)
        item = self._item(actor, campaign, position, what)
        if not is_mine(campaign, actor):
            text = "Only the reviewers that are named in a review decide in it. Nothing was changed."
            raise refuse(self.services, actor, what, RefusedError(text))
        if gives_rights_to(self.services, item, actor):
            text = "This binding gives rights to yourself; somebody else has to review it. Nothing was changed."
            raise refuse(self.services, actor, what, RefusedError(text))
        self._recorded(
            actor, what, lambda: campaigns.decide(self.services, doer(actor), campaign, item, verdict, reason)
        )

    @in_our_errors
    def close(self, actor: Actor, campaign_id: str) -> None:
        """Close a review; undecided items become findings.

        Raises `NotFoundError` when there is none for this actor, `RefusedError` without ``access.manage``, `StaleError` when
        it is closed already. Nothing was changed then.
        """
        campaign = self._campaign(actor, campaign_id, "close review")
        self._check_managing(actor, "close review")
        self._recorded(actor, "close review", lambda: campaigns.close(self.services, doer(actor), campaign))

    @in_our_errors
    def restore(self, actor: Actor, campaign_id: str, position: int, reason: str) -> None:
        """Give a revoked binding back, in open and in closed reviews.

        Raises `NotFoundError`, `RefusedError` without ``access.manage`` or a reason, or when the binding gives rights to the
        actor; `StaleError` when it is not revoked. Nothing was changed then.
        """
        what = "restore binding"
        campaign = self._campaign(actor, campaign_id, what)
        self._check_managing(actor, what)
        item = self._item(actor, campaign, position, what)
        if gives_rights_to(self.services, item, actor):
            text = "This binding gives rights to yourself; somebody else has to give it back. Nothing was changed."
            raise refuse(self.services, actor, what, RefusedError(text))
        self._recorded(actor, what, lambda: campaigns.restore(self.services, doer(actor), campaign, item, reason))

    @in_our_errors
    def export(self, actor: Actor, campaign_id: str, format_: Format) -> bytes:
        """Return a review as evidence, in UTF-8; that it left is recorded first. Raises `NotFoundError`."""
        campaign = self._campaign(actor, campaign_id, "export review")
        return campaigns.export(self.services, doer(actor), campaign, format_)

    @in_our_errors
    def uses(self, actor: Actor) -> tuple[BindingUseView, ...]:
        """Return how every binding is used; raises `NotFoundError` for who may not see who may do what."""
        if not self._sees_all(actor):
            raise refuse(self.services, actor, "list uses", NotFoundError(NOT_FOUND))
        return binding_uses(self.services)

    @in_our_errors
    def findings(self, actor: Actor) -> tuple[FindingView, ...]:
        """Return what somebody should look at; raises `NotFoundError` for who may not see who may do what."""
        if not self._sees_all(actor):
            raise refuse(self.services, actor, "list findings", NotFoundError(NOT_FOUND))
        return findings(self.services)

    # --- rights

    def _sees_all(self, actor: Actor) -> bool:
        return may_read(self.services, actor) or may_manage(self.services, actor)

    def _check_managing(self, actor: Actor, what: str) -> None:
        if not may_manage(self.services, actor):
            raise refuse(self.services, actor, what, RefusedError(_NOT_YOURS))

    def _campaign(self, actor: Actor, campaign_id: str, what: str) -> Campaign:
        """Return a review; one that is not there and one that the actor may not see are the same."""
        campaign = self._known(campaign_id)
        if campaign is None or not (is_mine(campaign, actor) or self._sees_all(actor)):
            raise refuse(self.services, actor, what, NotFoundError(NOT_FOUND))
        return campaign

    def _known(self, campaign_id: str) -> Campaign | None:
        if not (campaign_id.isascii() and campaign_id.isalnum()):
            return None
        try:
            return self.services.store.reviews.campaign(campaign_id)
        except NotFoundError:
            return None

    def _item(self, actor: Actor, campaign: Campaign, position: int, what: str) -> ReviewItem:
        try:
            return self.services.store.reviews.item(campaign.id, min(max(position, 0), _MOST_POSITION))
        except NotFoundError:
            raise refuse(self.services, actor, what, NotFoundError(NOT_FOUND)) from None

    def _recorded(self, actor: Actor, what: str, change: Callable[[], Result]) -> Result:
        """Make a change; a refusal goes on record."""
        try:
            return change()
        except (RefusedError, StaleError) as refused:
            raise refuse(self.services, actor, what, refused)  # noqa: B904 - the same refusal
