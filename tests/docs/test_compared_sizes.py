"""The sizes of our forms in the comparison are those of the files."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "compared.md").read_text(encoding="utf-8")
CLAIM = re.compile(r"\[([a-z-]+)\]\(\.\./(forms/library/[a-z.-]+)\): 1 file, (\d+) lines, of these (\d+) of tests")


@pytest.mark.parametrize(("name", "file", "lines", "tests"), CLAIM.findall(PAGE))
def test_a_form_is_as_long_as_the_page_says(name: str, file: str, lines: str, tests: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8").splitlines()
    assert file.endswith(f"/{name}.form.yaml")
    assert (len(text), len(text) - text.index("tests:")) == (int(lines), int(tests))


def test_three_forms_are_compared() -> None:
    assert len(CLAIM.findall(PAGE)) == 3
