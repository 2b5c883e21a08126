"""Files of at most 256 KiB that were made to take long: huge lists, deep brackets, many keys, many errors."""

from collections.abc import Callable, Mapping

SIZE = 256 * 1024
FIELD = b"format: form/1\nid: x\ntitle: x\n"
OPS = b"operations:\n- {id: a, do: directory.user.enable, with: {user: x}}\n"
F = FIELD + b"fields:\n"
_AND, _SHOWN = b" and ".join([b"actor.enabled"] * 26), b"$(actor.login)" * 1_400


def fill(head: bytes, item: Callable[[int], bytes], tail: bytes = b"", most: int = SIZE) -> bytes:
    """Return head and tail with as many items between them as fit into a file, and at most so many."""
    parts, size = [head], len(head) + len(tail)
    for number in range(most):
        part = item(number)
        size += len(part)
        if size > SIZE:
            break
        parts.append(part)
    return b"".join(parts) + tail


def _step(number: int, condition: bytes) -> bytes:
    return b"- {id: a%d, do: directory.user.enable, with: {user: x}, only_if: '%s'}\n" % (number, condition)


def _grid(number: int) -> bytes:
    columns = (b"{id: c%d, type: text, validate: value != f%d}" % (n, max(number - 1, 0)) for n in range(12))
    return b"- {id: f%d, type: rows, fields: [%s]}\n" % (number, b", ".join(columns))


WORST: Mapping[str, bytes] = {
    "brackets": b"[" * SIZE,
    "braces": b"{a: " * (SIZE // 4),
    "dashes": b"- " * (SIZE // 2),
    "a list that is too long": b"a: [" + b"a," * (SIZE // 2 - 10) + b"]",
    "a list of 19,000": FIELD + b"tags: [" + b"abcdefghij," * 19_000 + b"]\n" + OPS,
    "a list of 19,000 that does not end": FIELD + b"tags: [" + b"abcdefghij," * 19_000 + b"\n",
    "one long line": b'a: "' + b"x" * (SIZE - 10) + b'"',
    "20,000 keys": fill(b"", lambda n: b"key%d: v\n" % n, most=20_000),
    "9,900 keys": fill(FIELD + OPS, lambda n: b"key%d: v\n" % n, most=9_900),
    "a key written 9,900 times": fill(FIELD + OPS, lambda _: b"key: v\n", most=9_900),
    "fields that wait for each other": fill(
        F, lambda n: b"- {id: f%d, type: text, when: answered(f%d)}\n" % (n, n + 1)
    ),
    "a circle of 200 fields": fill(
        F, lambda n: b"- {id: f%d, type: text, when: answered(f%d)}\n" % (n, n - 1 if n else 199), OPS, 200
    ),
    "fields with slips of the pen": fill(F, lambda n: b"- {id: f%d, tpye: text}\n" % n),
    "fields with three errors": fill(F, lambda n: b"- {id: F%d, type: nope, lable: x}\n" % n),
    "one template of many": FIELD + b'result: {message: "' + b"$(aa)" * 50_000 + b'"}\n',
    "many templates": fill(FIELD + b"result:\n  show:\n", lambda _: b'  - {label: "' + _SHOWN + b'", value: x}\n', OPS),
    "templates that never close": FIELD + b'result: {message: "' + b"$(" * 9_900 + b'"}\n',
    "anchors": b"a: &a\n" * 30_000,
    "comments": b"#" * SIZE,
    "blanks": b" " * SIZE,
    "empty lines": b"\n" * SIZE,
    "lines of Windows": b"\r\n" * 120_000,
    "tabs": FIELD + b"\t" * 200_000,
    "blanks that are none": "x\u00a0: y\n".encode() * 30_000,
    "comments of another language": b"// x\n" * 50_000,
    "one huge expression": FIELD + OPS.replace(b"}}", b"}, only_if: " + b"not " * 60_000 + b"true}"),
    "many expressions": fill(FIELD + b"operations:\n", lambda n: _step(n, _AND)),
    "expressions in brackets": fill(FIELD + b"operations:\n", lambda n: _step(n, b"(" * 240 + b"true" + b")" * 240)),
    "patterns": fill(F, lambda n: b"- {id: f%d, type: text, pattern: '%s'}\n" % (n, b"a{0,99}" * 60), OPS, 200),
    "long names of nothing": fill(F, lambda n: b"- {id: f%d, type: text, when: %s}\n" % (n, b"x" * 450)),
    "verbs of nobody": fill(FIELD + b"operations:\n", lambda n: b"- {id: a%d, do: directory.user.enabl%d}\n" % (n, n)),
    "a long block": FIELD + b"description: |\n" + b"  line of text\n" * 15_000 + OPS,
    "a long value with an error behind it": FIELD + b"description: a\n" + b"  a line\n" * 25_000 + b"  x: b: c\n",
    "quotes": FIELD + b"description: '" + b"''" * 120_000 + b"'\n" + OPS,
    "an error at the end": fill(F, lambda n: b"- {id: f%d, type: text}\n" % n, b"&&&\n", 6_000),
    "languages": FIELD + b"result: {message: {" + b",".join(b"l%d: x" % n for n in range(9_000)) + b"}}\n" + OPS,
    "tests": fill(FIELD + OPS + b"tests:\n", lambda n: b"- {name: a%d, fill: {b%d: 1}, expect: {}}\n" % (n, n)),
    "steps of a stair": b"".join(b" " * n + b"a:\n" for n in range(700)),
    "grids": fill(F, _grid, OPS, 200),
}
