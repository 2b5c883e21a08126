"""What of a form a page may work out by itself, so that a question appears at once. Pure.

An answer is *known* in the page when its input says all there is to it: a plain type, never read-only, asked under a
condition the page can work out, with a default that follows no other answer.  An expression over known answers, literals
and ``today()`` is sent; every other one stays here.  The server works out everything again, and what it says counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from forms.answering.languages import in_best_language
from forms.answering.wire import PICKERS
from forms.definition import Check, Field, Form, Template, Text
from forms.expressions import Expression
from forms.expressions.sending import VERSION, sent_expression
from forms.values import Type

_READ_FROM_INPUTS = frozenset({"text", "multiline", "email", "number", "boolean", "date", "choice", "choices"})
_DRAWN_AHEAD = _READ_FROM_INPUTS | {"phone", "note"}
_HANDLED = ("when", "required", "validate")
_FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Instant:
    """What a page does by itself.

    ``rules`` maps field ids to what is sent, JSON with the keys ``type``, ``multiple``, ``when``, ``required``,
    ``readonly``, ``value`` and ``validate``; empty when there is nothing to do.  ``ahead`` are the questions whose
    inputs may wait in the page while they are not asked.  ``live`` are the answers after which the server is asked.
    """

    rules: Mapping[str, Mapping[str, Any]]
    ahead: frozenset[str]
    live: frozenset[str]


def instant(form: Form, language: str) -> Instant:
    """Return what a page may do by itself with a form, its messages in ``language``."""
    known = _known(form)
    rules = {field.id: _rules(field, known, language) for field in form.fields}
    ahead = frozenset(field.id for field in form.fields if "when" in rules[field.id] and _may_wait(field, known))
    live = _live(form, rules, ahead)
    if not any(rules.values()):
        return Instant({}, frozenset(), live)
    read = frozenset(name for field in form.fields if rules[field.id] for name in _names(_ruled(field)))
    wanted = {field.id: field for field in form.fields if rules[field.id] or field.id in read & known.keys()}
    typed = {
        id_: {"type": field.type, **({"multiple": True} if field.multiple else {})} for id_, field in wanted.items()
    }
    return Instant({id_: typed[id_] | rules[id_] for id_ in form.order if id_ in wanted}, ahead, live)


def page_rules(form_rules: Instant, today: date) -> Mapping[str, Any] | None:
    """Return what stands in the page as JSON, None when it has nothing to do by itself.

    ``today`` counts days since 1970; ``fields`` holds pairs of id and rules, in the order in which they depend.
    """
    if not form_rules.rules:
        return None
    return {"version": VERSION, "today": (today - _FIRST_DAY).days, "fields": [*form_rules.rules.items()]}


# --- which answers are known ----------------------------------------------------------------------------------------


def _known(form: Form) -> Mapping[str, Type]:
    known: dict[str, Type] = {}
    questions = {field.id: field for field in form.fields}
    for field in map(questions.__getitem__, form.order):
        if field.when is not None and sent_expression(field.when, known) is None:
            continue
        if _is_read(field, questions) or (field.type == "computed" and _sent_value(field, known) is not None):
            known[field.id] = field.value_type
    return known


def _is_read(field: Field, questions: Mapping[str, Field]) -> bool:
    if field.type not in _READ_FROM_INPUTS | PICKERS or field.readonly is not False:
        return False
    return not _names(field.default) & questions.keys()


def _sent_value(field: Field, known: Mapping[str, Type]) -> list[Any] | None:
    if field.unique is not None or not isinstance(field.value, Template):
        return None
    return _sent_template(field.value, known)


def _sent_template(template: Template, known: Mapping[str, Type]) -> list[Any] | None:
    """Return the parts: texts as they are, expressions as lists."""
    parts = [part if isinstance(part, str) else sent_expression(part, known) for part in template.parts]
    return None if None in parts else parts


# --- what is sent of a field ----------------------------------------------------------------------------------------


def _rules(field: Field, known: Mapping[str, Type], language: str) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    for key in ("when", "required", "readonly"):
        flag = getattr(field, key)
        if isinstance(flag, Expression) and (sent := sent_expression(flag, known)) is not None:
            rules[key] = sent
    if field.type == "computed" and field.id in known:
        rules["value"] = _sent_value(field, known)
    if field.id in known and field.type in _READ_FROM_INPUTS:
        checks = [_sent_check(check, {**known, "value": field.value_type}, language) for check in field.validate]
        if sent_checks := [check for check in checks if check is not None]:
            rules["validate"] = sent_checks
    return rules


def _sent_check(check: Check, known: Mapping[str, Type], language: str) -> list[Any] | None:
    if check.message is None:
        return None
    rule, message = sent_expression(check.check, known), _sent_template(_in(check.message, language), known)
    return None if rule is None or message is None else [rule, message]


def _in(text: Text, language: str) -> Template:
    return in_best_language(text, language)


def _may_wait(field: Field, known: Mapping[str, Type]) -> bool:
    """Say whether a question that is not asked may be drawn in the page: nothing in it comes from anywhere else."""
    if field.type not in _DRAWN_AHEAD or field.source is not None or field.readonly is not False:
        return False
    if field.options is not None and field.options.lookup is not None:
        return False
    shown = replace(field, **{key: getattr(_BARE, key) for key in _HANDLED})
    required_is_sent = isinstance(field.required, bool) or sent_expression(field.required, known) is not None
    return required_is_sent and all(sent_expression(each, known) is not None for each in _expressions(shown))


_BARE = Field("", "note", Type("null"), Text({}))


# --- after which answers the server is asked ------------------------------------------------------------------------


def _live(form: Form, rules: Mapping[str, Mapping[str, Any]], ahead: frozenset[str]) -> frozenset[str]:
    """Return the answers that change what only the server draws, also through questions the page works out itself."""
    ids = {field.id for field in form.fields}
    paged = form.layout == "pages"
    live = {
        name
        for field in form.fields
        for name in _names(field if paged else _left(field, rules[field.id], field.id in ahead))
    }
    following = {field.id: _names(_ruled(field)) for field in form.fields}
    while more := {name for id_ in live & ids for name in following[id_]} - live:
        live |= more
    return frozenset(live & ids)


def _left(field: Field, rules: Mapping[str, Any], is_ahead: bool) -> Field:
    """Return the field without what the page does by itself; rules on answers count when the form is handed in."""
    done = {"validate"}
    done |= {"when"} if is_ahead or (field.type == "computed" and "when" in rules) else set()
    done |= {"required"} if "required" in rules else set()
    done |= {"value"} if "value" in rules else set()
    return replace(field, **{key: getattr(_BARE, key) for key in done})


def _ruled(field: Field) -> tuple[object, ...]:
    return (field.when, field.required, field.readonly, field.value, field.validate, field.default)


def _names(part: object) -> frozenset[str]:
    return frozenset(name for expression in _expressions(part) for name in expression.names)


def _expressions(part: object) -> Iterator[Expression]:
    """Yield every expression anywhere inside a part of a definition."""
    if part is None or isinstance(part, str | int | Type):
        return
    if isinstance(part, Expression):
        yield part
    elif names := getattr(part, "__dataclass_fields__", None):
        for name in names:
            yield from _expressions(getattr(part, name))
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _expressions(value)
    elif isinstance(part, list | tuple):
        for item in part:
            yield from _expressions(item)
