"""What a directory does not keep is said when forms are checked: never shown as "nothing", never asked for."""

from collections.abc import Mapping
from typing import Any

import pytest

from connectors.ldap.kept import unkept
from connectors.ldap.layout import layout
from connectors.spi import Unkept, Unkepts
from forms.catalogue import load_catalogue
from forms.errors import Problem
from runner.access.reading import read_access
from runner.access.unkept import unkept_matches
from tests.forms.desk_folders import HEAD, VERBS, library

BASE = "dc=example,dc=test"
AD, OPENLDAP, D389, GENERIC = (
    unkept(layout(name, BASE)) for name in ("active_directory", "openldap", "389", "generic")
)
REASON = "Active Directory does not keep “Disabled since” of a user"
SHOWN = (
    "target: { type: user }\n"
    "fields:\n  - { id: rows, type: table, label: Rows, source: { lookup: found }, columns: [login, %s] }\n"
)


def loaded(form: str, where: str = "", sort: str = "login", *, kept: Unkepts = AD) -> tuple[Mapping[str, Any], Any]:
    lookup = f"format: lookups/1\nlookups:\n  - id: found\n    title: Found\n    find: user\n    sort: {sort}\n"
    files = {"small.form.yaml": (HEAD + form).encode(), "lookups.yaml": (lookup + where).encode()}
    catalogue, problems = load_catalogue(files, VERBS, kept)
    return catalogue.forms, problems


def told(problems: list[Problem]) -> list[tuple[str, str, int]]:
    return [(one.file, one.code, one.line) for one in problems]


@pytest.mark.parametrize(
    "where",
    [
        '    where: { disabled_at: { ">=": 2026-01-01 } }\n',
        "    where: { any: [{ login: alice }, { not: { disabled_at: { present: true } } }] }\n",
        "    where: { mfa_enrolled: false }\n",
    ],
)
def test_a_search_that_asks_for_it_is_refused_at_its_line_and_so_is_each_form_that_uses_it(where: str) -> None:
    forms, problems = loaded(SHOWN % "title", where)
    assert told(problems) == [("lookups.yaml", "E166", 7), ("small.form.yaml", "E166", 6)]
    assert forms == {}
    here, there = problems
    assert here.level == there.level == "error"
    assert "Active Directory does not keep “" in here.message
    assert there.message.startswith('the search "found" cannot be answered here: Active Directory does not keep “')
    assert loaded(SHOWN % "title", where, kept={})[1] == ()


def test_a_search_that_sorts_by_it_is_refused() -> None:
    forms, problems = loaded(SHOWN % "title", sort="-disabled_at")
    assert told(problems) == [("lookups.yaml", "E166", 6), ("small.form.yaml", "E166", 6)]
    assert problems[0].message == f'nothing is sorted by "disabled_at" here: {REASON}'
    assert forms == {}


def test_a_search_that_nobody_can_answer_does_not_hide_one_that_does_not_exist() -> None:
    form = (SHOWN % "title").replace("found", "fuond")
    assert [one.code for one in loaded(form, sort="disabled_at")[1]] == ["E166", "E125"]


@pytest.mark.parametrize(
    ("form", "line"),
    [
        (SHOWN % "disabled_at", 6),
        ("target: { type: user, columns: [disabled_at] }\n" + (SHOWN % "title").partition("\n")[2], 4),
        (SHOWN % "title" + "  - { id: who, type: user, label: Who, columns: [disabled_at] }\n", 7),
    ],
)
def test_a_column_is_shown_with_a_warning(form: str, line: int) -> None:
    forms, problems = loaded(form)
    found = [one for one in problems if one.code != "W301"]
    assert told(found) == [("small.form.yaml", "W331", line)]
    assert found[0].message == f'"disabled_at" tells nothing here: {REASON}'
    assert set(forms) == {"small"}


@pytest.mark.parametrize("key", ["show", "search"])
def test_nobody_is_told_of_what_is_only_left_out_beside_a_name(key: str) -> None:
    form = f"target: {{ type: user, {key}: [disabled_at] }}\n" + (SHOWN % "title").partition("\n")[2]
    assert [one.code for one in loaded(form)[1] if one.code != "W301"] == []


def test_a_condition_of_a_form_is_warned_of_once_and_says_what_it_always_reads() -> None:
    notes = "".join(
        f"  - {{ id: {name}, type: note, label: Note, text: Note, when: {when} }}\n"
        for name, when in (
            ("a", "target.mfa_enrolled"),
            ("b", "answered(target.disabled_at)"),
            ("c", "target.mfa_enrolled"),
        )
    )
    forms, problems = loaded(SHOWN % "title" + notes)
    assert [(one.code, one.line, one.message.split(":")[0]) for one in problems] == [
        ("W331", 7, '"mfa_enrolled" is always no here'),
        ("W331", 8, '"disabled_at" is always empty here'),
    ]
    assert set(forms) == {"small"}


def test_where_all_count_as_the_same_that_is_said_and_asked_all_the_same() -> None:
    forms, problems = loaded(SHOWN % "title", "    where: { enabled: true }\n", kept=GENERIC)
    assert [(one.code, one.level) for one in problems] == [("W331", "warning")]
    assert problems[0].message.endswith("so every one counts as enabled")
    assert set(forms) == {"small"}


def test_what_only_some_of_several_directories_keep_is_asked_with_a_warning() -> None:
    some = {"user": {"disabled_at": Unkept(f"{REASON} (“corp”)", partly=True)}}
    forms, problems = loaded(SHOWN % "disabled_at", "    where: { disabled_at: { present: true } }\n", kept=some)
    assert [one.code for one in problems] == ["W331", "W331"]
    assert "answered by some directories only" in problems[0].message
    assert "tells nothing about some here" in problems[1].message
    assert set(forms) == {"small"}


def test_a_set_of_the_access_file_that_is_told_by_it_is_named() -> None:
    text = (
        b"format: access/1\nresource_sets:\n"
        b"  - id: machines\n    resources:\n      - users: { match: { is_service: true } }\n"
        b"  - id: mine\n    resources: [{ users: { match: { department: $(actor.upn) } } }]\n"
    )
    policy, problems = read_access("access.yaml", text)
    assert problems == ()
    found = list(unkept_matches(policy, OPENLDAP, "access.yaml", text))
    assert [(one.code, one.level, one.line) for one in found] == [("W331", "warning", 5), ("W331", "warning", 7)]
    assert "OpenLDAP does not keep “Service account” of a user" in found[0].message
    assert list(unkept_matches(policy, AD, "access.yaml", text)) == []


@pytest.mark.parametrize(("kept", "refused"), [(AD, set()), (OPENLDAP, set())], ids=["active_directory", "openldap"])
def test_no_form_of_the_library_asks_for_what_is_not_kept(kept: Unkepts, refused: set[str]) -> None:
    catalogue, problems = load_catalogue(library(), VERBS, kept)
    assert [str(one) for one in problems if one.level == "error"] == []
    assert set(load_catalogue(library(), VERBS)[0].forms) - set(catalogue.forms) == refused


def test_each_kind_of_server_says_what_it_does_not_keep() -> None:
    never = {"mail_nickname", "pending", "disabled_at", "mfa_enrolled"}
    bare = never | {"upn", "is_service", "privileged"}
    assert set(AD["user"]) == never | {"enabled_from"}
    assert set(OPENLDAP["user"]) == bare
    states = {"locked_at", "enabled_from", "expires_on", "expired", "last_logon"}
    assert set(D389["user"]) == bare | states
    more = {"enabled", "locked", "password_set_on", "password_expires_on", "must_change"}
    assert set(GENERIC["user"]) == bare | states | more
    assert set(AD["group"]) == {"department"}
    assert set(OPENLDAP["group"]) == {"display_name", "mail", "sensitive"}
    assert set(AD["computer"]) == {"disabled_at"}
    assert set(OPENLDAP["computer"]) == {"system", "enabled", "disabled_at", "last_logon"}
    assert set(AD["contact"]) == set(OPENLDAP["ou"]) == set()


def test_settings_that_name_an_attribute_make_it_kept_and_the_reason_says_so() -> None:
    assert AD["group"]["department"].reason == (
        "Active Directory does not keep “Department” of a group, unless attributes.group.department in the settings "
        "names what holds it"
    )
    mapped = {"group": {"department": "info"}, "user": {"title": ""}}
    found = unkept(layout("active_directory", BASE, attributes=mapped))
    assert "department" not in found["group"]
    assert "title" in found["user"]
