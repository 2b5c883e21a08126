"""A verifier of journals, written from docs/journal.md alone: other words, other ways, nothing of the product."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def unbase64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    assert base64.b64encode(raw).decode() == text
    return raw


def roots(lines: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The root at each size, by full binary levels and the recursion of the page over what is left."""
    levels = [[sha(b"\0", line) for line in lines]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([sha(b"\1", below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    def root(start: int, end: int) -> bytes:
        count = end - start
        if count & (count - 1) == 0 and count:
            height = count.bit_length() - 1
            return levels[height][start >> height]
        split = 1 << ((count - 1).bit_length() - 1)
        return sha(b"\1", root(start, start + split), root(start + split, end))

    return {size: root(0, size) if size else sha() for size in sizes if size <= len(lines)}


def note(text: str, public: str) -> tuple[int, int, bytes, int | None, str]:
    """Part, size, root, broken and the text of a note."""
    name, key_id, encoded = public.strip().split("+", 2)
    key = unbase64(encoded)
    assert (key[0], len(key)) == (1, 33)
    assert sha(name.encode(), b"\n", b"\1", key[1:])[:4].hex() == key_id
    body, signatures = text.split("\n\n")
    body += "\n"
    assert signatures.endswith("\n")
    good = 0
    for line in signatures[:-1].split("\n"):
        dash, signer, blob = line.split(" ")
        assert dash == "\u2014"
        raw = unbase64(blob)
        if signer == name and raw[:4].hex() == key_id:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], body.encode())
            good += 1
    assert good
    first, size, root, *more = body[:-1].split("\n")
    part = 1
    if first != name:
        assert first.startswith(name + "/part-")
        part = int(first.removeprefix(name + "/part-"))
    assert str(int(size)) == size
    assert more[0].startswith("time ")
    assert len(more) < 3
    broken = None
    if len(more) == 2:
        assert more[1].startswith("broken ")
        broken = int(more[1].removeprefix("broken "))
    return part, int(size), unbase64(root), broken, body


def complaint(journal: bytes, checkpoints: str, public: str) -> str:
    """What is wrong, or nothing; any stumble is a complaint too."""
    try:
        _judge(journal, checkpoints, public)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _judge(journal: bytes, checkpoints: str, public: str) -> None:
    assert journal.endswith(b"\n") or not journal
    lines = journal.split(b"\n")[:-1]
    assert checkpoints.endswith("\n")
    halves = checkpoints[:-1].split("\n\n")
    notes = [note(f"{halves[i]}\n\n{halves[i + 1]}\n", public) for i in range(0, len(halves), 2)]
    assert notes
    known: dict[tuple[int, int], bytes] = {}
    for part, size, root, _, _ in notes:
        assert known.setdefault((part, size), root) == root, "two roots"
    last = max(one[0] for one in notes)
    current = sorted({one for one in notes if one[0] == last}, key=lambda one: (one[1], one[3] is None))
    begin, seq, before = 0, 0, bytes(32)
    if last > 1:
        begin, seq, before = current[0][1], current[0][3], hashlib.sha256(current[0][4].encode()).digest()
    assert [one for one in current if one[3] is not None] == ([current[0]] if last > 1 else [])
    for line in lines[begin:]:
        record = json.loads(line)
        seq += 1
        assert (record["seq"], type(record["seq"])) == (seq, int)
        assert record["prev"] == before.hex(), f"link of {seq}"
        before = sha(b"\0", before, line)
    found = roots(lines, {one[1] for one in current})
    for _, size, root, _, _ in current:
        assert found[size] == root, f"root of {size}"
