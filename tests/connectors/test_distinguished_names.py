"""Distinguished names: equal spellings share a place, nothing else does, and what is no name is refused."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.directory.names import Rdn, common_name, escape, parse, place, printed
from connectors.errors import ConnectorError, RejectedError

MANY = settings(max_examples=300, deadline=None)
VALUES = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1, max_size=12
)
TYPES = st.sampled_from(["CN", "ou", "DC", "uid", "2.5.4.11"])
STEPS = st.lists(st.tuples(TYPES, VALUES), min_size=1, max_size=2).map(lambda pairs: Rdn(tuple(pairs)))
NAMES = st.lists(STEPS, min_size=1, max_size=5).map(tuple)


@MANY
@given(NAMES)
def test_a_printed_name_is_read_back_as_it_was(name: tuple[Rdn, ...]) -> None:
    assert parse(printed(name)) == name


@MANY
@given(NAMES, st.data())
def test_other_spellings_of_a_name_share_its_place(name: tuple[Rdn, ...], data: st.DataObject) -> None:
    spelled = ", ".join(_spelling(rdn, data) for rdn in name)
    assert place(parse(spelled)) == place(name)


def _spelling(rdn: Rdn, data: st.DataObject) -> str:
    pairs = data.draw(st.permutations(rdn.pairs))
    return " + ".join(f"{data.draw(st.sampled_from([str.upper, str.lower]))(type_)} = {_value(value, data)}"
                      for type_, value in pairs)  # fmt: skip


def _value(value: str, data: st.DataObject) -> str:
    octets = value.encode()
    spellings = [escape(value), "".join(f"\\{octet:02X}" for octet in octets), f"#0c{len(octets):02x}{octets.hex()}"]
    return data.draw(st.sampled_from(spellings if len(octets) < 128 else spellings[:2]))


@MANY
@given(NAMES, STEPS)
def test_a_place_is_under_another_only_step_by_step(parent: tuple[Rdn, ...], step: Rdn) -> None:
    child, above = place((step, *parent)), place(parent)
    assert child[: len(above)] == above
    assert len(child) == len(above) + 1


@MANY
@given(st.text(max_size=40) | st.text(alphabet='ou=CN,+\\"#<>; 0aF', max_size=30))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    with contextlib.suppress(RejectedError):
        name = parse(text)
        assert parse(printed(name)) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OU=Sales,DC=example,DC=test", "ou=sales, dc=EXAMPLE , dc=Test"),
        ("OU=Sales\\, North,DC=test", "ou=Sales\\2c North,dc=test"),
        ('OU="Sales, North",DC=test', "ou=sales\\, north,dc=test"),
        ("CN=Müller,DC=test", "cn=Mu\u0308ller,dc=test"),
        ("CN=Müller,DC=test", "cn=m\\C3\\BCller,dc=test"),
        ("CN=Straße,DC=test", "cn=STRASSE,dc=test"),
        ("CN=a  b,DC=test", "cn=A b,dc=test"),
        ("CN=a+OU=b,DC=test", "ou=B+cn=A,dc=test"),
        ("2.5.4.11=Sales,DC=test", "organizationalUnitName=sales,dc=test"),
        ("OID.2.5.4.11=Sales,DC=test", "ou=sales,dc=test"),
        ("CN=#0c0161,DC=test", "cn=A,dc=test"),
        ("CN=a;DC=test", "cn=a,dc=test"),
    ],
)
def test_these_spellings_are_the_same(one: str, other: str) -> None:
    assert place(parse(one)) == place(parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OU=Sales,DC=example,DC=test", "OU=Sales\\,DC=example,DC=test"),
        ("OU=Sales,OU=North", "OU=Sales\\,OU\\=North"),
        ("CN=a+OU=b,DC=test", "CN=a\\+OU=b,DC=test"),
        ("OU=Sales", "OU=Sales2"),
        ("OU=a,OU=b", "OU=b,OU=a"),
        ("CN=a", "OU=a"),
        ("CN=#0c0161", "CN=\\#0c0161"),
    ],
)
def test_these_spellings_differ(one: str, other: str) -> None:
    assert place(parse(one)) != place(parse(other))


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "Sales", "OU=", "=Sales", "OU=Sales,", ",OU=Sales", "OU=Sales,,DC=test", "OU=Sal\x00es",
        "OU=Sal\\00es",        "<GUID=9e107d9d372bb6826bd81d3542a419d6>", "<SID=S-1-5-21>", "<WKGUID=a,DC=test>", "ldap://dc/OU=Sales",
        "OU=<b>", 'OU="Sales', "OU=Sales\\", "OU=Sales\\zz", "OU=#zz", "OU=#0c05", "OU=#0461", "CN=\\ff",
        "OU=" + "x" * 5000, "OU=#04024869", "9=x",
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse(text)
    assert isinstance(caught.value, ConnectorError)
    assert "GUID" not in str(caught.value)


def test_values_are_escaped_when_printed() -> None:
    name = common_name(' #Alice, "Al" <a>;b+c\\d=e\n ')
    assert name.text == 'CN=\\ #Alice\\, \\"Al\\" \\<a\\>\\;b\\+c\\\\d=e\\0a\\ '
    assert parse(name.text) == (name,)


@pytest.mark.parametrize("value", ["", "   ", "a\x00b"])
def test_an_object_cannot_be_called_nothing(value: str) -> None:
    with pytest.raises(RejectedError):
        common_name(value)
