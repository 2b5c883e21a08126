"""The reference says what the checker does: it is made from the same tables, and every example in it compiles."""

from pathlib import Path

import pytest

from connectors.verbs import ATTRIBUTES, DIRECTORY_VERBS, MAILBOX_VERBS, PERMISSIONS
from forms.catalogue import load_catalogue
from forms.companions import read_list
from forms.expressions import FUNCTIONS
from forms.reference import examples_of, reference
from forms.reference.chapters import CHAPTERS
from forms.vocabulary import FIELD_TYPES, KINDS
from forms.vocabulary.codes import CODES
from runner.access.reading import read_access
from runner.deskfolder import library
from runner.testing.fixtures import read_fixture

VERBS = {**DIRECTORY_VERBS, **MAILBOX_VERBS}
EXAMPLES = examples_of()
WRITTEN = Path(__file__).parents[3] / "docs" / "reference"
PAGES = reference(VERBS, EXAMPLES)
BESIDE = {name: content for name, content in library().items() if not name.endswith(".form.yaml")}


def test_the_pages_in_the_documentation_are_those_of_the_tables():
    present = {file.name: file.read_text(encoding="utf-8") for file in WRITTEN.glob("*.md")}
    assert present == PAGES, "write them anew: deskhand reference docs/reference"


def test_there_is_an_example_for_every_field_type_and_every_verb():
    assert set(EXAMPLES.fields) == set(FIELD_TYPES)
    assert set(EXAMPLES.verbs) == set(VERBS)


@pytest.mark.parametrize(("name", "form"), sorted({**EXAMPLES.fields, **EXAMPLES.verbs}.items()))
def test_an_example_is_a_form_that_compiles_without_a_word(name, form):
    file = f"{name}.form.yaml"
    catalogue, problems = load_catalogue({**BESIDE, file: form.encode()}, VERBS)
    assert [str(problem) for problem in problems if problem.file == file] == []
    compiled = catalogue.forms[name]
    if name in VERBS:
        assert name in {step.verb.name for step in compiled.steps}
    else:
        assert name in {field.type for field in compiled.fields}


def test_everything_the_tables_hold_stands_in_the_pages():
    whole = "\n".join(PAGES.values())
    words = [*FIELD_TYPES, *VERBS, *PERMISSIONS, *FUNCTIONS, *CODES]
    words += [key for kind in KINDS.values() for key in kind.keys]
    words += [name for attributes in ATTRIBUTES.values() for name in attributes]
    assert [word for word in words if word not in whole] == []
    assert [kind.name for kind in KINDS.values() if f"# {kind.title[0].upper()}{kind.title[1:]}" not in whole] == []


def test_links_between_the_pages_lead_somewhere():
    import re

    for name, text in PAGES.items():
        for page, fragment in re.findall(r"\]\(([a-z]*\.?m?d?)#([^)]+)\)", text):
            target = PAGES[page or name]
            headings = {
                re.sub(r"[^a-z0-9 _-]", "", line.lstrip("# ").lower()).replace(" ", "-")
                for line in target.splitlines()
                if line.startswith("#")
            }
            assert fragment in headings, (name, page, fragment)


def test_the_examples_of_files_beside_the_forms_are_read_without_a_word():
    import re

    blocks = [block for text in CHAPTERS.values() for block in re.findall(r"```(yaml|csv)\n(.*?)```", text, re.DOTALL)]
    names = {"settings/1": "settings.yaml", "lookups/1": "lookups.yaml", "list/1": "software.list.yaml"}
    names |= {"verification/1": "verification.yaml", "access/1": "access.yaml", "fixture/1": "fixtures/a.yaml"}
    files = {
        "other/software.list.csv" if kind == "csv" else names[text.split()[1]]: text.encode() for kind, text in blocks
    }
    assert len(files) == len(blocks) == 7
    table = files.pop("other/software.list.csv")
    _, problems = load_catalogue(files, VERBS)
    assert [str(problem) for problem in problems] == []
    assert read_access("access.yaml", files["access.yaml"])[1] == ()
    assert (
        read_list("software.list.csv", table)[0].rows
        == read_list("software.list.yaml", files["software.list.yaml"])[0].rows
    )
    assert read_fixture("fixtures/a.yaml", files["fixtures/a.yaml"])[1] == ()
