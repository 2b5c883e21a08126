"""A whole desk folder: one broken file does not take the others down, and companions are checked too."""

import pytest

from tests.forms.desk_folders import examples, library, load

LEFT = sorted(name.removesuffix(".form.yaml") for name in examples() if name.endswith(".form.yaml"))
LEFT.remove("unlock-account")


def changed(file: str, old: str, new: str) -> dict[str, bytes]:
    files = dict(examples())
    text = files[file].decode()
    assert old in text
    return files | {file: text.replace(old, new, 1).encode()}


def errors(files: dict[str, bytes]) -> list[str]:
    return [f"{p.file}:{p.line}:{p.column} {p.code}" for p in load(files)[1] if p.level == "error"]


def test_a_form_with_errors_is_left_out_and_the_others_stay() -> None:
    catalogue, problems = load(changed("unlock-account.form.yaml", "directory.user.unlock", "directory.user.unlok"))
    assert list(catalogue.forms) == LEFT
    assert [problem.code for problem in problems if problem.level == "error"] == ["E140"]


def test_a_form_that_is_no_yaml_is_left_out_too() -> None:
    catalogue, problems = load({**examples(), "unlock-account.form.yaml": b"\x00[[["})
    assert list(catalogue.forms) == LEFT
    assert any(problem.file == "unlock-account.form.yaml" for problem in problems)


def test_an_empty_folder_gives_an_empty_catalogue() -> None:
    catalogue, problems = load({})
    assert not catalogue.forms
    assert not problems
    assert catalogue.settings.languages == ("en",)


def test_files_of_other_kinds_are_left_alone() -> None:
    catalogue, problems = load({"README.md": b"# x", "fixtures/a.yaml": b"]", "notes.txt": b"\xff"})
    assert not catalogue.forms
    assert not problems


def test_two_files_cannot_hold_the_same_form() -> None:
    files = {**examples(), "other/unlock-account.form.yaml": examples()["unlock-account.form.yaml"]}
    assert errors(files) == ["other/unlock-account.form.yaml:0:0 E116", "unlock-account.form.yaml:0:0 E116"]
    assert "unlock-account" not in load(files)[0].forms
    (problem,) = (problem for problem in load(files)[1] if problem.file == "unlock-account.form.yaml")
    assert problem.message == (
        'there is a form "unlock-account" in other/unlock-account.form.yaml too, so none of them is used'
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "wanted"),
    [
        ("settings.yaml", "timezone: Europe/Amsterdam", "timezone: Europe/Rotterdam", "settings.yaml:4:11 E126"),
        ("settings.yaml", "kind: words", "kind: letters", "settings.yaml:11:22 E114"),
        ("lookups.yaml", "find: group", "find: groups", "lookups.yaml:9:11 E114"),
        ("lookups.yaml", "in: [assignable-groups]", "in: [assignable-group]", "lookups.yaml:10:10 E124"),
        ("lookups.yaml", "sort: name", "sort: nam", "lookups.yaml:12:11 E126"),
        ("lookups.yaml", "department: $(department)", "department: $(departmnt)", "lookups.yaml:21:21 E210"),
        ("lookups.yaml", "enabled: true", "enabled: yes", "lookups.yaml:28:16 E114"),
        ("lookups.yaml", "is_manager: true", "is_managr: true", "lookups.yaml:29:7 E126"),
        ("verification.yaml", "need: 1", "need: 9", "verification.yaml:7:11 E115"),
        ("verification.yaml", "[code_to_mobile, push,", "[code_to_mobil, push,", "verification.yaml:8:15 E126"),
        ("verification.yaml", "to: $(target.mobile)", "to: $(target.mobil)", "verification.yaml:17:99 E211"),
    ],
)
def test_a_mistake_in_a_companion_is_told_once_with_its_place(file: str, old: str, new: str, wanted: str) -> None:
    assert errors(changed(file, old, new)) == [wanted]


def test_forms_are_not_blamed_for_a_companion_that_cannot_be_read() -> None:
    files = {**examples(), "lookups.yaml": b"a: b: c\n"}
    assert errors(files) == ["lookups.yaml:1:5 E101"]


def test_a_search_that_is_missing_is_told_at_each_form_that_names_it() -> None:
    files = {name: content for name, content in examples().items() if name != "lookups.yaml"}
    assert {error.split(" ")[1] for error in errors(files)} == {"E125"}


def test_without_an_access_file_the_names_of_sets_are_not_checked() -> None:
    files = {name: content for name, content in examples().items() if name != "access.yaml"}
    assert errors(files) == []


def test_a_link_to_a_form_that_is_not_there_is_a_warning() -> None:
    files = {name: content for name, content in library().items() if not name.startswith("reset-password.")}
    catalogue, problems = load(files)
    assert {problem.code for problem in problems} == {"W303"}
    assert "unlock-account" in catalogue.forms


def test_the_settings_of_the_library_are_those_of_the_sample_company() -> None:
    settings = load(library())[0].settings
    assert settings.languages == ("en", "nl", "de")
    assert settings.org["mail_domain"] == "sample.test"
    assert settings.password_policies["temporary"].kind == "words"
    assert "krbtgt" in settings.reserved_logins


def test_the_caller_checks_of_the_library_need_one_and_two_methods() -> None:
    verification = load(library())[0].verification
    assert {name: policy.need for name, policy in verification.policies.items()} == {
        "caller-basic": 1,
        "caller-strong": 2,
    }
    assert verification.policies["caller-basic"].valid_for_seconds == 900
    assert verification.methods["code_to_mail"].kind == "one_time_code"


def test_a_shared_list_is_typed_by_its_columns() -> None:
    text = (
        b"format: list/1\nid: kinds\ntitle: Kinds\ncolumns:\n"
        b"  - { id: value, type: text }\n  - { id: days, type: number }\n"
        b"  - { id: groups, type: list of group }\nrows:\n  - { value: NO, days: 30, groups: [GG-A] }\n"
    )
    catalogue, problems = load({"lists/kinds.list.yaml": text})
    assert not problems
    assert catalogue.lists["kinds"].rows == ({"value": "NO", "days": 30, "groups": ("GG-A",)},)


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("{ value: a, days: many }", "6:23 E114"),
        ("{ value: a, day: 3 }", "6:17 E126"),
        ("{ days: 3 }", "6:7 E111"),
        ("{ value: a }\n  - { value: a }", "7:14 E116"),
    ],
)
def test_a_row_that_does_not_fit_its_list_is_refused(row: str, wanted: str) -> None:
    columns = "columns: [{ id: value, type: text }, { id: days, type: number }]"
    text = f"format: list/1\nid: kinds\n{columns}\n# rows\nrows:\n  - {row}\n"
    catalogue, problems = load({"kinds.list.yaml": text.encode()})
    assert [f"{problem.line}:{problem.column} {problem.code}" for problem in problems] == [wanted]
    assert not catalogue.lists


def test_a_form_with_a_hundred_warnings_is_used_all_the_same() -> None:
    fields = "".join(f"  - {{ id: f{number}, type: text, label: L, help: H }}\n" for number in range(120))
    form = f"format: form/1\nid: many\ntitle: T\nlanguages: [en, nl]\ntarget: {{ type: user }}\nfields:\n{fields}"
    form += "operations:\n  - { id: o, do: directory.user.enable, with: { user: $(target) } }\n"
    catalogue, problems = load({"many.form.yaml": form.encode()})
    assert "many" in catalogue.forms
    assert len(problems) == 99
