"""What a connector may offer beside the contract; the runner asks with `isinstance`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from connectors.spi.questions import Filter
from connectors.spi.values import Entry, File, Ref, Secret


@runtime_checkable
class KeepsPhotos(Protocol):
    """What a connector offers beside `Connector` when it keeps photos of people."""

    def photo(self, person: Ref) -> File | None:
        """Return the photo with its content, None when there is none. Reads only."""
        ...


@dataclass(frozen=True, slots=True)
class Unkept:
    """Why a system cannot tell an attribute: ``reason`` is a part of a sentence.

    ``taken_for`` is what every object counts as, where that is true as far as the system goes (``enabled``).  ``partly``
    says that only some of several systems do not keep it; ``reason`` names them.
    """

    reason: str
    taken_for: str = ""
    partly: bool = False

    @property
    def is_unanswerable(self) -> bool:
        """Whether whatever is asked about it gets a wrong answer."""
        return not self.taken_for and not self.partly


Unkepts: TypeAlias = Mapping[str, Mapping[str, Unkept]]


@runtime_checkable
class KeepsLess(Protocol):
    """What a connector offers beside `Connector` when it does not keep all of `connectors.verbs.ATTRIBUTES`."""

    def unkept(self) -> Unkepts:
        """Return, by kind of object and name, the attributes that are never there. Asks nobody."""
        ...


AuthenticationState: TypeAlias = Literal["ok", "must_change", "locked", "disabled", "expired", "wrong"]


@dataclass(frozen=True, slots=True)
class AuthenticationResult:
    """What came of a try to sign in.

    ``ref`` is the person when the password was right, whatever the state, else None: a wrong password and an unknown
    login look the same, and take the same time.
    """

    state: AuthenticationState
    ref: Ref | None = None


@runtime_checkable
class Authenticates(Protocol):
    """What a connector offers beside `Connector` when people can sign in with the passwords it keeps."""

    def authenticate(self, login: str, secret: Secret) -> AuthenticationResult:
        """Verify a person's password by login or sign-in name; a wrong one counts as a try in the system.

        An empty password is wrong without asking.  Raises `UnavailableError` when the system does not answer.
        """
        ...


@runtime_checkable
class FindsLogins(Protocol):
    """What a connector offers beside `Authenticates` when it can tell cheaply whose password it would verify."""

    def called(self, login: str) -> tuple[Entry, ...]:
        """Return the people who have this login or sign-in name, with these two attributes alone and no groups.

        Takes a login as `Authenticates.authenticate` does, and the same time whether or not there is somebody. Reads only.
        """
        ...


@runtime_checkable
class HasAccounts(Protocol):
    """What a connector offers beside `Connector` when it signs in to its system by accounts that the directory holds."""

    def own_accounts(self) -> frozenset[str]:
        """Return the ids of these people, as the directory's connector knows them; they are protected. Reads only."""
        ...


@runtime_checkable
class TellsSuffixes(Protocol):
    """What a connector offers beside `Connector` when it knows which domains sign-in names may end in."""

    def suffixes(self) -> tuple[str, ...]:
        """Return them, the usual one first; none when it cannot tell. Reads only."""
        ...


@dataclass(frozen=True, slots=True)
class Usage:
    """A verb as one form uses it.

    ``sets`` names the arguments that the form gives, and for a map in it (``set``) the attributes that are set.
    ``reaches`` finds, by kind, the objects that the form can reach at all; of a kind that is not named, all.
    """

    form: str
    verb: str
    sets: frozenset[str] = frozenset()
    reaches: Mapping[str, Filter] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that a connector found out about its system: about what, how it is, and what mends it."""

    what: str
    state: Literal["ok", "warning", "error"]
    detail: str


@runtime_checkable
class Examines(Protocol):
    """What a connector offers beside `Connector` when it can tell whether its system will let it do what forms ask for."""

    def examine(self, usages: Sequence[Usage]) -> Sequence[Observation]:
        """Look the connection over, and whether everything in ``usages`` would be allowed. Changes nothing, never raises."""
        ...
