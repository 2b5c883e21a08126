"""The LDIF reader: what RFC 2849 allows, what is refused, and that nothing else ever comes out of it."""

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.local import ldif
from connectors.local.importing_drafts import Refusal
from connectors.local.ldif import LdifEntry, LdifError, read_ldif
from tests.connectors.importing.test_importing_active_directory import EXPORT


def read(content: bytes) -> list[LdifEntry | Refusal]:
    return list(read_ldif(BytesIO(content)))


def only(content: bytes) -> LdifEntry:
    (entry,) = read(content)
    assert isinstance(entry, LdifEntry), entry
    return entry


def refused(content: bytes) -> Refusal:
    (refusal,) = read(content)
    assert isinstance(refusal, Refusal), refusal
    return refusal


def test_an_entry_has_its_line_its_name_and_its_values_in_order() -> None:
    entry = only(b"version: 1\n\n# a comment\n over two lines\ndn: cn=a,dc=x\nCN: a\nmail: 1@x\nmail:2@x\n")
    assert entry == LdifEntry(5, "cn=a,dc=x", {"cn": (b"a",), "mail": (b"1@x", b"2@x")})


def test_the_version_may_stand_right_above_the_first_entry() -> None:
    assert only(b"version: 1\ndn: cn=a\ncn: a\n").line == 2


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_folded_lines_are_joined(end: bytes) -> None:
    lines = [b"dn: cn=a,", b" dc=x", b"description: one", b"  two", b" three", b"photo:: AAEC", b" AwQ=", b""]
    entry = only(end.join(lines))
    assert entry.dn == "cn=a,dc=x"
    assert entry.attributes == {"description": (b"one twothree",), "photo": (b"\x00\x01\x02\x03\x04",)}


def test_base64_gives_names_and_values_in_any_alphabet() -> None:
    name = b64encode("cn=Ζωή,dc=x".encode())
    assert only(b"dn:: " + name + b"\ncn:: " + b64encode(b" a\n") + b"\n").dn == "cn=Ζωή,dc=x"


def test_options_stay_part_of_the_attribute_name() -> None:
    assert set(only(b"dn: cn=a\ncn: a\ncn;lang-nl: b\nmember;range=0-9: c\n").attributes) == {
        "cn",
        "cn;lang-nl",
        "member;range=0-9",
    }


def test_an_added_entry_is_an_entry() -> None:
    assert only(b"dn: cn=a\nchangetype: add\ncn: a\n").attributes == {"cn": (b"a",)}


def test_bytes_that_are_no_utf_8_are_kept() -> None:
    assert only(b"dn: cn=a\ncn: \xe9\n").attributes == {"cn": (b"\xe9",)}


def test_a_mark_at_the_start_is_dropped_and_utf_16_is_refused_with_advice() -> None:
    assert only(b"\xef\xbb\xbfdn: cn=a\ncn: a\n").dn == "cn=a"
    with pytest.raises(LdifError, match="UTF-8"):
        read("dn: cn=a\ncn: a\n".encode("utf-16"))


@pytest.mark.parametrize(
    ("record", "part"),
    [
        (b"cn: a\ndn: cn=a\n", "does not start with dn"),
        (b"dn: cn=a\n", "no attributes"),
        (b"dn:\ncn: a\n", "dn is empty"),
        (b"dn: cn=\xff\ncn: a\n", "not UTF-8"),
        (b"dn: cn=a\ncn:: not base64\n", "base64"),
        (b"dn: cn=a\ncn: a\x00b\n", "NUL"),
        (b"dn: cn=a\njpegPhoto:< file:///etc/hostname\n", "never read"),
        (b"dn: cn=a\nsurname\n", "line 2 is not of the form"),
        (b"dn: cn=a\nchangetype: delete\n", "changetype"),
        (b"dn: cn=a\nchangetype: modify\nreplace: cn\ncn: b\n-\n", "changetype"),
        (b"dn: cn=a\nchangetype: modrdn\nnewrdn: cn=b\ndeleteoldrdn: 1\n", "changetype"),
        (b"dn: cn=a\ncontrol: 1.2.3 true\nchangetype: add\ncn: a\n", "control"),
        (b"dn: cn=a\ncn: a\ndn: cn=b\ncn: b\n", "empty line is missing"),
        (b"version: 2\ndn: cn=a\ncn: a\n", "version"),
    ],
)
def test_a_broken_record_is_refused_and_the_next_one_is_read(record: bytes, part: str) -> None:
    assert part in refused(record).reason
    found = read(record + b"\ndn: cn=z\ncn: z\n")
    assert [type(item) for item in found] == [Refusal, LdifEntry]


def test_a_value_or_record_that_is_too_long_is_refused_and_the_next_one_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ldif, "LONGEST_VALUE_BYTES", 100)
    monkeypatch.setattr(ldif, "LARGEST_RECORD_BYTES", 2_000)
    end = b"\ndn: cn=z\ncn: z\n"
    in_one_line = b"dn: cn=a\ncn: " + b"x" * 300 + b"\n"
    folded = b"dn: cn=a\ncn: a\n" + b" xxxxxxxxxxxxxxx\n" * 30
    many = b"dn: cn=a\n" + b"cn: a\n" * 100
    for record in (in_one_line, folded, many):
        refusal, entry = read(record + end)
        assert isinstance(refusal, Refusal)
        assert "too long" in refusal.reason
        assert isinstance(entry, LdifEntry)


def test_memory_stays_small_while_a_large_stream_is_read() -> None:
    class Endless(BytesIO):
        left = 200_000

        def readline(self, size: int | None = -1) -> bytes:
            self.left -= 1
            return (b"dn: cn=a\n", b"cn: a\n", b"\n")[self.left % 3] if self.left > 0 else b""

    entries: Iterator[object] = read_ldif(Endless())
    assert sum(1 for _ in entries) > 60_000


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_entries_refusals_or_its_own_error(content: bytes) -> None:
    try:
        read(content)
    except LdifError:
        assert content[:2] in {b"\xff\xfe", b"\xfe\xff"}


def test_mutated_exports_give_entries_refusals_or_its_own_error() -> None:
    random = Random(7)
    lines = EXPORT.splitlines(keepends=True)
    for _ in range(150):
        mutated = bytearray(b"".join(random.choices(lines, k=60)))
        for _ in range(8):
            mutated[random.randrange(len(mutated))] = random.randrange(256)
        found = read(b"version: 1\n\n" + bytes(mutated))
        assert all(isinstance(item, LdifEntry | Refusal) for item in found)
