"""From a form worked out to the questions a page shows. Pure, but for the facts it may still lack."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from connectors.spi import Entry, File, Ref
from forms.answering.files import endings, most_bytes, size_text
from forms.answering.instant import Instant, instant
from forms.answering.local_times import local_text
from forms.answering.options import (
    NOT_IN_SCOPE,
    Offered,
    is_kept,
    membership_kind,
    narrowed,
    offered_entry,
    picker_search,
)
from forms.answering.phones import phone_text
from forms.answering.schema import is_answered_by_people
from forms.answering.situation import Situation, given, in_language, in_markdown
from forms.answering.wire import PICKERS, PICKS, picked_kind
from forms.answering.working_out import Answer, Worked, as_if_asked, new_row
from forms.compiling.ordering import names_in
from forms.definition import Field
from forms.errors import AnswerProblem, ExpressionError
from forms.expressions import Environment, to_text
from forms.facts import Search
from runner.pipeline.pages import FieldView, FileView, OptionView, SectionView

_MAXIMUM_LENGTH = {"text": 1_000, "email": 254, "multiline": 10_000}


def sections(situation: Situation, worked: Worked, problems: Sequence[AnswerProblem]) -> tuple[SectionView, ...]:
    """Return all questions under their headings, in the order of the form."""
    environment = situation.environment(worked.values)
    by_itself = instant(situation.form, situation.language)
    views: dict[int | None, list[FieldView]] = {}
    for answer in worked.answers.values():
        if answer.field.type == "computed" and not answer.field.show:
            continue
        view = field_view(situation, answer, environment, problems, by_itself.live)
        views.setdefault(answer.field.section, []).append(
            _with_instant(situation, view, answer, environment, by_itself)
        )
    return tuple(_section(situation, environment, index, fields) for index, fields in views.items())


def _section(situation: Situation, environment: Environment, index: int | None, fields: list[FieldView]) -> SectionView:
    if index is None:
        return SectionView("", "", tuple(fields))
    section = situation.form.sections[index]
    return SectionView(
        in_language(section.title, situation.language, environment),
        in_language(section.help, situation.language, environment),
        tuple(fields),
    )


def _with_instant(
    situation: Situation, view: FieldView, answer: Answer, environment: Environment, by_itself: Instant
) -> FieldView:
    """Add what the page needs to show a question, or to turn required, by itself."""
    may_turn = "required" in by_itself.rules.get(answer.field.id, {})
    if answer.asked or answer.field.id not in by_itself.ahead:
        return replace(view, may_turn=may_turn)
    try:
        start = field_view(situation, as_if_asked(situation, answer.field, environment), environment)
    except ExpressionError:
        return replace(view, may_turn=may_turn)
    return replace(view, may_turn=may_turn, ahead=replace(start, may_turn=may_turn))


def field_view(
    situation: Situation,
    answer: Answer,
    environment: Environment,
    problems: Sequence[AnswerProblem] = (),
    live: frozenset[str] = frozenset(),
    name: str = "",
) -> FieldView:
    """Return one question as it stands."""
    field = answer.field
    language = situation.language
    own = next((problem.message for problem in problems if problem.field == field.id and problem.row is None), "")
    return FieldView(
        id=field.id,
        name=name or field.id,
        type=field.type,
        label=in_language(field.label, language, environment),
        asked=answer.asked,
        required=answer.required,
        readonly=answer.readonly and is_answered_by_people(field),
        value=_shown_value(answer, environment),
        help=in_language(field.help, language, environment),
        placeholder=in_language(field.placeholder, language, environment),
        error=own,
        width=field.width,
        style=field.style or "",
        tone=field.tone,
        text=in_markdown(field.text, language, environment) if answer.asked else "",
        unit=field.unit or "",
        rows=field.rows,
        min=_bound(answer.minimum),
        max=_bound(answer.maximum),
        step=_bound(field.step if isinstance(field.step, int | Decimal) else None) or ("1" if field.integer else "any"),
        max_length=field.max_length or _MAXIMUM_LENGTH.get(field.type),
        generated=_made(situation, field),
        multiple=field.multiple,
        search=bool(field.options and field.options.search),
        live=field.id in live,
        follows=answer.follows,
        columns=_columns(field),
        options=_options(situation, answer, environment),
        current=_current(situation, answer, environment),
        waiting=answer.offer.waiting,
        fields=_row_fields(situation, answer),
        row_errors=_row_errors(field, problems),
        min_rows=field.min_rows or 0,
        max_rows=field.max_rows,
        show=field.show or field.type != "computed",
        select=field.select if field.type == "table" else "",
        file=_file(answer) if field.type == "file" else None,
    )


def _file(answer: Answer) -> FileView:
    most = most_bytes(answer.field)
    view = FileView(endings(answer.field), most, size_text(most))
    if not isinstance(answer.value, File):
        return view
    return replace(view, name=answer.value.name, size=size_text(answer.value.size))


def _made(situation: Situation, field: Field) -> str:
    """Say what becomes of a password that the desk makes: ``shown`` once, or ``used``; empty when it is typed."""
    if not field.generate:
        return ""
    shown = (show for show in situation.form.result.show if show.secret)
    return "shown" if any(field.id in names_in(show.value) for show in shown) else "used"


def _shown_value(answer: Answer, environment: Environment) -> object:
    field = answer.field
    if field.type == "computed":
        return to_text(answer.value, environment)
    if field.type == "password":
        return ""
    if field.type == "file":
        return answer.wire if isinstance(answer.value, File) else ""
    if field.type == "csv":
        return [{} for _ in answer.rows]
    if field.type == "rows":
        return [{id_: _shown_value(column, environment) for id_, column in row.items()} for row in answer.rows]
    if answer.wire is None:
        return ""
    if field.type == "datetime" and isinstance(answer.wire, str):
        return local_text(answer.wire, environment.now.tzinfo)
    if field.type == "phone" and isinstance(answer.wire, str):
        return phone_text(answer.wire)
    return answer.wire if isinstance(answer.wire, bool | list | dict) else str(answer.wire)


def _bound(value: object) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""


def _columns(field: Field) -> tuple[str, ...]:
    return field.columns or (field.options.columns if field.options else ())


def _options(situation: Situation, answer: Answer, environment: Environment) -> tuple[OptionView, ...]:
    """Return the choices; for a picker the objects chosen; for a dual list those that are about to be added."""
    field = answer.field
    if not answer.asked:
        return ()
    if field.type in PICKS or field.type == "membership":
        return tuple(_object_views(situation, answer, environment))
    return tuple(_option_view(option) for option in answer.offer.options)


def _option_view(option: Offered) -> OptionView:
    return OptionView(option.value, option.label, option.help, option.cells, option.fixed)


def _object_views(situation: Situation, answer: Answer, environment: Environment) -> list[OptionView]:
    entries = _chosen_entries(situation, answer, environment)
    views = [_option_view(offered_entry(situation, answer.field, entry, environment, fixed=False)) for entry in entries]
    return [*views, *_present_views(situation, answer, frozenset(entry.ref.id for entry in entries))]


def _present_views(situation: Situation, answer: Answer, found: frozenset[str]) -> list[OptionView]:
    """Return what a picker holds from the start though it offers it no more: by name only when the actor may read it.

    What a person posted is not among it, so that an id tells nothing.
    """
    if answer.field.type not in PICKERS:
        return []
    start = answer.original if answer.is_given else answer.wire
    ids = [id_ for id_ in _ids(answer.wire) if id_ in _ids(start) and id_ not in found]
    if not ids:
        return []
    rows = situation.facts.rows(Search(answer.field.type, ids=frozenset(ids)))
    labels = {entry.ref.id: entry.label for entry in rows.entries}
    return [OptionView(id_, labels.get(id_, NOT_IN_SCOPE)) for id_ in ids]


def _ids(wire: object) -> list[str]:
    return [item for item in (wire if isinstance(wire, list) else [wire]) if isinstance(item, str)]


def _chosen_entries(situation: Situation, answer: Answer, environment: Environment) -> list[Entry]:
    """Return the objects an answer holds, as far as the actor's own search finds them."""
    field = answer.field
    kind = membership_kind(field, environment) if field.type == "membership" else picked_kind(field)
    wire = answer.wire.get("add") if isinstance(answer.wire, dict) else answer.wire
    ids = frozenset(_ids(wire))
    if not ids:
        return []
    bound = picker_search(situation, field, environment, kind)
    if bound.search is None:
        return []
    return list(situation.facts.rows(narrowed(bound.search, ids)).entries)


def _current(situation: Situation, answer: Answer, environment: Environment) -> tuple[OptionView, ...]:
    """Return the present side of a dual list; what always stays, or is not the actor's to change, is fixed."""
    field = answer.field
    of = given(field.of, environment)
    if field.type != "membership" or not answer.asked or not isinstance(of, Ref):
        return ()
    entries = _present(situation, of)
    kind = membership_kind(field, environment)
    bound = picker_search(situation, field, environment, kind)
    search = narrowed(bound.search, frozenset(entry.ref.id for entry in entries)) if bound.search else None
    open_ = {entry.ref for entry in situation.facts.rows(search).entries} if search and entries else set()
    views = [
        _option_view(
            offered_entry(
                situation,
                field,
                entry,
                environment,
                fixed=entry.ref not in open_ or is_kept(field, entry),
            )
        )
        for entry in entries
    ]
    return tuple(sorted(views, key=lambda view: (view.fixed, view.label.casefold())))


def _present(situation: Situation, of: Ref) -> list[Entry]:
    """Return the groups a person is in, or the members of a group that the actor may see."""
    if of.kind == "group":
        return list(situation.facts.rows(Search("user", member_of=of)).entries)
    entry = situation.facts.entry(of)
    groups = entry.attributes.get("groups") if entry else None
    return situation.facts.existing(
        ref for ref in (groups if isinstance(groups, tuple) else ()) if isinstance(ref, Ref)
    )


def _row_fields(situation: Situation, answer: Answer) -> tuple[FieldView, ...]:
    """Return the columns as a new row has them; a picker's options are what the rows there hold in it."""
    if answer.field.type != "rows":
        return ()
    environment = situation.environment({})
    views = []
    for id_, column in new_row(situation, answer.field).items():
        view = field_view(situation, column, environment)
        if column.field.type in PICKERS:
            chosen = {
                option.value: option for row in answer.rows for option in _options(situation, row[id_], environment)
            }
            view = replace(view, options=tuple(chosen.values()))
        views.append(view)
    return tuple(views)


def _row_errors(field: Field, problems: Sequence[AnswerProblem]) -> Mapping[int, Mapping[str, str]]:
    errors: dict[int, dict[str, str]] = {}
    for problem in problems:
        if problem.field == field.id and problem.row is not None:
            errors.setdefault(problem.row - 1, {})[problem.column or ""] = problem.message
    return errors
