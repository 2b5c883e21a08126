"""What is sent to a directory server and what it answers, as data (RFC 4511). Pure, performs no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from connectors.spi import Content, Secret

Scope: TypeAlias = Literal["base", "one", "subtree"]
Octets: TypeAlias = bytes | Content  # `Content` where the value is a secret

SUCCESS = 0
TIME_LIMIT, SIZE_LIMIT, ADMIN_LIMIT = 3, 4, 11
NO_SUCH_ATTRIBUTE, UNDEFINED_ATTRIBUTE, ALREADY_A_VALUE = 16, 17, 20
REFERRAL = 10
NO_SUCH_OBJECT = 32
INVALID_CREDENTIALS, INSUFFICIENT_RIGHTS, UNWILLING = 49, 50, 53
ENTRY_EXISTS = 68
ASSERTION_FAILED = 122


@dataclass(frozen=True, slots=True)
class Control:
    """A control of a request or an answer: its OID, whether it is critical, its BER value."""

    oid: str
    critical: bool = False
    value: bytes = b""


@dataclass(frozen=True, slots=True)
class Modification:
    """One step of a modify: values to add, to delete (none = all) or to put in place of all (none = clear)."""

    kind: Literal["add", "delete", "replace"]
    attribute: str
    values: tuple[Octets, ...] = ()


@dataclass(frozen=True, slots=True)
class Modify:
    """Change attributes of one entry, all or none (RFC 4511, 4.6)."""

    dn: str
    modifications: tuple[Modification, ...]
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class Add:
    """Make an entry (RFC 4511, 4.7)."""

    dn: str
    attributes: Mapping[str, tuple[Octets, ...]]
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove an entry that has none below it (RFC 4511, 4.8)."""

    dn: str
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class Rename:
    """Give an entry another name, another parent, or both; the old name's value is dropped (RFC 4511, 4.9)."""

    dn: str
    rdn: str
    superior: str = ""
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class SetPassword:
    """Give an entry a password by the extended operation of RFC 3062."""

    dn: str
    password: Secret
    controls: tuple[Control, ...] = ()


Request: TypeAlias = Modify | Add | Delete | Rename | SetPassword


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for. ``filter`` is written as in RFC 4515; ``attributes`` are names as the server knows them.

    ``page`` is how many entries are fetched at once (RFC 2696), 0 without paging.
    """

    base: str
    filter: str
    attributes: tuple[str, ...]
    scope: Scope = "subtree"
    page: int = 500
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as the server sent it: names of attributes in lower case, with their options, and their octets."""

    dn: str
    values: Mapping[str, tuple[bytes, ...]]

    def first(self, name: str) -> bytes | None:
        """Return the first value of an attribute, or None."""
        found = self.values.get(name.lower(), ())
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to a request: the result code, its own words, and the controls it sent along by OID."""

    code: int
    message: str = ""
    controls: Mapping[str, bytes] = field(default_factory=dict)
    matched_dn: str = ""

    @property
    def is_success(self) -> bool:
        """Whether it was done."""
        return self.code == SUCCESS


class SearchRefusedError(Exception):
    """The server ended a search with a code other than success and the limits; nothing more follows."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"result {answer.code}")
        self.answer = answer


class LimitReachedError(Exception):
    """The server gave all it gives (codes 3, 4 and 11) before it had given all there is."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"result {answer.code}")
        self.answer = answer
