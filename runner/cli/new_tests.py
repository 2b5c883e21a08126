"""Find a test that a drafted form passes: try the objects and roles there are, and keep the first that works."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice, product

from forms.documents import ListNode, MapNode, ScalarNode, read_document
from forms.editing.drafted_fields import PICKERS, DraftField
from forms.editing.drafting import Draft, DraftTest, drafted, questions_of
from forms.errors import DefinitionError
from runner.cli.new_desk import NewDesk
from runner.testing.running import run_tests

MOST_TRIES = 96
LIKELY = 6  # these are tried alone first, since trying all takes seconds
_LISTS = {
    "user": ("users", "login"),
    "group": ("groups", "name"),
    "ou": ("units", "name"),
    "computer": ("computers", "name"),
    "contact": ("contacts", "display_name"),
    "mailbox": ("mailboxes", "name"),
    "mail_list": ("mailboxes", "name"),
}
_DAY = "2031-12-31"


def with_test(desk: NewDesk, draft: Draft) -> Draft:
    """Return the draft with one test that passes; without one when nothing that was tried does.

    A test that reaches the plan comes first; else one that shows the questions.
    """
    form, _ = desk.compiled(draft)
    names = _names(desk)
    if form is None or not names:
        return draft
    roles = ("", *desk.roles_for(need.permission for need in form.needs)[:3])
    tries = tuple(islice(_tries(draft, names, roles, desk.mail_domain), MOST_TRIES))
    found = _first_that_passes(desk, draft, tries[:LIKELY]) or _first_that_passes(desk, draft, tries[LIKELY:])
    return replace(draft, tests=(replace(found, name="as it is usually filled in"),)) if found else draft


def _first_that_passes(desk: NewDesk, draft: Draft, tries: tuple[DraftTest, ...]) -> DraftTest | None:
    if not tries:
        return None
    files = {**desk.companions(), f"{draft.id}.form.yaml": drafted(replace(draft, tests=tries)).encode()}
    passed = {outcome.name for outcome in run_tests(files, [draft.id]).outcomes if outcome.is_ok}
    return next((test for test in tries if test.name in passed), None)


def _names(desk: NewDesk) -> Mapping[str, tuple[str, ...]]:
    """Return the names of the objects in the fixture beside the forms, by kind; nothing without one."""
    for file in sorted(file for file in desk.files if file.startswith("fixtures/")):
        try:
            root = read_document(file, desk.files[file]).root
        except DefinitionError:
            continue
        return {kind: tuple(_texts(root, list_, name)) for kind, (list_, name) in _LISTS.items()}
    return {}


def _texts(root: MapNode, list_: str, name: str) -> Iterator[str]:
    node = root.get(list_)
    for item in node.items if isinstance(node, ListNode) else ():
        found = item.get(name) if isinstance(item, MapNode) else None
        if isinstance(found, ScalarNode):
            yield found.text


def _tries(
    draft: Draft, names: Mapping[str, tuple[str, ...]], roles: tuple[str, ...], domain: str
) -> Iterator[DraftTest]:
    """Yield tests to try, those that reach the plan first; they are called by their number."""
    targets = names.get(draft.target, ()) if draft.target else ("",)
    questions = questions_of(draft)
    number = 0
    for turn, role, target in product(range(3), roles, targets):
        number += 1
        answers = (
            (field.id, _answer(field, names, turn * 3 + place, domain)) for place, field in enumerate(questions, 1)
        )
        fill = {id_: answer for id_, answer in answers if answer is not None}
        yield DraftTest(f"try {number}", target, role, fill)
    for role, target in product(roles, targets):
        number += 1
        yield DraftTest(f"try {number}", target, role, None, tuple(field.id for field in questions))


def _answer(field: DraftField, names: Mapping[str, tuple[str, ...]], turn: int, domain: str) -> object:
    """Return an answer that may do; None where none is wanted."""
    if field.type in PICKERS:
        known = names.get(field.type, ())
        name = known[turn % len(known)] if known else None
        return [name] if field.is_multiple and name else name
    if field.type == "choices":
        return list(field.argument.one_of[:1])
    if field.type == "text" and ("mail" in field.id or field.id == "upn"):
        return f"example.name@{domain}"
    texts = {"text": "Example", "email": f"example.name@{domain}", "date": _DAY, "number": 1, "boolean": True}
    return texts.get(field.type)
