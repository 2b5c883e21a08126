"""The steps of a form: choose, check, fill in, plan, result. Immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from connectors.spi import Secret
from runner.pipeline.pages.lists import Chip, Fact, Thing
from runner.pipeline.pages.questions import FieldView, SectionView
from runner.pipeline.pages.ways import Ways


@dataclass(frozen=True, slots=True)
class Journey:
    """The steps of a form: (label, state), state ``done``, ``now`` or empty.

    The last step of what was not or not wholly done has the state of the submission, and says it.
    """

    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on every page of a form's journey.

    ``submission`` is the id under which everything of this journey is kept.  ``say`` is what to tell the caller,
    ``lately`` that the same was done a few minutes ago.
    """

    form: str
    title: str
    description: str
    journey: Journey
    submission: str
    target: Thing | None
    target_chips: tuple[Chip, ...] = ()
    target_facts: tuple[Fact, ...] = ()
    say: str = ""
    lately: str = ""


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """The form needs a target first: what the typed text finds, refused ones behind and greyed with the reason.

    ``is_for_many`` says that it can be used for many people at once.
    """

    head: Head
    label: str
    help: str
    text: str
    things: tuple[Thing, ...]
    columns: tuple[str, ...]
    more: bool
    is_for_many: bool = False


@dataclass(frozen=True, slots=True)
class MethodView:
    """One way to check the caller. ``state`` is ``open``, ``sent``, ``passed``, ``failed`` or ``unavailable``."""

    id: str
    kind: str
    title: str
    state: str
    detail: str = ""
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """The caller check: which methods, how many are still needed, how many tries are left of ``attempts``."""

    head: Head
    policy: str
    need: int
    passed: int
    attempts_left: int
    methods: tuple[MethodView, ...]
    error: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class FillPage:
    """The form to fill in. ``errors`` lists (anchor, label, message), the first gets the focus.

    ``pages`` are the numbers of the sections that are a page each, ``page`` the one shown; empty for a form of one page.
    ``turned`` says that a page was turned: nothing was handed in.  ``as_of`` is when a form that only shows was read,
    None for one that is handed in.  ``rules`` is what the page works out by itself, JSON as
    `forms.answering.instant.page_rules` writes it, None for nothing.
    """

    head: Head
    sections: tuple[SectionView, ...]
    ticket: FieldView | None
    reason: FieldView | None
    errors: tuple[tuple[str, str, str], ...] = ()
    pages: tuple[int, ...] = ()
    page: int = 0
    turned: bool = False
    as_of: datetime | None = None
    rules: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of a plan or a result.

    ``kind`` is ``set``, ``add``, ``remove``, ``create``, ``delete``, ``action``, ``end`` (nothing but the day until when
    something lasts) or ``none`` (nothing to do).  ``note`` says until when it lasts, where it ends by itself.
    """

    kind: str
    what: str
    attribute: str
    before: str
    after: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation with its changes; ``state`` is empty in a plan, else planned, done, unchanged, failed, unknown.

    The title of what was not done, is unclear or was taken back says so first.
    """

    id: str
    title: str
    lines: tuple[ChangeLine, ...]
    can_undo: bool
    state: str = ""
    detail: str = ""

    @property
    def changes(self) -> bool:
        """Whether anything changes, as far as the lines say, but the day on which something ends."""
        return any(line.kind not in ("none", "end") for line in self.lines)


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A question and its answer in words; an empty text means that nothing was answered."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswersView:
    """What was answered in one section; ``section`` is its number, by which it is gone back to."""

    section: int
    title: str
    lines: tuple[AnswerLine, ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What will change. ``refused`` says why it cannot be confirmed, in a sentence; then there is no button.

    ``answers`` reads back what was answered; ``review`` says that it is a step of its own, to be looked at.  ``conditions``
    say what else belongs to it: who must agree, when it runs, what ends by itself.  ``asks`` says that confirming does
    nothing yet, but asks for a yes, or sets a later run up.
    """

    head: Head
    digest: str
    operations: tuple[OperationView, ...]
    message: str = ""
    can_undo: bool = False
    nothing_to_do: bool = False
    type_to_confirm: str = ""
    acknowledge: tuple[str, ...] = ()
    refused: str = ""
    errors: tuple[tuple[str, str, str], ...] = ()
    changed_meanwhile: bool = False
    answers: tuple[AnswersView, ...] = ()
    review: bool = False
    conditions: tuple[Fact, ...] = ()
    asks: Literal["", "approval", "later"] = ""


@dataclass(frozen=True, slots=True)
class ShowView:
    """One value on the last page. A secret is there only in the one answer that made it."""

    label: str
    text: str
    copy: bool = False
    secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class NextView:
    """A link to another form: its id, the target's id where it has one, and the answers it starts with.

    ``inputs`` are names and texts as the page posts them; ``submission`` is the id of the journey that begins.
    """

    label: str
    form: str
    target: str = ""
    submission: str = ""
    inputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """A submission: what was asked, what was done, when, by whom. Also the last page of the journey.

    ``message`` is Markdown.  ``shows`` carries secrets only right after the run.  ``just_done`` is true then; later,
    ``notice`` says where a secret was.  ``conditions`` say what it waits for; ``can_cancel`` and ``can_reveal`` say that
    there is a button to end it before it begins, or to see what is shown one time.  ``ways`` is what can be done about it.
    ``answers`` are what was answered, for whoever asked while it waits for a yes.
    """

    head: Head
    state: str
    state_text: str
    message: str
    operations: tuple[OperationView, ...]
    shows: tuple[ShowView, ...]
    facts: tuple[Fact, ...]
    journal: tuple[tuple[datetime, str], ...]
    next: tuple[NextView, ...] = ()
    just_done: bool = False
    notice: str = ""
    can_cancel: bool = False
    can_reveal: bool = False
    ways: Ways = field(default_factory=Ways)
    conditions: tuple[Fact, ...] = ()
    answers: tuple[AnswersView, ...] = ()
