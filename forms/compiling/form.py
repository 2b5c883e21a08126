"""Compile one form: the one door from files to a `Form`. Pure."""

import hashlib
import json
from dataclasses import replace
from typing import Any, cast

from connectors.verbs import PERMISSIONS
from forms.compiling.abilities import check_custom
from forms.compiling.examples import compile_example
from forms.compiling.fields import compile_field
from forms.compiling.kept import check_read
from forms.compiling.operations import check_callers, check_checked_object, compile_steps, needs_of
from forms.compiling.option_values import options_of
from forms.compiling.ordering import order_of
from forms.compiling.pages import (
    compile_approval,
    compile_confirm,
    compile_limits,
    compile_notify,
    compile_record,
    compile_result,
    compile_target,
    compile_verify,
)
from forms.compiling.questions import Question, check_ids, compile_sections, field_types, flattened
from forms.compiling.surroundings import REQUEST, RUN, USER, Surroundings
from forms.compiling.tables import check_view, needs_of_view
from forms.compiling.tracing import refuse_typed_objects
from forms.compiling.usage import warn_unguarded, warn_untold, warn_unused
from forms.compiling.values import Values
from forms.definition import Field, Form, NeedAt, Section, Step, Target, Text
from forms.errors import DefinitionError, Problem
from forms.expressions import Scope
from forms.nodes import ScalarNode
from forms.problems import Report
from forms.reading import Reader
from forms.records import Record, plain
from forms.resolving.naming import SUFFIXES, form_id_of
from forms.resolving.resolver import Resolved, Resolver
from forms.resolving.sources import Sources
from forms.values import ANY, DATETIME, Type

__all__ = ["SUFFIXES", "check_base", "compile_form", "compile_resolved", "digest_of", "form_id_of", "is_only_a_base"]


def compile_form(file: str, content: bytes, around: Surroundings) -> tuple[Form, tuple[Problem, ...]]:
    """Compile a form that stands by itself and return it with its warnings.

    Raises `DefinitionError` with every error of the file, warnings among them, when it cannot be used.  A form that is
    based on another, or uses a fragment, is compiled with `compile_resolved`.
    """
    resolved = Resolver(Sources({file: content}), around.language).resolve(file)
    return compile_resolved(resolved, around)


def compile_resolved(resolved: Resolved, around: Surroundings) -> tuple[Form, tuple[Problem, ...]]:
    """Compile a form made whole and return it with its warnings, see `compile_form`.

    A form that lacks a part is only read, because everything that refers to the part would seem wrong as well; what
    seems to be missing (E111) may stand in that part.
    """
    report = resolved.report()
    record = Reader(report).record("FORM", resolved.root)
    if not resolved.is_complete:
        raise DefinitionError([one for one in report.problems if one.code != "E111" or one in resolved.problems])
    if record is None:
        raise DefinitionError(report.problems)
    form = _Compilation(report, record, around).form()
    if report.has_errors:
        raise DefinitionError(report.problems)
    return form, report.problems


def is_only_a_base(resolved: Resolved) -> bool:
    """Say whether a form does nothing by itself: a draft without operations, for others to be based on."""
    status = resolved.root.get("status")
    is_draft = isinstance(status, ScalarNode) and status.text == "draft"
    return is_draft and resolved.root.get("operations") is None


def check_base(resolved: Resolved) -> tuple[Problem, ...]:
    """Return what is wrong with the shape of a form that is only a base; the rest shows in the forms based on it."""
    report = resolved.report()
    record = Reader(report).record("FORM", resolved.root)
    if record is not None:
        _check_id(record, report)
    return report.problems


def _check_id(record: Record, report: Report) -> None:
    form_id, name = record.string("id"), report.document.file.rsplit("/", 1)[-1]
    if form_id is not None and form_id != form_id_of(name):
        message = f'the id "{form_id}" and the file name "{name}" differ'
        fix = f"Rename the file to  {form_id}.form.yaml  or change the id."
        report.error("E130", record.node_of("id"), message, fix)


class _Compilation:
    """One form on its way; keeps what several parts of it need."""

    def __init__(self, report: Report, record: Record, around: Surroundings) -> None:
        self.report, self.record, self.around = report, record, around
        self.values = Values(report, around)
        target = record.record("target")
        self.kind = (target.string("type") or "") if target else ""
        self.always: dict[str, Type] = {"actor": USER, "request": REQUEST, "org": self._org()}
        if record.has("target"):
            self.always["target"] = Type(self.kind) if self.kind else ANY

    def _org(self) -> Type:
        return ANY if "settings" in self.around.incomplete else self.around.org()

    def form(self) -> Form:
        record, values = self.record, self.values
        _check_id(record, self.report)
        target = compile_target(values, record.record("target"), Scope(self.always))
        questions = tuple(Question(inner, section) for section, inner in flattened(record.records("fields")))
        check_view(values, record, questions)
        check_ids(values, questions)
        values.options = options_of(((question.id, question.record) for question in questions), self.around)
        types = field_types(values, questions, self.always, self.kind)
        scope = Scope({**self.always, **types})
        sections = compile_sections(values, record.records("fields"), scope)
        fields = self._fields(questions, sections, types, scope)
        steps, outputs = compile_steps(values, record.records("operations"), _without_shown(scope, fields))
        refuse_typed_objects(values, record, steps, fields)
        late = Scope({**scope.names, "steps": outputs, "run": RUN})
        verify = compile_verify(values, record, scope)
        check_callers(values, record.records("operations"), steps, record)
        check_checked_object(values, record.records("operations"), steps, verify.policy if verify else None)
        form = Form(
            id=record.string("id") or "",
            version=record.integer("version") or 1,
            digest=digest_of(record),
            title=values.text(record.words("title"), Scope({"org": self._org()}), "title") or Text({}),
            fields=fields,
            order=self._order(fields, questions),
            steps=steps,
            needs=self._needs(steps, target, fields),
            sections=sections,
            description=values.text(record.words("description"), Scope({"org": self._org()}), "description"),
            target=target,
            verify=verify,
            record=compile_record(values, record.record("record")),
            checks=values.checks(record.records("checks"), scope, types),
            run_at=values.given(record.value("run_at"), DATETIME, scope, "run_at"),
            confirm=compile_confirm(values, record.record("confirm"), scope),
            approval=compile_approval(values, record.record("approval"), late, types),
            notify=tuple(compile_notify(values, each, late) for each in record.records("notify")),
            result=compile_result(values, record.record("result"), late),
            limits=compile_limits(record.record("limits")),
            **self._labels(),
        )
        return self._finished(form, questions)

    def _labels(self) -> dict[str, Any]:
        record = self.record
        return {
            "category": record.string("category") or "",
            "icon": record.string("icon") or "",
            "tags": record.strings("tags"),
            "owner": record.string("owner") or "",
            "status": cast("Any", record.string("status") or "live"),
            "layout": cast("Any", record.string("layout") or "single"),
            "on_error": cast("Any", record.string("on_error") or "stop"),
        }

    def _needs(self, steps: tuple[Step, ...], target: Target | None, fields: tuple[Field, ...]) -> tuple[NeedAt, ...]:
        needs = needs_of(steps, target, self._requires())
        needs = needs if steps else needs_of_view(needs, target, fields)
        return needs or needs_of((), None, ("form.use",))

    def _requires(self) -> tuple[str, ...]:
        return self.values.known(self.record.values.get("requires"), frozenset(PERMISSIONS), "E126", "permission")

    def _fields(
        self, questions: tuple[Question, ...], sections: tuple[Section, ...], types: dict[str, Type], scope: Scope
    ) -> tuple[Field, ...]:
        found = []
        for question in questions:
            if question.record.kind == "FIELD":
                when = sections[question.section].when if question.section is not None else None
                whole = Question(question.record, question.section, when)
                found.append(compile_field(self.values, whole, types.get(question.id, ANY), scope, self.kind))
        return tuple(found)

    def _order(self, fields: tuple[Field, ...], questions: tuple[Question, ...]) -> tuple[str, ...]:
        order, circle = order_of([field for field in fields if field.id])
        if circle:
            node = next(question.record.node for question in questions if question.id == circle[0])
            path = " → ".join((*circle, circle[0]))
            message = f"fields depend on each other in a circle: {path}"
            self.report.error("E220", node, message, "Break the circle in one of them.")
        return order

    def _finished(self, form: Form, questions: tuple[Question, ...]) -> Form:
        """Add the tests, and the warnings, which would only follow from errors where there are any."""
        written = frozenset(each.string("id") or "" for each in self.record.records("operations"))
        tests = tuple(compile_example(self.values, each, form, written) for each in self.record.records("tests"))
        check_custom(self.values)
        check_read(self.values)
        if not self.report.has_errors:
            self.values.used |= self._shown_to_approvers(form)
            warn_unused(self.values, questions, is_view=form.is_view)
            warn_unguarded(self.values, self.record.records("operations"), form.steps, form.fields)
            warn_untold(self.values, self.record.records("operations"), form)
        fields = tuple(replace(field, is_read=field.id in self.values.used) for field in form.fields)
        whole = replace(form, fields=fields, examples=tests, languages=frozenset(self.values.languages))
        return _without(whole, self.values.read_apart - self.values.used)

    def _shown_to_approvers(self, form: Form) -> set[str]:
        if form.approval is None:
            return set()
        return set(form.approval.show or (field.id for field in form.fields))


def _without(form: Form, unasked: set[str]) -> Form:
    """Return the form without the questions that only operations read which are left out here."""
    fields = tuple(field for field in form.fields if field.id not in unasked)
    return replace(form, fields=fields, order=tuple(one for one in form.order if one not in unasked))


def _without_shown(scope: Scope, fields: tuple[Field, ...]) -> Scope:
    """Return the scope of operations: what a table only shows may have been cut, so nothing is done with it."""
    shown = {field.id: Type("table") for field in fields if field.type == "table" and field.select == "none"}
    return Scope({**scope.names, **shown})


def digest_of(record: Record) -> str:
    """Return the SHA-256, in hexadecimal, of a definition as canonical JSON.

    Comments, quotes and the order of keys do not count.
    """
    canonical = json.dumps(plain(record), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
