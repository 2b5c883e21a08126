"""Resource names: one text for each thing, and one thing for each text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.spi import Ref
from runner.resource_names import ResourceName, ResourceNameError, name_of, parsed, printed

KINDS = (
    "user", "group", "ou", "computer", "contact", "mailbox", "mail_list", "mail_domain", "form", "role", "set",
    "binding", "row", "client", "account", "everyone", "protected",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (ResourceName("user", "0f3a-1"), "desk:directory:users:0f3a-1"),
        (ResourceName("group", "17"), "desk:directory:groups:17"),
        (ResourceName("group", "17", members=True), "desk:directory:groups:17:members"),
        (ResourceName("mail_domain", "sample.test"), "desk:mailbox:domains:sample.test"),
        (ResourceName("mailbox", "sales@sample.test"), "desk:mailbox:mailboxes:sales@sample.test"),
        (ResourceName("form", "reset-password"), "desk:deskhand:forms:reset-password"),
        (ResourceName("row", "desk/group:SD/all staff"), "desk:deskhand:rows:desk%2Fgroup%3ASD%2Fall%20staff"),
    ],
)
def test_a_name_is_printed_and_read_back(name: ResourceName, text: str) -> None:
    assert printed(name) == str(name) == text
    assert parsed(text) == name


@given(st.sampled_from(KINDS), st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable()))
def test_every_object_has_a_name_of_its_own_without_blanks(kind: str, id_: str) -> None:
    text = name_of(Ref(kind, id_))
    assert text.isascii()
    assert " " not in text
    assert parsed(text).ref == Ref(kind, id_)


@pytest.mark.parametrize(
    "text",
    [
        "", "desk", "desk:directory:users", "desk:directory:users:", "orn:directory:users:1", "desk:directory:people:1",
        "desk:mailbox:users:1", "desk:directory:users:1:members", "desk:directory:groups:1:owners", "desk:directory:users:a b",
        "desk:directory:users:%61", "desk:directory:users:%ff", "desk:directory:users:%C3%28", "desk:directory:users:1:2:3",
        "DESK:directory:users:1", "desk:directory:users:%2f", "desk:other:user:1", "desk:other:a b:1",
        "desk:directory:users:" + "1" * 2_000,
    ],
)  # fmt: skip
def test_what_would_not_have_been_printed_so_is_no_name(text: str) -> None:
    with pytest.raises(ResourceNameError):
        parsed(text)


def test_what_has_no_members_has_no_name_for_them() -> None:
    with pytest.raises(ResourceNameError, match="no members"):
        printed(ResourceName("user", "1", members=True))


def test_what_cannot_be_a_kind_has_no_name() -> None:
    with pytest.raises(ResourceNameError, match='"3D printer"'):
        name_of(Ref("3D printer", "1"))


def test_a_kind_of_somebody_elses_connector_has_a_name_too() -> None:
    assert name_of(Ref("printer", "1")) == "desk:other:printer:1"
    assert parsed("desk:other:printer:1").ref == Ref("printer", "1")
