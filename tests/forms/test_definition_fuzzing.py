"""Files mutated at random, and files made to take long: always problems with places, never anything else."""

import random
import re
import time
from collections.abc import Callable

import pytest

from forms.compiling.form import compile_form
from tests.forms.desk_folders import examples, load, surroundings

RUNS = 400
SECONDS = 10.0  # what one file may take on a machine that does other things as well
SIZE = 256 * 1024
_WORD = re.compile(rb"[A-Za-z_]+|\$\([^)]*\)")
_SNIPPETS = [
    b"[",
    b"]",
    b"{",
    b"}",
    b": ",
    b"\n- ",
    b'"',
    b"'",
    b"$(",
    b")",
    b"&a ",
    b"*a",
    b"!x ",
    b"|\n",
    b"~",
    b"{}",
]
_VALUES = [
    b"",
    b"[]",
    b"{}",
    b"true",
    b"3",
    b"[a, b]",
    b"{a: b}",
    b"$(target)",
    b"[[[]]]",
    b"[{}]",
    b"{en: {}}",
    b"[~]",
]
Mutation = Callable[[random.Random, bytes], bytes]


def _byte(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + bytes([chance.randrange(256)]) + text[at + chance.randrange(2) :]


def _word(chance: random.Random, text: bytes) -> bytes:
    words = list(_WORD.finditer(text))
    if not words:
        return text
    one, other = chance.choice(words), chance.choice(words)
    return text[: one.start()] + other.group() + text[one.end() :]


def _snippet(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_SNIPPETS) + text[at:]


def _lines(chance: random.Random, text: bytes) -> bytes:
    lines = text.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    return b"\n".join(
        chance.choice([lines[:one] + lines[one + 1 :], lines[:one] + lines[other : other + 5] + lines[one:]])
    )


def _value(chance: random.Random, text: bytes) -> bytes:
    lines = text.split(b"\n")
    at = chance.randrange(len(lines))
    lines[at] = lines[at].split(b":")[0] + b": " + chance.choice(_VALUES)
    return b"\n".join(lines)


MUTATIONS: tuple[Mutation, ...] = (_byte, _word, _snippet, _lines, _value)


def test_mutated_files_give_problems_and_nothing_else() -> None:
    chance = random.Random(20300304)
    files = examples()
    for _ in range(RUNS):
        name = chance.choice(sorted(files))
        text = files[name]
        for _ in range(chance.choice([1, 1, 2, 4])):
            text = chance.choice(MUTATIONS)(chance, text)
        started = time.monotonic()
        catalogue, problems = load({name: text})
        assert time.monotonic() - started < SECONDS, text
        assert all(problem.file == name and problem.code and problem.message for problem in problems)
        if any(problem.level == "error" for problem in problems):
            assert not catalogue.forms


FIELD = b"format: form/1\nid: x\ntitle: x\nfields:\n"
LONG = {
    "brackets": b"[" * SIZE,
    "braces": b"{a: " * (SIZE // 4),
    "dashes": b"- " * (SIZE // 2),
    "a flat list": b"a: [" + b"a," * (SIZE // 2 - 10) + b"]",
    "one long line": b'a: "' + b"x" * (SIZE - 10) + b'"',
    "many keys": b"".join(b"key%d: v\n" % number for number in range(20_000)),
    "fields that wait for each other": FIELD
    + b"".join(b"- {id: f%d, type: text, when: answered(f%d)}\n" % (n, n + 1) for n in range(5_000)),
    "fields with slips of the pen": FIELD + b"".join(b"- {id: f%d, tpye: text}\n" % n for n in range(8_000)),
    "one template of many": b'result: {message: "' + b"$(aa)" * 50_000 + b'"}\n',
    "templates that never close": b'result: {message: "' + b"$(" * 120_000 + b'"}\n',
    "anchors": b"a: &a\n" * 30_000,
    "comments": b"#" * SIZE,
    "blanks": b" " * SIZE,
}


@pytest.mark.parametrize("what", LONG)
def test_a_file_made_to_take_long_is_refused_in_time(what: str) -> None:
    started = time.monotonic()
    catalogue, problems = load({"x.form.yaml": LONG[what][:SIZE]})
    assert time.monotonic() - started < SECONDS
    assert problems
    assert len(problems) <= 100
    assert not catalogue.forms


def test_compile_speed_is_printed() -> None:
    around = surroundings()
    forms = {name: content for name, content in examples().items() if name.endswith(".form.yaml")}
    started = time.perf_counter()
    for _ in range(3):
        for name, content in forms.items():
            compile_form(name, content, around)
    spent = (time.perf_counter() - started) / (3 * len(forms))
    print(f"one form compiles in {spent * 1_000:.1f} ms")
