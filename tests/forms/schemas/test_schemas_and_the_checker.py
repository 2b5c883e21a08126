"""Whatever the checker accepts, the schema accepts: files of the library, changed in one place at random."""

import json
import random

import pytest

from tests.forms.schemas.judging import accepts, accepts_child, based_on, changed, originals
from tests.forms.schemas.written import kind_of, refusals


def refused_though_accepted(seed: int, count: int) -> tuple[list[str], int]:
    """Change files ``count`` times; return what only the schema refuses, and how many the checker accepted."""
    chance, wrong, accepted = random.Random(seed), [], 0
    for _ in range(count):
        file, root = chance.choice(originals())
        kind, content = kind_of(root), json.dumps(changed(root, chance), ensure_ascii=False).encode()
        if accepts(file, content, kind):
            accepted += 1
            wrong += [f"seed {seed}, {file}: {line}" for line in refusals(file, content, kind)]
    return wrong, accepted


@pytest.mark.parametrize("seed", [1, 2])
def test_the_schema_is_never_stricter_than_the_checker(seed: int) -> None:
    wrong, accepted = refused_though_accepted(seed, 150)
    assert wrong == []
    assert accepted > 30


def refused_children(seed: int, count: int) -> tuple[list[str], int]:
    """Base forms on forms of the library; return what only the schema refuses, and how many the checker accepted."""
    chance, wrong, accepted = random.Random(seed), [], 0
    forms = [(file.removesuffix(".json") + ".yaml", root) for file, root in originals() if kind_of(root) == "form"]
    for _ in range(count):
        parent, root = chance.choice(forms)
        content = json.dumps(based_on(root, chance), ensure_ascii=False).encode()
        if accepts_child(parent, content):
            accepted += 1
            wrong += [f"seed {seed}, {parent}: {line}" for line in refusals("child.form.json", content, "form")]
    return wrong, accepted


def test_the_schema_is_never_stricter_about_forms_based_on_forms() -> None:
    wrong, accepted = refused_children(1, 40)
    assert wrong == []
    assert accepted > 10


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(20, 24))
def test_the_schema_is_never_stricter_about_forms_based_on_forms_many_times(seed: int) -> None:
    wrong, accepted = refused_children(seed, 1_000)
    assert wrong == []
    assert accepted > 200


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(10, 20))
def test_the_schema_is_never_stricter_than_the_checker_many_times(seed: int) -> None:
    wrong, accepted = refused_though_accepted(seed, 2_000)
    assert wrong == []
    assert accepted > 300
