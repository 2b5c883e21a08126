"""A form as a whole: target, caller check, confirmation, operations, result, limits. Immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from connectors.spi import Verb
from forms.definition.fields import Check, Field, Given, Section, Text
from forms.expressions import Expression


@dataclass(frozen=True, slots=True)
class Target:
    """The person or thing the form acts on."""

    type: str
    label: Text | None = None
    help: Text | None = None
    within: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()  # except:
    where: tuple[Check, ...] = ()
    search: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    multiple: bool = False
    max: int = 50
    default: Given = None


@dataclass(frozen=True, slots=True)
class Verify:
    """Which caller check a form asks for; ``policy`` None means none, for the reason in ``because``."""

    policy: str | None
    when: Expression | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Ticket and reason for the journal."""

    ticket: Literal["required", "optional", "off"] = "optional"
    ticket_pattern: str | None = None
    reason: Literal["required", "optional", "off"] = "off"


@dataclass(frozen=True, slots=True)
class Confirm:
    """What happens between filling in and running."""

    plan: Literal["always", "when_changes", "never"] = "always"
    message: Text | None = None
    type_to_confirm: Given = None
    acknowledge: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Approver:
    """One way to name who may approve; exactly one of the keys is set."""

    user: Given = None
    group: str | None = None
    role: str | None = None
    manager_of: Given = None
    owner_of: Given = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One round of approval."""

    title: Text | None
    approvers: tuple[Approver, ...]
    need: int = 1
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who must agree before anything is done."""

    stages: tuple[Stage, ...]
    when: Expression | None = None
    expires_seconds: int = 5 * 86_400
    on_expiry: Literal["reject", "escalate"] = "reject"
    remind_seconds: int | None = None
    message: Text | None = None
    show: tuple[str, ...] = ()


OnError: TypeAlias = Literal["stop", "undo", "continue"]


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of ``operations``."""

    id: str
    verb: Verb
    arguments: Mapping[str, Given]
    title: Text | None = None
    only_if: Expression | None = None
    for_each: Given = None
    until: Given = None
    revert: Literal["auto", "none"] = "auto"
    on_error: OnError | None = None
    undo: Literal["auto", "none"] = "auto"
    retry: int = 0
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """One message that is sent when something happens."""

    on: tuple[str, ...]
    to: tuple[Given, ...]
    subject: Text
    body: Text | None = None
    when: Expression | None = None
    by: Literal["mail", "chat", "webhook"] = "mail"
    before_seconds: int = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Show:
    """One value on the last page."""

    label: Text
    value: Given
    secret: bool = False
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """A link to another form on the last page."""

    form: str
    label: Text | None = None
    arguments: Mapping[str, Given] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """The last page."""

    message: Text | None = None
    show: tuple[Show, ...] = ()
    next: tuple[Next, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """A brake: at most ``count`` in ``seconds``."""

    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Brakes of a form."""

    per_actor: Rate | None = None
    per_target: Rate | None = None
    max_changes: int | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A test that stands in the form; ``expect`` as in 3.11, still as plain data."""

    name: str
    actor: Mapping[str, str]
    target: str | None
    fill: Mapping[str, object]
    expect: Mapping[str, object]
    fixture: str | None = None  # None: the one beside the form


@dataclass(frozen=True, slots=True)
class NeedAt:
    """A permission a form needs, and on what.

    ``on`` is ``target`` when it is the form's target, ``form`` for the form itself, ``<field>.rows`` for a table, else
    ``<step>.<argument>``; ``kind`` is the kind of thing (``mail_domain`` for an address, ``""`` for the installation).
    """

    permission: str
    kind: str
    on: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form, compiled and checked.

    ``fields`` stand in the order of the page, ``order`` lists their ids so that each comes after those it depends on.
    ``digest`` is the SHA-256, in hexadecimal, of the resolved definition.  ``languages`` are all in which some text of it
    is written.
    """

    id: str
    version: int
    digest: str
    title: Text
    fields: tuple[Field, ...]
    order: tuple[str, ...]
    steps: tuple[Step, ...]
    needs: tuple[NeedAt, ...]
    sections: tuple[Section, ...] = ()
    description: Text | None = None
    category: str = ""
    icon: str = ""
    tags: tuple[str, ...] = ()
    owner: str = ""
    status: Literal["draft", "live", "retired"] = "live"
    target: Target | None = None
    verify: Verify | None = None
    record: Record = Record()
    layout: Literal["single", "pages"] = "single"
    checks: tuple[Check, ...] = ()
    run_at: Given = None
    confirm: Confirm = Confirm()
    approval: Approval | None = None
    on_error: OnError = "stop"
    notify: tuple[Notify, ...] = ()
    result: Result = Result()
    limits: Limits = Limits()
    examples: tuple[Example, ...] = ()
    languages: frozenset[str] = frozenset()

    @property
    def is_view(self) -> bool:
        """Whether the form only shows: it has no operations, so nothing is ever handed in."""
        return not self.steps

    def field(self, id: str) -> Field:
        """Return a field by its id; raises `KeyError`."""
        for found in self.fields:
            if found.id == id:
                return found
        raise KeyError(id)
