"""A resolved form can be printed as one file that means the same, and says where its parts are from."""

import pytest

from forms.compiling.form import compile_form, compile_resolved
from forms.documents import read_document
from forms.records import plain_node
from forms.resolving.printing import is_made_of_several, printed
from tests.forms.desk_folders import library, surroundings
from tests.forms.resolving.resolving_folders import BASE, family, folder, resolved

CONTACT = "format: fields/1\nfields:\n  - { id: phone, type: phone, label: Phone, region: NL }\n"


@pytest.mark.parametrize("name", sorted(name for name in library() if name.endswith(".form.yaml")))
def test_every_form_of_the_library_is_printed_with_its_meaning(name: str) -> None:
    found = resolved(library(), name.removesuffix(".form.yaml"))
    again = read_document(name, printed(found).encode())
    assert plain_node(again.root) == plain_node(found.root)
    around = surroundings(library())
    assert compile_form(name, printed(found).encode(), around)[0].digest == compile_resolved(found, around)[0].digest
    assert is_made_of_several(found) == (b"\nextends:" in library()[name] or f"{name[:-10]}.nl.texts.yaml" in library())


def test_what_is_taken_over_names_the_file_and_the_line() -> None:
    child = "fields:\n  - use: contact\n  - { id: reason, label: { nl: Reden } }\n  - { id: n, type: number }\n"
    files = family(child, fragments__contact_fields=CONTACT, child_nl_texts="format: texts/1\ntitle: Kind\n")
    found = resolved(files)
    text = printed(found)
    assert is_made_of_several(found)
    for line in (
        "category: Passwords",
        "# from base.form.yaml, line 4",
        "# from fragments/contact.fields.yaml, line 3",
        "  # from child.nl.texts.yaml, line 2",
        "  nl: Kind",
        "  - id: phone",
    ):
        assert f"{line}\n" in text
    assert "extends" not in text
    assert plain_node(read_document("child.form.yaml", text.encode()).root) == plain_node(found.root)


def test_odd_texts_are_printed_so_that_they_mean_the_same() -> None:
    block = ("|\n  one\n\n    two\n", ">-\n  folded\n  text")
    odd = ('"a: b # c"', "'- x'", '""', "~", '"\\x07\\u2028 \\\\ \\""', *block, "{}", "[]")
    for written in odd:
        found = resolved(folder(base_form=f"{BASE}x-odd: {written}\n"), "base")
        again = read_document("base.form.yaml", printed(found).encode())
        assert plain_node(again.root) == plain_node(found.root), written
