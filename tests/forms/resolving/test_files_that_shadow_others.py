"""No file of a desk folder silently stands in for another of the same name: neither is used, and both are told."""

import pytest

from forms.catalogue import companion_file, load_catalogue, load_surroundings
from tests.forms.desk_folders import VERBS, examples
from tests.forms.resolving.resolving_folders import BASE, HEAD, family, folder, problems, said

LOCKED = BASE + "locked: [verify]\n"
DRAFT = "format: form/1\nid: base\ntitle: Base\nstatus: draft\ntarget: { type: user, label: Who }\n"
OPERATIONS = "operations:\n  - { id: enable, do: directory.user.enable, with: { user: $(target) } }\n"
ACCESS = b"format: access/1\nresource_sets:\n  - { id: own, resources: [{ users: all }] }\n"


@pytest.mark.parametrize("name", ["access", "settings", "lookups", "verification"])
def test_two_companions_of_one_kind_are_told_at_both_and_neither_is_used(name: str) -> None:
    files = {**examples(), f"a/{name}.yaml": examples()[f"{name}.yaml"]}
    found = [one for one in load_catalogue(files, VERBS)[1] if one.code == "E116"]
    assert [one.file for one in found] == [f"a/{name}.yaml", f"{name}.yaml"]
    assert f"a desk has one {name} file, and there is a/{name}.yaml too" in found[1].message
    assert companion_file(files, name) is None
    assert name in load_surroundings(files, VERBS)[0].incomplete


def test_an_access_file_of_another_ending_shadows_nothing_either() -> None:
    files = {**examples(), "access.json": b"{}", "z/access.yml": ACCESS}
    assert companion_file(files, "access") is None
    assert load_surroundings(files, VERBS)[0].resource_sets is None
    messages = [one.message for one in load_catalogue(files, VERBS)[1] if one.file == "access.json"]
    assert messages == [
        "a desk has one access file, and there is access.yaml and z/access.yml too, so none of them is used"
    ]


def test_two_lists_with_one_id_are_told_at_both_and_neither_is_used() -> None:
    files = {f"{place}/{name}": one for place in "ab" for name, one in examples().items() if name.startswith("lists/")}
    around, found = load_surroundings(files, VERBS)
    assert not around.lists
    assert {one.file for one in found if one.code == "E116"} == set(files)


@pytest.mark.parametrize("other", ["a/base.form.yaml", "z/base.form.yaml", "base.form.json", "base.form.yml"])
@pytest.mark.parametrize("text", [DRAFT, BASE, "nonsense: ["])
def test_a_second_file_with_the_id_of_a_base_takes_away_none_of_its_locks(other: str, text: str) -> None:
    files = {**family("verify: caller-basic\n" + OPERATIONS, LOCKED), other: text.encode()}
    catalogue, _ = load_catalogue(files, VERBS)
    assert not catalogue.forms
    assert problems(files) == sorted(["base.form.yaml:0:0 E116", f"{other}:0:0 E116", "child.form.yaml:4:10 E116"])
    assert any(one.startswith('there are several forms "base": ') for one in said(files))


def test_whatever_is_based_on_a_doubled_form_through_others_is_left_out_with_one_message() -> None:
    grand = HEAD.replace("id: child", "id: grand").replace("extends: base", "extends: child")
    files = {**family("", LOCKED), "a/base.form.yaml": DRAFT.encode(), "grand.form.yaml": grand.encode()}
    assert not load_catalogue(files, VERBS)[0].forms
    assert problems(files) == ["a/base.form.yaml:0:0 E116", "base.form.yaml:0:0 E116", "child.form.yaml:4:10 E116"]


def test_a_form_that_only_says_it_is_another_takes_nobodys_place() -> None:
    for text in (DRAFT, BASE):
        files = {**family("", LOCKED), "a/other.form.yaml": text.encode(), "use.form.yaml": HEAD.encode()}
        files["use.form.yaml"] = (
            HEAD.replace("id: child", "id: use").replace("extends: base", "extends: other").encode()
        )
        found = load_catalogue(files, VERBS)[0].forms
        assert found["base"].verify == found["child"].verify
        assert "a/other.form.yaml:2:5 E130" in problems(files)


def test_a_doubled_fragment_leaves_out_the_forms_that_use_it() -> None:
    strict = "format: fields/1\nfields:\n  - { id: why, type: text, label: Why, required: true }\n"
    using = BASE.replace("  - { id: office", "  - use: why\n  - { id: office").replace("$(office)", "$(office) $(why)")
    files = folder(base_form=using, other_form=BASE.replace("id: base", "id: other"), z__fragments__why_fields=strict)
    assert problems(files) == []
    files["a/fragments/why.fields.yaml"] = strict.replace("true", "false").encode()
    assert list(load_catalogue(files, VERBS)[0].forms) == ["other"]
    assert [one.split(":")[0] for one in problems(files)] == [
        "a/fragments/why.fields.yaml",
        "base.form.yaml",
        "z/fragments/why.fields.yaml",
    ]
    assert any(one.startswith('there are several fragments "why": a/fragments/') for one in said(files))
