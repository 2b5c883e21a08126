"""Begin, decide and close reviews of delegations, and give revoked bindings back: stored and journalled in one step.

Who may do so is decided by `runner.delegation.reviews.reviewing`, or by the shell of the operator.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from runner.access.holders import MANAGING
from runner.access.model import Actor, Binding, Policy
from runner.access.revoking import binding_digests, without_revoked
from runner.delegation.reviews.export import Format, exported
from runner.delegation.reviews.pages import Draft
from runner.delegation.reviews.snapshots import snapshots_of
from runner.errors import RefusedError
from runner.journal.chain import canonical
from runner.journal.records import JSON, Record
from runner.pipeline.recording import actor_body
from runner.pipeline.services import Services
from runner.store.records import Account
from runner.store.review_records import By, Campaign, ReviewItem, Verdict

MOST_LETTERS, MOST_REASON, MOST_REVIEWERS = 200, 2_000, 20
FARTHEST = timedelta(days=730)
_VERDICTS = ("keep", "revoke")
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does it, and what the journal says of them."""

    by: By
    body: Mapping[str, JSON]


OPERATOR = Doer(By("cli", "cli"), {"id": "cli"})
"""The operator at the command line, who may do anything there and reviews nothing."""


def doer(actor: Actor) -> Doer:
    """Return an actor as the one who does it. Pure."""
    return Doer(By(actor.id, actor.login), actor_body(actor))


def begin(services: Services, who: Doer, draft: Draft) -> Campaign:
    """Begin a review of the bindings as they stand; raises `RefusedError` for a draft that does not fit.

    Raises `connectors.errors.ConnectorError` when a system cannot be asked. Nothing was begun then.
    """
    now = services.now()
    title = _checked_text(draft.title, "title", MOST_LETTERS)
    reviewers = tuple(By(one.id, one.login) for one in _accounts(services, draft.reviewers))
    _check_day(draft.due_on, now.date())
    chosen = _chosen(services, draft)
    id_ = services.new_id()
    taking = snapshots_of(services)
    items = [
        ReviewItem(id_, position, binding.id, digest, taking.take(binding, digest))
        for position, (binding, digest) in enumerate(chosen, 1)
    ]
    evidence = items_digest(items)
    policy = services.authority.digest
    campaign = Campaign(id_, title, _scope(draft), draft.due_on, policy, evidence, now, who.by, reviewers)
    body: dict[str, JSON] = {
        "title": title,
        "scope": campaign.scope,
        "due_on": draft.due_on.isoformat(),
        "reviewers": [{"id": one.id, "login": one.login} for one in reviewers],
        "items": len(items),
        "items_digest": evidence,
    }
    record = _record(now, who, "begin review", campaign, {"policy_digest": policy, "before": None, "after": body})
    services.store.reviews.begin(campaign, items, [record])
    services.store.binding_uses.see({digest: binding.id for binding, digest in chosen}, now)
    services.authority.refresh()
    return campaign


def decide(
    services: Services, who: Doer, campaign: Campaign, item: ReviewItem, verdict: Verdict, reason: str
) -> ReviewItem:
    """Keep or revoke a binding; a revocation counts from the next decision on.

    Raises `RefusedError` without a reason or when access.yaml no longer has the binding as it stood, `StaleError` when the
    review is closed or somebody else decided meanwhile. Nothing was changed then.
    """
    if verdict not in _VERDICTS:
        raise RefusedError("Decide keep or revoke. Nothing was changed.")
    reason = _checked_text(reason, "reason", MOST_REASON)
    if item.digest not in binding_digests(services.authority.written()):
        raise RefusedError(
            f'access.yaml no longer has the binding "{item.binding_id}" as it stood when this review began, so there is '
            "nothing to decide on. Begin a new review for what is written now. Nothing was changed."
        )
    if verdict == "revoke":
        _check_not_last(services, item)
    now = services.now()
    after = replace(item, verdict=verdict, reason=reason, decided_at=now, decided_by=who.by)
    body: dict[str, JSON] = {**_of_item(item), "before": _decided(item), "after": _decided(after)}
    services.store.reviews.decide(item, after, [_record(now, who, f"review: {verdict}", campaign, body)])
    services.authority.refresh()
    return after


def _check_not_last(services: Services, item: ReviewItem) -> None:
    """Raise `RefusedError` when nobody could decide who may do what any more: it could not be given back on a page."""
    policy = services.authority.written()
    revoked = services.store.reviews.standing().revoked | {item.digest}
    left = without_revoked(policy, revoked).bindings
    today = services.now().date()
    if any(_decides(policy, one, today) for one in policy.bindings) and not any(
        _decides(policy, one, today) for one in left
    ):
        raise RefusedError(
            f'"{item.binding_id}" is the last binding that gives {MANAGING}, so it is not revoked by a review. Change it in '
            "access.yaml. Nothing was changed."
        )


def _decides(policy: Policy, binding: Binding, today: date) -> bool:
    is_now = (binding.starts is None or binding.starts <= today) and (binding.ends is None or today <= binding.ends)
    return is_now and binding.forms is None and MANAGING in policy.roles[binding.role].permissions


def close(services: Services, who: Doer, campaign: Campaign) -> None:
    """Close a review; what is undecided becomes a finding. Raises `StaleError` when it is closed already."""
    now = services.now()
    items = services.store.reviews.items(campaign.id)
    left: list[JSON] = [{"item": one.position, "id": one.binding_id} for one in items if not one.verdict]
    body: dict[str, JSON] = {
        "before": {"state": "open"},
        "after": {
            "state": "closed",
            "kept": _count(items, "keep"),
            "revoked": _count(items, "revoke"),
            "left": len(left),
        },
        "undecided": left[:MOST_LETTERS],
    }
    services.store.reviews.close(campaign.id, who.by, now, [_record(now, who, "close review", campaign, body)])
    services.authority.refresh()


def restore(services: Services, who: Doer, campaign: Campaign, item: ReviewItem, reason: str) -> None:
    """Give a revoked binding back, whichever review revoked it; raises `StaleError` when it is not revoked."""
    now = services.now()
    reason = _checked_text(reason, "reason", MOST_REASON)
    revocations: list[JSON] = [
        {"review": one.campaign_id, "by": one.revoked_by.login, "reason": one.reason}
        for one in services.store.reviews.revocations()
        if one.digest == item.digest
    ]
    body: dict[str, JSON] = {**_of_item(item), "before": {"revoked": revocations}, "after": None, "reason": reason}
    services.store.reviews.restore(item.digest, [_record(now, who, "restore binding", campaign, body)])
    services.authority.refresh()


def export(services: Services, who: Doer, campaign: Campaign, format_: Format) -> bytes:
    """Return a review as evidence, in UTF-8; that it left is recorded first."""
    review: JSON = {"id": campaign.id, "title": campaign.title}
    body: dict[str, JSON] = {"actor": who.body, "operation": f"export review as {format_}", "review": review}
    services.store.journal.append([Record("export", services.now(), body)])
    return exported(campaign, services.store.reviews.items(campaign.id), format_)


def items_digest(items: Sequence[ReviewItem]) -> str:
    """Return the SHA-256, hexadecimal, over the canonical JSON of all snapshots in their order. Pure."""
    return sha256(canonical([item.snapshot for item in items]).encode()).hexdigest()


def _record(now: datetime, who: Doer, what: str, campaign: Campaign, body: Mapping[str, JSON]) -> Record:
    review: JSON = {"id": campaign.id, "title": campaign.title}
    return Record("config", now, {"actor": who.body, "operation": what, "review": review, **body})


def _of_item(item: ReviewItem) -> dict[str, JSON]:
    return {"item": item.position, "binding": {"id": item.binding_id, "digest": item.digest}}


def _decided(item: ReviewItem) -> JSON:
    by = item.decided_by.login if item.decided_by else None
    return {"verdict": item.verdict or None, "reason": item.reason or None, "by": by}


def _count(items: Sequence[ReviewItem], verdict: Verdict) -> int:
    return sum(item.verdict == verdict for item in items)


def _scope(draft: Draft) -> str:
    parts = [f"bindings {', '.join(sorted(set(draft.bindings)))}"] if draft.bindings else []
    parts += [f"roles {', '.join(sorted(set(draft.roles)))}"] if draft.roles else []
    return " and ".join(parts) or "all bindings"


def _chosen(services: Services, draft: Draft) -> list[tuple[Binding, str]]:
    policy = services.authority.written()
    for what, wanted, known in (
        ("binding", draft.bindings, {binding.id for binding in policy.bindings}),
        ("role", draft.roles, set(policy.roles)),
    ):
        for name in wanted:
            if name not in known:
                raise RefusedError(f'There is no {what} "{name[:MOST_LETTERS]}" in access.yaml. Nothing was begun.')
    pairs = list(dict.fromkeys(zip(policy.bindings, binding_digests(policy), strict=True)))
    if draft.bindings or draft.roles:
        pairs = [pair for pair in pairs if pair[0].id in draft.bindings or pair[0].role in draft.roles]
    if not pairs:
        raise RefusedError("No binding gives what was chosen, so there is nothing to review. Nothing was begun.")
    return pairs


def _accounts(services: Services, logins: Sequence[str]) -> list[Account]:
    found: dict[str, Account] = {}
    for login in logins:
        known = services.store.accounts.by_login(login) if login.isprintable() else None
        if known is None or known[0].disabled:
            raise RefusedError(f'There is no account "{login[:MOST_LETTERS]}" that may sign in. Nothing was begun.')
        found[known[0].id] = known[0]
    if not 1 <= len(found) <= MOST_REVIEWERS:
        raise RefusedError(f"A review has between 1 and {MOST_REVIEWERS} reviewers. Nothing was begun.")
    return list(found.values())


def _check_day(due_on: date, today: date) -> None:
    if not today <= due_on <= today + FARTHEST:
        raise RefusedError(
            f"The last day of a review lies between today and two years ahead, not on {due_on}. Nothing was begun."
        )


def _is_odd(letter: str) -> bool:
    """Say whether a letter is none that people write: a control, or one that turns the direction of what follows."""
    if unicodedata.bidirectional(letter) in _TURNING:
        return True
    return unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") and letter not in "\r\n\t"


def _checked_text(text: str, what: str, most: int) -> str:
    """Return a text without blanks around it; raises `RefusedError` when it is empty, too long or not printable."""
    text = text.strip()
    if not text or len(text) > most:
        raise RefusedError(f"Write a {what} of at most {most:,} letters. Nothing was changed.")
    if any(_is_odd(letter) for letter in text):
        raise RefusedError(f"The {what} holds a character that is no letter. Nothing was changed.")
    return text
