"""What an operation gives or takes, thing by thing: the same from every side, and an operation without some of it."""

from typing import Any

import pytest

from connectors.spi import Operation, Ref
from runner.pipeline.grants.things import things, with_values_of, without

ALICE, BOB = Ref("user", "a"), Ref("user", "b")
ATLAS, VISIO = Ref("group", "1"), Ref("group", "2")
BOX = Ref("mailbox", "m")


def operation(verb: str, **arguments: Any) -> Operation:
    return Operation("step", verb, arguments)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            operation("directory.user.join_groups", user=ALICE, groups=(ATLAS, VISIO)),
            operation("directory.group.remove_members", group=VISIO, members=(BOB, ALICE)),
        ),
        (
            operation("directory.group.change_members", group=ATLAS, add=(ALICE,), remove=(BOB,)),
            operation("directory.user.leave_groups", user=BOB, groups=(ATLAS,)),
        ),
        (
            operation("mailbox.grant", mailbox=BOX, user=ALICE, rights=("send_as", "full_access")),
            operation("mailbox.revoke", mailbox=BOX, user=ALICE, rights=("send_as",), auto_map=True),
        ),
        (operation("directory.user.enable", user=ALICE), operation("directory.user.disable", user=ALICE)),
        (operation("mailbox.hide", mailbox=BOX), operation("mailbox.show", mailbox=BOX)),
        (
            operation("directory.user.update", user=ALICE, set={"title": "Lead", "office": "1"}),
            operation("directory.user.update", user=ALICE, set={"title": "Clerk"}),
        ),
    ],
)
def test_two_operations_on_the_same_thing_have_it_in_common(one: Operation, other: Operation) -> None:
    assert len(things(one) & things(other)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            operation("directory.user.join_groups", user=ALICE, groups=(ATLAS,)),
            operation("directory.user.join_groups", user=BOB, groups=(ATLAS,)),
        ),
        (
            operation("mailbox.grant", mailbox=BOX, user=ALICE, rights=("send_as",)),
            operation("mailbox.grant", mailbox=BOX, user=BOB, rights=("send_as",)),
        ),
        (operation("directory.user.enable", user=ALICE), operation("directory.user.set_expiry", user=ALICE, on=None)),
        (
            operation("mailbox.add_address", mailbox=BOX, address="a@sample.test"),
            operation("mailbox.add_address", mailbox=BOX, address="b@sample.test"),
        ),
        (
            operation("mailbox.update", mailbox=BOX, name="Sales"),
            operation("mailbox.update", mailbox=BOX, owner=ALICE),
        ),
    ],
)
def test_operations_on_other_things_have_nothing_in_common(one: Operation, other: Operation) -> None:
    assert things(one)
    assert not things(one) & things(other)


def test_what_does_not_exist_yet_is_no_thing() -> None:
    assert not things(operation("directory.user.create", ou=Ref("ou", "o"), login="new"))
    assert not things(operation("mailbox.create_shared", name="Sales", address="s@sample.test", owner=ALICE))


@pytest.mark.parametrize(
    ("whole", "gone", "left"),
    [
        (
            operation("directory.user.leave_groups", user=ALICE, groups=(ATLAS, VISIO)),
            operation("directory.group.add_members", group=ATLAS, members=(ALICE,)),
            operation("directory.user.leave_groups", user=ALICE, groups=(VISIO,)),
        ),
        (
            operation("directory.group.change_members", group=ATLAS, add=(ALICE,), remove=(BOB,)),
            operation("directory.user.join_groups", user=BOB, groups=(ATLAS,)),
            operation("directory.group.change_members", group=ATLAS, add=(ALICE,), remove=()),
        ),
        (
            operation("mailbox.revoke", mailbox=BOX, user=ALICE, rights=("full_access", "send_as")),
            operation("mailbox.grant", mailbox=BOX, user=ALICE, rights=("send_as",)),
            operation("mailbox.revoke", mailbox=BOX, user=ALICE, rights=("full_access",)),
        ),
        (
            operation("directory.user.update", user=ALICE, set={"title": "Clerk", "office": None}),
            operation("directory.user.update", user=ALICE, set={"office": "2"}),
            operation("directory.user.update", user=ALICE, set={"title": "Clerk"}),
        ),
        (
            operation("directory.user.rename", user=ALICE, cn="Alice", login="a"),
            operation("directory.user.rename", user=ALICE, login="b"),
            operation("directory.user.rename", user=ALICE, cn="Alice"),
        ),
        (
            operation("directory.user.disable", user=ALICE),
            operation("directory.user.enable", user=ALICE),
            None,
        ),
    ],
)
def test_what_is_left_of_an_operation(whole: Operation, gone: Operation, left: Operation | None) -> None:
    assert without(whole, things(gone)) == left
    assert without(whole, frozenset()) == whole


def test_a_value_that_was_set_twice_goes_back_to_what_was_before_both() -> None:
    first = operation("directory.user.update", user=ALICE, set={"title": "Clerk", "office": "1"})
    second = operation("directory.user.update", user=ALICE, set={"title": "Acting lead", "phone": None})

    again = with_values_of(second, first)

    assert again.arguments["set"] == {"title": "Clerk", "phone": None}


def test_addresses_that_were_changed_twice_go_back_to_those_before_both() -> None:
    first = operation(
        "directory.user.set_addresses", user=ALICE, mail="a@sample.test", addresses=("a@sample.test",), remove=("b",)
    )
    second = operation(
        "directory.user.set_addresses", user=ALICE, mail="b", addresses=("b", "a@sample.test"), remove=("c",)
    )

    assert with_values_of(second, first).arguments == {**first.arguments, "remove": ("c", "b")}
