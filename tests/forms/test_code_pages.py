"""The page of every code: its wrong example gets exactly that code, its right one nothing of the kind."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.ldap.kept import unkept
from connectors.ldap.layout import layout
from connectors.ldap.offering import offered
from connectors.spi import Entry, OutputRef, Ref
from forms.catalogue import load_catalogue
from forms.definition import SharedList
from forms.errors import ExpressionError, Problem
from forms.expressions import Environment, Scope, compile_expression, evaluate
from forms.facts import Facts
from forms.values import NUMBER, TEXT, Type
from forms.vocabulary.codes import CODES
from runner.access.authority import Authority
from runner.access.census import Census
from runner.access.lint.escalation import escalations
from runner.access.lint.linting import Linted, lint
from runner.access.lists import unknown_lists, with_lists
from runner.access.model import Policy
from runner.access.reading import read_access
from runner.access.resolving import resolve
from runner.store.schema import upgrade
from runner.store.store import Store
from runner.versions.keeping import remember_versions
from tests.forms.desk_folders import HEAD, ROOT, VERBS, examples

FOLDER = ROOT / "forms" / "vocabulary" / "pages"
EXAMPLE = re.compile(r"^(Wrong|Right)(?:, in (\S+))?:\n\n```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BASE = b"""\
format: form/1
id: base
title: Base
fields:
  - { id: reason, type: text, label: Reason }
operations:
  - { id: first, do: directory.user.enable, with: { user: a.jansen }, note: $(reason) }
locked: [fields.reason]
"""
COMPANIONS = {name: content for name, content in examples().items() if not name.endswith(".form.yaml")}
COMPANIONS |= {"base.form.yaml": BASE}
COMPANIONS["access.yaml"] = b"""\
format: access/1
resource_sets:
  - { id: all-staff, resources: [{ users: { under: "OU=Staff,DC=corp,DC=example,DC=org" } }] }
  - { id: assignable-groups, resources: [{ groups: { under: "OU=Requestable,OU=Groups,DC=corp,DC=example,DC=org" } }] }
  - { id: my-department, resources: [{ users: { match: { department: $(actor.department) } } }] }
  - { id: self, resources: [{ users: { match: { id: $(actor.id) } } }] }
  - { id: privileged-accounts, resources: [{ users: { in_group: Domain Admins, nested: true } }] }
  - { id: desk-groups, resources: [{ groups: { id: [APP-Visio, SD-FirstLine] } }] }
  - { id: groups-of-desks, resources: [{ groups: { id: [SD-FirstLine] } }] }
  - { id: all-groups, resources: [{ groups: all }] }
roles:
  - { id: giver, permissions: [group.members.manage] }
bindings:
  - { id: first-line, principals: [{ group: SD-FirstLine }], role: giver, on: [all-groups] }
"""
OPERATIONS = "operations:\n  - { id: last, do: directory.user.enable, with: { user: a.jansen } }\n"

JOIN = b"""\
format: form/1
id: join
title: Join
target: { type: group }
fields:
  - { id: members, type: membership, label: Members, of: $(target) }
operations:
  - { id: join, do: directory.group.change_members, with: { group: $(target), add: $(members.add) } }
"""
RESET = b"""\
format: form/1
id: reset
title: Reset
target: { type: user }
verify: { policy: none, because: Nobody calls. }
fields:
  - { id: password, type: password, label: Password, generate: temporary }
operations:
  - { id: reset, do: directory.user.set_password, with: { user: $(target), password: $(password) } }
"""
SMALL_COMPANY = Census.of(
    [
        Entry(Ref("user", "alice"), "", (), {"login": "alice"}, frozenset({"SD"})),
        Entry(Ref("user", "bob"), "", (), {"login": "bob"}, frozenset({"GG-Sales"})),
        Entry(Ref("user", "charlie"), "", (), {"login": "charlie"}),
        Entry(Ref("group", "SD"), "", (), {"name": "SD"}),
        Entry(Ref("group", "GG-Sales"), "", (), {"name": "GG-Sales"}),
    ]
)

WHEN_USED = ("E240", "E241", "E242", "E243")
WHERE_LESS_CAN_BE_DONE = ("E148", "E149", "E166", "W330", "W331")
OPENLDAP = layout("openldap", "dc=example,dc=test")
ON_OPENLDAP = offered(OPENLDAP)
IN_THE_DIRECTORY = ("W321", "W322", "W323")
WHEN_OPENED = ("E131",)
WHEN_LINTED = ("W325", "W326", "W327", "W328", "W329")
THERE = frozenset({"GG-Sales", "Tier0-Admins"})
TARGET, BOX = Ref("user", "u1"), Type("mailbox")
NAMES = {
    "target": (Type("user"), TARGET),
    "seats": (NUMBER, 0),
    "steps": (
        Type("row", columns={"create": Type("row", columns={"mailbox": BOX})}),
        {"create": {"mailbox": OutputRef("create", "mailbox", "mailbox")}},
    ),
}
ENTRY = Entry(TARGET, "CN=a.jansen,DC=corp", ("dc=corp",), {"login": "a.jansen"}, frozenset({"g1"}))
GROUP = Entry(Ref("group", "g1"), "CN=GG-Sales,DC=corp", ("dc=corp",), {"name": "GG-Sales"})
FACTS = Facts(
    entries={TARGET: ENTRY, GROUP.ref: GROUP}, names={("group", "GG-Sales"): GROUP, ("group", "GG-Missing"): None}
)
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def page(code: str) -> str:
    return (FOLDER / f"{code}.md").read_text(encoding="utf-8")


def example(code: str, word: str) -> tuple[str, str]:
    """Return the file name and the whole text of an example, with what it leaves out."""
    (found,) = [match for match in EXAMPLE.finditer(page(code)) if match[1] == word]
    file, text = found[2] or "small.form.yaml", found[3]
    if file.endswith(".form.yaml"):
        head = {"format": "form/1", "id": file.split(".")[0], "title": "Small"}
        tail = "" if re.search("^operations:", text, re.MULTILINE) else OPERATIONS
    else:
        head, tail = {"format": f"{file.split('.')[0]}/1"}, ""
    missing = [f"{key}: {value}\n" for key, value in head.items() if not re.search(f"^{key}:", text, re.MULTILINE)]
    return file, "".join(missing) + text + tail


def checked(code: str, word: str) -> Sequence[Problem]:
    file, text = example(code, word)
    if file == "access.yaml":
        policy, problems = read_access(file, text.encode())
        is_refused = any(problem.level == "error" for problem in problems)
        assert (policy == Policy()) == is_refused
        lists = {"software": SharedList("software", "", {"value": TEXT, "group": Type("group")}, ())}
        named = unknown_lists(policy, lists, file, text.encode())
        return [*problems, *named, *resolve(with_lists(policy, lists), _locate, lambda text: (text,)).warnings]
    is_less = code in WHERE_LESS_CAN_BE_DONE
    verbs, missing = ({**VERBS, **ON_OPENLDAP}, unkept(OPENLDAP)) if is_less else (VERBS, {})
    catalogue, problems = load_catalogue({**COMPANIONS, file: text.encode()}, verbs, missing)
    is_refused = any(problem.level == "error" for problem in problems)
    assert file == "lookups.yaml" or (file.split(".")[0] not in catalogue.forms) == is_refused
    policy, wrong = read_access("access.yaml", COMPANIONS["access.yaml"])
    assert not wrong
    return [*problems, *escalations(policy, catalogue, {file: text.encode()})]


def linted(code: str, word: str) -> set[str]:
    """Look an example of an access file over, in a company of three people with two forms."""
    file, text = example(code, word)
    policy, problems = read_access(file, text.encode())
    assert [problem for problem in problems if problem.level == "error"] == []
    authority = Authority(resolve(policy, Ref, lambda text: (text,)))
    forms = {"join.form.yaml": JOIN, "reset.form.yaml": RESET}
    catalogue, wrong = load_catalogue({**COMPANIONS, **forms}, VERBS)
    assert told(wrong, "error") == set()
    found = lint(Linted(authority, SMALL_COMPANY, catalogue.forms, frozenset(), file, text.encode(), NOW))
    assert all(problem.line > 0 for problem in found)
    return told(found, "warning")


def _locate(kind: str, text: str) -> Ref | None:
    return Ref(kind, text) if text in THERE else None


def told(problems: Sequence[Problem], level: str) -> set[str]:
    return {problem.code for problem in problems if problem.level == level}


def used(code: str, word: str) -> list[str]:
    """Work out every quoted expression of an example, and return the codes of those that cannot be."""
    found, (_, text) = [], example(code, word)
    environment = Environment({name: value for name, (_, value) in NAMES.items()}, FACTS, NOW)
    for source in re.findall(r'"\$\((.*)\)"', text):
        expression = compile_expression(source.replace("'", '"'), Scope({n: type_ for n, (type_, _) in NAMES.items()}))
        try:
            evaluate(expression, environment)
        except ExpressionError as error:
            found.append(error.code)
    return found


def test_every_code_has_a_page_and_no_page_is_left_over() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_page_is_headed_by_its_line_and_is_short(code: str) -> None:
    lines = page(code).splitlines()
    assert lines[0] == f"# {code}: {CODES[code]}"
    words = page(code).partition("\nWrong")[0].splitlines()[2:]
    assert 1 <= len([line for line in words if line]) <= 6
    assert all(len(line) <= 120 for line in lines)
    assert [match[1] for match in EXAMPLE.finditer(page(code))] == ["Wrong", "Right"]


@pytest.mark.parametrize(
    "code", [code for code in CODES if code.startswith("E") and code not in WHEN_USED + WHEN_OPENED]
)
def test_the_wrong_example_of_an_error_gets_that_code_only_and_the_right_one_none(code: str) -> None:
    assert told(checked(code, "Wrong"), "error") == {code}
    assert told(checked(code, "Right"), "error") == set()


@pytest.mark.parametrize("code", WHEN_LINTED)
def test_what_shows_when_a_policy_is_looked_over_is_told_by_that_code_alone(code: str) -> None:
    assert linted(code, "Wrong") == {code}
    assert linted(code, "Right") == set()


@pytest.mark.parametrize("code", [code for code in CODES if code.startswith("W") and code not in WHEN_LINTED])
def test_the_wrong_example_of_a_warning_gets_that_code_only_and_the_right_one_not(code: str) -> None:
    wrong, right = checked(code, "Wrong"), checked(code, "Right")
    assert (told(wrong, "error"), told(right, "error")) == (set(), set())
    assert told(wrong, "warning") - set(IN_THE_DIRECTORY) == {code} - set(IN_THE_DIRECTORY)
    assert code in told(wrong, "warning")
    assert code not in told(right, "warning")


@pytest.mark.parametrize("code", IN_THE_DIRECTORY)
def test_what_only_the_directory_knows_is_told_by_that_code_alone(code: str) -> None:
    assert told(checked(code, "Wrong"), "warning") == {code}
    assert told(checked(code, "Right"), "warning") == set()


@pytest.mark.parametrize("code", WHEN_USED)
def test_what_shows_only_when_a_form_is_used_is_told_then(code: str) -> None:
    assert told(checked(code, "Wrong"), "error") == set()
    assert told(checked(code, "Right"), "error") == set()
    assert used(code, "Wrong") == [code]
    assert used(code, "Right") == []


def test_what_shows_when_a_desk_is_opened_is_told_then(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    upgrade(url)
    store = Store.open(url)
    try:
        (code,) = WHEN_OPENED
        assert remembered(store, HEAD + OPERATIONS) == []
        assert remembered(store, example(code, "Wrong")[1]) == [code]
        assert remembered(store, example(code, "Right")[1]) == []
    finally:
        store.close()


def remembered(store: Store, text: str) -> list[str]:
    """Keep a form as a desk does when it opens, and return the codes of what is wrong; such a form is left out."""
    files = {"small.form.yaml": text.encode()}
    catalogue, problems = load_catalogue({**COMPANIONS, **files}, VERBS)
    assert told(problems, "error") == set()
    kept, found = remember_versions(store, catalogue, files)
    assert ("small" not in kept.forms) == bool(found)
    return [problem.code for problem in found]


def test_every_code_that_the_product_uses_has_a_line() -> None:
    sources = [
        file.read_text(encoding="utf-8") for house in ("forms", "runner") for file in (ROOT / house).rglob("*.py")
    ]
    written = {code for source in sources for code in re.findall(r'"([EW]\d{3})"', source)}
    assert written == set(CODES)
