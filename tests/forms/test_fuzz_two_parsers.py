"""The quick reading has no say: what it takes, the slow one takes too, and finds the same texts at the same places."""

from collections.abc import Mapping

import pytest

from forms.composing import TooManyError, compose
from forms.documents import MAX_DEPTH, MAX_NODES, Document, read_document, read_slowly
from forms.errors import DefinitionError
from tests.forms.desk_folders import ROOT, folder
from tests.forms.fuzz_mutations import spoilt
from tests.forms.fuzz_worst_cases import WORST

FEW, MANY = 300, 10_000
FILES: Mapping[str, bytes] = {
    f"{place}/{name}": content
    for place in ("forms/library", "tests/forms", "tests/runner")
    for name, content in folder(ROOT / place).items()
}


def slowly(name: str, content: bytes) -> Document | None:
    try:
        return read_slowly(name, content)
    except DefinitionError:
        return None


def check(name: str, content: bytes, told: str) -> bool:
    """Compare both readings; say whether the quick one took the file."""
    try:
        text = content.decode("utf-8-sig")
        quick = compose(text, deepest=MAX_DEPTH, most=MAX_NODES)
    except (UnicodeDecodeError, TooManyError):
        return False
    if quick is None or slowly_refused_before(name, content):
        return False
    slow = slowly(name, content)
    assert slow is not None, told
    assert slow.problems == (), told
    assert slow.root == quick, told
    return True


def slowly_refused_before(name: str, content: bytes) -> bool:
    """Whether the file is refused for its characters, before either parser sees it."""
    try:
        read_document(name, content)
    except DefinitionError as error:
        return "character U+" in str(error)
    return False


def test_all_files_of_the_house_read_alike() -> None:
    taken = [name for name, content in FILES.items() if check(name, content, name)]
    assert len(taken) > 0.7 * len(FILES)


def test_spoilt_files_read_alike() -> None:
    taken = sum(check(*spoilt(seed, FILES), f"seed {seed}") for seed in range(FEW))
    assert taken > FEW * 0.2


@pytest.mark.torture
def test_ten_thousand_spoilt_files_read_alike() -> None:
    for seed in range(FEW, FEW + MANY):
        check(*spoilt(seed, FILES), f"seed {seed}")


@pytest.mark.torture
@pytest.mark.parametrize("what", WORST)
def test_what_is_too_much_for_one_is_for_the_other(what: str) -> None:
    found = {}
    for way in (read_document, read_slowly):
        try:
            found[way] = way("x.yaml", WORST[what]).root
        except DefinitionError as error:
            found[way] = str(error)
    assert found[read_document] == found[read_slowly]


TRICKY = {
    "a question mark in brackets": b"a: {b: c?, d?: e}\nf: [g?, ?h]\n",
    "addresses": b"a: http://x.test:80/#b\nc: [http://x.test/?d=e, f:g]\n",
    "JSON": b'{"a":"b","c":[1,2,{"d":null}]}\n',
    "escapes": b'a: "\\u00e9\\x41\\/\\t\\_\\N\\e"\n',
    "a text over several lines": b'a: "b\n  c\n\n  d\\\n  e"\nf: g\n  h\n\n  i\n',
    "blocks": b"a: |+\n  b\n\nc: >-\n  d\n   e\n\n  f\ng: |2\n    h\n",
    "odd indentation": b"a:\n- b\n-\n  c\n- - d\n  - e\n- f:\n  - g\n",
    "a comment in a list": b"a: [b, # c\n  d]\n",
    "nothing": b"a:\nb: ~\nc: ''\nd: [,]\n",
    "characters that cannot be stored": b'a: "b\\0"\n',
    "signs": b"a: -\nb: --\nc: -1\nd: '#'\ne: f#g\n",
    "a key in quotes": b"'a b': c\n\"d\": e\n",
    "letters beyond the first plane": "a: \U0001f600 b\n\U0001f600: c\n".encode(),
}


@pytest.mark.parametrize("what", TRICKY)
def test_what_parsers_like_to_disagree_on_reads_alike(what: str) -> None:
    check("x.yaml", TRICKY[what], what)
