"""What is done to a system: verbs as data, operations, what they change, what came of them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from connectors.spi.values import Ref, Value


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
