"""The pages before the plan: choosing a target, checking the caller, filling in. Reads; writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connectors.spi import AllOf, AnyOf, Entry, Not, Question, Ref
from forms.answering.instant import instant, page_rules
from forms.answering.options import Bound, membership_kind, picker_search
from forms.answering.situation import Situation, given
from forms.answering.validating import target_refusal
from forms.answering.wire import PICKERS
from forms.answering.working_out import Worked, work_out
from forms.definition import Field, Form
from forms.errors import AnswerProblem
from runner.access.model import Actor
from runner.errors import NotFoundError
from runner.pipeline.authorising import NOT_FOUND, is_fitting, open_form, target_permissions
from runner.pipeline.bulk.fitness import why_not
from runner.pipeline.file_views import told, with_files
from runner.pipeline.pages import (
    ChoosePage,
    FieldView,
    FillPage,
    Head,
    Journey,
    PickPage,
    Posted,
    SectionView,
    Thing,
    VerifyPage,
)
from runner.pipeline.paging import first_page, pages_of, with_pages
from runner.pipeline.reaching import problems_of
from runner.pipeline.reading import SEARCHED, Reader, label_attribute
from runner.pipeline.services import Services
from runner.pipeline.showing import sections
from runner.pipeline.tabling import has_tables, with_tables
from runner.pipeline.telling import Teller, thing, told_apart
from runner.pipeline.uploading import files_of, problems_in_files, take_over
from runner.pipeline.walking import LOOK, Walk, head, reader_for, situation_of
from runner.verification.checks import CheckState

_PAGE_OF_TARGETS = 25
_PAGE_OF_PICKS = 20
_KIND_WORDS = {
    "user": "Whose account?",
    "group": "Which group?",
    "mailbox": "Which mailbox?",
    "computer": "Which computer?",
    "contact": "Which mail contact?",
    "mail_list": "Which distribution list?",
    "ou": "Which unit?",
}


def choose_page(
    services: Services, actor: Actor, form_id: str, text: str, language: str, submission: str
) -> ChoosePage:
    """Return what the typed text finds among the targets this actor may use the form on.

    Without a text, only the form's own default is offered.  Raises `NotFoundError` when the form is not the actor's.
    """
    reader = reader_for(services, actor, form_id)
    form = open_form(reader, services.catalogue.forms, form_id)
    target = form.target
    if target is None:
        raise NotFoundError(NOT_FOUND)
    situation = situation_of(reader, form, None, language, "portal")
    entries, more = found_targets(reader, form, text) if text else (_default_target(reader, form, situation), False)
    walk = Walk(services, actor, reader, form, None, situation, submission, None)
    top = head(walk, "target")
    things = told_apart([_choice(reader, form, entry, language) for entry in entries], entries)
    return ChoosePage(
        head=Head(form.id, top.title, top.description, _whole_journey(form), submission, None),
        label=walk.text(target.label) or _KIND_WORDS.get(target.type, "Which one?"),
        help=walk.text(target.help),
        text=text,
        things=tuple(sorted(things, key=_is_refused)),
        columns=target.columns,
        more=more,
        is_for_many=not why_not(form),
    )


def _whole_journey(form: Form) -> Journey:
    labels = ["Person" if form.target and form.target.type == "user" else "Target"]
    labels += ["Caller check"] if form.verify and form.verify.policy and form.verify.when is None else []
    labels += [LOOK] if form.is_view else ["Fill in", "Check", "Done"]
    return Journey(tuple((label, "now" if position == 0 else "") for position, label in enumerate(labels)))


def found_targets(
    reader: Reader, form: Form, text: str, most: int = _PAGE_OF_TARGETS, *, also: tuple[str, ...] = ()
) -> tuple[list[Entry], bool]:
    """Search for targets inside the scope of everything the form needs on them; say whether there are more.

    ``also`` are attributes to search beside those of the form.
    """
    target = form.target
    if target is None:
        return [], False
    authority = reader.services.authority.current()
    parts = [Not(authority.set_filter(name, target.type, reader.actor, excluding=True)) for name in target.excluded]
    within = [authority.set_filter(name, target.type, reader.actor) for name in target.within]
    question = Question(
        target.type,
        AllOf((*parts, AnyOf(tuple(within))) if within else tuple(parts)),
        text=text,
        search=tuple(dict.fromkeys((*(target.search or SEARCHED[target.type]), *also))),
        sort=label_attribute(target.type),
        limit=most,
    )
    page = reader.find(question, target_permissions(form))
    return list(page.entries), page.more


def _default_target(reader: Reader, form: Form, situation: Situation) -> list[Entry]:
    default = form.target.default if form.target else None
    if default is None:
        return []
    value, _ = reader.gather(situation, lambda known: given(default, known.environment({})))
    entry = reader.visible(value.kind, value.id) if isinstance(value, Ref) else None
    return [entry] if entry is not None and is_fitting(reader, form, entry) else []


def _choice(reader: Reader, form: Form, entry: Entry, language: str) -> Thing:
    situation = situation_of(reader, form, entry, language, "portal")
    refused, _ = reader.gather(situation, target_refusal)
    teller = Teller(reader)
    cells = tuple(teller.text(entry.attributes.get(name)) for name in (form.target.columns if form.target else ()))
    return thing(entry, reader.now, refused=refused, cells=cells)


def _is_refused(one: Thing) -> bool:
    return bool(one.refused)


def verify_page(walk: Walk, state: CheckState, error: str = "") -> VerifyPage:
    """Return the caller check as it stands."""
    return VerifyPage(
        head=head(walk, "verify", state.passed),
        policy=walk.text(state.policy.title),
        need=state.policy.need,
        passed=state.passed,
        attempts=state.policy.attempts,
        attempts_left=state.attempts_left,
        methods=state.methods,
        error=error,
    )


def fill_page(walk: Walk, posted: Posted, problems: Sequence[AnswerProblem] = (), checked: int = 0) -> FillPage:
    """Return the form to fill in, worked out for what was posted so far, with the problems at their questions."""
    taken = take_over(walk, posted)
    posted = taken.posted
    if not problems:
        walk, in_files = problems_in_files(walk, posted)
        problems = (*taken.problems, *in_files)
    wrong = problems or (problems_of(walk, posted.answers) if has_tables(walk.form) else ())
    worked, situation = walk.reader.gather(walk.situation, lambda known: work_out(known, posted.answers))
    shown, _ = walk.reader.gather(situation, lambda known: sections(known, worked, problems))
    shown = with_tables(walk, shown, posted.answers, posted.typed, wrong)
    shown = with_files(replace(walk, situation=situation), shown, worked, taken, problems)
    pages = pages_of(shown) if walk.form.layout == "pages" else ()
    page = first_page(shown, problems, posted.page) if pages else 0
    top = head(walk, "fill", checked)
    return FillPage(
        head=with_pages(top, [shown[number].title for number in pages], pages.index(page)) if pages else top,
        pages=pages,
        page=page,
        sections=tuple(_with_anything(section) for section in shown),
        ticket=_ticket(walk, posted, problems),
        reason=_reason(walk, posted, problems),
        errors=tuple(_error_line(shown, problem) for problem in told(problems, files_of(walk.form))),
        as_of=walk.reader.now if walk.form.is_view else None,
        rules=page_rules(instant(walk.form, situation.language), situation.now.date()),
    )


def _with_anything(section: SectionView) -> SectionView:
    """Keep the heading of a section only while one of its questions is asked, or may be asked by the page itself."""
    if any(view.asked or view.ahead for view in section.fields):
        return section
    return SectionView("", "", section.fields)


def _error_line(shown: Sequence[SectionView], problem: AnswerProblem) -> tuple[str, str, str]:
    labels = {view.id: view.label for section in shown for view in section.fields}
    labels |= {"ticket": "Ticket", "reason": "Reason"}
    where = labels.get(problem.field, "")
    files = {view.id: dict(view.csv.labels) for section in shown for view in section.fields if view.csv is not None}
    if problem.row is not None and problem.field in files:
        column = files[problem.field].get(problem.column or "", "")
        where = f"Row {problem.row}, column {column}" if column else f"Row {problem.row}"
    elif problem.row is not None:
        where = f"{where}, row {problem.row}"
    return problem.field, where, problem.message


def _ticket(walk: Walk, posted: Posted, problems: Sequence[AnswerProblem]) -> FieldView | None:
    rule = walk.form.record.ticket
    if rule == "off" or walk.form.is_view:
        return None
    return _record_view("ticket", "text", "Ticket", rule == "required", posted.ticket, problems)


def _reason(walk: Walk, posted: Posted, problems: Sequence[AnswerProblem]) -> FieldView | None:
    rule = walk.form.record.reason
    if rule == "off" or walk.form.is_view:
        return None
    return _record_view("reason", "multiline", "Reason", rule == "required", posted.reason, problems)


def _record_view(
    id_: str, type_: str, label: str, required: bool, value: str, problems: Sequence[AnswerProblem]
) -> FieldView:
    error = next((problem.message for problem in problems if problem.field == id_), "")
    help_ = "As in the ticket system" if id_ == "ticket" else "Stands in the record for those who look later"
    length = 100 if id_ == "ticket" else 1_000
    return FieldView(
        id_, id_, type_, label, True, required, False, value, help=help_, error=error, rows=2, max_length=length
    )


def pick_page(walk: Walk, field_path: str, text: str, posted: Posted) -> PickPage:
    """Return what a picker or a dual list finds; ``field_path`` is a field id, or ``field.column`` inside rows.

    Raises `NotFoundError` when the form has no such question or it is not asked.
    """
    worked, situation = walk.reader.gather(walk.situation, lambda known: work_out(known, posted.answers))
    field = _picker(field_path, worked)
    bound, _ = walk.reader.gather(situation, lambda known: _bound_search(known, field, worked))
    if bound.search is None:
        return PickPage((), more=False, error=f"First answer “{bound.waiting}”.")
    rows = walk.reader.search(replace(bound.search, text=" ".join(text.split())[:100]))
    teller = Teller(walk.reader)
    things = [
        thing(entry, walk.reader.now, cells=tuple(teller.text(entry.attributes.get(name)) for name in _columns(field)))
        for entry in rows.entries[:_PAGE_OF_PICKS]
    ]
    return PickPage(told_apart(things, rows.entries), rows.more or len(rows.entries) > _PAGE_OF_PICKS)


def _bound_search(situation: Situation, field: Field, worked: Worked) -> Bound:
    """Return the search behind a picker, bound to the answers so far."""
    environment = situation.environment(worked.values)
    kind = field.type
    if field.type == "membership":
        kind = membership_kind(field, environment)
    elif field.options is not None and field.options.lookup is not None:
        kind = situation.catalogue.lookups[field.options.lookup].kind
    return picker_search(situation, field, environment, kind)


def _picker(path: str, worked: Worked) -> Field:
    id_, _, column = path.partition(".")
    answer = worked.answers.get(id_)
    if answer is None or not answer.asked:
        raise NotFoundError(NOT_FOUND)
    fields: Mapping[str, Field] = {inner.id: inner for inner in answer.field.fields}
    field = fields.get(column) if column else answer.field
    is_searched = field is not None and field.options is not None and field.options.lookup is not None
    if field is None or not (field.type in PICKERS or field.type == "membership" or is_searched):
        raise NotFoundError(NOT_FOUND)
    return field


def _columns(field: Field) -> tuple[str, ...]:
    return field.columns or (field.options.columns if field.options else ())
