"""How the bindings of the policy are used: the list of uses, and keeping the counts up with the journal."""

from runner.access.revoking import binding_digests
from runner.delegation.reviews.pages import BindingUseView
from runner.delegation.reviews.snapshots import uses_of
from runner.pipeline.services import Services


def binding_uses(services: Services) -> tuple[BindingUseView, ...]:
    """Return how every binding of access.yaml is used, in the order of the file. Reads the store only."""
    store, policy = services.store, services.authority.written()
    uses, reviewed, revoked = store.binding_uses.all(), store.reviews.reviewed(), store.reviews.standing().revoked
    views = []
    for binding, digest in zip(policy.bindings, binding_digests(policy), strict=True):
        count, last = uses_of(binding, uses)
        views.append(
            BindingUseView(
                binding=binding.id,
                digest=digest,
                role=binding.role,
                uses=count,
                last_used_at=last.last_used_at if last else None,
                last_used_by=last.last_actor_login if last else "",
                reviewed_at=reviewed.get(digest),
                revoked=digest in revoked,
            )
        )
    return tuple(views)


def note_uses(services: Services) -> None:
    """Store what the journal says by now, to its end, and that the bindings of access.yaml were seen.

    Nothing that is shown of uses hangs on this, but without it the journal is read anew each time.
    """
    services.store.binding_uses.follow()
    note_bindings(services)


def note_bindings(services: Services) -> None:
    """Remember when the bindings of access.yaml, as they are written, were seen first; until then they count as new."""
    policy = services.authority.written()
    seen = {digest: one.id for one, digest in zip(policy.bindings, binding_digests(policy), strict=True)}
    services.store.binding_uses.see(seen, services.clock())
