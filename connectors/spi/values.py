"""What travels between Deskhand and a system: references, secrets, files, objects as they were read. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn, TypeAlias


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
