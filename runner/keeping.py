"""Keep the authority for the policy as the directory is now: resolved anew after a while, or after a change.

A name of the policy is found once and then stands for that object, see `runner.access_names`.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping

from connectors.errors import RejectedError
from connectors.spi import Ids, Question, Ref
from runner.access.authority import Authority
from runner.access.model import Policy
from runner.access.resolving import UNPROTECTABLE, resolve
from runner.access_names import AccessNames, Name
from runner.pipeline.services import ConnectorSet

LIFETIME_SECONDS = 30.0


class PolicyKeeper:
    """Resolves a policy's names against the directory and keeps the result for half a minute at most.

    A directory that cannot be asked leaves nothing to decide by: the error goes to the caller, and nothing is allowed.
    """

    def __init__(
        self, policy: Policy, content: bytes, connectors: ConnectorSet, names: AccessNames | None = None
    ) -> None:
        self._policy, self._connectors = policy, connectors
        self._names = names or AccessNames()
        self._places = _places(policy)
        self._lock = threading.Lock()
        self._authority: Authority | None = None
        self._strayed: tuple[str, ...] = ()
        self._fresh_until = 0.0
        self.digest = hashlib.sha256(content).hexdigest()

    def current(self) -> Authority:
        """Return the authority.

        Raises `connectors.errors.ConnectorError` when the directory cannot be asked, and `SetUpError` when what names
        stood for cannot be read.
        """
        with self._lock:
            if self._authority is None or time.monotonic() >= self._fresh_until:
                self._authority = self._resolved()
                self._fresh_until = time.monotonic() + LIFETIME_SECONDS
            return self._authority

    def written(self) -> Policy:
        """Return the policy as it stands in the file, with what reviews have revoked."""
        return self._policy

    def expire(self) -> None:
        """Resolve anew at the next question."""
        with self._lock:
            self._fresh_until = 0.0

    def warnings(self) -> tuple[str, ...]:
        """Return what an operator has to see: names that select nothing, and names that changed hands."""
        missing = tuple(str(one) for one in self.current().resolved.warnings if one.code != UNPROTECTABLE)
        return (*missing, *self._strayed, *filter(None, [self._names.trouble]))

    def faults(self) -> tuple[str, ...]:
        """Return what keeps the desk from working: protected names that were not found, so that all is protected."""
        lost = (one for one in self.current().resolved.warnings if one.code == UNPROTECTABLE)
        return tuple(f"{one.file}: {one.message}\n    {one.fix}" for one in lost)

    def called_now(self, text: str) -> dict[Name, str]:
        """Return the ids of what a name of the policy is called now, by kind and name; empty when there is none."""
        self.current()
        kinds = [kind for kind, name in self._names.load() if name == text]
        return {(kind, text): ref.id for kind in kinds if (ref := self._called(kind, text)) is not None}

    def rebind(self, names: Mapping[Name, str]) -> None:
        """Let names stand for these ids from now on; raises `SetUpError`, and nothing was changed."""
        with self._lock:
            self._names.rebind(names)
            self._fresh_until = 0.0

    def _resolved(self) -> Authority:
        lookup = _Lookup(self._names, self._places, self._connectors.kinds, self._called, self._exists)
        authority = Authority(resolve(self._policy, lookup.locate, self._connectors.for_kind("ou").place_of))
        self._names.remember(lookup.found)
        self._strayed = tuple(lookup.strayed)
        return authority

    def _called(self, kind: str, text: str) -> Ref | None:
        """Return the object that is called so now."""
        if kind not in self._connectors.kinds:
            return None
        try:
            return self._connectors.for_kind(kind).locate(text, kind)
        except RejectedError:
            return None

    def _exists(self, ref: Ref) -> bool:
        question = Question(ref.kind, Ids(frozenset({ref.id})), limit=1)
        return bool(self._connectors.for_kind(ref.kind).read(question).entries)


class _Lookup:
    """One round of names: what was found for the first time, and the names that changed hands."""

    def __init__(
        self,
        names: AccessNames,
        places: frozenset[str],
        kinds: tuple[str, ...],
        called: Callable[[str, str], Ref | None],
        exists: Callable[[Ref], bool],
    ) -> None:
        self._known, self._places, self._kinds = names.load(), places, kinds
        self._called, self._exists = called, exists
        self.found: dict[Name, str] = {}
        self.strayed: list[str] = []

    def locate(self, kind: str, text: str) -> Ref | None:
        now = self._called(kind, text)
        if kind not in self._kinds or (kind == "ou" and text in self._places):
            return now
        known = self._known.get((kind, text))
        if known is None:
            if now is not None:
                self.found[kind, text] = now.id
            return now
        if now is not None and now.id == known:
            return now
        ref = Ref(kind, known)
        is_there = self._exists(ref)
        self.strayed.append(_strayed(kind, text, is_there=is_there, is_taken=now is not None))
        return ref if is_there else None


def _strayed(kind: str, text: str, *, is_there: bool, is_taken: bool) -> str:
    if is_there:
        what = f'access.yaml: the {kind} "{text}" is called otherwise by now and keeps what access.yaml gives it.'
        fix = "Write its new name into access.yaml."
    else:
        what = f'access.yaml: the {kind} that "{text}" stood for no longer exists, so the name selects nothing.'
        fix = "Remove it from access.yaml."
    if is_taken:
        what += f" Another {kind} is called so now and gets nothing."
        fix += f' If that one is meant, run: deskhand access rebind "{text}"'
    return f"{what} {fix}"


def _places(policy: Policy) -> frozenset[str]:
    """Return the units that are written as places: whatever stands there is meant."""
    selectors = [
        selector
        for resource_set in policy.sets.values()
        for selector in (*resource_set.resources, *resource_set.excluded)
    ]
    named = {text for selector in selectors if selector.kind == "ou" for text in selector.ids or ()}
    return frozenset(selector.under for selector in selectors if selector.under) - named
