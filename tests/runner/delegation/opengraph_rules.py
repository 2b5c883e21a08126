"""What BloodHound takes as OpenGraph data and as a definition of kinds, stated as JSON Schemas in our own words."""

from typing import Any

_FLAT = {
    "type": "object",
    "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$", "not": {"enum": ["objectid", "lastseen", "reconcile"]}},
    "additionalProperties": {
        "oneOf": [
            {"type": ["string", "number", "boolean"]},
            {"type": "array", "items": {"type": "string"}},
        ]
    },
}
_END = {
    "type": "object",
    "required": ["value", "match_by"],
    "additionalProperties": False,
    "properties": {"value": {"type": "string", "minLength": 1}, "match_by": {"const": "id"}},
}
_KIND = {"type": "string", "pattern": "^DH_[A-Za-z0-9_]+$"}
GRAPH: dict[str, Any] = {
    "type": "object",
    "required": ["metadata", "graph"],
    "additionalProperties": False,
    "properties": {
        "metadata": {
            "type": "object",
            "required": ["source_kind"],
            "additionalProperties": False,
            "properties": {"source_kind": _KIND},
        },
        "graph": {
            "type": "object",
            "required": ["nodes", "edges"],
            "additionalProperties": False,
            "properties": {
                "nodes": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["id", "kinds", "properties"],
                        "additionalProperties": False,
                        "properties": {
                            "id": {"type": "string", "minLength": 1},
                            "kinds": {"type": "array", "minItems": 1, "maxItems": 3, "items": _KIND},
                            "properties": {**_FLAT, "required": ["name"]},
                        },
                    },
                },
                "edges": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["kind", "start", "end", "properties"],
                        "additionalProperties": False,
                        "properties": {"kind": _KIND, "start": _END, "end": _END, "properties": _FLAT},
                    },
                },
            },
        },
    },
}
_TEXT = {"type": "string", "minLength": 1}
DEFINITION: dict[str, Any] = {
    "type": "object",
    "required": ["schema", "node_kinds", "relationship_kinds"],
    "additionalProperties": False,
    "properties": {
        "schema": {
            "type": "object",
            "required": ["name", "display_name", "version", "namespace"],
            "properties": {
                "name": _TEXT,
                "display_name": _TEXT,
                "version": {"pattern": r"^v\d+\.\d+\.\d+$"},
                "namespace": {"const": "DH"},
            },
        },
        "node_kinds": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "display_name", "icon", "color"],
                "properties": {
                    "name": _KIND,
                    "display_name": _TEXT,
                    "icon": {"pattern": "^[a-z-]+$"},
                    "color": {"pattern": "^#[0-9a-f]{6}$"},
                },
            },
        },
        "relationship_kinds": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "description", "is_traversable"],
                "properties": {"name": _KIND, "description": _TEXT, "is_traversable": {"type": "boolean"}},
            },
        },
        "environments": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["environment_kind", "source_kind", "principal_kinds"],
                "properties": {
                    "environment_kind": _KIND,
                    "source_kind": _KIND,
                    "principal_kinds": {"type": "array", "items": _KIND},
                },
            },
        },
        "relationship_findings": {"type": "array"},
    },
}
