import json
from typing import Any

import pytest

from connectors.spi import Secret, SecretLeakError
from runner.journal.chain import GENESIS, seal
from runner.journal.records import JSON, Record
from runner.journal.sealing_persons import (
    ERASED,
    UNREADABLE,
    PersonKey,
    hidden,
    is_personal,
    key_ids,
    opened,
    persons_of,
)
from tests.runner.store.drafts import NOW

BOB, CAROL = PersonKey("key-b", b"b" * 32), PersonKey("key-c", b"c" * 32)
NONCE = bytes(12)
BODY: dict[str, JSON] = {
    "submission": "s-1",
    "actor": {"id": "id-alice", "login": "alice", "label": "Alice"},
    "target": {"kind": "user", "id": "id-bob", "name": "desk:directory:users:id-bob", "dn_at_time": "CN=Bob Builder"},
    "objects": [{"permission": "user.write", "on": "desk:directory:users:id-bob", "dn_at_time": "CN=Bob Builder"}],
    "changes": [{"what": "Bob Builder", "attribute": "phone", "before": "", "after": "0612345678"}],
    "decision": {"effect": "permit", "reason": 'given by "desk"'},
    "outcome": {"code": "done", "detail": ""},
    "ticket": "",
    "reason": "Bob lost his phone",
}


def sealed_line(body: dict[str, JSON] = BODY, *keys: PersonKey) -> str:
    sealed = seal(Record("intent", NOW, body), 1, GENESIS, lambda body, id_: hidden(body, id_, keys or (BOB,), NONCE))
    return sealed.line


def said(line: str, *keys: PersonKey) -> dict[str, Any]:
    return opened(line, {key.id: key for key in keys})


def test_what_is_personal_is_in_the_line_only_encrypted():
    line = sealed_line()
    assert not any(word in line for word in ("Bob", "Builder", "0612345678", "phone"))
    assert json.loads(line)["personal"]["fields"] == [
        "/target/dn_at_time",
        "/objects/0/dn_at_time",
        "/changes",
        "/reason",
    ]
    for plain in ("id-bob", "alice", "given by", '"ticket":""', '"code":"done"'):
        assert plain in line


def test_with_the_key_a_record_reads_as_it_was_written():
    found = said(sealed_line(), BOB)
    assert {name: found[name] for name in BODY} == BODY
    assert "personal" not in found


def test_without_the_key_the_values_are_erased_and_the_rest_stays():
    found = said(sealed_line())
    assert found["reason"] == ERASED
    assert found["changes"] == [{"what": ERASED}]
    assert found["target"] == {**BODY["target"], "dn_at_time": ERASED}  # type: ignore[dict-item]
    assert found["actor"] == BODY["actor"]


def test_a_record_of_two_persons_needs_the_keys_of_both():
    objects: list[JSON] = [{"on": "desk:directory:users:id-bob"}, {"on": "desk:directory:users:caf%C3%A9"}]
    assert persons_of({"target": {"kind": "user", "id": "id-bob"}, "objects": objects}) == ("id-bob", "café")
    line = sealed_line({"objects": objects, "reason": "both"}, CAROL, BOB)
    assert key_ids(line) == ("key-b", "key-c")
    assert [said(line, *keys)["reason"] for keys in ((BOB, CAROL), (CAROL,), (BOB,))] == ["both", ERASED, ERASED]


@pytest.mark.parametrize(
    "body",
    [
        {"actor": {"id": "id-alice", "display_name": "Alice"}, "target": {"kind": "user", "id": "id-bob"}},
        {"target": {"kind": "user", "id": "id-bob", "dn_at_time": None}, "changes": [], "ticket": ""},
        {"decision": {"effect": "permit", "reason": "given"}},
    ],
)
def test_a_record_without_anything_personal_is_written_as_it_is(body: dict[str, JSON]):
    assert not is_personal(body)
    assert hidden(body, "id", [BOB], NONCE) is body


def test_a_group_and_a_bare_id_are_nobody():
    assert persons_of({"target": {"kind": "group", "id": "id-g"}}) == ()
    assert persons_of({"target": "id-bob", "objects": "many"}) == ()
    assert persons_of({"objects": [{"on": "desk:directory:groups:id-g"}, {"on": 3}, "x"]}) == ()


def test_a_box_opens_in_its_own_record_with_its_own_key_only():
    line = sealed_line()
    record = json.loads(line)
    moved = json.dumps(record | {"id": "0" * 32})
    renamed = json.dumps(record | {"personal": record["personal"] | {"fields": ["/a", "/b", "/c", "/d"]}})
    assert said(moved, BOB)["reason"] == UNREADABLE
    assert said(renamed, BOB)["a"] == UNREADABLE
    assert said(line, PersonKey("key-b", b"x" * 32))["reason"] == UNREADABLE
    assert said(line, PersonKey("key-b", b""))["reason"] == UNREADABLE


def test_a_member_of_that_name_that_is_no_box_is_shown_as_it_stands():
    line = json.dumps({"id": "i", "personal": {"keys": ["key-b"]}})
    assert said(line, BOB) == json.loads(line)
    assert key_ids(line) == ()


def test_a_record_may_not_bring_a_box_of_its_own():
    with pytest.raises(ValueError, match="may not bring its own personal"):
        sealed_line({"personal": {"keys": []}})


def test_a_secret_is_not_sealed_either():
    with pytest.raises(SecretLeakError):
        sealed_line({"target": {"kind": "user", "id": "id-bob"}, "note": Secret("open sesame")})  # type: ignore[dict-item]


def test_pointers_lead_through_odd_names():
    body: dict[str, JSON] = {"a/b": {"x~y": [{"note": "secret"}]}}
    assert said(sealed_line(body), BOB)["a/b"] == body["a/b"]
