"""What stands beside the forms: settings, lookups, shared lists, caller checks, and the catalogue of all. Immutable."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from connectors.spi import Unkepts, Verb
from forms.definition.fields import Given, Text
from forms.definition.form import Form
from forms.values import Type
from forms.values import Value as Literal_


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """How passwords are made (``words`` or ``random``) or checked when typed."""

    id: str
    kind: Literal["words", "random"]
    words: int = 3
    digits: int = 2
    separator: str = "-"
    length: int = 20
    without: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What every form of an installation shares. ``org`` maps names to texts."""

    languages: tuple[str, ...] = ("en",)
    timezone: str = "UTC"
    org: Mapping[str, str] = field(default_factory=dict)
    password_policies: Mapping[str, PasswordPolicy] = field(default_factory=dict)
    reserved_logins: frozenset[str] = frozenset()
    default_verification: str | None = None


@dataclass(frozen=True, slots=True)
class LookupArgument:
    """An argument of a named search."""

    name: str
    type: Type
    required: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a search's ``where``: the attribute, how it is compared, and with what (over its arguments).

    ``op`` is a `connectors.spi.Comparison`, or ``in``: equal to one of several values.
    """

    attribute: str
    op: str
    value: Given


@dataclass(frozen=True, slots=True)
class Relation:
    """How what is found stands to other objects: ``name`` is ``in_group``, ``under`` (a unit) or ``id`` (is one of).

    ``value`` gives the group, the unit or the objects; ``nested`` counts members of groups in the group.
    """

    name: str
    value: Given
    nested: bool = True


@dataclass(frozen=True, slots=True)
class Either:
    """``any``: one of the branches holds, each with all its parts."""

    branches: tuple[tuple["Where", ...], ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """``not``: the parts do not all hold."""

    parts: tuple["Where", ...]


Where: TypeAlias = "Condition | Relation | Either | Opposite"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A named search; ``within`` names resource sets (``in:``).

    ``sort`` is an attribute, with a minus before it for the last one first; ``limit`` the most rows it gives.
    """

    id: str
    kind: str
    title: str = ""
    within: tuple[str, ...] = ()
    takes: tuple[LookupArgument, ...] = ()
    where: tuple[Where, ...] = ()
    search: tuple[str, ...] = ()
    sort: str = ""
    limit: int = 200

    def unanswerable(self, unkept: Unkepts) -> str:
        """Return why the search cannot be answered where these attributes are not kept, a part of a sentence; else empty."""
        missing = unkept.get(self.kind, {})
        asked = dict.fromkeys((*_compared(self.where), self.sort.removeprefix("-")))
        return "; ".join(missing[name].reason for name in asked if name in missing and missing[name].is_unanswerable)


def _compared(where: Sequence[Where]) -> Iterator[str]:
    for part in where:
        match part:
            case Condition():
                yield part.attribute
            case Either(branches):
                for branch in branches:
                    yield from _compared(branch)
            case Opposite(parts):
                yield from _compared(parts)


@dataclass(frozen=True, slots=True)
class SharedList:
    """A shared option table: typed columns, rows by their ``value``."""

    id: str
    title: str
    columns: Mapping[str, Type]
    rows: tuple[Mapping[str, Literal_], ...]


@dataclass(frozen=True, slots=True)
class Method:
    """One way to check a caller.

    ``kind`` is ``checklist``, ``one_time_code``, ``push``, ``confirm_by`` or another that this installation does not
    know.  ``to`` and ``who`` are expressions over ``target``; ``ask`` the boxes of a checklist.
    """

    id: str
    kind: str
    title: Text
    to: Given = None
    who: Given = None
    ask: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class VerificationPolicy:
    """How many of which methods make a caller known, how often they may be tried, and how long it lasts."""

    id: str
    title: Text
    need: int
    methods: tuple[str, ...]
    attempts: int = 3
    valid_for_seconds: int = 600


@dataclass(frozen=True, slots=True)
class Verification:
    """The file ``verification.yaml``."""

    policies: Mapping[str, VerificationPolicy] = field(default_factory=dict)
    methods: Mapping[str, Method] = field(default_factory=dict)
    not_a_method: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a desk folder defines for its forms, compiled: what a runner is started with."""

    forms: Mapping[str, Form]
    settings: Settings
    lookups: Mapping[str, Lookup]
    lists: Mapping[str, SharedList]
    verification: Verification
    verbs: Mapping[str, Verb]
