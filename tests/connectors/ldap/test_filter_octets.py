"""Filters become the same octets by the quick way as by ldap3, or are left to ldap3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ldap import filters
from connectors.ldap.talking.filter_octets import filter_octets
from connectors.ldap.talking.session import _parsed_filter

_PIECES = st.sampled_from(["a", "b", "Z", " ", "é", "-", "=", "<", "~", "*", r"\2a", r"\28", r"\c3\a9", r"\5c"])
_COMPARISONS = st.builds(
    "({}{}{})".format,
    st.sampled_from(["cn", "uid", "pwd-x"]),
    st.sampled_from(["=", ">=", "<=", "~="]),
    st.lists(_PIECES, max_size=5).map("".join),
)
_FILTERS = st.recursive(
    _COMPARISONS,
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda some: f"(&{''.join(some)})"),
        st.lists(parts, min_size=1, max_size=3).map(lambda some: f"(|{''.join(some)})"),
        parts.map("(!{})".format),
    ),
    max_leaves=8,
)


@given(_FILTERS)
def test_what_is_written_quickly_is_what_ldap3_writes(text: str) -> None:
    octets = filter_octets(text)
    assert octets is None or octets == _parsed_filter(text)


@given(st.text(max_size=12), st.booleans(), st.booleans())
def test_filters_of_ours_are_written_quickly(value: str, start: bool, end: bool) -> None:
    made = filters.any_of((filters.like("cn", value, start=start, end=end), filters.equals("uid", "u" + value + "u")))
    assert filter_octets(made) == _parsed_filter(made)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cn=a",
        "(cn=a",
        "(cn=a))",
        "(cn=a)(cn=b)",
        "(&)",
        "(!(cn=a)(cn=b))",
        "(cn=)",
        "(cn= a)",
        "(cn=a**b)",
        "(cn>=a*)",
        "(cn~=a)",
        "(cn:dn:=a)",
        "(userAccountControl:1.2.840.113556.1.4.803:=2)",
        "(1.2.3=a)",
        "(cn;lang-nl=a)",
        r"(cn=\2)",
        "(" * 5000,
        "(!" * 5000,
    ],
)
def test_what_is_not_plain_is_left_to_ldap3(text: str) -> None:
    assert filter_octets(text) is None
