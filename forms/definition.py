"""A compiled form as data: what the checker leaves behind for the runner. Frozen; holds no behaviour and no positions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from connectors.spi import Verb
from forms.expressions import Expression
from forms.values import Type
from forms.values import Value as Literal_


@dataclass(frozen=True, slots=True)
class Template:
    """Text with ``$( … )`` in it, as parts; a template of exactly one expression passes that value typed."""

    parts: tuple[str | Expression, ...]
    type: Type

    @property
    def single(self) -> Expression | None:
        """The expression, when the template is nothing else."""
        first = self.parts[0] if len(self.parts) == 1 else None
        return first if isinstance(first, Expression) else None


@dataclass(frozen=True, slots=True)
class Text:
    """What a person reads, per language; the first language of the settings is always there."""

    languages: Mapping[str, Template]


Given: TypeAlias = "Template | Literal_ | Sequence[Given] | Mapping[str, Given]"
"""The value of a key: a literal, a template, or a list or map of them."""

Flag: TypeAlias = bool | Expression


@dataclass(frozen=True, slots=True)
class Check:
    """A rule and the message when it is not met; ``at`` names the field the message stands at."""

    check: Expression
    message: Text | None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One fixed option of a choice."""

    value: str
    label: Text
    help: Text | None = None
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """Where the options of a choice come from: written here, a shared list, or a search."""

    fixed: tuple[Option, ...] = ()
    list: str | None = None
    lookup: str | None = None
    arguments: Mapping[str, Given] = field(default_factory=dict)
    value: str = "value"
    label: Text | None = None
    columns: tuple[str, ...] = ()
    search: bool = False
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class Unique:
    """How a text is kept unique, see 3.6 of the language."""

    places: tuple[str, ...]
    compare: Given = None
    max_length: int | None = None
    when_taken: Literal["number", "refuse"] = "refuse"
    start: int = 2
    max: int = 99
    alternatives: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One question. Keys a type does not have keep their defaults.

    ``when`` includes the conditions of the section around it.  ``source`` is ``from:``, an expression over ``target``.
    ``arguments`` is ``with:`` of a picker's lookup.
    """

    id: str
    type: str
    value_type: Type
    label: Text
    section: int | None = None
    help: Text | None = None
    placeholder: Text | None = None
    required: Flag = False
    default: Given = None
    source: Expression | None = None
    when: Expression | None = None
    readonly: Flag = False
    validate: tuple[Check, ...] = ()
    sensitive: bool = False
    width: Literal["full", "half", "third"] = "full"
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    pattern_help: Text | None = None
    unique: Unique | None = None
    rows: int = 3
    domains: tuple[str, ...] = ()
    region: str | None = None
    min: Given = None
    max: Given = None
    step: Given = None
    integer: bool = False
    unit: str | None = None
    style: str | None = None
    options: Options | None = None
    allow_other: bool = False
    min_items: int | None = None
    max_items: int | None = None
    generate: str | None = None
    policy: str | None = None
    repeat: bool = True
    within: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()  # except:
    lookup: str | None = None
    arguments: Mapping[str, Given] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    multiple: bool = False
    of: Given = None
    keep: tuple[str, ...] = ()
    max_changes: int | None = None
    select: Literal["none", "one", "many"] = "none"
    fields: tuple["Field", ...] = ()
    min_rows: int | None = None
    max_rows: int | None = None
    unique_by: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    max_size: int | None = None
    text: Text | None = None
    tone: Literal["info", "warning", "success"] = "info"
    value: Given = None
    show: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading over some fields."""

    title: Text
    help: Text | None = None
    when: Expression | None = None


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


@dataclass(frozen=True, slots=True)
class NeedAt:
    """A permission a form needs, and on what.

    ``on`` is ``target`` when it is the form's target, else ``<step>.<argument>``; ``kind`` is the kind of thing
    (``mail_domain`` for an address, ``""`` for the installation).
    """

    permission: str
    kind: str
    on: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form, compiled and checked.

    ``fields`` stand in the order of the page, ``order`` lists their ids so that each comes after those it depends on.
    ``digest`` is the SHA-256, in hexadecimal, of the resolved definition.
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

    def field(self, id: str) -> Field:
        """Return a field by its id; raises `KeyError`."""
        for found in self.fields:
            if found.id == id:
                return found
        raise KeyError(id)


# --- companions -----------------------------------------------------------------------------------------------------


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
    """One line of a search's ``where``: the attribute, how it is compared, and with what (over its arguments)."""

    attribute: str
    op: str
    value: Given


@dataclass(frozen=True, slots=True)
class Lookup:
    """A named search; ``within`` names resource sets (``in:``)."""

    id: str
    kind: str
    title: str = ""
    within: tuple[str, ...] = ()
    takes: tuple[LookupArgument, ...] = ()
    where: tuple[Condition, ...] = ()
    search: tuple[str, ...] = ()
    sort: str = ""


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
    title: str
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
