"""Write messages of syslog (RFC 5424) and frame them for TLS (RFC 5425). Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.journal.records import subject_id, timestamp
from runner.journal.severity import severity

ENTERPRISE = "deskhand@32473"  # the number that RFC 5612 sets aside for documentation: Deskhand has none of its own
FACILITY = 13  # log audit
APP_NAME = "deskhand"
_SEVERITIES = {"informational": 6, "notice": 5, "warning": 4, "error": 3}  # RFC 5424, table 2
_BOM = b"\xef\xbb\xbf"
_NOT_PRINTABLE = re.compile(r"[^\x21-\x7e]")
_NOT_IN_NAME = re.compile(r'[^\x21-\x7e]|["=\]]')


@dataclass(frozen=True, slots=True)
class Message:
    """A message: ``severity`` from 0 to 7 (RFC 5424, table 2), ``id`` its type, ``data`` what stands in structured data."""

    time: datetime
    host: str
    id: str
    severity: int
    data: Mapping[str, str]
    text: str


def syslog_line(message: Message) -> bytes:
    """Write a message as RFC 5424 has it, without a frame; the text is UTF-8 and keeps everything in it."""
    head = [
        f"<{FACILITY * 8 + message.severity}>1",
        timestamp(message.time),
        _field(message.host, 255),
        APP_NAME,
        "-",
        _field(message.id, 32),
    ]
    return f"{' '.join(head)} {_structured(message.data)} ".encode() + _BOM + message.text.encode("utf-8", "replace")


def record_message(line: str, host: str) -> Message:
    """Return the message for a record: what one searches by in structured data, the whole line as the text."""
    body = json.loads(line)
    found = {name: subject_id(body, name) for name in ("submission", "actor", "target", "form")}
    data = {"seq": str(body["seq"]), "id": str(body["id"])} | {name: one for name, one in found.items() if one}
    moment = datetime.fromisoformat(body["time"])
    return Message(moment, host, str(body["kind"]), _SEVERITIES[severity(body)], data, line)


def syslog_lines(lines: Iterable[str], host: str) -> Iterator[bytes]:
    """Yield each record as a message with a line feed: a file that a receiver reads line by line."""
    return (syslog_line(record_message(line, host)) + b"\n" for line in lines)


def framed(line: bytes) -> bytes:
    """Put the length in front, by which a receiver finds the end (RFC 5425, section 4.3)."""
    return b"%d " % len(line) + line


def _field(text: str, most: int) -> str:
    return _NOT_PRINTABLE.sub("_", text)[:most] or "-"


def _structured(data: Mapping[str, str]) -> str:
    if not data:
        return "-"
    pairs = (f' {_NOT_IN_NAME.sub("_", name)[:32]}="{_escaped(value)}"' for name, value in data.items())
    return f"[{ENTERPRISE}{''.join(pairs)}]"


def _escaped(value: str) -> str:
    """Escape what RFC 5424, section 6.3.3 names; control characters are told by their number, since receivers cut there."""
    text = value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")
    return "".join(letter if letter >= " " and letter != "\x7f" else f"\\\\u{ord(letter):04x}" for letter in text)
