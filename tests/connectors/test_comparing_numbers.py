"""A number is equal to the same number, whichever way it was written or read."""

from decimal import Decimal

import pytest

from connectors.matching import matches
from connectors.spi import Compare, Entry, Ref

GROUP = Entry(Ref("group", "g"), "cn=g", (), {"member_count": Decimal(0), "sensitive": False})


@pytest.mark.parametrize("zero", [0, Decimal(0), Decimal("0.0")])
def test_a_whole_number_is_equal_to_the_same_number_with_decimals(zero: int | Decimal) -> None:
    assert matches(Compare("member_count", "==", zero), GROUP)
    assert not matches(Compare("member_count", "!=", zero), GROUP)


def test_yes_and_no_are_no_numbers() -> None:
    assert not matches(Compare("sensitive", "==", 0), GROUP)
    assert not matches(Compare("member_count", "==", False), GROUP)
