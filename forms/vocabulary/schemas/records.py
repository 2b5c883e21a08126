"""Records as draft-07 schemas, each from its table: fields by their types, operations by their verbs. Pure.

No ``oneOf``, so that a misspelt key is named and not the whole record; no ``$ref`` beside other keywords, which draft-07
would ignore.
"""

from collections.abc import Callable, Iterable, Mapping

from connectors.spi import Verb
from forms.vocabulary import FIELD_TYPES, KINDS, Key, keys_of
from forms.vocabulary.schemas.arguments import arguments_of
from forms.vocabulary.schemas.names import Names, limited
from forms.vocabulary.schemas.shapes import SCALARS, TRUE_FALSE_OR_CONDITION, WORDS, Json, joined, one_of

MOST_ITEMS, MOST_FIELDS = 1_000, 200
_FREE_KEYS = "^(x-|\\$schema$)"
# Records that may stand in a list of fields, told from a field by the key of their name.
_BESIDE_FIELDS = tuple(kind for kind in ("SECTION", "USE") if kind in KINDS)
# Files whose other keys are of the author's choosing, and what stands there.
_OTHERS: Mapping[str, str] = {"TEXTS": "text"}
# Keys that say what a record is; they are not taken away in a form based on another one.
_LASTING = frozenset({"format", "id", "extends", "type", "do", "section", "use"})
_REMOVE: Json = {"const": True, "description": "Takes away what the form this one is based on has here."}
_REMOVAL: Json = {
    "type": "object",
    "properties": {"remove": _REMOVE},
    "required": ["remove"],
    "additionalProperties": False,
}


class Records:
    """Makes the schemas of records; ``definitions`` holds those that lists refer to, by their kind.

    ``is_based`` is for forms based on another one: below the form itself nothing is needed, and what is taken over may
    be removed.
    """

    def __init__(self, verbs: Mapping[str, Verb], names: Names, *, is_based: bool = False) -> None:
        self.verbs, self.names, self.is_based = verbs, names, is_based
        self.definitions: dict[str, Json] = {}

    def record(self, kind: str) -> Json:
        """Return the schema of a record."""
        special: Mapping[str, Callable[[], Json]] = {
            "FIELD": self._field,
            "OPERATION": self._operation,
            "OPTION": self._option,
        }
        return special[kind]() if kind in special else self._plain(kind)

    def _plain(self, kind: str) -> Json:
        table = KINDS[kind]
        keys = list(table.keys.values())
        schema: Json = {
            "title": table.title,
            "type": "object",
            "properties": {key.name: self.key(kind, key) for key in keys},
            "required": self._needed(kind, keys),
            "additionalProperties": SCALARS[_OTHERS[kind]] if kind in _OTHERS else False,
        }
        if self.is_based and kind != "FORM":
            schema["properties"]["remove"] = _REMOVE
        return {**schema, "patternProperties": {_FREE_KEYS: {}}} if table.open else schema

    def _needed(self, kind: str, keys: Iterable[Key]) -> list[str]:
        return [] if self.is_based and kind != "FORM" else [key.name for key in keys if key.needed]

    def key(self, kind: str, key: Key) -> Json:
        """Return the schema of a key's value, with what it means and what it is when absent."""
        shape = self._shape(key.kind, kind, key.name)
        if self.is_based and key.name not in _LASTING:
            shape = _removable(shape)
        default = {"default": _default(key)} if key.default else {}
        return {**shape, "description": key.meaning, **default}

    def _shape(self, words: str, kind: str, key: str) -> Json:
        if " or " in words:
            each = words.split(" or ")
            if "boolean" in each and "condition" in each:
                return TRUE_FALSE_OR_CONDITION
            return joined([self._shape(part, kind, key) for part in each])
        if words.startswith("list of "):
            most = MOST_FIELDS if key == "fields" else MOST_ITEMS
            items = self._item(words.removeprefix("list of "), kind, key)
            return {"type": "array", "items": items, "maxItems": most}
        if words.startswith("map to "):
            return {"type": "object", "additionalProperties": self._item(words.removeprefix("map to "), kind, key)}
        if words.startswith("["):
            return self.record(words.strip("[]"))
        if words.startswith("one of "):
            return one_of(words.removeprefix("one of ").split(", "))
        return limited(SCALARS[words], kind, key, self.names)

    def _item(self, words: str, kind: str, key: str) -> Json:
        """Return the shape of one entry of a list or map; records stand among the definitions, once."""
        if not words.startswith("["):
            return self._shape(words, kind, key)
        record = words.strip("[]")
        name = f"BASED_{record}" if self.is_based else record
        if name not in self.definitions:
            self.definitions[name] = {}  # a field that has fields refers to the definition being made
            self.definitions[name] = self.record(record)
        return {"$ref": f"#/definitions/{name}"}

    def _option(self) -> Json:
        """Return the schema of an option, which may be written as its value alone."""
        return {**self._plain("OPTION"), "type": ["object", *WORDS]}

    def _operation(self) -> Json:
        schema = self._plain("OPERATION")
        if not self.verbs:
            return schema
        verbs = one_of(self.verbs, [verb.meaning for verb in self.verbs.values()])
        do = {"description": schema["properties"]["do"]["description"], **verbs}
        rules = [_if("do", verb.name, self._arguments(verb)) for verb in self.verbs.values()]
        return {**schema, "properties": {**schema["properties"], "do": do}, "allOf": rules}

    def _arguments(self, verb: Verb) -> Json:
        if not self.is_based:
            return arguments_of(verb)
        names = {argument.name: {"description": argument.meaning} for argument in verb.arguments}
        properties = {"remove": _REMOVE, **names}
        return {"properties": {"with": {"type": "object", "properties": properties, "additionalProperties": False}}}

    def _field(self) -> Json:
        """Return one flat list of keys, so that all are offered, and a rule per type that forbids those of others."""
        types = list(FIELD_TYPES)
        keys = {name: keys_of(name) for name in types}
        flat = {name: self._flat(name, keys) for name in dict.fromkeys(name for each in keys.values() for name in each)}
        flat["type"] = {
            "description": KINDS["FIELD"].keys["type"].meaning,
            **one_of(types, [FIELD_TYPES[name].meaning for name in types]),
        }
        rules = [_if("type", name, self._rule(keys[name], flat, keys)) for name in types]
        schema: Json = {"required": self._needed("FIELD", KINDS["FIELD"].keys.values()), "allOf": rules}
        for kind in reversed(_BESIDE_FIELDS):
            beside = self._plain(kind)
            flat = {**flat, **{name: key for name, key in beside["properties"].items() if name not in flat}}
            schema = {"if": {"required": [kind.lower()]}, "then": beside, "else": schema}
        return {"title": "field", "type": "object", "properties": flat, "additionalProperties": False, **schema}

    def _flat(self, name: str, keys: Mapping[str, Mapping[str, Key]]) -> Json:
        """Return the schema of a key whichever the type; only what it means where types differ."""
        every = [each[name] for each in keys.values() if name in each]
        if len({key.kind for key in every}) == 1:
            return self.key("FIELD", every[0])
        return {"description": " ".join(dict.fromkeys(key.meaning for key in every))}

    def _rule(self, own: Mapping[str, Key], flat: Mapping[str, Json], keys: Mapping[str, Mapping[str, Key]]) -> Json:
        typed = {
            name: self.key("FIELD", key)
            for name, key in own.items()
            if len({each[name].kind for each in keys.values() if name in each}) > 1
        }
        foreign = {name: False for name in flat if name not in own}
        return {"properties": {**typed, **foreign}, "required": self._needed("FIELD", own.values())}


def _removable(shape: Json) -> Json:
    """Return a shape with ``{ remove: true }`` beside it, where it does not take that already."""
    if "enum" in shape or "anyOf" in shape:
        return {"anyOf": [*shape.get("anyOf", [shape]), _REMOVAL]}
    if "object" not in shape.get("type", "object"):
        return joined([shape, _REMOVAL])
    return {**SCALARS["text"], "minProperties": 0, "additionalProperties": {}} if shape == SCALARS["text"] else shape


def _if(key: str, value: str, rule: Json) -> Json:
    return {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": rule}


def _default(key: Key) -> object:
    """Return a default of the table as JSON."""
    if "boolean" in key.kind and key.default in ("true", "false"):
        return key.default == "true"
    if key.kind in ("integer", "number"):
        return int(key.default)
    return [key.default] if key.kind.startswith("list of ") else key.default
