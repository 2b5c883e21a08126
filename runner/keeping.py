"""Keep the authority for the policy as the directory is now: names resolved, anew after a while or after a change."""

import hashlib
import threading
import time
from collections.abc import Callable

from connectors.spi import Ref
from runner.access.authority import Authority
from runner.access.model import Policy
from runner.access.resolving import resolve
from runner.pipeline.services import ConnectorSet

LIFETIME_SECONDS = 30.0


class PolicyKeeper:
    """Resolves a policy's names against the directory and keeps the result for half a minute at most.

    A directory that cannot be asked leaves nothing to decide by: the error goes to the caller, and nothing is allowed.
    """

    def __init__(self, policy: Policy, content: bytes, connectors: ConnectorSet) -> None:
        self._policy, self._connectors = policy, connectors
        self._lock = threading.Lock()
        self._authority: Authority | None = None
        self._fresh_until = 0.0
        self.digest = hashlib.sha256(content).hexdigest()

    def current(self) -> Authority:
        """Return the authority; raises `connectors.errors.ConnectorError` when the directory cannot be asked."""
        with self._lock:
            if self._authority is None or time.monotonic() >= self._fresh_until:
                self._authority = Authority(resolve(self._policy, self._locate, self._place_of()))
                self._fresh_until = time.monotonic() + LIFETIME_SECONDS
            return self._authority

    def expire(self) -> None:
        """Resolve anew at the next question."""
        with self._lock:
            self._fresh_until = 0.0

    def warnings(self) -> tuple[str, ...]:
        """Return the names of the policy that were not found; they select nothing."""
        return tuple(str(warning) for warning in self.current().resolved.warnings)

    def _locate(self, kind: str, text: str) -> Ref | None:
        if kind not in self._connectors.kinds:
            return None
        return self._connectors.for_kind(kind).locate(text, kind)

    def _place_of(self) -> Callable[[str], tuple[str, ...]]:
        return self._connectors.for_kind("ou").place_of
