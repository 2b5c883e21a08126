"""Keep the authority for the policy as it is written and as the directory is now.

The policy's file is looked at whenever somebody asks; its names are resolved anew after a while, or after a change.  A
name of the policy is found once and then stands for that object, see `runner.policy.names`.  What a review revoked is
taken away at the beginning of every request, and again before every change.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from connectors.errors import PartUnavailableError, RejectedError
from connectors.spi import HasAccounts, Ids, Question, Ref
from runner.access.authority import Authority
from runner.access.model import Policy
from runner.access.resolving import UNPROTECTABLE, resolve
from runner.access.revoking import without_revoked
from runner.errors import PolicyError
from runner.pipeline.services import ConnectorSet
from runner.policy.file import PolicySource
from runner.policy.names import ABSENT, AccessNames, Name
from runner.store.review_records import Standing

LIFETIME_SECONDS = 30.0
_UNUSABLE = (
    "Who may do what cannot be read: access.yaml has errors. Until they are mended nobody is allowed anything; "
    "deskhand doctor names them."
)


def _nobody_told(_before: str, _after: str, _errors: Sequence[str]) -> None:
    return


class PolicyKeeper:
    """Resolves a policy's names against the directory and keeps the result for half a minute at most.

    ``source`` tells when the policy is written otherwise, ``standing`` what reviews say of it; ``on_change`` is told the
    digests of the policy before and after, and what is wrong with the new one.  With ``errors`` the policy given allows
    nothing.  A directory that cannot be asked leaves nothing to decide by: the error goes to the caller, and nothing is
    allowed.  When that is one of several, names that were found before stand for what they stood for, and whatever
    concerns that directory fails when it is read.
    """

    def __init__(
        self,
        policy: Policy,
        content: bytes,
        connectors: ConnectorSet,
        names: AccessNames | None = None,
        *,
        source: PolicySource | None = None,
        standing: Callable[[], Standing] = Standing,
        on_change: Callable[[str, str, Sequence[str]], None] = _nobody_told,
        errors: Sequence[str] = (),
    ) -> None:
        self._policy, self._connectors = policy, connectors
        self._names = names or AccessNames()
        self._source, self._ask_standing, self._on_change = source, standing, on_change
        self._lock = threading.Lock()
        self._authority: Authority | None = None
        self._strayed: tuple[str, ...] = ()
        self._errors = tuple(errors)
        self._standing: Standing | None = None
        self._untold: list[tuple[str, str, tuple[str, ...]]] = []
        self._fresh_until = 0.0
        self.digest = hashlib.sha256(content).hexdigest()

    def current(self) -> Authority:
        """Return the authority.

        Raises `connectors.errors.ConnectorError` when the directory cannot be asked, `PolicyError` while the policy
        that is written now cannot be used, and `SetUpError` when what names stood for cannot be read.
        """
        with self._lock:
            self._follow()
            if self._errors:
                raise PolicyError(_UNUSABLE)
            if self._standing is None:
                self._standing = self._ask_standing()
            if self._authority is None or time.monotonic() >= self._fresh_until:
                self._authority = self._resolved(self._standing)
                self._fresh_until = time.monotonic() + LIFETIME_SECONDS
            return self._authority

    def refresh(self) -> None:
        """See at once what reviews say, by whichever process; raises `NotDurableError` when that cannot be read."""
        standing = self._ask_standing()
        with self._lock:
            if standing != self._standing:
                self._standing, self._fresh_until = standing, 0.0

    def written(self) -> Policy:
        """Return the policy as it stands in the file, with what reviews have revoked."""
        with self._lock:
            self._follow()
            return self._policy

    def expire(self) -> None:
        """Resolve anew at the next question."""
        with self._lock:
            self._fresh_until = 0.0

    def _follow(self) -> None:
        """Take over what is written now; it is on record before anybody is allowed anything by it."""
        found = self._source.changed() if self._source else None
        if found is not None:
            before, self.digest = self.digest, hashlib.sha256(found.content).hexdigest()
            self._policy, self._errors, self._fresh_until = found.policy, found.errors, 0.0
            self._untold.append((before, self.digest, found.errors))
        while self._untold:
            self._on_change(*self._untold[0])
            self._untold.pop(0)

    def warnings(self) -> tuple[str, ...]:
        """Return what an operator has to see: names that select nothing, and names that changed hands."""
        missing = tuple(str(one) for one in self.current().resolved.warnings if one.code != UNPROTECTABLE)
        return (*missing, *self._strayed, *filter(None, [self._names.trouble]))

    def faults(self) -> tuple[str, ...]:
        """Return what keeps the desk from working: errors of the policy, protected names that were not found."""
        with self._lock:
            self._follow()
            if self._errors:
                return self._errors
        lost = (one for one in self.current().resolved.warnings if one.code == UNPROTECTABLE)
        return tuple(f"{one.file}: {one.message}\n    {one.fix}" for one in lost)

    def called_now(self, text: str) -> dict[Name, str]:
        """Return the ids of what a name of the policy is called now, by kind and name; empty when there is none."""
        self.current()
        kinds = [kind for kind, name in self._names.load() if name == text]
        return {(kind, text): ref.id for kind in kinds if (ref := self._called(kind, text)) is not None}

    def appeared(self) -> dict[Name, str]:
        """Return the names of the policy that nothing had when it was first read, with the ids of what is called so now."""
        self.current()
        absent = [name for name, id_ in self._names.load().items() if id_ == ABSENT]
        return {name: ref.id for name in absent if (ref := self._called(*name)) is not None}

    def rebind(self, names: Mapping[Name, str]) -> None:
        """Let names stand for these ids from now on; raises `SetUpError`, and nothing was changed."""
        with self._lock:
            self._names.rebind(names)
            self._fresh_until = 0.0

    def _resolved(self, standing: Standing) -> Authority:
        """Resolve what is in force; what was revoked may be given back, so it goes on protecting those who hold it."""
        places, place_of = _places(self._policy), self._connectors.for_kind("ou").place_of
        lookup = _Lookup(self._names, places, self._connectors.kinds, self._called, self._exists)
        written = resolve(self._policy, lookup.locate, place_of)
        policy = without_revoked(self._policy, standing.revoked)
        resolved = written if policy is self._policy else resolve(policy, lookup.locate, place_of)
        accounts = own_accounts(self._connectors)
        authority = Authority(resolved, accounts, written=written, reviewers=standing.reviewers)
        self._names.remember(lookup.found)
        self._strayed = tuple(dict.fromkeys(lookup.strayed))
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
        try:
            return self._looked_up(kind, text)
        except PartUnavailableError:
            known = self._known.get((kind, text))
            if known is None and not (kind == "ou" and text in self._places):
                raise
            return Ref(kind, known) if known else None

    def _looked_up(self, kind: str, text: str) -> Ref | None:
        now = self._called(kind, text)
        if kind not in self._kinds or (kind == "ou" and text in self._places):
            return now
        known = self._known.get((kind, text))
        if known is None:
            self.found[kind, text] = now.id if now is not None else ABSENT
            return now
        if known == ABSENT:
            if now is not None:
                self.strayed.append(_appeared(kind, text))
            return None
        if now is not None and now.id == known:
            return now
        ref = Ref(kind, known)
        is_there = self._exists(ref)
        self.strayed.append(_strayed(kind, text, is_there=is_there, is_taken=now is not None))
        return ref if is_there else None


def _appeared(kind: str, text: str) -> str:
    return (
        f'access.yaml: there is a {kind} "{text}" by now, and there was none when access.yaml was first read with this name. '
        f'It gets nothing, as anybody may have made it. If it is the one that is meant, run: deskhand access rebind "{text}"'
    )


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


def own_accounts(connectors: ConnectorSet) -> frozenset[str]:
    """Return the ids of the people by whose accounts Deskhand signs in to the systems it serves."""
    found = (connector.own_accounts() for connector in connectors.all() if isinstance(connector, HasAccounts))
    return frozenset[str]().union(*found)


def _places(policy: Policy) -> frozenset[str]:
    """Return the units that are written as places: whatever stands there is meant."""
    selectors = [
        selector
        for resource_set in policy.sets.values()
        for selector in (*resource_set.resources, *resource_set.excluded)
    ]
    named = {text for selector in selectors if selector.kind == "ou" for text in selector.ids or ()}
    return frozenset(selector.under for selector in selectors if selector.under) - named
