"""Files as answers: what their content says they are, what they are called, what expressions see, what is refused."""

import copy
import json
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.spi import Content, File, SecretLeakError
from forms.answering.files import MOST_NAME, FileError, clean_name, inspected, media_type, size_text
from forms.answering.wire import stored
from forms.errors import AnswersError
from tests.forms.answering.answering_desk import situation_for, small_form, validated, worked
from tests.pictures import jpeg, png

FORM = small_form("""
fields:
  - { id: photo, type: file, required: true, max_size: 50000, validate: value.size > 100, message: Too small. }
  - { id: letter, type: file, accept: [.pdf, TXT] }
  - { id: said, type: computed, value: "$(photo.name) $(photo.size) $(photo.type) $(answered(letter))" }
operations:
  - id: note
    do: directory.user.update
    with: { user: $(actor), set: { description: "$(said) $(letter.name)" } }
""")
NO_PICTURE = "This file is not a JPEG picture or a PNG picture. Choose another, or save it as one."
PHOTO = File("a.jpg", 20_000, "image/jpeg", "f" * 64, token="t1")


def situation(photo: File = PHOTO, field: str = "photo", token: str = "t1"):
    return replace(situation_for(FORM), files={(field, token): photo})


def test_expressions_see_name_size_and_type_of_a_file() -> None:
    found = validated(situation(), {"photo": "t1"})
    assert found.values["photo"] == PHOTO
    assert found.values["said"] == "a.jpg 20000 image/jpeg no"


@pytest.mark.parametrize("crafted", ["t2", "t1 x", "a" * 200, "null"])
def test_a_token_nobody_was_given_is_a_missing_file_and_out_of_reach(crafted: str) -> None:
    with pytest.raises(AnswersError) as refused:
        validated(situation(), {"photo": crafted})
    (problem,) = refused.value.problems
    assert (problem.field, problem.message) == ("photo", "The file is no longer kept here. Choose it again.")
    assert problem.is_out_of_reach


def test_the_file_of_another_question_is_a_missing_one() -> None:
    with pytest.raises(AnswersError):
        validated(situation(field="letter"), {"photo": "t1"})
    assert worked(situation(field="letter"), {"photo": "t1"}).values["photo"] is None


@pytest.mark.parametrize(
    ("photo", "message"),
    [
        (replace(PHOTO, size=50_001), "The file is too large. It may have at most 49 KB."),
        (replace(PHOTO, type="application/pdf"), NO_PICTURE),
        (replace(PHOTO, size=50), "Too small."),
    ],
)  # fmt: skip
def test_a_file_is_held_against_its_question_again_when_it_is_handed_in(photo: File, message: str) -> None:
    with pytest.raises(AnswersError) as refused:
        validated(situation(photo), {"photo": "t1"})
    assert [problem.message for problem in refused.value.problems] == [message]


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (b"%PDF-1.7\n", "application/pdf"),
        ("Dear Zoë,\r\n1 < 2 and 3 > 2".encode(), "text/plain"),
        (b"\xef\xbb\xbftext", "text/plain"),
        (b"<svg/>", ""),
        (b"  <HTML>", ""),
        (b"hello <script>", ""),
        (b"<?xml version='1.0'?>", ""),
        (b"<!-- x --><x:svg>", ""),
        (b"MZ\x90\0", ""),
        (b"caf\xe9", ""),
        (b"a\0b", ""),
    ],
)
def test_the_content_says_what_a_file_is(content: bytes, type_: str) -> None:
    assert media_type(content) == type_


def test_a_letter_is_taken_by_the_kinds_its_question_names() -> None:
    letter = FORM.field("letter")
    assert letter.accept == ("application/pdf", "text/plain")
    assert inspected(letter, "a.exe", b"plain words").type == "text/plain"
    with pytest.raises(FileError, match="This file is not a PDF file or a text file"):
        inspected(letter, "a.txt", png())
    with pytest.raises(FileError, match="empty"):
        inspected(letter, "a.txt", b"")


@given(st.text(max_size=400))
def test_a_name_is_short_printable_and_without_a_path(name: str) -> None:
    found = clean_name(name)
    assert 0 < len(found) <= MOST_NAME
    assert not set(found) & set("/\\\0\n\r\t\u202e\u200b\u2028")
    assert clean_name(found) == found


@pytest.mark.parametrize(("size", "text"), [(0, "0 bytes"), (1_024, "1 KB"), (24_500, "24 KB"), (1_572_864, "1.5 MB")])
def test_sizes_are_written_as_people_read_them(size: int, text: str) -> None:
    assert size_text(size) == text


def test_the_content_of_a_file_gets_out_of_nothing_but_reveal() -> None:
    content = Content(b"unmistakable")
    file = replace(PHOTO, content=content)
    assert "unmistakable" not in f"{file!r} {stored(file)}"
    assert json.loads(json.dumps(stored(file))) == {
        "name": "a.jpg", "size": 20_000, "type": "image/jpeg", "sha256": "f" * 64,
    }  # fmt: skip
    for leak in (str, pickle.dumps, copy.copy, copy.deepcopy, hash, lambda one: one == one):
        with pytest.raises(SecretLeakError):
            leak(content)
    assert content.reveal() == b"unmistakable"
