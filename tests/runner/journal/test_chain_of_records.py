import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.spi import Secret, SecretLeakError
from runner.journal.chain import GENESIS, canonical, seal
from runner.journal.records import Record, subject_id, timestamp

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def test_a_sealed_record_hashes_the_one_before_and_its_own_line():
    sealed = seal(Record("intent", NOW, {"submission": "s-1"}), 1, GENESIS)
    assert sealed.hash == sha256(b"\0" + bytes(32) + sealed.line.encode()).hexdigest()
    following = seal(Record("outcome", NOW, {"submission": "s-1"}), 2, sealed.hash)
    assert following.hash == sha256(b"\0" + bytes.fromhex(sealed.hash) + following.line.encode()).hexdigest()


def test_a_line_holds_its_place_and_the_keys_of_the_body():
    line = json.loads(seal(Record("deny", NOW, {"actor": {"id": "alice"}}), 7, "ab" * 32).line)
    assert {key: line[key] for key in line.keys() - {"id"}} == {
        "v": 1,
        "seq": 7,
        "prev": "ab" * 32,
        "time": "2026-03-01T09:30:00.000000Z",
        "kind": "deny",
        "actor": {"id": "alice"},
    }
    assert len(line["id"]) == 32


def test_sealing_the_same_record_in_the_same_place_gives_the_same_line():
    record = Record("login", NOW, {"outcome": "signed_in"})
    assert seal(record, 3, GENESIS) == seal(record, 3, GENESIS)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        ("\u20ac$\u000f\nA'\u0042\"\\/\u007f", '"€$\\u000f\\nA\'B\\"\\\\/\u007f"'),
        ({"\U0001f600": 1, "\ufb33": 2, "\u20ac": 3}, '{"€":3,"\U0001f600":1,"\ufb33":2}'),
        (("a", ("b",)), '["a",["b"]]'),
        (-(2**53) + 1, "-9007199254740991"),
    ],
)
def test_canonical_json_is_what_rfc_8785_says(value, text):
    assert canonical(value) == text


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_canonical_json_reads_back_as_it_was(value):
    assert json.loads(canonical(value)) == value


@pytest.mark.parametrize("wrong", [1.5, float("nan"), b"x", {1: "x"}, {"when": NOW}, {1, 2}])
def test_what_is_not_json_is_refused(wrong):
    with pytest.raises(TypeError):
        canonical({"a": [wrong]} if not isinstance(wrong, dict) else wrong)


@pytest.mark.parametrize("wrong", [2**53, "\ud800"])
def test_what_is_not_the_same_everywhere_is_refused(wrong):
    with pytest.raises(ValueError):
        canonical([wrong])


def test_a_secret_in_a_body_is_refused_without_being_shown():
    record = Record("intent", NOW, {"changes": [{"after": Secret("open sesame")}]})  # type: ignore[dict-item]
    with pytest.raises(SecretLeakError) as refused:
        seal(record, 1, GENESIS)
    assert "sesame" not in str(refused.value)


def test_a_record_may_not_bring_keys_of_the_chain_or_an_unknown_kind():
    with pytest.raises(ValueError, match="seq"):
        seal(Record("intent", NOW, {"seq": 5}), 1, GENESIS)
    with pytest.raises(ValueError, match="gossip"):
        seal(Record("gossip", NOW, {}), 1, GENESIS)  # type: ignore[arg-type]


def test_times_are_written_in_utc_and_need_a_time_zone():
    assert timestamp(NOW.astimezone(timezone(timedelta(hours=2)))) == "2026-03-01T09:30:00.000000Z"
    with pytest.raises(ValueError):
        timestamp(NOW.replace(tzinfo=None))


def test_subjects_are_found_as_text_or_by_their_id():
    body = {"submission": "s-1", "actor": {"id": "alice"}, "target": {"kind": "user"}}
    assert [subject_id(body, key) for key in ("submission", "actor", "target", "form")] == ["s-1", "alice", None, None]
