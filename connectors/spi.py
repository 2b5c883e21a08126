"""The contract between Deskhand and a target system: verbs as data, read, prepare, perform, check. Performs no I/O.

A connector serves some *kinds* of object (``user``, ``group``, ``ou``, ``computer``, ``contact``; ``mailbox``,
``list``).  Every kind is served by exactly one connector of an installation.  The runner asks questions (`Question`),
has changes worked out without writing (`Connector.prepare`) and has them carried out (`Connector.perform`).
Third parties offer connectors through the entry point group ``deskhand.connectors``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NoReturn, Protocol, TypeAlias, runtime_checkable


class SecretLeakError(TypeError):
    """Something tried to print, compare, serialise or store a secret; nothing was revealed."""


class _Unwritable:
    """What cannot be printed, formatted, pickled, copied into JSON or compared."""

    __slots__ = ()

    def _refuse(self, *_: object) -> NoReturn:
        raise SecretLeakError("a secret was about to be written where it does not belong")

    __str__ = __format__ = _refuse
    __reduce__ = __reduce_ex__ = __getstate__ = __copy__ = __iter__ = _refuse
    __eq__ = __lt__ = __hash__ = _refuse

    def __deepcopy__(self, _memo: object) -> NoReturn:
        self._refuse()


class Secret(_Unwritable):
    """A password on its way to the one argument that may take it.

    It cannot be printed, formatted, pickled, copied into JSON or compared.  `reveal` is called by a connector's
    password verb and by the page that shows it once, nowhere else.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the clear text."""
        return self._text

    def __repr__(self) -> str:
        return "[secret]"


class Content(_Unwritable):
    """The bytes of a file on their way to the one argument that may take them; kept out of everything else."""

    __slots__ = ("_bytes",)

    def __init__(self, content: bytes) -> None:
        self._bytes = content

    def reveal(self) -> bytes:
        """Return the bytes."""
        return self._bytes

    def __repr__(self) -> str:
        return "[content]"


@dataclass(frozen=True, slots=True)
class Ref:
    """A thing in a target system by its stable identity: ``kind`` and the connector's opaque ``id``."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Stands in a plan where a secret will be handed over: the id of the field that makes or takes it."""

    field: str


@dataclass(frozen=True, slots=True)
class OutputRef:
    """Stands in a plan for what an earlier operation will give, e.g. the mailbox that ``create`` makes."""

    step: str
    output: str
    kind: str


@dataclass(frozen=True, slots=True)
class File:
    """A file: its cleaned name, its size in bytes, its media type as its content has it, its SHA-256 in hexadecimal.

    ``token`` says under which it waits until it is used.  ``content`` is there only while an operation is prepared and
    performed; without it a connector can only go back to a file it has kept itself.
    """

    name: str
    size: int
    type: str
    sha256: str
    token: str = field(default="", repr=False, compare=False)
    content: Content | None = field(default=None, repr=False, compare=False)


Scalar: TypeAlias = str | int | Decimal | bool | date | datetime | None
Value: TypeAlias = "Scalar | Ref | SecretRef | OutputRef | Secret | File | Sequence[Value] | Mapping[str, Value]"


UNSEEN = "(groups that cannot be seen)"
"""Stands among the groups of an object that is, or may be, in groups that cannot be read: in which others is unknown.

``InGroup(UNSEEN)`` finds these objects.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One object as it was read.

    ``attributes`` maps neutral names (see `connectors.verbs.ATTRIBUTES`) to values; absent and empty are both None or
    missing.  A single reference is a `Ref`, several are a tuple of `Ref`.  ``place`` is the chain of units from the
    root down, in the connector's normalised spelling: the units the object stands in, and for an ``ou`` itself last;
    ``groups`` holds the ids of all groups the object is in, nested ones included, and `UNSEEN` when there may be more;
    ``version`` changes whenever the object changes.
    """

    ref: Ref
    dn: str
    place: tuple[str, ...]
    attributes: Mapping[str, Value]
    groups: frozenset[str] = frozenset()
    version: str = ""

    @property
    def label(self) -> str:
        """What a person calls it: display name, else name, login or address, else the id."""
        for name in ("display_name", "name", "login", "address"):
            text = self.attributes.get(name)
            if isinstance(text, str) and text:
                return text
        return self.ref.id


# --- questions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches every object of the kind asked for."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Matches no object."""


@dataclass(frozen=True, slots=True)
class Under:
    """Objects below a unit at any depth, and, for ``ou``, that unit itself; ``place`` as in `Entry.place`."""

    place: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InGroup:
    """Members of the group with this id, through other groups too when ``nested``; never the group itself."""

    group: str
    nested: bool = True


@dataclass(frozen=True, slots=True)
class Ids:
    """The objects with these ids."""

    ids: frozenset[str]


Comparison: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">=", "contains", "starts_with", "present", "absent"]


@dataclass(frozen=True, slots=True)
class Compare:
    """An attribute compared with a value; texts ignore case. ``present`` and ``absent`` ignore ``value``.

    ``==`` with an empty value matches nothing: empty never matches empty.  ``!=`` matches what ``==`` does not, empty
    attributes too; every other comparison with an empty side matches nothing.  ``contains`` looks for a part of a text
    or a whole element of a list.  A list is absent when it has no elements.  A date beside a moment is that day in UTC;
    whoever means a day elsewhere asks with moments.
    """

    attribute: str
    op: Comparison
    value: Value = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Matches when every part does; an empty one matches everything."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Matches when one part does; an empty one matches nothing."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Matches when its part does not."""

    part: "Filter"


Filter: TypeAlias = Everything | Nothing | Under | InGroup | Ids | Compare | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Question:
    """What to read: objects of one kind that match ``filter`` and, when given, the typed words in ``text``.

    Every word of ``text`` must start or stand inside one of the ``search`` attributes, ignoring case and accents.
    ``sort`` is an attribute, with a minus before it (``-last_logon``) for the greatest first; objects without a value
    come first, and with a minus last.  ``limit`` is the most entries wanted (at most 1,000).
    """

    kind: str
    filter: Filter
    text: str = ""
    search: tuple[str, ...] = ()
    sort: str = ""
    limit: int = 200

    @property
    def sorting(self) -> tuple[str, bool]:
        """The attribute that is sorted by, empty for the usual one, and whether the greatest comes first."""
        return self.sort.removeprefix("-"), self.sort.startswith("-")


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to a `Question`; ``more`` says that the limit cut it."""

    entries: tuple[Entry, ...]
    more: bool = False


# --- verbs and changes ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a verb.

    ``type`` is one of ``text bool number date datetime secret file address choices map`` or an object kind, with a leading
    ``list:`` where several are taken, e.g. ``user`` or ``list:group``.
    """

    name: str
    type: str
    needed: bool
    meaning: str
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A permission that the actor must hold on the object(s) given in one argument."""

    permission: str
    on: str


@dataclass(frozen=True, slots=True)
class Further:
    """An attribute of people that one installation has beyond the neutral ones: ``custom.<name>`` in forms.

    ``type`` is one of ``text number bool date``; ``settable`` says whether forms may write it.
    """

    name: str
    type: str = "text"
    label: str = ""
    settable: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing a connector can do, as data; the checker, the plan and the reference read this.

    ``gives`` maps output names to kinds.  ``inverse`` names the verb that takes it back, ``previous values`` where the
    values before are written again, or None.  ``caller_check`` verbs are done on behalf of a caller, whose identity
    the form has to verify.

    What is said when a form is checked: ``unavailable`` is the reason why this system cannot do it, a part of a sentence,
    empty where it can; ``cannot_set`` maps the attributes it has no place for to the reason; ``further`` maps the names of
    the further attributes of people to what they are, None where that is not known.
    """

    name: str
    meaning: str
    arguments: tuple[Argument, ...]
    needs: tuple[Need, ...]
    gives: Mapping[str, str] = field(default_factory=dict)
    inverse: str | None = None
    caller_check: bool = False
    idempotent: bool = True
    unavailable: str = ""
    cannot_set: Mapping[str, str] = field(default_factory=dict)
    further: Mapping[str, Further] | None = None

    def argument(self, name: str) -> Argument | None:
        """Return the argument called ``name``, or None."""
        return next((argument for argument in self.arguments if argument.name == name), None)


@dataclass(frozen=True, slots=True)
class Operation:
    """One change to make. ``id`` is the step's id, with ``/n`` behind it for the n-th item of a ``for_each`` (from 1).

    Argument values are resolved: objects are `Ref`, secrets `SecretRef`, results of earlier steps `OutputRef`.
    """

    id: str
    verb: str
    arguments: Mapping[str, Value]


ChangeKind: TypeAlias = Literal["set", "add", "remove", "create", "delete", "action"]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a plan or a journal record: ``what`` (label of the object), the attribute, before and after.

    A secret shows as the text ``[secret]``.  ``ref`` is None for an object that does not exist yet.
    """

    kind: ChangeKind
    ref: Ref | None
    what: str
    attribute: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Guard:
    """What must still be true of an object when it is written: its version and its place as they were authorised."""

    ref: Ref
    version: str
    place: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preparation:
    """What an operation would do now.

    No changes means "nothing to do".  ``guards`` names every existing object it touches.  ``can_undo`` says whether the
    change can be taken back.
    """

    changes: tuple[Change, ...]
    guards: tuple[Guard, ...]
    can_undo: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation did. ``inverse`` takes exactly this change back, from values captured while writing."""

    state: Literal["changed", "unchanged"]
    changes: tuple[Change, ...] = ()
    outputs: Mapping[str, Ref] = field(default_factory=dict)
    inverse: Operation | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the target system answers, in a sentence an operator understands."""

    ok: bool
    detail: str


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


class Connector(Protocol):
    """A target system. Thread-safe; every method raises only the three errors of `connectors.errors`."""

    @property
    def name(self) -> str:
        """First word of its verbs, e.g. ``directory``."""
        ...

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of object it serves."""
        ...

    def verbs(self) -> Mapping[str, Verb]:
        """Verbs by full name, e.g. ``directory.user.unlock``."""
        ...

    def read(self, question: Question) -> Page:
        """Answer a question. Reads only."""
        ...

    def scan(self, kind: str, filter: Filter) -> Iterator[Entry]:
        """Yield every object of a kind that matches, as `read` gives them, each once, in the system's order of ids.

        For whoever has to see them all: it reads page by page, holds no more than a page, and keeps no lock and no
        transaction between pages.  What is changed meanwhile comes as it was before or after; what is made or deleted
        meanwhile comes or does not.  Whoever stops early has asked for no more than was read.  Errors come out when it
        is called or while it is iterated, and then the answer is not whole.
        """
        ...

    def prepare(self, operation: Operation) -> Preparation:
        """Work out what ``operation`` would change, without writing.

        `OutputRef` and `SecretRef` arguments are still placeholders here.  Raises `RejectedError` when the target system
        would refuse it as things are.
        """
        ...

    def perform(self, operation: Operation, guards: Sequence[Guard], secrets: Mapping[str, Secret]) -> Outcome:
        """Make the change, atomically for this operation.

        Every `Guard` is of a kind the connector serves and is checked in the same transaction as the write; one that
        fails raises `RejectedError` and nothing was written.  ``secrets`` maps the field names of the operation's
        `SecretRef` to their values.  `OutputRef` has been replaced by `Ref` before this call, and a `File` has its content,
        but for one that takes a change back and that the connector has kept.
        """
        ...

    def locate(self, text: str, kind: str) -> Ref | None:
        """Find an object by what an administrator writes in a file: a DN, a name, a login or an address, or its id."""
        ...

    def place_of(self, text: str) -> tuple[str, ...]:
        """Parse the DN of a unit into a place as in `Entry.place`; raises `RejectedError` when it is none."""
        ...

    def check(self) -> Health:
        """Say whether the system answers. Never raises."""
        ...


# --- mail -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """A plain-text mail; addresses are bare (``a.jansen@example.org``)."""

    to: tuple[str, ...]
    subject: str
    body: str
    id: str


class Postman(Protocol):
    """Sends mail. Raises the three errors of `connectors.errors`."""

    def send(self, message: Message) -> None:
        """Hand the message over; returning means that it was accepted."""
        ...
