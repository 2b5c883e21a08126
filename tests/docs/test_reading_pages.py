"""How the pages of the documentation are read: a step that differs from its page is noticed."""

from pathlib import Path

import pytest

from tests.docs.page_steps import Typed, Written, steps, write
from tests.docs.terminal import is_as_shown

PAGE = """\
Text.

```console
$ one
first
$ two
```

```yaml
# a/b.yaml, under keys:
  more: 1
```
"""


def test_steps_stand_in_their_order_with_their_lines() -> None:
    assert steps(PAGE) == [
        Typed(4, "one", ("first",)),
        Typed(6, "two", ()),
        Written(10, "a/b.yaml", "under", "keys:", "  more: 1\n"),
    ]


@pytest.mark.parametrize(
    "block", ["```console\nno command\n```\n", "```yaml\nkey: 1\n```\n", "```toml\nkey = 1\n```\n", "```\nplain\n```\n"]
)
def test_a_block_that_says_nothing_to_do_is_refused(block: str) -> None:
    with pytest.raises(AssertionError, match="line 2"):
        steps(block)


@pytest.mark.parametrize(
    ("printed", "shown", "same"),
    [
        ("a\nb\n", ("a", "b"), True),
        ("a \nb\n", ("a", "b"), True),
        ("a\nb\n", ("a",), False),
        ("a\n", ("a", "b"), False),
        ("a\n", (), False),
        ("", (), True),
        ("a.c\n", ("abc",), False),
        ("abc\n", ("a.c",), False),
        ("a\nx\ny\nb\n", ("a", "…", "b"), True),
        ("a\nb\n", ("a", "…", "b"), True),
        ("a\nx\ny\nc\n", ("a", "…", "b"), False),
        ("42 forms\n", ("… forms",), True),
        ("42 forms\nmore\n", ("… forms",), False),
        ("a\n", ("a", "^C"), True),
    ],
)
def test_what_is_seen_is_compared_line_by_line(printed: str, shown: tuple[str, ...], same: bool) -> None:
    assert is_as_shown(printed, shown) is same


def written(how: str, key: str = "") -> Written:
    return Written(1, "form.yaml", how, key, "new:\n  x: 1\n" if how != "under" else "  x: 1\n")


def test_edits_change_only_their_place(tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"
    begun = "first: 1\nkeys:\n  - a\n\n  - b\n\n# about the last\nlast:\n- c\n"
    for step, wanted in (
        (written("under", "keys:"), begun.replace("  - b\n", "  - b\n  x: 1\n")),
        (written("in place of", "keys:"), "first: 1\nnew:\n  x: 1\n\n# about the last\nlast:\n- c\n"),
        (written("in place of", "last:"), begun.replace("last:\n- c\n", "new:\n  x: 1\n")),
        (written("at the end"), f"{begun}\nnew:\n  x: 1\n"),
    ):
        file.write_text(begun, encoding="utf-8")
        write(step, tmp_path)
        assert file.read_text(encoding="utf-8") == wanted


def test_an_edit_of_what_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "form.yaml").write_text("first: 1\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="has no keys:"):
        write(written("under", "keys:"), tmp_path)
    with pytest.raises(AssertionError, match="is there already"):
        write(written("whole"), tmp_path)
