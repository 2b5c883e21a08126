"""A file as an editor sees it: YAML 1.2 with the types of the core schema, not those that our reader gives by key."""

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from forms.documents import ListNode, Node, ScalarNode, read_document
from forms.vocabulary.schemas import FILES, Names, schema_of
from tests.forms.desk_folders import VERBS

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def as_yaml(node: Node) -> Any:
    """Return a node as JSON, with the types of YAML 1.2's core schema (section 10.3)."""
    if isinstance(node, ListNode):
        return [as_yaml(item) for item in node.items]
    if not isinstance(node, ScalarNode):
        return {key.text: as_yaml(value) for key, value in node.pairs}
    return node.text if node.style else _core(node)


def _core(node: ScalarNode) -> Any:
    if node.is_null:
        return None
    if node.text in _TRUTHS:
        return _TRUTHS[node.text]
    if _INTEGER.fullmatch(node.text):
        return int(node.text)
    if _BASED.fullmatch(node.text):
        return int(node.text, 0)
    return float(node.text) if _FLOAT.fullmatch(node.text) else node.text


def validator(kind: str, names: Names | None = None) -> Draft7Validator:
    return _generic(kind) if names is None else _made(kind, names)


@cache
def _generic(kind: str) -> Draft7Validator:
    return _made(kind, Names())


def _made(kind: str, names: Names) -> Draft7Validator:
    schema = schema_of(kind, VERBS, names)
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def kind_of(root: Any) -> str:
    return str(root.get("format", "")).partition("/")[0]


def refusals(file: str, content: bytes, kind: str = "") -> list[str]:
    """Return what the generic schema says against a file, a line for each place."""
    root = as_yaml(read_document(file, content).root)
    kind = kind or kind_of(root)
    assert kind in FILES, f"{file} says {root.get('format')}"
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(kind).iter_errors(root)]


def as_json(content: bytes, file: str = "form.yaml") -> bytes:
    """Return a YAML file as JSON, every value with its type."""
    return json.dumps(as_yaml(read_document(file, content).root), ensure_ascii=False, indent=2).encode()
