"""What somebody should look at: windows, reviews that are due, bindings nobody uses, revocations, lost names."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from connectors.verbs import PERMISSIONS
from runner.access.model import Binding, Policy, is_read
from runner.access.resolving import UNPROTECTABLE
from runner.access.revoking import binding_digests
from runner.counting import counted
from runner.delegation.reviews.pages import FindingCode, FindingLevel, FindingView
from runner.delegation.reviews.snapshots import uses_of
from runner.pipeline.services import Services
from runner.store.binding_uses import BindingUse
from runner.store.review_records import Campaign, Tally

REVIEW_EVERY = timedelta(days=365)
"""How long a decision of a review counts, and how long a binding may stand without any."""
UNUSED_AFTER = timedelta(days=90)
ENDS_SOON = timedelta(days=14)


def findings(services: Services) -> tuple[FindingView, ...]:
    """Return every finding, errors first, then in the order of access.yaml.

    Reads; raises `connectors.errors.ConnectorError` when the directory cannot be asked.
    """
    store = services.store
    evidence = Evidence(
        now=services.now(),
        uses=store.binding_uses.all(),
        first_seen=store.binding_uses.first_seen(),
        reviewed=store.reviews.reviewed(),
        left_open=store.reviews.left_open(),
        revoked=store.reviews.standing().revoked,
    )
    warnings = services.authority.current().resolved.warnings
    names = [
        FindingView(
            "error" if one.code == UNPROTECTABLE else "warning", "name_not_found", f"{one.message}. {one.fix}", ""
        )
        for one in warnings
    ]
    campaigns = _campaigns(store.reviews.campaigns(), store.reviews.tallies(), evidence.now)
    return _in_order((*names, *campaigns, *of_policy(services.authority.written(), evidence)))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of bindings at ``now``: uses by row id; the rest by digest."""

    now: datetime
    uses: Mapping[str, BindingUse]
    first_seen: Mapping[str, datetime]
    reviewed: Mapping[str, datetime]
    left_open: Mapping[str, tuple[str, datetime]]
    revoked: Collection[str]


def of_policy(policy: Policy, evidence: Evidence) -> Iterator[FindingView]:
    """Yield what is to be said of each binding as it is written. Pure.

    One that was revoked, or whose window is over, gives nothing, so nothing else is said of it.
    """
    for binding, digest in zip(policy.bindings, binding_digests(policy), strict=True):
        today = evidence.now.date()
        if digest in evidence.revoked:
            text = "was revoked by a review and gives nothing, but access.yaml still has it. Remove it there."
            yield _finding("warning", "revoked_but_written", binding, text)
        elif binding.ends is not None and binding.ends < today:
            text = f"counted until {binding.ends} and gives nothing any more. Remove it from access.yaml."
            yield _finding("warning", "window_over", binding, text)
        else:
            if binding.ends is not None and binding.ends <= today + ENDS_SOON:
                yield _finding("notice", "window_ends", binding, f"counts until {binding.ends} only.")
            yield from _of_review(binding, digest, evidence)
            yield from _of_use(policy, binding, digest, evidence)


def _of_review(binding: Binding, digest: str, evidence: Evidence) -> Iterator[FindingView]:
    reviewed = evidence.reviewed.get(digest)
    title, closed_at = evidence.left_open.get(digest, ("", None))
    if closed_at is not None and (reviewed is None or reviewed < closed_at):
        text = f'was left undecided when the review "{title}" was closed. Review it again.'
        yield _finding("warning", "left_open", binding, text)
    elif reviewed is None:
        is_old = evidence.now - evidence.first_seen.get(digest, evidence.now) > REVIEW_EVERY
        text = "was never reviewed as it is written now. Begin a review."
        yield _finding("warning" if is_old else "notice", "never_reviewed", binding, text)
    elif evidence.now - reviewed > REVIEW_EVERY:
        text = f"was last reviewed on {reviewed.astimezone(evidence.now.tzinfo).date()}. Begin a review."
        yield _finding("warning", "review_due", binding, text)


def _of_use(policy: Policy, binding: Binding, digest: str, evidence: Evidence) -> Iterator[FindingView]:
    if not leaves_traces(policy.roles[binding.role].permissions):
        return
    _, last = uses_of(binding, evidence.uses)
    known = [evidence.first_seen.get(digest, evidence.now)]
    known += [datetime.combine(binding.starts, time(), UTC)] if binding.starts else []
    since = last.last_used_at if last else max(known)
    if evidence.now - since > UNUSED_AFTER:
        day = since.astimezone(evidence.now.tzinfo).date()
        text = f"was last used on {day}" if last else f"was never used since {day}"
        yield _finding("warning", "not_used", binding, f"{text}. Remove it from access.yaml if nobody needs it.")


def leaves_traces(permissions: Iterable[str]) -> bool:
    """Say whether some permission is used by operations, which the journal counts; reading is not. Pure."""
    return any(not is_read(name) and "" not in PERMISSIONS[name][0] for name in permissions if name in PERMISSIONS)


def _campaigns(campaigns: Iterable[Campaign], tallies: Mapping[str, Tally], now: datetime) -> Iterator[FindingView]:
    for campaign in campaigns:
        if campaign.closed_at is None and campaign.due_on < now.date():
            left = counted(tallies.get(campaign.id, Tally()).left, "binding")
            names = ", ".join(one.login for one in campaign.reviewers)
            text = f'The review "{campaign.title}" by {names} was due on {campaign.due_on}; {left} undecided.'
            yield FindingView("warning", "campaign_overdue", f"{text} Decide on them, or close it.", "")


def _finding(level: FindingLevel, code: FindingCode, binding: Binding, text: str) -> FindingView:
    return FindingView(level, code, f'The binding "{binding.id}" {text}', binding.id)


def _in_order(found: Iterable[FindingView]) -> tuple[FindingView, ...]:
    order = ("error", "warning", "notice")
    return tuple(sorted(found, key=lambda one: order.index(one.level)))
