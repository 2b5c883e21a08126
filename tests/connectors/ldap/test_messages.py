"""Octets on the way to and from a directory server, beside what ldap3's encoder makes of the same."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ldap.requests import Answer
from connectors.ldap.talking.answering import (
    ENTRY,
    MalformedError,
    Message,
    element,
    framed,
    message_size,
    page_cookie,
    read_answer,
    read_message,
    read_row,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from ldap3.protocol import rfc4511
    from ldap3.utils.asn1 import encode

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,8}(;[a-z]{1,5})?", fullmatch=True)
VALUES = st.dictionaries(NAMES, st.lists(st.binary(max_size=300), max_size=4), max_size=5)
OIDS = st.from_regex(r"[12](\.[1-9][0-9]{0,4}){2,6}", fullmatch=True)
CONTROLS = st.dictionaries(OIDS, st.binary(max_size=200), max_size=3)
NUMBERS = st.integers(0, 2**31 - 1)


def message(number: int, kind: str, operation: object, controls: dict[str, bytes]) -> bytes:
    made = rfc4511.LDAPMessage()
    made["messageID"] = number
    made["protocolOp"] = rfc4511.ProtocolOp().setComponentByName(kind, operation)
    if controls:
        built = rfc4511.Controls()
        for index, (oid, value) in enumerate(controls.items()):
            control = rfc4511.Control()
            control["controlType"], control["criticality"], control["controlValue"] = oid, True, value
            built.setComponentByPosition(index, control)
        made["controls"] = built
    return bytes(encode(made))


def entry(dn: str, values: dict[str, list[bytes]]) -> object:
    made, attributes = rfc4511.SearchResultEntry(), rfc4511.PartialAttributeList()
    for index, (name, octets) in enumerate(values.items()):
        attribute, held = rfc4511.PartialAttribute(), rfc4511.Vals()
        for position, value in enumerate(octets):
            held.setComponentByPosition(position, value)
        attribute["type"], attribute["vals"] = name, held
        attributes.setComponentByPosition(index, attribute)
    made["object"], made["attributes"] = dn.encode(), attributes
    return made


def result(code: int, matched: str, words: str, *, referral: bool = False) -> object:
    made = rfc4511.ModifyResponse()
    made["resultCode"], made["matchedDN"], made["diagnosticMessage"] = code, matched.encode(), words.encode()
    if referral:
        made["referral"] = rfc4511.Referral().setComponentByPosition(0, "ldap://rogue.example.test/dc=example")
    return made


@given(NUMBERS, st.text(max_size=80), VALUES, CONTROLS)
def test_an_entry_is_read_as_it_was_written(
    number: int, dn: str, values: dict[str, list[bytes]], controls: dict[str, bytes]
) -> None:
    octets = message(number, "searchResEntry", entry(dn, values), controls)
    assert message_size(octets, 0) == len(octets)
    read = read_message(octets)
    assert (read.number, read.tag) == (number, ENTRY)
    row = read_row(read)
    assert row.dn == dn
    assert dict(row.values) == {name.lower(): tuple(held) for name, held in values.items()}


@given(NUMBERS, st.integers(0, 80), st.text(max_size=30), st.text(max_size=200), CONTROLS, st.booleans())
def test_an_answer_is_read_as_it_was_written(
    number: int, code: int, matched: str, words: str, controls: dict[str, bytes], referral: bool
) -> None:
    octets = message(number, "modifyResponse", result(code, matched, words, referral=referral), controls)
    assert read_answer(read_message(octets)) == Answer(code, words.rstrip("\0"), controls, matched)


def test_result_codes_that_nobody_has_registered_are_read_too() -> None:
    body = element(0x67, element(0x0A, b"\x40\x0e") + element(0x04, b"") * 2)
    assert read_answer(read_message(framed(7, body))).code == 16398


@given(NUMBERS, st.binary(max_size=70_000))
def test_a_frame_has_the_size_it_says(number: int, inside: bytes) -> None:
    octets = framed(number, element(0x64, inside))
    assert message_size(octets + b"\x30\x05", 0) == len(octets)
    assert message_size(b"before" + octets, 6) == len(octets)
    read = read_message(octets)
    assert (read.number, octets[read.start : read.end]) == (number, inside)


def test_lengths_in_the_long_form_of_active_directory_are_read() -> None:
    octets = bytes.fromhex("30840000001002010165840000000702010004000400".replace("0201000400", "0a01000400"))
    assert message_size(octets, 0) == len(octets)
    assert read_answer(read_message(octets)) == Answer(0)


def test_too_few_octets_are_waited_for() -> None:
    octets = framed(5, element(0x65, b"x" * 300))
    for size in range(4):
        assert message_size(octets[:size], 0) == 0


@given(st.binary(max_size=60))
def test_octets_that_are_no_message_are_refused_in_one_way_only(octets: bytes) -> None:
    read_everything(b"\x30" + octets)


@given(VALUES, CONTROLS, st.data())
def test_broken_messages_are_refused_in_one_way_only(
    values: dict[str, list[bytes]], controls: dict[str, bytes], data: st.DataObject
) -> None:
    octets = bytearray(message(5, "searchResEntry", entry("cn=a", values), controls))
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    read_everything(bytes(octets[: data.draw(st.integers(0, len(octets)))]))


def read_everything(octets: bytes) -> None:
    try:
        message_size(octets, 0)
        read = read_message(octets)
    except MalformedError:
        return
    for reader in (read_row, lambda read: page_cookie(read_answer(read))):
        try:
            reader(read)
        except MalformedError:
            continue


def test_an_element_larger_than_what_holds_it_is_refused() -> None:
    with pytest.raises(MalformedError):
        read_message(element(0x30, element(0x02, b"\x01") + b"\x65\x20short"))
    with pytest.raises(MalformedError):
        read_row(Message(1, ENTRY, b"\x04\x7f", 0, 2, 2))
