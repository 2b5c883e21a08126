"""What the mail system does with each verb, against real databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.errors import RejectedError, StaleObjectError
from connectors.mailbox.connector import MailboxStub
from connectors.spi import Everything, Operation, Outcome, OutputRef, Question, Ref, Secret, Value

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ALICE, BOB = Ref("user", "alice"), Ref("user", "bob")


@pytest.fixture
def stub(mail_url: str) -> Iterator[MailboxStub]:
    ids = iter(f"id-{number}" for number in range(1, 1000))
    stub = MailboxStub(mail_url, clock=lambda: NOW, new_id=lambda: next(ids))
    yield stub
    stub.close()


def do(stub: MailboxStub, verb: str, **arguments: Value) -> Outcome:
    """Prepare and perform, and check that the two agree."""
    operation = Operation("step", verb, arguments)
    prepared = stub.prepare(operation)
    outcome = stub.perform(operation, prepared.guards, {})
    assert [(c.kind, c.attribute, c.before, c.after) for c in prepared.changes] == [
        (c.kind, c.attribute, c.before, c.after) for c in outcome.changes
    ]
    assert (outcome.inverse is not None) == prepared.can_undo
    return outcome


def undo(stub: MailboxStub, outcome: Outcome) -> Outcome:
    assert outcome.inverse is not None
    return do(stub, outcome.inverse.verb, **outcome.inverse.arguments)


def sales(stub: MailboxStub) -> Ref:
    return do(stub, "mailbox.create_shared", name="Sales", address="sales@example.org", owner=ALICE).outputs["mailbox"]


def state(stub: MailboxStub) -> list[tuple[Ref, dict[str, Value]]]:
    """Everything there is, without moments and versions."""
    entries = [
        entry
        for kind in ("mailbox", "mail_list")
        for entry in stub.read(Question(kind, Everything(), sort="id", limit=1000)).entries
    ]
    return [(entry.ref, {name: v for name, v in entry.attributes.items() if name != "changed"}) for entry in entries]


def attribute(stub: MailboxStub, ref: Ref, name: str) -> Value:
    return dict(state(stub))[ref].get(name)


def test_a_shared_mailbox_is_created_with_all_it_was_given(stub: MailboxStub) -> None:
    outcome = do(stub, "mailbox.create_shared", name="Sales", address="Sales@example.org", owner=ALICE, hidden=True)
    ref = outcome.outputs["mailbox"]
    assert ref == Ref("mailbox", "id-1")
    assert dict(state(stub))[ref] == {
        "id": "id-1",
        "name": "Sales",
        "display_name": "Sales",
        "address": "Sales@example.org",
        "addresses": ("Sales@example.org",),
        "kind": "shared",
        "owner": ALICE,
        "hidden": True,
        "archive": False,
        "created": NOW,
    }
    undo(stub, outcome)
    assert state(stub) == []


def test_a_room_has_seats(stub: MailboxStub) -> None:
    outcome = do(stub, "mailbox.create_room", name="Attic", address="attic@example.org", capacity=12)
    room = outcome.outputs["mailbox"]
    assert (attribute(stub, room, "kind"), attribute(stub, room, "capacity")) == ("room", 12)


@pytest.mark.parametrize("seats", [None, 12])
def test_the_seats_of_a_room_change_and_come_back(stub: MailboxStub, seats: int | None) -> None:
    made = do(stub, "mailbox.create_room", name="Attic", address="attic@example.org", capacity=seats)
    room = made.outputs["mailbox"]
    outcome = do(stub, "mailbox.update", mailbox=room, capacity=14)
    assert (attribute(stub, room, "capacity"), attribute(stub, room, "name")) == (14, "Attic")
    undo(stub, outcome)
    assert attribute(stub, room, "capacity") == seats


def test_only_a_room_has_seats(stub: MailboxStub) -> None:
    mailbox = sales(stub)
    with pytest.raises(RejectedError, match="Only a room has seats"):
        stub.prepare(Operation("step", "mailbox.update", {"mailbox": mailbox, "capacity": 3}))


def test_a_distribution_list_is_created_changed_and_deleted(stub: MailboxStub) -> None:
    made = do(stub, "mailbox.list.create", name="Everyone", address="all@example.org").outputs["list"]
    before = state(stub)
    changed = do(stub, "mailbox.list.update", list=made, name="All staff", owner=BOB, hidden=True)
    assert attribute(stub, made, "owner") == BOB
    undo(stub, changed)
    assert state(stub) == before
    do(stub, "mailbox.list.delete", list=made)
    assert state(stub) == []


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("mailbox.update", {"name": "Sales Benelux", "owner": BOB}),
        ("mailbox.update", {"owner": ""}),
        ("mailbox.grant", {"user": BOB, "rights": ["full_access", "send_as"], "auto_map": True}),
        ("mailbox.hide", {}),
        ("mailbox.set_auto_reply", {"message": "Back on Monday", "until": date(2026, 3, 8)}),
        ("mailbox.add_address", {"address": "verkoop@example.org"}),
        ("mailbox.set_archive", {"on": True}),
    ],
)
def test_a_change_done_twice_is_one_change_and_is_taken_back(
    stub: MailboxStub, verb: str, arguments: dict[str, Value]
) -> None:
    mailbox = sales(stub)
    before = state(stub)
    changed = do(stub, verb, mailbox=mailbox, **arguments)
    assert changed.state == "changed"
    after = state(stub)
    assert after != before
    again = do(stub, verb, mailbox=mailbox, **arguments)
    assert (again.state, again.changes, again.inverse) == ("unchanged", (), None)
    assert state(stub) == after
    back = undo(stub, changed)
    assert state(stub) == before
    undo(stub, back)
    assert state(stub) == after


def test_rights_somebody_had_before_stay_when_a_grant_is_taken_back(stub: MailboxStub) -> None:
    mailbox = sales(stub)
    do(stub, "mailbox.grant", mailbox=mailbox, user=BOB, rights=["send_as"])
    granted = do(stub, "mailbox.grant", mailbox=mailbox, user=BOB, rights=["full_access", "send_as"])
    assert [change.attribute for change in granted.changes] == ["full_access", "auto_map"]
    undo(stub, granted)
    assert attribute(stub, mailbox, "send_as") == (BOB,)
    assert attribute(stub, mailbox, "full_access") is None


def test_auto_mapping_can_be_changed_and_taken_back_alone_and_together_with_a_right(stub: MailboxStub) -> None:
    mailbox = sales(stub)
    do(stub, "mailbox.grant", mailbox=mailbox, user=BOB, rights=["full_access"], auto_map=False)
    alone = do(stub, "mailbox.grant", mailbox=mailbox, user=BOB, rights=["full_access"], auto_map=True)
    assert [(c.attribute, c.before, c.after) for c in alone.changes] == [("auto_map", False, True)]
    assert [(c.attribute, c.before, c.after) for c in undo(stub, alone).changes] == [("auto_map", True, False)]
    both = do(stub, "mailbox.grant", mailbox=mailbox, user=BOB, rights=["full_access", "send_as"], auto_map=True)
    back = undo(stub, both)
    assert {(c.attribute, c.before, c.after) for c in back.changes} == {
        ("send_as", BOB, None),
        ("auto_map", True, False),
    }
    again = undo(stub, back)
    assert {c.attribute for c in again.changes} == {"send_as", "auto_map"}


def test_a_revoked_right_comes_back_as_it_was(stub: MailboxStub) -> None:
    mailbox = sales(stub)
    do(stub, "mailbox.grant", mailbox=mailbox, user=BOB, rights=["full_access", "send_on_behalf"], auto_map=False)
    before = state(stub)
    revoked = do(stub, "mailbox.revoke", mailbox=mailbox, user=BOB, rights=["full_access", "send_as"])
    assert attribute(stub, mailbox, "full_access") is None
    assert attribute(stub, mailbox, "send_on_behalf") == (BOB,)
    undo(stub, revoked)
    assert state(stub) == before
    same = do(stub, "mailbox.grant", mailbox=mailbox, user=BOB, rights=["full_access"], auto_map=False)
    assert same.state == "unchanged"


def test_the_old_primary_address_is_kept(stub: MailboxStub) -> None:
    mailbox = sales(stub)
    do(stub, "mailbox.add_address", mailbox=mailbox, address="Verkoop@example.org")
    changed = do(stub, "mailbox.set_primary_address", mailbox=mailbox, address="verkoop@EXAMPLE.org")
    assert attribute(stub, mailbox, "addresses") == ("Verkoop@example.org", "sales@example.org")
    undo(stub, changed)
    assert attribute(stub, mailbox, "addresses") == ("sales@example.org", "Verkoop@example.org")


def test_an_address_is_removed_and_comes_back_in_its_spelling(stub: MailboxStub) -> None:
    mailbox = sales(stub)
    do(stub, "mailbox.add_address", mailbox=mailbox, address="Verkoop@example.org")
    removed = do(stub, "mailbox.remove_address", mailbox=mailbox, address="VERKOOP@example.org")
    assert attribute(stub, mailbox, "addresses") == ("sales@example.org",)
    undo(stub, removed)
    assert attribute(stub, mailbox, "addresses") == ("sales@example.org", "Verkoop@example.org")


def test_an_empty_message_clears_the_automatic_reply(stub: MailboxStub) -> None:
    mailbox = sales(stub)
    do(stub, "mailbox.set_auto_reply", mailbox=mailbox, message=" Away\n", until=date(2026, 3, 8))
    cleared = do(stub, "mailbox.set_auto_reply", mailbox=mailbox, message=" ", until=date(2026, 3, 9))
    assert attribute(stub, mailbox, "auto_reply") is None
    assert attribute(stub, mailbox, "auto_reply_until") is None
    undo(stub, cleared)
    assert attribute(stub, mailbox, "auto_reply_until") == date(2026, 3, 8)
    assert attribute(stub, mailbox, "auto_reply") == " Away\n"


def test_a_mailbox_that_an_earlier_step_makes_can_be_planned_but_not_changed_yet(stub: MailboxStub) -> None:
    made = OutputRef("create", "mailbox", "mailbox")
    arguments: dict[str, Value] = {"mailbox": made, "user": BOB, "rights": ["full_access"], "auto_map": True}
    operation = Operation("grant", "mailbox.grant", arguments)
    prepared = stub.prepare(operation)
    assert [(c.kind, c.ref, c.attribute, c.after) for c in prepared.changes] == [
        ("add", None, "full_access", BOB),
        ("set", None, "auto_map", True),
    ]
    assert (prepared.guards, prepared.can_undo) == ((), True)
    with pytest.raises(RejectedError, match="does not exist yet"):
        stub.perform(operation, (), {})
    assert state(stub) == []


REFUSED: list[tuple[str, dict[str, Value], str]] = [
    ("mailbox.create_shared", {"name": "Other", "address": "SALES@Example.org"}, "already in use"),
    ("mailbox.list.create", {"name": "Other", "address": "sales@example.org"}, "already in use"),
    ("mailbox.create_shared", {"name": "Other", "address": "a b@example.org"}, "mail address"),
    ("mailbox.create_shared", {"name": "Other", "address": "x@example.org\r\nBcc: y@example.org"}, "mail address"),
    ("mailbox.create_shared", {"name": "Other", "address": "x@localhost"}, "mail address"),
    ("mailbox.create_shared", {"name": "Line\nbreak", "address": "x@example.org"}, "one line"),
    ("mailbox.create_shared", {"name": " ", "address": "x@example.org"}, "one line"),
    ("mailbox.create_shared", {"name": "x" * 201, "address": "x@example.org"}, "200"),
    ("mailbox.create_shared", {"name": "Half \ud800", "address": "x@example.org"}, "text"),
    ("mailbox.create_shared", {"name": "Zero \0", "address": "x@example.org"}, "text"),
    ("mailbox.create_shared", {"address": "x@example.org"}, '"name" of mailbox.create_shared is needed'),
    ("mailbox.create_shared", {"name": "X", "address": "x@example.org", "color": "red"}, 'no argument "color"'),
    ("mailbox.create_shared", {"name": "X", "address": "x@example.org", "hidden": "yes"}, "yes or no"),
    ("mailbox.create_shared", {"name": "X", "address": "x@example.org", "owner": "alice"}, "person"),
    ("mailbox.create_room", {"name": "X", "address": "x@example.org", "capacity": 0}, "whole number"),
    ("mailbox.create_room", {"name": "X", "address": "x@example.org", "capacity": Decimal("2.5")}, "whole number"),
    ("mailbox.create_room", {"name": "X", "address": "x@example.org", "capacity": Decimal("NaN")}, "whole number"),
    ("mailbox.create_room", {"name": "X", "address": "x@example.org", "capacity": True}, "whole number"),
    ("mailbox.create_room", {"name": "X", "address": "x@example.org", "capacity": 10**30}, "whole number"),
    ("mailbox.hide", {"mailbox": Ref("mailbox", "\ud800")}, "no such mailbox"),
    ("mailbox.grant", {"mailbox": Ref("mailbox", "id-1"), "user": BOB, "rights": [Secret("x")]}, "full_access"),
    ("mailbox.update", {"mailbox": Ref("mailbox", "id-1"), "owner": Secret("x")}, "person"),
    ("mailbox.grant", {"mailbox": Ref("mailbox", "id-1"), "user": BOB, "rights": ["owner"]}, "full_access"),
    ("mailbox.grant", {"mailbox": Ref("mailbox", "id-1"), "user": BOB, "rights": "send_as"}, "full_access"),
    ("mailbox.grant", {"mailbox": Ref("mailbox", "id-1"), "user": ALICE.id, "rights": ["send_as"]}, "person"),
    ("mailbox.hide", {"mailbox": Ref("mailbox", "nobody")}, "no such mailbox"),
    ("mailbox.hide", {"mailbox": Ref("mail_list", "id-1")}, "must be a mailbox"),
    ("mailbox.hide", {"mailbox": "sales@example.org"}, "must be a mailbox"),
    ("mailbox.list.delete", {"list": Ref("mail_list", "id-1")}, "no such list"),
    ("mailbox.add_address", {"mailbox": Ref("mailbox", "id-1"), "address": "ALL@example.org"}, "already in use"),
    ("mailbox.remove_address", {"mailbox": Ref("mailbox", "id-1"), "address": "sales@example.org"}, "primary"),
    ("mailbox.set_primary_address", {"mailbox": Ref("mailbox", "id-1"), "address": "new@example.org"}, "add it"),
    ("mailbox.set_auto_reply", {"mailbox": Ref("mailbox", "id-1"), "message": "x", "until": NOW}, "a date"),
    ("mailbox.explode", {"mailbox": Ref("mailbox", "id-1")}, "no verb"),
    ("directory.user.unlock", {"user": BOB}, "no verb"),
]


@pytest.mark.parametrize(("verb", "arguments", "sentence"), REFUSED)
def test_what_cannot_be_is_refused_and_changes_nothing(
    stub: MailboxStub, verb: str, arguments: dict[str, Value], sentence: str
) -> None:
    sales(stub)
    do(stub, "mailbox.list.create", name="Everyone", address="all@example.org")
    before = state(stub)
    operation = Operation("step", verb, arguments)
    with pytest.raises(RejectedError, match=sentence):
        stub.prepare(operation)
    with pytest.raises(RejectedError, match=sentence):
        stub.perform(operation, (), {})
    assert state(stub) == before


def test_a_guard_that_no_longer_holds_stops_the_change(stub: MailboxStub) -> None:
    mailbox = sales(stub)
    operation = Operation("step", "mailbox.hide", {"mailbox": mailbox})
    guards = stub.prepare(operation).guards
    do(stub, "mailbox.update", mailbox=mailbox, name="Renamed")
    before = state(stub)
    with pytest.raises(StaleObjectError, match="has changed"):
        stub.perform(operation, guards, {})
    assert state(stub) == before


def test_what_is_found_by_id_address_and_name(stub: MailboxStub) -> None:
    mailbox = sales(stub)
    do(stub, "mailbox.add_address", mailbox=mailbox, address="verkoop@example.org")
    for text in ("id-1", "SALES@example.org", "verkoop@example.org", "sales"):
        assert stub.locate(text, "mailbox") == mailbox
        assert stub.locate(text, "mail_list") is None
    do(stub, "mailbox.create_shared", name="SALES", address="sales2@example.org")
    assert stub.locate("Sales", "mailbox") is None
    assert stub.locate("", "mailbox") is None
    assert stub.locate("a\0b", "mailbox") is None


def test_there_are_no_units(stub: MailboxStub) -> None:
    with pytest.raises(RejectedError, match="no units"):
        stub.place_of("OU=Staff,DC=example,DC=org")
