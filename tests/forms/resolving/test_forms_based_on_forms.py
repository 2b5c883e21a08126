"""What a form takes over from the form it is based on, and how it changes it: one row, one rule."""

from typing import Any

import pytest

from tests.forms.resolving.resolving_folders import BASE, HEAD, family, folder, form_of, problems, read, resolved, said


def ids(value: object) -> list[object]:
    assert isinstance(value, list)
    return [item.get("id") for item in value]


def test_a_child_takes_over_everything_but_what_is_about_the_parent_itself() -> None:
    child, base = read(family("")), read(family(""), "base")
    own = {"id", "title", "tests"}
    assert {key: value for key, value in base.items() if key not in own} == {
        key: value for key, value in child.items() if key not in own
    }
    assert (child["id"], child["title"], "tests" in child) == ("child", {"": "Child"}, False)


@pytest.mark.parametrize("key", ["version: 7", "status: retired", "locked: [verify]"])
def test_version_status_and_locks_are_not_taken_over(key: str) -> None:
    assert key.partition(":")[0] not in read(family("", BASE + key + "\n"))


MERGES = [
    ("a value replaces", "category: Other", ("category",), "Other"),
    ("a list without ids replaces", "requires: []", ("requires",), []),
    ("a map is merged by key", "target: { max: 3 }", ("target",), {"label": {"": "Who"}, "max": 3, "show": ["mail"]}),
    ("a list in a map replaces", "target: { show: [login] }", ("target", "show"), ["login"]),
    ("a key is taken away", "target: { show: { remove: true } }", ("target",), {"label": {"": "Who"}}),
    ("a text replaces", "target: { label: Whom }", ("target", "label"), {"": "Whom"}),
    ("a language is added", "target: { label: { nl: Wie } }", ("target", "label"), {"en": "Who", "nl": "Wie"}),
    ("another shape replaces", "verify: caller-basic", ("verify",), "caller-basic"),
    ("arguments are merged", "result: { message: Ready }", ("result", "message"), {"": "Ready"}),
    (
        "maps inside arguments are merged too",
        "operations: [{ id: enable, with: { set: { b: { remove: true }, c: '3' } } }]",
        ("operations", 0, "with"),
        {"user": "$(target)", "set": {"a": "1", "c": "3"}},
    ),
]


@pytest.mark.parametrize(("child", "path", "expected"), [row[1:] for row in MERGES], ids=[row[0] for row in MERGES])
def test_a_map_is_merged_by_key_and_everything_else_replaces(
    child: str, path: tuple[str | int, ...], expected: object
) -> None:
    base = BASE.replace("user: $(target) }, note", "user: $(target), set: { a: '1', b: '2' } }, note")
    found: Any = read(family(child, base if "set:" in child else BASE))
    for key in path:
        found = found[key]
    if isinstance(found, dict):
        found = {key: value for key, value in found.items() if key != "type"}
    assert found == expected


@pytest.mark.parametrize(
    ("key", "entry", "known"),
    [
        ("operations", "{ id: more, do: directory.user.unlock, with: { user: $(target) } }", "enable"),
        ("checks", "{ id: more, check: 'true' }", "short"),
        ("checks", "{ check: 'true' }", "short"),
        ("notify", "{ id: more, on: [failed], to: [$(actor)], subject: x }", "told"),
        ("fields", "{ id: more, type: text }", "office"),
    ],
)
def test_a_new_entry_is_appended_and_a_known_one_removed(key: str, entry: str, known: str) -> None:
    before = read(family(""))[key]
    after = read(family(f"{key}: [{entry}]"))[key]
    assert isinstance(before, list)
    assert isinstance(after, list)
    assert (after[:-1], len(after)) == (before, len(before) + 1)
    gone = read(family(f"{key}: [{{ id: {known}, remove: true }}]"))[key]
    assert gone == [item for item in before if item.get("id") != known]


def test_an_entry_with_a_known_id_is_merged_where_it_stands() -> None:
    child = "operations:\n  - { id: enable, with: { user: a.b }, title: Enable }\n  - { id: z, do: x.y.z }\n"
    found = read(family(child))["operations"]
    assert found == [
        {
            "id": "enable",
            "do": "directory.user.enable",
            "with": {"user": "a.b"},
            "note": {"": "$(reason) $(office)"},
            "title": {"": "Enable"},
        },
        {"id": "z", "do": "x.y.z"},
    ]


def test_a_field_inside_a_section_is_changed_from_outside_it_and_inside_it() -> None:
    for child in (
        "fields: [{ id: reason, label: Why }]",
        "fields: [{ section: About, id: about, fields: [{ id: reason, label: Why }] }]",
        "fields: [{ id: about, fields: [{ id: reason, label: Why }] }]",
    ):
        section, office = read(family(child))["fields"]  # type: ignore[misc]
        assert (section["section"], office["id"]) == ({"": "About"}, "office")
        assert section["fields"] == [
            {"id": "reason", "type": "text", "label": {"": "Why"}, "required": True, "max_length": 80}
        ]


def test_a_section_is_changed_grows_and_goes_by_its_id() -> None:
    section = read(family("fields: [{ id: about, section: More, fields: [{ id: n, type: number }] }]"))["fields"][0]  # type: ignore[index]
    assert (section["section"], ids(section["fields"])) == ({"": "More"}, ["reason", "n"])
    assert ids(read(family("fields: [{ id: about, remove: true }]"))["fields"]) == ["office"]


def test_the_type_of_a_field_can_change_with_what_no_longer_fits_taken_away() -> None:
    assert form_of(family("fields: [{ id: office, type: text, options: { remove: true } }]")).fields[1].type == "text"
    wrong = family("fields: [{ id: office, type: text }]")
    assert problems(wrong) == ["base.form.yaml:13:48 E110"]
    assert 'Found with the form "child".' in said(wrong)[0]


WRONG = [
    ("fields: [{ id: raeson, remove: true }]", "child.form.yaml:5:16 E163"),
    ("approval: { remove: true }", "child.form.yaml:5:1 E163"),
    ("fields: [{ id: office, remove: true, label: x }]", "child.form.yaml:5:38 E122"),
    ("fields: [{ id: office, label: x }, { id: office, label: y }]", "child.form.yaml:5:42 E116"),
    ("fields: [{ section: S, fields: [{ id: reason, label: x }] }]", "child.form.yaml:5:39 E163"),
    ("fields: [{ section: S, id: about, fields: [{ id: office }] }]", "child.form.yaml:5:50 E163"),
    ("checks: [{ id: a, check: 'true' }, { id: a, check: 'true' }]", "child.form.yaml:5:42 E116"),
]


@pytest.mark.parametrize(("child", "place"), WRONG)
def test_what_cannot_be_merged_is_told_where_the_child_says_it(child: str, place: str) -> None:
    assert place in problems(family(child))


def test_remove_means_nothing_in_a_form_that_is_based_on_none() -> None:
    alone = "format: form/1\nid: alone\ntitle: A\nfields: [{ id: a, type: text, remove: true }]\n"
    assert "alone.form.yaml:4:31 E110" in problems(folder(alone_form=alone))


def chain(count: int) -> dict[str, bytes]:
    files = {"f0.form.yaml": BASE.replace("id: base", "id: f0").encode()}
    for number in range(1, count):
        text = HEAD.replace("id: child", f"id: f{number}").replace("extends: base", f"extends: f{number - 1}")
        files[f"f{number}.form.yaml"] = text.encode()
    return files


def test_three_forms_may_stand_above_a_form_and_no_fourth() -> None:
    assert problems(chain(4)) == []
    assert resolved(chain(4), "f3").ancestors == ("f2.form.yaml", "f1.form.yaml", "f0.form.yaml")
    assert problems(chain(5)) == ["f4.form.yaml:4:10 E161"]
    assert "f3, f2, f1, f0 | Base it on  f2" in said(chain(5))[0]


def test_a_circle_is_told_once_with_its_way_round() -> None:
    files = {name: text.replace(b"format: form/1", b"format: form/1") for name, text in chain(3).items()}
    files["f0.form.yaml"] = files["f0.form.yaml"].replace(b"category: Passwords", b"extends: f2")
    assert problems(files) == ["f1.form.yaml:4:10 E161"]
    assert "f0 → f2 → f1 → f0" in said(files)[0]
    alone = folder(a_form="format: form/1\nid: a\ntitle: A\nextends: a\n")
    assert problems(alone) == ["a.form.yaml:4:10 E161"]


def test_a_form_that_does_not_exist_is_told_and_nothing_that_follows() -> None:
    files = family("fields: [{ id: reason, label: Why }]")
    files["child.form.yaml"] = files["child.form.yaml"].replace(b"extends: base", b"extends: basse")
    assert [place for place in problems(files) if place.startswith("child")] == ["child.form.yaml:4:10 E160"]
    assert any('Did you mean "base"?' in one for one in said(files))


def test_a_parent_that_cannot_be_read_is_told_once_and_takes_its_children_along() -> None:
    files = {**family(""), "base.form.yaml": b"title: [\n"}
    assert problems(files) == ["base.form.yaml:2:1 E100"]


def test_what_is_wrong_in_a_parent_is_told_once_however_many_forms_are_based_on_it() -> None:
    files = family("", BASE.replace("$(office)", "$(offce)"))
    for name in ("b", "c", "d"):
        files[f"{name}.form.yaml"] = HEAD.replace("id: child", f"id: {name}").encode()
    assert problems(files) == ["base.form.yaml:17:91 E210"]


def test_what_only_a_child_makes_wrong_in_its_parent_is_told_there_with_its_name() -> None:
    files = family("fields: [{ id: office, remove: true }]")
    assert problems(files) == ["base.form.yaml:17:91 E210"]
    assert 'Found with the form "child".' in said(files)[0]


def test_a_draft_without_operations_is_only_a_base() -> None:
    base = BASE.partition("operations:")[0].replace("id: base", "id: base\nstatus: draft") + "notify: []\n"
    files = family(
        "operations: [{ id: a, do: directory.user.enable, with: { user: $(target) }, note: $(reason) }]", base
    )
    assert problems(files) == []
    assert form_of(files).status == "live"
    assert problems({"base.form.yaml": files["base.form.yaml"]}) == ["base.form.yaml:1:1 E111"]
    broken = {**files, "base.form.yaml": files["base.form.yaml"].replace(b"category:", b"categorie:")}
    assert set(problems(broken)) == {"base.form.yaml:5:1 E110"}


def test_the_digest_of_a_child_follows_what_it_takes_over_and_nothing_else() -> None:
    def digest(base: str) -> str:
        return form_of(family("category: Mine", base)).digest

    assert digest(BASE) != digest(BASE.replace("label: Reason", "label: Grounds"))
    assert digest(BASE) == digest(BASE.replace("category: Passwords", "category: Other"))
    assert digest(BASE) == digest(BASE + "locked: [verify]\n")
    assert digest(BASE) == digest(BASE.replace("label: Reason", "label: 'Reason'"))
