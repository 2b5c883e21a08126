"""What a base locks nobody below it changes; fragments stand in for the fields they hold."""

import pytest

from forms.catalogue import load_catalogue
from tests.forms.desk_folders import VERBS
from tests.forms.resolving.resolving_folders import BASE, HEAD, family, folder, form_of, problems, read, said

LOCKS = [
    ("verify", "verify: { because: nothing }", "5:9"),
    ("verify", "verify: caller-basic", "5:9"),
    ("verify", "verify: { remove: true }", "5:9"),
    ("approval", "approval: { approvers: [{ group: Leads }] }", "5:11"),
    ("target.show", "target: { show: [login] }", "5:17"),
    ("target.show", "target: { remove: true }", "5:9"),
    ("target.help", "target: { help: Who }", "5:17"),
    ("requires", "requires: []", "5:11"),
    ("operations", "operations: [{ id: z, do: directory.user.unlock, with: { user: $(target) } }]", "5:13"),
    ("operations.enable", "operations: [{ id: enable, on_error: continue }]", "5:14"),
    ("operations.enable.with.user", "operations: [{ id: enable, with: { user: a.b } }]", "5:42"),
    ("fields.reason", "fields: [{ id: reason, required: false }]", "5:10"),
    ("fields.reason.required", "fields: [{ id: reason, required: false }]", "5:34"),
    ("fields.reason", "fields: [{ id: about, when: 'false' }]", "5:9"),
    ("fields.about", "fields: [{ id: reason, label: Why }]", "5:9"),
    ("fields.reason", "fields: [{ id: reason, remove: true }]", "5:10"),
    ("checks.short", "checks: [{ id: short, check: 'true' }]", "5:10"),
    ("notify", "notify: [{ id: told, remove: true }]", "5:9"),
    ("result.message", "result: { message: { nl: Klaar } }", "5:20"),
]


@pytest.mark.parametrize(("path", "child", "place"), LOCKS)
def test_a_locked_part_cannot_be_changed_and_both_files_are_named(path: str, child: str, place: str) -> None:
    files = family(child, BASE + f"locked: [{path}]\n")
    line = len(BASE.splitlines()) + 1
    found = [one for one in problems(files) if one.endswith("E162")]
    assert [one.split()[0].split(":")[0] for one in found] == ["child.form.yaml"]
    message = next(one for one in said(files) if "is locked" in one)
    assert f'"{path}" is locked in base.form.yaml on line {line}, and ' in message
    assert "child.form.yaml changes" in message
    assert found[0].split()[0].partition(":")[2].split(":")[0] == place.split(":")[0]


APPROVED = BASE + "approval: { approvers: [{ group: Leads }] }\n"
AROUND = [
    ("fields.reason.required", "fields: [{ id: reason, when: 'false' }]", '"fields.reason.when"'),
    ("fields.reason.label", "fields: [{ id: reason, when: 'false' }]", '"fields.reason.when"'),
    ("fields.reason.required", "fields: [{ id: about, when: 'false' }]", 'the "when" of its section'),
    ("fields.reason.required", "fields: [{ id: reason, default: x, readonly: true }]", '"fields.reason.default"'),
    ("fields.reason.validate", "fields: [{ id: reason, readonly: true }]", '"fields.reason.readonly"'),
    ("fields.reason.required", "fields: [{ id: reason, type: note, text: x }]", '"fields.reason.type"'),
    ("fields.reason.help", "fields: [{ id: reason, remove: true }]", '"fields.reason.type"'),
    ("fields.office.options", "fields: [{ id: office, when: 'false' }]", '"fields.office.when"'),
    ("operations.enable.with", "operations: [{ id: enable, only_if: 'false' }]", '"operations.enable.only_if"'),
    (
        "operations.enable.with",
        "operations: [{ id: enable, for_each: $(target.groups) }]",
        '"operations.enable.for_each"',
    ),
    ("notify.told.to", "notify: [{ id: told, on: [failed] }]", '"notify.told.on"'),
    ("verify.policy", "verify: { when: 'false' }", '"verify.when"'),
    ("approval.approvers", "approval: { when: 'false' }", '"approval.when"'),
]


@pytest.mark.parametrize(("path", "child", "what"), AROUND)
def test_a_locked_part_is_locked_with_what_decides_whether_it_counts(path: str, child: str, what: str) -> None:
    files = family(child, APPROVED + f"locked: [{path}]\n")
    line = len(APPROVED.splitlines()) + 1
    told = f'"{path}" is locked in base.form.yaml on line {line}, and with it {what}, which child.form.yaml changes'
    assert [one for one in said(files) if one.startswith(told)]
    assert "child" not in load_catalogue(files, VERBS)[0].forms


@pytest.mark.parametrize(
    ("path", "child"),
    [
        ("fields.reason.label", "fields: [{ id: reason, default: x }]"),
        ("fields.reason.max_length", "fields: [{ id: reason, default: x, readonly: true }]"),
        ("fields.office.options", "fields: [{ id: about, when: 'true' }]"),
        ("notify.told.subject", "notify: [{ id: told, to: [$(actor)] }]"),
        ("verify", "verify: { policy: none, because: a test }"),
        ("operations.enable", "operations: [{ id: enable, do: directory.user.enable }]"),
        ("fields.reason.required", "fields: [{ id: reason, required: true, label: Why }]"),
        ("fields.reason", "fields: [{ id: office, label: Where }]"),
        ("target.show", "target: { help: Who }"),
    ],
)
def test_writing_the_same_again_and_changing_what_stands_beside_it_is_fine(path: str, child: str) -> None:
    assert problems(family(child, BASE + f"locked: [{path}]\n")) == []


def test_every_ancestor_locks_and_a_lock_cannot_be_taken_back() -> None:
    files = family("locked: [fields.office]\n", BASE + "locked: [verify]\n")
    grand = HEAD.replace("id: child", "id: grand").replace("extends: base", "extends: child")
    files["grand.form.yaml"] = (grand + "verify: { because: x }\nfields: [{ id: office, label: x }]\n").encode()
    assert problems(files) == ["grand.form.yaml:5:9 E162", "grand.form.yaml:6:10 E162"]
    loosened = family("locked: { remove: true }\n", BASE + "locked: [verify]\n")
    assert problems(loosened) == ["child.form.yaml:5:1 E163"]
    emptied = family("locked: []\nverify: caller-basic\n", BASE + "locked: [verify]\n")
    assert "child.form.yaml:6:9 E162" in problems(emptied)


@pytest.mark.parametrize(
    "path", ["verfy", "fields.raeson", "target.typ", "title", "verify.policy.x", "fields.reason.x"]
)
def test_a_lock_on_a_part_that_does_not_exist_is_told(path: str) -> None:
    line = len(BASE.splitlines()) + 1
    assert problems(family("", BASE + f"locked: [{path}]\n")) == [f"base.form.yaml:{line}:10 E163"]


CONTACT = "format: fields/1\nfields:\n  - { id: phone, type: phone, label: Phone, region: NL }\n"
USING = BASE.replace("  - { id: office", "  - use: contact\n  - { id: office").replace(
    "$(office)", "$(office) $(phone)"
)


def test_a_fragment_stands_where_it_is_used() -> None:
    files = folder(base_form=USING, fragments__contact_fields=CONTACT)
    assert [field.id for field in form_of(files, "base").fields] == ["reason", "phone", "office"]
    inside = BASE.replace("      - { id: reason", "      - use: contact\n      - { id: reason")
    found = read(folder(base_form=inside, fragments__contact_fields=CONTACT), "base")["fields"]
    assert [field["id"] for field in found[0]["fields"]] == ["phone", "reason"]  # type: ignore[index]


def test_a_fragment_stands_among_the_fields_of_rows_too() -> None:
    rows = BASE.replace(
        "  - { id: office",
        "  - { id: people, type: rows, label: People, fields: [{ use: contact }] }\n  - { id: office",
    )
    found = read(folder(base_form=rows, fragments__contact_fields=CONTACT), "base")["fields"]
    assert [field["id"] for field in found[1]["fields"]] == ["phone"]  # type: ignore[index]


def test_a_child_changes_the_fields_of_its_parents_fragment() -> None:
    files = family("fields: [{ id: phone, label: Mobile }]", USING, fragments__contact_fields=CONTACT)
    assert read(files)["fields"][1]["label"] == {"": "Mobile"}  # type: ignore[index]
    again = family("fields: [{ use: contact }, { id: phone, remove: true }]", USING, fragments__contact_fields=CONTACT)
    assert "child.form.yaml:5:34 E116" in problems(again)


def test_a_problem_in_a_fragment_stands_in_the_fragment_and_is_told_once() -> None:
    files = folder(fragments__contact_fields=CONTACT.replace("region", "regoin"))
    for name in "abcde":
        files[f"{name}.form.yaml"] = USING.replace("id: base", f"id: {name}").encode()
    assert problems(files) == ["fragments/contact.fields.yaml:3:45 E110"]
    assert problems({"fragments/contact.fields.yaml": files["fragments/contact.fields.yaml"]}) == [
        "fragments/contact.fields.yaml:3:45 E110"
    ]


def test_what_a_fragment_lacks_in_some_forms_names_those_forms() -> None:
    files = folder(fragments__contact_fields=CONTACT.replace("region: NL", "when: office == null"))
    for name in "abcde":
        text = USING.replace("id: base", f"id: {name}").replace("id: office", "id: place").replace("$(office)", "")
        files[f"{name}.form.yaml"] = text.encode()
    assert problems(files)[0] == "fragments/contact.fields.yaml:3:51 E210"
    assert any('Found with the forms "a", "b", "c" and 2 more.' in one for one in said(files))


FRAGMENTS = [
    ("a bare list", "- { id: a, type: text }\n", "1:1 E113"),
    ("no format", "fields: []\n", "1:1 E111"),
    ("another format", "format: form/1\nfields: []\n", "1:9 E114"),
    ("no fields", "format: fields/1\n", "1:1 E111"),
    ("fields that are no list", "format: fields/1\nfields: {}\n", "2:9 E113"),
    ("another key", "format: fields/1\nfield: []\nfields: []\n", "2:1 E110"),
    ("a fragment inside", "format: fields/1\nfields:\n  - use: contact\n", "3:5 E113"),
    ("a key twice", "format: fields/1\nfields: []\nfields: []\n", "3:1 E103"),
    ("no YAML", "format: [\n", "2:1 E100"),
]


@pytest.mark.parametrize(("content", "place"), [row[1:] for row in FRAGMENTS], ids=[row[0] for row in FRAGMENTS])
def test_a_fragment_that_is_none_is_told_once_and_its_form_is_left_out(content: str, place: str) -> None:
    files = folder(base_form=USING, fragments__contact_fields=content)
    found = [one for one in problems(files) if one.startswith("fragments/")]
    assert found == [f"fragments/contact.fields.yaml:{place}"]


def test_a_bare_list_is_told_what_is_missing_around_it() -> None:
    files = folder(fragments__contact_fields="- { id: a, type: text }\n")
    assert said(files) == [
        "a fragment is no bare list | Write  format: fields/1  and under it  fields:  with the list."
    ]


@pytest.mark.parametrize(
    ("use", "place"),
    [
        ("- use: contcat", "13:10 E160"),
        ("- { use: contact, when: 'true' }", "13:21 E110"),
        ("- { use: [contact] }", "13:12 E113"),
        ("- use: contact\n  - use: contact", "14:10 E116"),
    ],
)
def test_a_use_that_cannot_be_followed_is_told_and_nothing_that_follows(use: str, place: str) -> None:
    files = folder(base_form=USING.replace("- use: contact", use), fragments__contact_fields=CONTACT)
    assert problems(files) == [f"base.form.yaml:{place}"]


def test_the_digest_of_a_form_follows_its_fragments() -> None:
    def digest(fragment: str) -> str:
        return form_of(folder(base_form=USING, fragments__contact_fields=fragment), "base").digest

    assert digest(CONTACT) == digest("# the same\n" + CONTACT)
    assert digest(CONTACT) != digest(CONTACT.replace("Phone", "Telephone"))
