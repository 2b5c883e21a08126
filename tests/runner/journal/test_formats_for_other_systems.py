"""CEF, syslog and OCSF: each is read back by a parser of its own kind, whatever the records hold."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from runner.journal.cef import cef_lines
from runner.journal.chain import GENESIS, seal
from runner.journal.ocsf import SCHEMA, ocsf_lines
from runner.journal.records import KINDS, Record
from runner.journal.severity import severity
from runner.journal.syslog import framed, record_message, syslog_line, syslog_lines
from tests.runner.journal.receivers import frames

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HOSTILE = [
    "plain",
    "",
    "a|b\\|c\\",
    "x=y suser=eve",
    'quote" ] [evil@1 a="b"]',
    "two\nlines\r\nCEF:0|eve|",
    "<14>1 - - - - - -",
    "zero\x00bell\x07delete\x7f",
    "next\x85line\u2028separator\u2029",
    "\ufeffmark",
    "Zoë 平仮名 \U0001f600",
    "\u202eevil",
    "=cmd()",
    "</script>",
    "trailing\\",
    " " * 5,
    "x" * 5_000,
]


def line_with(text: str, kind: str = "outcome", **more: Any) -> str:
    body = {
        "submission": text,
        "actor": {"issuer": "local", "id": text, "login": text, "subject": None},
        "form": {"id": text, "version": "1"},
        "operation": {"id": "one", "verb": "directory.user.set_password"},
        "target": {"kind": "user", "id": text, "name": text, "dn_at_time": text},
        "changes": [{"kind": "set", "what": text, "attribute": text, "before": text, "after": text}],
        "outcome": {"code": "done", "detail": text},
        "ticket": text,
        "reason": text,
    }
    return seal(Record(kind, NOW, body | more), 7, GENESIS).line


def read_cef(content: bytes) -> tuple[list[str], dict[str, str]]:
    """Header and fields of one line, unescaped."""
    assert content.endswith(b"\n")
    text = content[:-1].decode()
    assert len(text.splitlines()) == 1, "it is one line to whatever reads lines"
    assert text.startswith("CEF:0|")
    header, at = [], 6
    while len(header) < 6:
        found = re.compile(r"((?:[^|\\]|\\[|\\])*)\|").match(text, at)
        assert found, text
        header.append(re.sub(r"\\(.)", r"\1", found[1]))
        at = found.end()
    starts = list(re.finditer(r"(?:^| )([A-Za-z0-9]+)(?<!\\)=", text[at:]))
    fields = {}
    for one, after in zip(starts, [*starts[1:], None], strict=True):
        value = text[at:][one.end() : after.start() if after else None]
        assert re.fullmatch(r"(?:[^=\\]|\\[=\\nr])*", value), value
        fields[one[1]] = re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), value)
    return header, fields


@pytest.mark.parametrize("text", HOSTILE)
def test_cef_reads_back(text: str):
    line = line_with(text)
    (content,) = cef_lines([line], "1.0")
    header, fields = read_cef(content)
    assert header[:4] == ["Deskhand", "Deskhand", "1.0", "outcome.directory.user.set_password"]
    assert header[5] == "2"
    assert json.loads(fields["rawEvent"]) == json.loads(line)
    assert fields["rt"] == "1772357400000"
    if text and text.isprintable() and len(text) < 1_000 and text.strip():
        assert (fields["suser"], fields["duid"], fields["cs1"], fields["cs3"]) == (text, text, text, text)


def read_syslog(content: bytes) -> tuple[list[str], dict[str, str], str]:
    """Header, structured data and text of one message, as RFC 5424 has them."""
    found = re.match(
        rb"<(\d{1,3})>1 (\S+) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) - ([\x21-\x7e]{1,32}) "
        rb'(?:-|\[deskhand@32473((?: [\x21-\x7e]{1,32}="(?:[^"\\\]]|\\.)*")*)\]) \xef\xbb\xbf(.*)\Z',
        content,
        re.DOTALL,
    )
    assert found, content
    pairs = re.findall(rb' ([^ =]+)="((?:[^"\\\]]|\\.)*)"', found[6] or b"")
    data = {name.decode(): re.sub(r'\\(["\\\]])', r"\1", value.decode()) for name, value in pairs}
    return [found[number].decode() for number in range(1, 6)], data, found[7].decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_syslog_reads_back(text: str):
    line = line_with(text)
    (content,) = syslog_lines([line], "node 1")
    assert content.count(b"\n") == 1
    header, data, message = read_syslog(content[:-1])
    assert header == ["110", "2026-03-01T09:30:00.000000Z", "node_1", "deskhand", "outcome"]
    assert message == line
    assert data["seq"] == "7"
    if text and text.isprintable():
        assert (data["submission"], data["actor"]) == (text, text)


def test_messages_are_found_again_in_their_frames():
    messages = [syslog_line(record_message(line_with(text), "node-1")) for text in HOSTILE]
    assert frames(b"".join(framed(one) for one in messages)) == messages


@cache
def validator(number: int) -> Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=SCHEMA))
    return Draft202012Validator(schema.get_class_schema(schema.lookup_class_name_from_uid(number)))


def read_ocsf(content: bytes) -> Mapping[str, Any]:
    assert content.endswith(b"\n")
    assert content.count(b"\n") == 1
    event = json.loads(content)
    assert [error.message for error in validator(event["class_uid"]).iter_errors(event)] == []
    assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    return event


@pytest.mark.parametrize("text", HOSTILE)
def test_ocsf_is_what_its_schema_says_and_reads_back(text: str):
    line = line_with(text)
    (content,) = ocsf_lines([line], "1.0")
    event = read_ocsf(content)
    expected = (3001, 4, 1) if text else (3004, 99, 1)
    assert (event["class_uid"], event["activity_id"], event["status_id"]) == expected
    assert event["raw_data"] == line
    assert event.get("status_detail", "") == text
    assert event["time"] == 1772357400000


BODIES: dict[str, tuple[str, dict[str, Any], tuple[int, int, int, int]]] = {
    "a sign-in": ("login", {"outcome": {"code": "signed_in"}, "operation": None, "target": None}, (3002, 1, 1, 1)),
    "a sign-in of nobody known": (
        "login",
        {"outcome": {"code": "refused", "detail": "wrong"}, "actor": None, "target": None, "operation": None},
        (3002, 1, 2, 3),
    ),
    "a refusal": (
        "deny",
        {"operation": "open", "outcome": None, "decision": {"effect": "deny", "reason": "Not yours."}},
        (3001, 99, 2, 3),
    ),
    "a group": (
        "outcome",
        {"target": {"kind": "group", "id": "g"}, "operation": {"verb": "directory.group.update"}},
        (3004, 3, 1, 1),
    ),
    "what is unclear": ("outcome", {"outcome": {"code": "unknown"}}, (3001, 4, 0, 4)),
    "a setting": ("config", {"operation": "policy", "target": None, "outcome": None}, (3004, 99, 0, 2)),
    "an unlocking": ("intent", {"operation": {"verb": "directory.user.unlock"}, "outcome": None}, (3001, 12, 0, 1)),
}


@pytest.mark.parametrize("case", BODIES)
def test_each_record_gets_its_class_activity_status_and_severity(case: str):
    kind, more, expected = BODIES[case]
    (content,) = ocsf_lines([line_with("x", kind, **more)], "1.0")
    event = read_ocsf(content)
    assert (event["class_uid"], event["activity_id"], event["status_id"], event["severity_id"]) == expected


PLAIN = st.text(max_size=12) | st.none()
BODY = st.fixed_dictionaries(
    {},
    optional={
        name: PLAIN
        | st.dictionaries(st.sampled_from(["id", "login", "code", "detail", "verb", "kind", "reason"]), PLAIN)
        for name in ("actor", "target", "operation", "outcome", "form", "submission", "ticket", "reason", "account")
    },
)


@given(st.sampled_from(KINDS), BODY)
def test_records_of_any_shape_can_be_written_in_every_format(kind: str, body: dict[str, Any]):
    try:
        line = seal(Record(kind, NOW, body), 1, GENESIS).line
    except UnicodeEncodeError:
        return
    read_cef(next(iter(cef_lines([line], "1"))))
    assert read_syslog(next(iter(syslog_lines([line], "n")))[:-1])[2] == line
    assert json.loads(next(iter(ocsf_lines([line], "1"))))["raw_data"] == line
    assert severity(json.loads(line)) in ("informational", "notice", "warning", "error")
