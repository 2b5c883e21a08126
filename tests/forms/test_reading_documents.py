"""Files that are refused before anything in them is understood, each with its place."""

import pytest

from forms.companions import read_settings
from forms.documents import MAX_BYTES, ListNode, MapNode, ScalarNode, read_document
from forms.errors import DefinitionError

REFUSED = {
    "an anchor": (b"a: &x 1\n", "1:4 E104"),
    "an alias": (b"a: 1\nb: *x\n", "2:4 E104"),
    "a tag": (b"a: !!python/object:os.system x\n", "1:4 E104"),
    "a merge key": (b"<<: { a: 1 }\n", "1:1 E104"),
    "a directive": (b"%YAML 1.1\n---\na: 1\n", "1:1 E104"),
    "a second document": (b"a: 1\n---\nb: 2\n", "2:1 E102"),
    "a tab": (b"a:\n\t- b\n", "2:1 E100"),
    "a control character": (b"a: b\nc: \x07\n", "2:4 E102"),
    "a line separator": ("a: b\nc: \u2028\n".encode(), "2:4 E102"),
    "an escaped half of a character": (b'a: "\\ud800"\n', "1:4 E102"),
    "an escape beyond all characters": (b'a: "\\UFFFFFFFF"\n', "0:0 E100"),
    "not UTF-8": (b"a: b\nc: \xff\n", "2:1 E102"),
    "an open bracket": (b"a: [1, 2\n", "2:1 E100"),
    "an open quote": (b'a: "b\n', "2:1 E100"),
    "a colon inside a value": (b"a: b: c\n", "1:5 E101"),
    "an @ at the start of a value": (b"a: @b\n", "1:4 E100"),
    "braces of another tool": (b"a: {{ b }}\n", "1:4 E204"),
    "braces of another tool inside a map": (b"a: { b: ${c} }\n", "1:9 E204"),
    "a list as a key": (b"? [a]\n: b\n", "1:3 E100"),
    "a list as the file": (b"- a\n", "1:1 E113"),
    "nothing": (b"", "0:0 E113"),
    "only a comment": (b"# a\n", "0:0 E113"),
    "too deep": (b"a: " + b"[" * 40, "1:33 E102"),
    "too much": (b"a: " + b"x" * MAX_BYTES, "0:0 E102"),
    "too many values": (b"a: [" + b"1," * 30_000 + b"]", "1:40003 E102"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_is_refused_with_its_place(what: str) -> None:
    content, wanted = REFUSED[what]
    with pytest.raises(DefinitionError) as caught:
        read_document("a.yaml", content)
    problem = caught.value.problems[-1]
    assert f"{problem.line}:{problem.column} {problem.code}" == wanted
    assert problem.message
    assert problem.file == "a.yaml"


def test_a_key_written_twice_keeps_the_first_and_is_noted() -> None:
    document = read_document("a.yaml", b"a: 1\nb: 2\na: 3\n")
    assert [(problem.line, problem.column, problem.code) for problem in document.problems] == [(3, 1, "E103")]
    assert document.root.get("a") == ScalarNode(1, 4, "1", "")


def test_scalars_stay_texts_with_their_places() -> None:
    root = read_document("a.yaml", b"a: NO\nb: [+316, 'yes', ~]\nc: |\n  x\n").root
    assert root.get("a") == ScalarNode(1, 4, "NO", "")
    assert root.get("b") == ListNode(
        2, 4, (ScalarNode(2, 5, "+316", ""), ScalarNode(2, 11, "yes", "'"), ScalarNode(2, 18, "~", ""))
    )
    assert root.get("c") == ScalarNode(3, 4, "x\n", "|")


def test_only_a_bare_word_is_empty() -> None:
    root = read_document("a.yaml", b"a:\nb: ''\nc: null\nd: 'null'\n").root
    assert [key.text for key, value in root.pairs if isinstance(value, ScalarNode) and value.is_null] == ["a", "c"]


def test_windows_lines_and_a_byte_order_mark_are_fine() -> None:
    document = read_document("a.yaml", b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert document.root.get("b") == ScalarNode(2, 4, "2", "")
    assert document.lines[0] == "a: 1"


def test_json_may_be_indented_with_tabs() -> None:
    root = read_document("a.json", b'{\n\t"a": {"b": "c"}\n}').root
    assert isinstance(root.get("a"), MapNode)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_editors_count_them(end: str) -> None:
    text = end.join(["format: settings/1", "zz: 1", "language: \u0001"])
    with pytest.raises(DefinitionError) as refused:
        read_document("settings.yaml", text.encode())
    (problem,) = refused.value.problems
    assert (problem.line, problem.column, problem.source) == (3, 11, "language: \u0001")
    good = text.replace("\u0001", "en")
    assert read_document("settings.yaml", good.encode()).lines == tuple(good.split(end))


def test_a_mistake_behind_a_lone_carriage_return_has_its_place() -> None:
    _, problems = read_settings("settings.yaml", b"format: settings/1\nunknown: a \r b\nzz: 1\n")
    assert [(one.line, one.source) for one in problems if "zz" in one.message] == [(4, "zz: 1")]
