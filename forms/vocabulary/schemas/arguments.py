"""What may stand under ``with`` of an operation, by its verb. Pure."""

from connectors.spi import Argument, Verb
from connectors.verbs import ATTRIBUTES
from forms.vocabulary.schemas.shapes import EXPRESSION, Json, one_of

_FILLED_IN: Json = {"type": "string", "pattern": EXPRESSION}


def arguments_of(verb: Verb) -> Json:
    """Return the rule of operations with this verb: its arguments and no others, and those it needs."""
    needed = [argument.name for argument in verb.arguments if argument.needed]
    arguments = {
        "title": verb.name,
        "type": "object",
        "properties": {argument.name: _argument(verb, argument) for argument in verb.arguments},
        "required": needed,
        "additionalProperties": False,
    }
    return {"properties": {"with": arguments}, "required": ["with"] if needed else []}


def _argument(verb: Verb, argument: Argument) -> Json:
    return {"description": argument.meaning, **_value(verb, argument)}


def _value(verb: Verb, argument: Argument) -> Json:
    """Return the values that can be judged as written; where ``$( )`` stands, the checker judges."""
    if argument.type == "map":
        return _attributes(verb)
    if argument.one_of:
        each: Json = {"anyOf": [one_of(argument.one_of), _FILLED_IN, {"type": "null"}]}
        return {"anyOf": [*each["anyOf"], {"type": "array", "items": each}]}
    if argument.type == "bool":
        return _said(["boolean", "string", "null"], EXPRESSION, "Write  true  or  false , without quotes, or  $(…) .")
    if argument.type == "secret":
        return _said(["string", "null"], EXPRESSION, "A password is never written in a file. Write  $(…) .")
    if argument.type == "date":
        return _said(["string", "null"], rf"{EXPRESSION}|^\d{{4}}-\d\d-\d\d$", "Write it as YYYY-MM-DD, or as  $(…) .")
    return {}


def _said(types: list[str], pattern: str, sentence: str) -> Json:
    return {"type": types, "pattern": pattern, "errorMessage": sentence, "patternErrorMessage": sentence}


def _attributes(verb: Verb) -> Json:
    """Return the attributes that may be set on the kind of object a verb is about."""
    kind = verb.name.split(".")[-2] if "." in verb.name else ""
    settable = [attribute for attribute in ATTRIBUTES.get(kind, {}).values() if attribute.settable]
    properties = {attribute.name: {"description": attribute.label} for attribute in settable}
    return {"type": "object", "properties": properties, "additionalProperties": False}
