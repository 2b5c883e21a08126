"""`deskhand check`, `check --resolved` and `deskhand test` on forms that are based on others, with fragments and texts."""

import json
from pathlib import Path

import pytest

from runner.deskfolder import library
from tests.forms.resolving.resolving_folders import family
from tests.runner.cli.commands import deskhand

CONTACT = "format: fields/1\nfields:\n  - { id: phone, type: phone, label: Phone, region: NL }\n"
USES = "fields: [{ use: contact }]\noperations: [{ id: enable, note: $(reason) $(office) $(phone) }]\n"
TEXTS = "format: texts/1\ntitle: Kind\n"


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def parts(**more: str) -> dict[str, bytes]:
    return family(USES, **({"fragments__contact_fields": CONTACT, "child_nl_texts": TEXTS} | more))


def test_forms_of_several_files_are_checked_as_a_whole(tmp_path: Path) -> None:
    checked = deskhand("check", str(put(tmp_path, parts())))
    assert checked.code == 0, checked.text
    assert "child: ok   needs user.disable" in checked.text
    assert "2 forms can be used, 0 errors, 0 warnings." in checked.text


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("base.form.yaml", "$(reason)", "$(raeson)", "base.form.yaml:17:81"),
        ("fragments/contact.fields.yaml", "region", "regoin", "fragments/contact.fields.yaml:3:45"),
        ("child.nl.texts.yaml", "title", "titel", "child.nl.texts.yaml:2:1"),
        ("child.form.yaml", "$(phone)", "$(fone)", "child.form.yaml:6:56"),
    ],
)
def test_a_problem_is_printed_once_at_the_line_where_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str, place: str
) -> None:
    files = parts()
    files[file] = files[file].replace(old.encode(), new.encode())
    monkeypatch.chdir(put(tmp_path, files))
    checked = deskhand("check")
    assert checked.code == 1
    assert checked.text.count(": error ") == 1, checked.text
    assert f"{place}: error " in checked.text
    problem = json.loads(deskhand("check", "--json").out)["problems"][0]
    assert f"{problem['path']}:{problem['line']}:{problem['column']}" == place


def test_a_file_that_no_form_finds_is_named(tmp_path: Path) -> None:
    checked = deskhand("check", str(put(tmp_path, parts(chidl_nl_texts=TEXTS))))
    assert (checked.code, "chidl.nl.texts.yaml: error E165" in checked.text) == (1, True)


def test_a_resolved_form_is_printed_and_can_be_checked_by_itself(tmp_path: Path) -> None:
    shown = deskhand("check", str(put(tmp_path / "several", parts())), "--resolved", "child")
    assert (shown.code, "# from base.form.yaml, line 4\ncategory: Passwords\n" in shown.out) == (0, True)
    alone = put(tmp_path / "alone", {"child.form.yaml": shown.out.encode()})
    assert deskhand("check", str(alone)).code == 0


def test_a_form_that_cannot_be_resolved_is_not_printed(tmp_path: Path) -> None:
    put(tmp_path, parts() | {"base.form.yaml": b"title: ["})
    shown = deskhand("check", str(tmp_path), "--resolved", "child")
    assert (shown.code, shown.out, "base.form.yaml" in shown.err) == (1, "", True)
    unknown = deskhand("check", str(tmp_path), "--resolved", "chidl")
    assert (unknown.code, 'Did you mean "child"?' in unknown.err) == (1, True)


def test_the_tests_of_a_form_run_on_what_it_is_with_its_base(tmp_path: Path) -> None:
    unlock = library()["unlock-account.form.yaml"].replace(b"title: Unlock $(target.display_name)", b"title: Open")
    child = b"format: form/1\nid: open\ntitle: Open\nextends: unlock-account\ntests:\n"
    child += b"  - { name: opened, target: z.lindqvist, expect: { operations: [unlock] } }\n"
    put(tmp_path, {**library(), "unlock-account.form.yaml": unlock, "open.form.yaml": child})
    tested = deskhand("test", str(tmp_path), "open")
    assert tested.code == 0, tested.text
    broken = unlock.replace(b"$(target)", b"$(taget)")
    put(tmp_path, {"unlock-account.form.yaml": broken})
    tested = deskhand("test", str(tmp_path), "open")
    assert (tested.code, "unlock-account.form.yaml" in tested.text) == (1, True), tested.text
