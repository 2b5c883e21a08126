"""Formatting, case by case: what moves with a key, what stays, and what is not touched."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.documents import read_document
from forms.editing import FormattingError, formatted, kind_of_file
from forms.editing.formatting import plain_tree
from forms.errors import DefinitionError

FORM = "a.form.yaml"
CASES = {
    "a comment above a key goes with it": (
        "# head\n\ntitle: T\n# the id\n# of it\nid: a\nformat: form/1\n",
        "# head\n\nformat: form/1\n# the id\n# of it\nid: a\ntitle: T\n",
    ),
    "a comment beside a key stays beside it": ("title: T # t\nid: a   # i\n", "id: a   # i\ntitle: T # t\n"),
    "the comment at the head stays at the head": ("# head\nid: a\nformat: form/1\n", "# head\nformat: form/1\nid: a\n"),
    "comments at the end of a list stay in the list": (
        "fields:\n  - id: x\n    type: text\n  # - id: y\nid: a\n",
        "id: a\nfields:\n  - id: x\n    type: text\n  # - id: y\n",
    ),
    "comments at the end of the file stay there": ("title: T\nid: a\n# the end\n", "id: a\ntitle: T\n# the end\n"),
    "texts in blocks move whole": (
        "description: |\n  one\n\n   # two: no comment\nid: a\ntitle: >-\n  x\n  y\n",
        "id: a\ntitle: >-\n  x\n  y\ndescription: |\n  one\n\n   # two: no comment\n",
    ),
    "texts that keep their blank lines keep them": (
        "description: |+\n  one\n\n\nid: a\n\ntitle: T\n",
        "id: a\n\ntitle: T\n\ndescription: |+\n  one\n\n\n",
    ),
    "maps in braces are ordered where they stand": (
        "id: a\nfields:\n  - { type: text, 'id': x,  label: {nl: b, en: a} }\n",
        "id: a\nfields:\n  - { 'id': x, type: text,  label: {nl: b, en: a} }\n",
    ),
    "braces over several lines": (
        "record: {\n    reason: off,\n    ticket: [\n      required ]\n  }\n",
        "record: {\n    ticket: [\n      required ],\n    reason: off\n  }\n",
    ),
    "braces with comments inside stay as they are": (
        "record: {\n  reason: off,  # no reason\n  ticket: off }\n",
        "record: {\n  reason: off,  # no reason\n  ticket: off }\n",
    ),
    "quoted texts over several lines": (
        "title: 'a\n\n  b'\nid: \"x\\\n  y\"\nversion:\n  3\n",
        "id: \"x\\\n  y\"\nversion:\n  3\ntitle: 'a\n\n  b'\n",
    ),
    "empty values": ("title:\nid:\n\nformat: # none yet\n", "format: # none yet\nid:\ntitle:\n"),
    "no line end at the end": ("title: T\nid: a", "id: a\ntitle: T\n"),
    "only a line end is missing": ("id: a", "id: a\n"),
    "a last text in a block without its line end stays": ("id: a\ndescription: |\n  x", "id: a\ndescription: |\n  x"),
    "Windows line ends": ("title: T\r\n# i\r\nid: a", "# i\r\nid: a\r\ntitle: T\r\n"),
    "unknown keys follow, those with x- last": (
        "x-b: 1\nzeta: 2\nalpha: 3\nx-a: 4\nid: a\n",
        "id: a\nzeta: 2\nalpha: 3\nx-b: 1\nx-a: 4\n",
    ),
    "items that begin with another key": (
        "operations:\n  # the first\n  - do: v\n    # its id\n    id: x\n  -   with: { b: 1, a: 2 }\n      do: w\n",
        "operations:\n  # the first\n  # its id\n  - id: x\n    do: v\n  -   do: w\n      with: { b: 1, a: 2 }\n",
    ),
    "a dash on a line of its own": (
        "operations:\n-\n  do: v\n  id: x\n- # why\n  do: w\n  id: y\n",
        "operations:\n-\n  id: x\n  do: v\n- # why\n  id: y\n  do: w\n",
    ),
    "lists that are not indented": (
        "operations:\n- do: v\n  id: x\n# of the fields\nfields:\n- type: text\n  id: f\n",
        "# of the fields\nfields:\n- id: f\n  type: text\noperations:\n- id: x\n  do: v\n",
    ),
    "blank lines part long entries": (
        "id: a\n\nfields:\n  - id: x\n\ntarget:\n  type: user\ntitle: T\n",
        "id: a\ntitle: T\n\ntarget:\n  type: user\n\nfields:\n  - id: x\n",
    ),
    "arguments, answers and languages stay as they are": (
        "title: { nl: N, en: E }\noperations:\n  - id: x\n    do: v\n    with: { z: 1, a: 2 }\n",
        "title: { nl: N, en: E }\noperations:\n  - id: x\n    do: v\n    with: { z: 1, a: 2 }\n",
    ),
    "options, written as words or as records": (
        "fields:\n  - id: c\n    type: choice\n    options: [a, { label: B, value: b }]\n",
        "fields:\n  - id: c\n    type: choice\n    options: [a, { value: b, label: B }]\n",
    ),
    "keys with a question mark stay where they are": ("? title\n: T\n? id\n: a\n", "? title\n: T\n? id\n: a\n"),
    "the marks of a document stay": ("---\ntitle: T\nid: a\n...\n", "---\nid: a\ntitle: T\n...\n"),
}


@pytest.mark.parametrize("case", CASES)
def test_keys_change_places_and_nothing_else_does(case: str) -> None:
    before, after = CASES[case]
    assert formatted(FORM, before.encode()).decode() == after
    assert formatted(FORM, after.encode()).decode() == after


def test_a_byte_order_mark_stays() -> None:
    assert formatted(FORM, b"\xef\xbb\xbftitle: T\nid: a\n") == b"\xef\xbb\xbfid: a\ntitle: T\n"


def test_json_keeps_its_own_indentation() -> None:
    before = (
        '{\n\t"title": "T",\n\t"target": {"label": "Who?", "type": "user"},\n\t"$schema": "s.json",\n\t"id": "a"\n}'
    )
    made = formatted("a.form.json", before.encode()).decode()
    assert (
        made
        == '{\n\t"$schema": "s.json",\n\t"id": "a",\n\t"title": "T",\n\t"target": {"type": "user", "label": "Who?"}\n}\n'
    )
    assert json.loads(made) == json.loads(before)


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"id: a\n\ttitle: T\n", "E100", 2),
        (b"title: a: b\n", "E101", 1),
        (b"title: T\nid: a\ntitle: U\n", "E103", 3),
        (b"title: &x T\nid: *x\n", "E104", 1),
        (b"title: \xff\n", "E102", 1),
        (b"- a\n", "E113", 1),
    ],
)
def test_what_cannot_be_read_is_reported_with_its_place(content: bytes, code: str, line: int) -> None:
    with pytest.raises(DefinitionError) as caught:
        formatted(FORM, content)
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [(code, line)]


def test_a_last_text_that_would_get_a_line_end_is_not_moved() -> None:
    with pytest.raises(FormattingError, match="would say something else"):
        formatted(FORM, b"description: x\nid: |\n  a")


@pytest.mark.parametrize(
    ("file", "content", "kind"),
    [
        ("x/a.form.yml", b"", "FORM"),
        ("x/access.yaml", b"", "ACCESS"),
        ("x/settings.json", b"", "SETTINGS"),
        ("x/d.list.yaml", b"", "LIST"),
        ("x/my.access.yaml", b"a: 1\n", ""),
        ("fixtures/c.yaml", b"id: c\nformat: fixture/1\n", "FIXTURE"),
        ("fixtures/c.yaml", b"id: c: d\nformat: fixture/1\n", "FIXTURE"),
        ("other.json", b'{"a": [}', ""),
        ("compose.yaml", b"a: &x 1\n", ""),
        ("a.form.csv", b"format: form/1", ""),
    ],
)
def test_files_are_known_by_name_or_format(file: str, content: bytes, kind: str) -> None:
    assert kind_of_file(file, content) == kind


def test_other_files_are_refused() -> None:
    with pytest.raises(FormattingError, match="is no definition file"):
        formatted("compose.yaml", b"a: 1\n")


KEYS = ["id", "title", "format", "x-note", "own", "description", "tags", "owner", "languages", "version"]
WORDS = st.text(" ab:#-?'\"{}[],|>\\é\n", max_size=12)
VALUES = st.one_of(
    WORDS.map(lambda text: json.dumps(text, ensure_ascii=False)),
    WORDS.map(lambda text: "'" + text.replace("'", "''").replace("\n", "\n\n  ") + "'"),
    st.sampled_from(
        ["", "~", "plain # c", "[a, b]", "[\n  a, # b\n  c]", "{b: 1,\n   a: 2}", "\n  # deep\n  - x\n  # end"]
    ),
    st.builds(
        lambda style, lines: style + "".join(f"\n  {line}" if line else "\n" for line in ["t", *lines]),
        st.sampled_from(["|", ">", "|-", "|+", ">+", "| # c"]),
        st.lists(st.sampled_from(["", " x", "y: 1", "# no", " "]), max_size=3),
    ),
)
ABOVE = st.lists(st.sampled_from(["", "# c", "  # deep", "# d: e"]), max_size=3)


@given(
    st.lists(st.tuples(st.sampled_from(KEYS), VALUES, ABOVE), unique_by=lambda entry: entry[0], min_size=1),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_any_small_document_keeps_what_it_says(
    entries: list[tuple[str, str, list[str]]], end: str, is_ended: bool
) -> None:
    lines = [line for key, value, above in entries for line in [*above, f"{key}: {value}"]]
    content = ("\n".join(lines) + ("\n" if is_ended else "")).replace("\n", end).encode()
    try:
        before = read_document(FORM, content)
        made = formatted(FORM, content)
    except DefinitionError:
        return
    except FormattingError:
        # A text in a block would get a line end at the end of the file, or the blank lines that come to stand behind it.
        assert not is_ended or "+" in content.decode()
        return
    after = read_document(FORM, made)
    assert plain_tree(before.root) == plain_tree(after.root)
    assert sorted(made.split()) == sorted(content.split())
    assert formatted(FORM, made) == made
    known = [key.text for key, _ in after.root.pairs if not key.text.startswith("x-") and key.text != "own"]
    assert known == sorted(
        known, key=["format", "id", "version", "title", "description", "tags", "owner", "languages"].index
    )
