"""When nothing may be begun because the journal does not verify."""

from runner.store.store import Store

READ_ONLY = "The journal does not verify, so nothing may be begun until an administrator has looked at it."


def why_read_only(store: Store) -> str:
    """Return the sentence for `runner.pipeline.services.Halt` when the journal is known not to verify; else nothing."""
    return READ_ONLY if store.checkpoints.fault() else ""
