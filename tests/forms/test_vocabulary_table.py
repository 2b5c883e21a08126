"""The one table of the language agrees with itself and with the compiled form."""

import re
from dataclasses import fields

import pytest

from forms.definition import Field, Form, Target
from forms.scalars import SCALARS
from forms.vocabulary import ALIASES, FIELD_TYPES, KINDS, RESERVED, Key, keys_of
from forms.vocabulary.codes import CODES
from tests.forms.desk_folders import ROOT

KEYS = [(kind, key) for kind, table in KINDS.items() for key in table.keys.values()]
KEYS += [(f"FIELD {name}", key) for name in FIELD_TYPES for key in keys_of(name).values()]
_SIMPLE = {*SCALARS, "text", "value", "condition", "path", "anything"}


def parts(kind: str) -> list[str]:
    if " or " in kind:
        return [part for each in kind.split(" or ") for part in parts(each)]
    for prefix in ("list of ", "map to "):
        if kind.startswith(prefix):
            return parts(kind.removeprefix(prefix))
    return [kind]


@pytest.mark.parametrize(("kind", "key"), KEYS, ids=[f"{kind}.{key.name}" for kind, key in KEYS])
def test_every_key_has_a_kind_that_can_be_read_and_a_meaning(kind: str, key: Key) -> None:
    for part in parts(key.kind):
        record = re.fullmatch(r"\[(\w+)\]", part)
        assert (record and record[1] in KINDS) or part in _SIMPLE or part.startswith("one of ")
    assert key.meaning.endswith((".", "…"))


def test_every_alias_leads_to_a_field_type_and_is_none_itself() -> None:
    assert set(ALIASES.values()) <= set(FIELD_TYPES)
    assert not set(ALIASES) & set(FIELD_TYPES)


def test_every_key_of_the_form_and_the_target_is_compiled_somewhere() -> None:
    form = {field.name for field in fields(Form)}
    elsewhere = {
        "format": "",
        "extends": "",
        "locked": "",
        "requires": "needs",
        "operations": "steps",
        "tests": "examples",
    }
    assert {key for key in KINDS["FORM"].keys if key not in form} == set(elsewhere)
    target = {field.name for field in fields(Target)}
    assert {key for key in KINDS["TARGET"].keys if key not in target} == {"except"}


def test_every_key_of_a_field_is_compiled_somewhere() -> None:
    compiled = {field.name for field in fields(Field)}
    renamed = {"from", "except", "with", "message", "source"}
    for name in FIELD_TYPES:
        assert {key for key in keys_of(name) if key not in compiled} <= renamed


def test_reserved_words_are_no_field_types() -> None:
    assert not RESERVED & set(FIELD_TYPES)


def test_every_code_that_is_given_stands_in_the_table_and_no_other() -> None:
    given = set()
    for file in (*(ROOT / "forms").rglob("*.py"), *(ROOT / "runner").rglob("*.py")):
        if file.name != "codes.py":
            given |= set(re.findall(r'"([EW]\d{3})"', file.read_text(encoding="utf-8")))
    assert given == set(CODES)
