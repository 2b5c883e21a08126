"""What was answered, in words, for reading it back before a plan is confirmed. Reads; writes nothing."""

from collections.abc import Collection, Sequence
from datetime import date

from forms.answering.working_out import Worked
from runner.pipeline.pages import AnswerLine, AnswersView, FieldView, OptionView
from runner.pipeline.showing import sections
from runner.pipeline.telling import day
from runner.pipeline.walking import Walk

_HIDDEN = "not shown here"
_MOST_SHOWN = 20


def answers_view(
    walk: Walk, worked: Worked, only: Collection[str] = (), among: Collection[str] | None = None
) -> tuple[AnswersView, ...]:
    """Return what was answered, under the headings of the form, for reading it back before the plan is confirmed.

    ``only`` are the ids of the questions to show, those that are worked out too; none stands for all that were answered.
    With ``among``, of these no others.
    """
    shown, _ = walk.reader.gather(walk.situation, lambda known: sections(known, worked, ()))
    hidden = frozenset(field.id for field in walk.form.fields if field.sensitive)
    views = []
    for number, section in enumerate(shown):
        fields = (view for view in section.fields if among is None or view.id in among)
        lines = tuple(AnswerLine(view.label, _told(view, hidden)) for view in fields if _is_shown(view, only))
        if lines:
            views.append(AnswersView(number, section.title, lines))
    return tuple(views)


def _is_shown(view: FieldView, only: Collection[str]) -> bool:
    return view.asked and view.id in only if only else _is_answer(view)


def _is_answer(view: FieldView) -> bool:
    return view.asked and view.show and view.type not in ("note", "computed") and view.select != "none"


def _told(view: FieldView, hidden: frozenset[str]) -> str:
    """Return an answer in words; an empty text means that nothing was answered."""
    if view.type == "password":
        return "made by the desk" if view.generated else _HIDDEN
    if view.id in hidden:
        return _HIDDEN
    if view.file is not None:
        return f"{view.file.name}, {view.file.size}" if view.file.name else ""
    match view.value:
        case bool(ticked):
            return "Yes" if ticked else "No"
        case {"add": list(add), "remove": list(remove)}:
            return _told_change(view, add, remove)
        case list(items) if items and isinstance(items[0], dict):
            return f"{len(items)} rows" if len(items) > 1 else "1 row"
        case list(items):
            return _listed([_label(view.options, str(item)) for item in items])
        case value:
            text = _label(view.options, str(value or ""))
            return _as_day(text) if view.type == "date" else f"{text} {view.unit}" if text and view.unit else text


def _as_day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def _told_change(view: FieldView, add: Sequence[object], remove: Sequence[object]) -> str:
    parts = []
    if add:
        parts.append(f"add {_listed([_label(view.options, str(item)) for item in add])}")
    if remove:
        parts.append(f"remove {_listed([_label(view.current, str(item)) for item in remove])}")
    return "; ".join(parts)


def _listed(labels: Sequence[str]) -> str:
    more = len(labels) - _MOST_SHOWN
    return ", ".join(labels[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _label(options: Sequence[OptionView], value: str) -> str:
    return next((option.label for option in options if option.value == value), value)
