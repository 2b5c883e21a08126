"""Nobody decides on what gives rights to themselves. Reads the directory."""

from collections.abc import Mapping
from typing import Any

from runner.access.model import Actor, Principal
from runner.delegation.reviews.snapshots import located
from runner.pipeline.services import Services
from runner.store.review_records import ReviewItem

Located = dict[Principal, str | None]
"""What principals are called so now; filled as it is asked."""


def gives_rights_to(services: Services, item: ReviewItem, actor: Actor, known: Located | None = None) -> bool:
    """Say whether a binding names the actor, or a group the actor is in, now or as it stood when the review began.

    What is for everyone, or for an API client, singles nobody out, so anybody may review it.  It makes no difference
    whether the binding is in force.  Raises `connectors.errors.ConnectorError` when the directory cannot be asked.
    """
    if actor.person is None:
        return False
    own: set[tuple[str, str | None]] = {
        ("user", actor.person.ref.id),
        *(("group", group) for group in actor.person.groups),
    }
    snapshot: Mapping[str, Any] = item.snapshot
    return any(
        (principal["kind"], id_) in own
        for principal in snapshot["principals"]
        for id_ in _ids(services, principal, {} if known is None else known)
    )


def _ids(services: Services, written: Mapping[str, Any], known: Located) -> tuple[str | None, ...]:
    principal = Principal(written["kind"], written["name"])
    if principal.kind not in ("user", "group"):
        return ()
    if principal not in known:
        known[principal] = located(services, principal)
    return written["id"], known[principal]
