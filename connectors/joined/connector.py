"""Several directories as one connector: asks those that can answer, and changes the one where all objects stand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from connectors.errors import RejectedError, UnavailableError
from connectors.joined.belonging import directory_of
from connectors.joined.filters import is_impossible, narrowed
from connectors.joined.locating import located, place_in
from connectors.joined.merging import asked_of_each, merged
from connectors.joined.offering import offered, unkept
from connectors.joined.parts import Part, parts_of
from connectors.joined.signing_in import authenticated, called
from connectors.joined.translating import Translation
from connectors.spi import (
    Authenticates,
    AuthenticationResult,
    Connector,
    Entry,
    Examines,
    File,
    Filter,
    Guard,
    HasAccounts,
    Health,
    KeepsPhotos,
    Not,
    Observation,
    Operation,
    Outcome,
    Page,
    Preparation,
    Question,
    Ref,
    Secret,
    Under,
    Unkepts,
    Usage,
    Verb,
)


class JoinedDirectories:
    """One directory made of several, each seen from its base down. Thread-safe when they are.

    ``of`` maps the name of a directory to its connector and the DN of its base; an id is ``<name>~<id there>``.  What
    concerns one directory only works while another does not answer; whatever concerns one that does not answer raises
    `PartUnavailableError` with its name.  Photos, sign-in and accounts of its own are offered when one of them offers them.
    """

    photo: Callable[[Ref], File | None]
    authenticate: Callable[[str, Secret], AuthenticationResult]
    called: Callable[[str], tuple[Entry, ...]]
    own_accounts: Callable[[], frozenset[str]]
    examine: Callable[[Sequence[Usage]], Sequence[Observation]]

    def __init__(self, of: Mapping[str, tuple[Connector, str]]) -> None:
        self.parts = parts_of(of)
        connectors = [part.connector for part in self.parts]
        self.name = connectors[0].name
        self.kinds = tuple(dict.fromkeys(kind for connector in connectors for kind in connector.kinds))
        kinds = frozenset(self.kinds)
        self._translations = {part.name: Translation(part.name, kinds) for part in self.parts}
        self._by_name = {part.name: part for part in self.parts}
        self._verbs = offered(self.parts)
        self._accounts: dict[str, frozenset[str]] = {}
        if any(isinstance(connector, KeepsPhotos) for connector in connectors):
            self.photo = self._photo
        if any(isinstance(connector, Authenticates) for connector in connectors):
            self.authenticate, self.called = self._authenticate, self._called
        if any(isinstance(connector, HasAccounts) for connector in connectors):
            self.own_accounts = self._own_accounts
        if any(isinstance(connector, Examines) for connector in connectors):
            self.examine = self._examine

    def __repr__(self) -> str:
        return f"JoinedDirectories({', '.join(self._by_name)})"

    @property
    def directories(self) -> Mapping[str, Connector]:
        """Return them by name."""
        return {part.name: part.connector for part in self.parts}

    def close(self) -> None:
        """Close all of them."""
        for part in self.parts:
            getattr(part.connector, "close", lambda: None)()

    def verbs(self) -> Mapping[str, Verb]:
        """Return the verbs that one of them offers, by full name."""
        return self._verbs

    def unkept(self) -> Unkepts:
        """Return what one of them does not keep, by kind and attribute."""
        return unkept(self.parts)

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, question: Question) -> Page:
        """Answer a question from all directories where something can match."""
        asked = asked_of_each(question)
        pages = []
        for part, filter_ in self._concerned(question.kind, question.filter):
            with part.asked() as connector:
                page = connector.read(replace(asked, filter=filter_))
            translate = self._translations[part.name].entry
            pages.append(Page(tuple(map(translate, page.entries)), page.more))
        return merged(asked, pages)

    def scan(self, kind: str, filter: Filter) -> Iterator[Entry]:
        """Yield every object that matches, one directory after the other."""
        for part, inner in self._concerned(kind, filter):
            with part.asked() as connector:
                yield from map(self._translations[part.name].entry, connector.scan(kind, inner))

    def _concerned(self, kind: str, filter_: Filter) -> list[tuple[Part, Filter]]:
        """Return the directories in which something can match, each with what to ask it."""
        if kind not in self.kinds:
            raise RejectedError(f"The directory has no objects of the kind “{kind}”.")
        serving = [part for part in self.parts if kind in part.connector.kinds]
        asked = [(part, narrowed(filter_, kind, part, self._translations[part.name])) for part in serving]
        return [(part, inner) for part, inner in asked if not is_impossible(inner)]

    def locate(self, text: str, kind: str) -> Ref | None:
        """Find an object; a name that stands for one in each of two directories is None.

        With the name of a directory and a tilde before it (``corp~alice``) a text means an object there.
        """
        found = located(self.parts, text, kind) if kind in self.kinds else None
        return self._translations[found[0].name].ref(found[1]) if found else None

    def place_of(self, text: str) -> tuple[str, ...]:
        """Return the place a DN stands for; performs no I/O.

        Raises `RejectedError` for what is above the bases too: a place belongs to one directory.
        """
        return place_in(self.parts, text)

    def check(self) -> Health:
        """Say how each of them is; never raises."""
        found = [(part, self._check(part)) for part in self.parts]
        detail = " ".join(f"{part.name}: {health.detail}" for part, health in found)
        return Health(all(health.ok for _, health in found), detail)

    def _check(self, part: Part) -> Health:
        health = part.connector.check()
        if not health.ok or "ou" not in part.connector.kinds:
            return health
        try:
            stray = part.connector.read(Question("ou", Not(Under(part.base)), limit=1)).entries
        except (RejectedError, UnavailableError) as error:
            return Health(ok=False, detail=str(error))
        if not stray:
            return health
        return Health(ok=False, detail=f"Units stand outside its base, e.g. {stray[0].dn}; nothing there is seen.")

    # --- changing ---------------------------------------------------------------------------------------------------

    def prepare(self, operation: Operation) -> Preparation:
        """Return what ``operation`` would change; raises `RejectedError` when its objects stand in two directories."""
        name = directory_of(self._offered(operation), (), self._by_name, frozenset(self.kinds))
        if name is None:
            return self._prepare_anywhere(operation)
        return self._prepare(self._doing(name, operation), operation)

    def _prepare(self, part: Part, operation: Operation) -> Preparation:
        translation = self._translations[part.name]
        with part.asked() as connector:
            found = connector.prepare(translation.operation(operation))
        if not all(part.holds(guard.place) for guard in found.guards):
            raise RejectedError("An object of this change does not exist any more; nothing was done.")
        return translation.preparation(found)

    def _prepare_anywhere(self, operation: Operation) -> Preparation:
        """Prepare what names only objects that earlier steps will make, in the first directory that answers."""
        able = [part for part in self.parts if _is_able(part, operation.verb)] or [self.parts[-1]]
        for part in able[:-1]:
            try:
                return self._prepare(part, operation)
            except UnavailableError:
                continue
        return self._prepare(able[-1], operation)

    def perform(self, operation: Operation, guards: Sequence[Guard], secrets: Mapping[str, Secret]) -> Outcome:
        """Make the change in the directory where all its objects and guards stand."""
        name = directory_of(self._offered(operation), guards, self._by_name, frozenset(self.kinds))
        if name is None:
            raise RejectedError("The change depends on a step that has not been done.")
        part, translation = self._doing(name, operation), self._translations[name]
        if not all(part.holds(tuple(guard.place)) for guard in guards):
            raise RejectedError("An object of this change has been moved in the meantime; nothing was done.")
        with part.asked() as connector:
            outcome = connector.perform(translation.operation(operation), translation.guards(guards), secrets)
        return translation.outcome(outcome)

    def _offered(self, operation: Operation) -> Operation:
        if operation.verb not in self._verbs:
            raise RejectedError("The directory does not know this operation.")
        return operation

    def _doing(self, name: str, operation: Operation) -> Part:
        part = self._by_name[name]
        if operation.verb not in part.connector.verbs():
            raise RejectedError(f"The directory “{name}” cannot do this: {self._verbs[operation.verb].meaning}.")
        return part

    # --- what only some of them offer -------------------------------------------------------------------------------

    def _photo(self, person: Ref) -> File | None:
        """Return the photo of a person with its content."""
        for part in self.parts:
            own = self._translations[part.name].own(person.id)
            if own is not None and isinstance(part.connector, KeepsPhotos):
                with part.asked():
                    return part.connector.photo(Ref(person.kind, own))
        return None

    def _authenticate(self, login: str, secret: Secret) -> AuthenticationResult:
        """Verify a password in the only directory that has the login."""
        part, result = authenticated(self.parts, login, secret)
        if part is None or result.ref is None:
            return result
        return AuthenticationResult(result.state, self._translations[part.name].ref(result.ref))

    def _called(self, login: str) -> tuple[Entry, ...]:
        """Return who has a login, in the directory that stands before it or in all of them."""
        return tuple(self._translations[part.name].entry(entry) for part, entry in called(self.parts, login))

    def _examine(self, usages: Sequence[Usage]) -> Sequence[Observation]:
        """Return what each of them finds out, under its name."""
        return [
            replace(one, what=f"{part.name}: {one.what}")
            for part in self.parts
            if isinstance(part.connector, Examines)
            for one in part.connector.examine([self._usage(part, usage) for usage in usages])
        ]

    def _usage(self, part: Part, usage: Usage) -> Usage:
        """Return a usage as it concerns one of them; what cannot be asked there leaves nothing out."""
        reaches = {}
        for kind, filter_ in usage.reaches.items():
            with suppress(RejectedError):
                reaches[kind] = narrowed(filter_, kind, part, self._translations[part.name])
        return replace(usage, reaches=reaches)

    def _own_accounts(self) -> frozenset[str]:
        """Return the ids of the people by whose accounts they are reached; of one that does not answer, those it had."""
        found = [self._accounts_of(part) for part in self.parts if isinstance(part.connector, HasAccounts)]
        return frozenset[str]().union(*found)

    def _accounts_of(self, part: Part) -> frozenset[str]:
        try:
            with part.asked() as connector:
                found = connector.own_accounts() if isinstance(connector, HasAccounts) else frozenset()
        except UnavailableError:
            if part.name not in self._accounts:
                raise
        else:
            self._accounts[part.name] = frozenset(part.prefix + id_ for id_ in found)
        return self._accounts[part.name]


def _is_able(part: Part, verb: str) -> bool:
    offered = part.connector.verbs().get(verb)
    return offered is not None and not offered.unavailable
