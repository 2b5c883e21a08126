"""Translations beside a form: how texts are named, what wins, what is missing, and files that belong to no form."""

import pytest

from forms.catalogue import load_catalogue
from forms.resolving.shapes import texts_in
from tests.forms.desk_folders import VERBS, library
from tests.forms.resolving.resolving_folders import (
    BASE,
    HEAD,
    family,
    folder,
    form_of,
    problems,
    read,
    resolved,
    said,
    words,
)

TEXTS = "format: texts/1\n"
ALL = """\
format: texts/1
title: Basis
target.label: Wie
sections.about.section: Over
fields.reason.label: Reden
fields.office.label: Kantoor
fields.office.options.north.label: Noord
fields.office.options.south.label: Zuid
checks.short.message: Te lang
operations.enable.note: Om $(reason) in $(office)
notify.told.subject: Klaar
result.message: Klaar
result.show.who.label: Wie
"""


def test_every_text_of_a_form_has_a_name_and_can_be_translated() -> None:
    files = folder(base_form=BASE, base_nl_texts=ALL)
    assert problems(files) == []
    names = {place.path for place in texts_in("FORM", resolved(folder(base_form=BASE), "base").root)}
    assert names == {line.partition(":")[0] for line in ALL.splitlines()[1:]}
    form = form_of(files, "base")
    assert (words(form.title, "nl"), words(form.title, "en")) == ("Basis", "Base")
    office = form.fields[1]
    assert [words(option.label, "nl") for option in office.options.fixed] == ["Noord", "Zuid"]  # type: ignore[union-attr]
    assert [option.value for option in office.options.fixed] == ["north", "south"]  # type: ignore[union-attr]


def test_the_file_beside_the_form_wins_over_the_form() -> None:
    base = BASE.replace("title: Base", "title: { nl: Oud, en: Base, de: Grund }")
    form = form_of(folder(base_form=base, base_nl_texts=TEXTS + "title: Nieuw\n"), "base")
    assert {language: words(form.title, language) for language in form.title.languages} == {
        "en": "Base",
        "de": "Grund",
        "nl": "Nieuw",
    }
    assert next(iter(form.title.languages)) == "en"


def test_a_file_in_the_first_language_wins_too() -> None:
    assert words(form_of(folder(base_form=BASE, base_en_texts=TEXTS + "title: Other\n"), "base").title, "en") == "Other"


def test_entries_without_a_name_are_named_by_their_place_from_1() -> None:
    base = BASE.replace("id: short, ", "").replace("    id: about\n", "") + "confirm: { acknowledge: [One, Two] }\n"
    texts = TEXTS + "checks.1.message: a\nsections.1.section: b\nconfirm.acknowledge.2: Twee\n"
    form = form_of(folder(base_form=base, base_nl_texts=texts), "base")
    assert (words(form.sections[0].title, "nl"), words(form.confirm.acknowledge[1], "nl")) == ("b", "Twee")


def test_a_child_takes_over_translations_and_has_its_own() -> None:
    child = "fields: [{ id: office, label: Site }]\n"
    files = family(child, BASE, base_nl_texts=ALL, child_nl_texts=TEXTS + "fields.reason.label: Waarom\n")
    reason, office = form_of(files).fields
    assert (words(reason.label, "nl"), words(reason.label, "en")) == ("Waarom", "Reason")
    assert set(office.label.languages) == {"en"}  # type: ignore[union-attr]


def test_the_texts_of_locked_parts_are_locked() -> None:
    files = family("", BASE + "locked: [fields.about, confirm, result]\n", child_nl_texts=ALL)
    assert problems(files) == [f"child.nl.texts.yaml:{line}:1 E162" for line in (4, 12, 13)]
    assert "Translate it beside base.form.yaml" in said(files)[0]


WRONG = [
    ("fields.reason.lable: x", "2:1 E164", 'Did you mean "fields.reason.label"?'),
    ("fields.reason.help: x", "2:1 E164", "Did you mean"),
    ("category: x", "2:1 E164", '"category" is no text'),
    ("fields.reason: x", "2:1 E164", "Write for example  fields.reason.label: … ."),
    ("zzzzzzzz: x", "2:1 E164", "A text is translated once the form itself has it."),
    ("title: { nl: x }", "2:1 E113", "must be a text, not a map"),
    ("title:", "2:1 E113", "must be a text and has none"),
    ("title: Over $(nobody)", "2:15 E210", "nobody"),
    ("operations.enable.note: Om $(resaon)", "2:30 E210", 'Did you mean "reason"?'),
    ("title: x\ntitle: y", "3:1 E103", "twice"),
    ("title: [", "3:1 E100", ""),
]


@pytest.mark.parametrize(("content", "place", "words"), WRONG, ids=[row[0] for row in WRONG])
def test_a_translation_that_does_not_fit_is_told_where_it_stands(content: str, place: str, words: str) -> None:
    files = folder(base_form=BASE, base_nl_texts=f"{TEXTS}{content}\n")
    assert problems(files) == [f"base.nl.texts.yaml:{place}"]
    assert words in said(files)[0]


def test_keys_for_other_tools_and_the_format_are_no_texts() -> None:
    assert problems(folder(base_form=BASE, base_nl_texts=TEXTS + "x-reviewed: 2026-11-21\n")) == []
    assert problems(folder(base_form=BASE, base_nl_texts="title: x\n")) == ["base.nl.texts.yaml:1:1 E111"]
    assert problems(folder(base_form=BASE, base_nl_texts="format: text/1\n")) == ["base.nl.texts.yaml:1:9 E114"]


def test_a_promised_language_is_missed_once_per_text_until_a_file_gives_it() -> None:
    base = BASE.replace("format: form/1", "format: form/1\nlanguages: [en, nl, de]")
    texts = "".join(line + "\n" for line in ALL.splitlines() if "option" not in line)
    warned = problems(folder(base_form=base, base_nl_texts=texts, base_de_texts=ALL), level="warning")
    assert warned == ["base.form.yaml:14:58 W310", "base.form.yaml:14:65 W310"]
    found = load_catalogue(folder(base_form=base), VERBS)[1]
    assert len([one for one in found if one.code == "W310"]) == len(ALL.splitlines()) - 1
    assert found[0].message == 'the text in "nl" and "de" is missing'
    assert found[0].fix == "Add  nl: … , or write  title: …  in base.nl.texts.yaml ."


def test_a_language_that_was_not_promised_is_welcome() -> None:
    assert problems(folder(base_form=BASE, base_fr_texts=TEXTS + "title: Socle\n"), level="warning") == []


def test_the_digest_follows_the_translations() -> None:
    def digest(**files: str) -> str:
        return form_of(folder(base_form=BASE, **files), "base").digest

    assert digest() != digest(base_nl_texts=ALL) != digest(base_nl_texts=ALL.replace("Basis", "Grond"))
    assert digest(base_nl_texts=ALL) == digest(base_nl_texts="# the same\n" + ALL)


STRAY = [
    ("bsae.nl.texts.yaml", TEXTS, 'no form "bsae"'),
    ("other/base.nl.texts.yaml", TEXTS, "Move it to where base.form.yaml lies."),
    ("base.texts.yaml", TEXTS, "<form>.<language>.texts.yaml"),
    ("base.dutch.texts.yaml", TEXTS, "<form>.<language>.texts.yaml"),
    ("base.nl.yaml", TEXTS, "<form>.<language>.texts.yaml"),
    ("contact.fields.yaml", "format: fields/1\nfields: []\n", "Move it to  fragments/contact.fields.yaml"),
    ("fragments/contact.yaml", "format: fields/1\nfields: []\n", "fragments/contact.fields.yaml"),
    ("fragments/notes.yaml", "a: b\n", "move it out of the folder"),
    ("contact.yaml", "format: fields/1\nfields: []\n", "fragments/contact.fields.yaml"),
]


@pytest.mark.parametrize(("file", "content", "fix"), STRAY, ids=[row[0] for row in STRAY])
def test_a_file_that_no_form_finds_is_told(file: str, content: str, fix: str) -> None:
    files = {"base.form.yaml": BASE.encode(), file: content.encode()}
    assert problems(files) == [f"{file}:0:0 E165"]
    assert fix in said(files)[0]


def test_two_files_that_hold_the_same_are_told() -> None:
    fragment = b"format: fields/1\nfields: []\n"
    files = {"a/fragments/x.fields.yaml": fragment, "b/fragments/x.fields.yaml": fragment}
    assert problems(files) == ["a/fragments/x.fields.yaml:0:0 E116", "b/fragments/x.fields.yaml:0:0 E116"]
    texts = {"base.form.yaml": BASE.encode(), "base.nl.texts.yaml": TEXTS.encode(), "base.nl.texts.yml": TEXTS.encode()}
    assert problems(texts) == ["base.nl.texts.yml:0:0 E165"]


def test_files_of_a_form_in_a_folder_lie_in_that_folder() -> None:
    files = {f"passwords/{name}": content for name, content in folder(base_form=BASE, base_nl_texts=ALL).items()}
    assert problems(files) == []
    assert words(form_of(files, "base").title, "nl") == "Basis"


def test_the_language_of_a_bare_text_is_the_first_of_the_settings() -> None:
    base = BASE.replace("title: Base", "title: { nl: Basis, en: Base }")
    files = folder(base_form=base, settings="format: settings/1\nlanguages: [nl, en]\n", base_en_texts=TEXTS)
    form = form_of(files, "base")
    assert list(form.title.languages) == ["nl", "en"]
    assert set(form.fields[0].label.languages) == {"nl"}  # type: ignore[union-attr]


def test_no_form_of_the_library_changes_by_being_resolved() -> None:
    for name, content in library().items():
        if name.endswith(".form.yaml") and b"\nextends:" not in content:
            found = resolved({name: content}, name.removesuffix(".form.yaml"))
            assert found.document.root == found.root


def test_a_parent_is_read_and_made_whole_once_for_all_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []
    from forms.resolving import sources

    original = sources.read_document

    def counted(file: str, content: bytes) -> object:
        reads.append(file)
        return original(file, content)

    monkeypatch.setattr(sources, "read_document", counted)
    files = family("")
    for number in range(20):
        files[f"c{number}.form.yaml"] = HEAD.replace("id: child", f"id: c{number}").encode()
    assert problems(files) == []
    assert sorted(reads) == sorted(files)
    assert read(files)["category"] == "Passwords"
