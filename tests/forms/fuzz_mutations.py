"""Ways to spoil a definition file at random; every one takes its chance from a seeded generator."""

import random
import re
from collections.abc import Callable, Mapping, Sequence

_WORD = re.compile(rb"[A-Za-z_]+|\$\([^)]*\)")
_PAIR = re.compile(rb"^( *(?:- )?)([\w-]+)(: +)(\S.*)$", re.MULTILINE)
SNIPPETS = (
    b"[", b"]", b"{", b"}", b": ", b":", b"\n- ", b'"', b"'", b"$(", b")", b"&a ", b"*a", b"!x ", b"|\n", b">-\n", b"~",
    b"{}", b"? ", b"- ", b"#", b" #", b"%", b"@", b"`", b"\t", b"\r\n", b"\r", b"\\", b"\\x41", b"\\/", b",", b"\n---\n",
    b"\n...\n", b"<<: ", b"\n\n", b"  ", b" | ", b" > ", b"|2\n", b"\\\n",
)  # fmt: skip
VALUES = (
    b"", b"[]", b"{}", b"true", b"NO", b"3", b"-1", b"1e9", b"07", b"[a, b]", b"{a: b}", b"$(target)", b"[[[]]]",
    b"[{}]", b"{en: {}}", b"[~]", b"2026-02-30", b"31/12/2026", b"5 per day", b"a?b:c", b"http://x.test:80/#a",
)  # fmt: skip
ODD = ("\u201c", "\u201d", "\u2019", "\u00a0", "\u200b", "\u202e", "\ufeff", "\u00df", "\u0130", "\U0001f600", "e\u0301",
       "\u4e2d", "\u0661", "\u00b2", "\u2028", "\x07", "\x85", "\uffff")  # fmt: skip
Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def _byte(chance: random.Random, text: bytes, _others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + bytes([chance.randrange(256)]) + text[at + chance.randrange(2) :]


def _flip(chance: random.Random, text: bytes, _others: Sequence[bytes]) -> bytes:
    at = chance.randrange(max(len(text), 1))
    return text[:at] + bytes(byte ^ (1 << chance.randrange(7)) for byte in text[at : at + 1]) + text[at + 1 :]


def _word(chance: random.Random, text: bytes, others: Sequence[bytes]) -> bytes:
    words, foreign = list(_WORD.finditer(text)), list(_WORD.finditer(chance.choice([text, *others[:1]])))
    if not words or not foreign:
        return text
    one, other = chance.choice(words), chance.choice(foreign)
    return text[: one.start()] + other.group() + text[one.end() :]


def _snippet(chance: random.Random, text: bytes, _others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(SNIPPETS) + text[at:]


def _odd(chance: random.Random, text: bytes, _others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(ODD).encode() + text[at:]


def _lines(chance: random.Random, text: bytes, others: Sequence[bytes]) -> bytes:
    lines, foreign = text.split(b"\n"), chance.choice([text, *others]).split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(foreign))
    ways = (lines[:one] + lines[one + 1 :], lines[:one] + foreign[other : other + 5] + lines[one:])
    return b"\n".join(chance.choice(ways))


def _swap(chance: random.Random, text: bytes, _others: Sequence[bytes]) -> bytes:
    lines = text.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _indent(chance: random.Random, text: bytes, _others: Sequence[bytes]) -> bytes:
    lines = text.split(b"\n")
    at = chance.randrange(len(lines))
    lines[at] = chance.choice(
        [b" " + lines[at], b"  " + lines[at], lines[at][1:], lines[at].lstrip(), b"\t" + lines[at]]
    )
    return b"\n".join(lines)


def _value(chance: random.Random, text: bytes, others: Sequence[bytes]) -> bytes:
    pairs, foreign = list(_PAIR.finditer(text)), list(_PAIR.finditer(b"\n".join(others[:1]) or text))
    if not pairs:
        return text
    one = chance.choice(pairs)
    new = chance.choice(foreign)[4] if foreign and chance.random() < 0.5 else chance.choice(VALUES)
    return text[: one.start(4)] + new + text[one.end(4) :]


def _key(chance: random.Random, text: bytes, others: Sequence[bytes]) -> bytes:
    pairs, foreign = list(_PAIR.finditer(text)), list(_PAIR.finditer(b"\n".join(others[:1]) or text))
    if not pairs or not foreign:
        return text
    one = chance.choice(pairs)
    return text[: one.start(2)] + chance.choice(foreign)[2] + text[one.end(2) :]


def _cut(chance: random.Random, text: bytes, _others: Sequence[bytes]) -> bytes:
    return text[: chance.randrange(len(text) + 1)]


def _deep(chance: random.Random, text: bytes, _others: Sequence[bytes]) -> bytes:
    levels, at = chance.choice([3, 29, 31, 400]), chance.randrange(len(text) + 1)
    opened, closed = chance.choice(
        [(b"[", b"]"), (b"{a: ", b"}"), (b"$(if(true, ", b", 1))"), (b"(", b")"), (b"- ", b"")]
    )
    return text[:at] + opened * levels + b"x" + closed * levels + text[at:]


def _huge(chance: random.Random, text: bytes, _others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice([b"x", b"9", b"a b ", b"$(a)", b"a.", b"- a\n", "é".encode()]) * 6_000 + text[at:]


MUTATIONS: tuple[Mutation, ...] = (
    _byte, _flip, _word, _snippet, _odd, _lines, _swap, _indent, _value, _key, _cut, _deep, _huge,
)  # fmt: skip
_WEIGHTS = (4, 4, 6, 6, 3, 4, 3, 4, 8, 6, 1, 1, 1)


def spoilt(seed: int, files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Return the name of one of the files and what became of it; the same for the same seed."""
    chance = random.Random(seed)
    name = chance.choice(sorted(files))
    text = files[name]
    others = [files[chance.choice(sorted(files))], files[chance.choice(sorted(files))]]
    for _ in range(chance.choice([1, 1, 2, 4])):
        (mutation,) = chance.choices(MUTATIONS, _WEIGHTS)
        text = mutation(chance, text, others)
    return name, text
