"""Whatever order keys stand in, formatting gives the order of the vocabulary, and loses no comment and no meaning."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from forms.documents import ListNode, MapNode, Node, ScalarNode, read_document
from forms.editing import formatted, kind_of_file
from forms.editing.formatting import plain_tree
from forms.vocabulary import FIELD_TYPES, KINDS, Key, keys_of
from tests.forms.editing.shuffled_texts import ShuffledText

LIBRARY = Path(__file__).parents[3] / "forms" / "library"
FILES = sorted(file.relative_to(LIBRARY).as_posix() for file in LIBRARY.rglob("*.yaml"))


def records(kind: str, node: Node) -> Iterator[tuple[str, MapNode]]:
    """Every record of a file with its kind, found without the code under test."""
    if isinstance(node, ListNode):
        for item in node.items:
            yield from records(kind, item)
    if not isinstance(node, MapNode):
        return
    yield kind, node
    for key, value in node.pairs:
        known = order_of(kind, node).get(key.text)
        for inner in re.findall(r"\[(\w+)\]", known.kind) if known else ():
            if ("list of " in known.kind) or isinstance(value, MapNode):
                shape = ListNode if f"list of [{inner}]" in known.kind else MapNode
                if isinstance(value, shape):
                    values = [one for _, one in value.pairs] if "map to" in known.kind else [value]
                    for one in values:
                        yield from records(inner, one)


def order_of(kind: str, node: MapNode) -> Mapping[str, Key]:
    type_ = node.get("type")
    if kind == "FIELD" and node.get("section"):
        return KINDS["SECTION"].keys
    if kind == "FIELD" and isinstance(type_, ScalarNode) and type_.text in FIELD_TYPES:
        return keys_of(type_.text)
    return KINDS[kind].keys


def assert_in_order(file: str, content: bytes) -> None:
    for kind, node in records(kind_of_file(file, content), read_document(file, content).root):
        written = [key.text for key, _ in node.pairs if key.text in order_of(kind, node)]
        assert written == [name for name in order_of(kind, node) if name in written], (file, kind, node.line)


def assert_comments_kept(before: str, after: str) -> None:
    assert sorted(re.findall(r"# .*", before)) == sorted(re.findall(r"# .*", after))
    lines = after.split("\n")
    for number, line in enumerate(lines):
        if found := re.search(r"# above (\d+)$", line):
            below = next(one for one in lines[number:] if not one.lstrip().startswith("#"))
            assert below.endswith(f"# at {found[1]}"), (line, below)
        if found := re.search(r"# below (\d+)$", line):
            above = "".join(f"{one}\n" for one in lines[:number]).rpartition(f"# at {found[1]}\n")[2]
            indent = len(line) - len(line.lstrip()) - 2
            assert not re.search(rf"^ {{0,{indent}}}[a-z_]+:", above, re.MULTILINE), (line, above)


@pytest.mark.parametrize(("seed", "file"), list(enumerate(FILES)))
def test_shuffled_keys_of_the_library_come_back_in_order_with_their_comments(file: str, seed: int) -> None:
    assert_shuffled_comes_back(file, seed)


def assert_shuffled_comes_back(file: str, seed: int) -> None:
    root = read_document(file, (LIBRARY / file).read_bytes()).root
    text = ShuffledText(seed).text(root)
    made = formatted(file, text.encode())
    assert_in_order(file, made)
    assert plain_tree(read_document(file, made).root) == plain_tree(read_document(file, text.encode()).root)
    assert_comments_kept(text, made.decode())
    assert made.decode().startswith("# the head of the file\n\n")
    assert formatted(file, made) == made


@pytest.mark.parametrize("file", FILES)
def test_formatting_the_library_twice_changes_nothing_more(file: str) -> None:
    once = formatted(file, (LIBRARY / file).read_bytes())
    assert_in_order(file, once)
    assert formatted(file, once) == once


@pytest.mark.parametrize("file", FILES[:12])
def test_windows_line_ends_stay(file: str) -> None:
    root = read_document(file, (LIBRARY / file).read_bytes()).root
    text = ShuffledText(7).text(root)
    windows = formatted(file, text.replace("\n", "\r\n").encode())
    assert windows == formatted(file, text.encode()).replace(b"\n", b"\r\n")


@pytest.mark.torture
@pytest.mark.parametrize("file", FILES)
def test_many_shuffles_of_the_library_come_back_in_order(file: str) -> None:
    for seed in range(100, 130):
        assert_shuffled_comes_back(file, seed)
