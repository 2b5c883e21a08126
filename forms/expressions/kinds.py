"""What the types of values may do with each other: which compare, which are ordered, what they are called. Pure."""

from collections.abc import Sequence

from connectors.verbs import ATTRIBUTES
from forms.values import ANY, BOOL, DATE, DATETIME, FILE, NUMBER, OBJECT_KINDS, SECRET, TEXT, Type, list_of

ORDERED = ("number", "date", "datetime", "duration", "text")
"""Types whose values can be put in order."""

_CALLED = {
    "bool": "yes/no value",
    "datetime": "date and time",
    "duration": "span of time",
    "ou": "unit",
    "delta": "change of members",
    "secret": "password",
}
_WRITTEN = {
    "text": TEXT,
    "address": TEXT,
    "number": NUMBER,
    "bool": BOOL,
    "date": DATE,
    "datetime": DATETIME,
    "secret": SECRET,
    "file": FILE,
}


def type_named(written: str) -> Type:
    """Return the type that verbs and attributes write as ``text``, ``user`` or ``list:group``; unknown ones are any.

    ``choices`` is a list of texts.  Pure.
    """
    if written.startswith("list:"):
        return list_of(type_named(written.removeprefix("list:")))
    if written == "choices":
        return list_of(TEXT)
    if written in OBJECT_KINDS:
        return Type(written)
    return _WRITTEN.get(written, ANY)


def called(type_: Type) -> str:
    """Return what a person calls a value of this type, with its article: ``a yes/no value``. Pure."""
    if is_loose(type_):
        return "an empty value" if type_.name == "null" else "a value"
    name = _CALLED.get(type_.name, type_.name)
    return f"an {name}" if name[0] in "aeo" else f"a {name}"


def is_loose(type_: Type) -> bool:
    """Say whether nothing is known of the value, so that the check has to wait until there is one. Pure."""
    return type_.name in ("any", "null")


def is_text(type_: Type) -> bool:
    """Say whether the value is a text, or a choice, which reads as the text of its value. Pure."""
    return type_.name in ("text", "choice")


def is_object(type_: Type) -> bool:
    """Say whether the value is a thing in a target system. Pure."""
    return type_.name in OBJECT_KINDS


def is_moment(type_: Type) -> bool:
    """Say whether the value is a day or a moment. Pure."""
    return type_.name in ("date", "datetime")


def may_be_equal(left: Type, right: Type) -> bool:
    """Say whether a value of one type can ever equal one of the other. Pure."""
    if is_loose(left) or is_loose(right) or (is_text(left) and is_text(right)):
        return True
    if left.name != right.name:
        return False
    return left.name != "list" or may_be_equal(item_of(left), item_of(right))


def may_be_ordered(left: Type, right: Type) -> bool:
    """Say whether ``<`` means something between the two; a date stands for the start of its day. Pure."""
    pairs = [type_ for type_ in (left, right) if not is_loose(type_)]
    if not all(type_.name in ORDERED or type_.name == "choice" for type_ in pairs):
        return False
    return len(pairs) < 2 or may_be_equal(left, right) or (is_moment(left) and is_moment(right))


def item_of(type_: Type) -> Type:
    """Return the type of a list's elements; any when it is not known. Pure."""
    return type_.item or ANY


def common(types: Sequence[Type]) -> Type | None:
    """Return a type that holds a value of each of ``types``, or None when they are too unlike. Pure.

    An empty sequence gives any.
    """
    known = [type_ for type_ in types if type_.name != "null"]
    if not known or any(type_.name == "any" for type_ in known):
        return ANY
    first = known[0]
    if all(type_ == first for type_ in known):
        return first
    if all(is_text(type_) for type_ in known):
        return TEXT
    if all(is_moment(type_) for type_ in known):
        return ANY
    if all(type_.name == first.name for type_ in known):
        return first if first.name != "list" else _common_list(known)
    return None


def _common_list(types: Sequence[Type]) -> Type | None:
    item = common([item_of(type_) for type_ in types])
    return list_of(item) if item else None


def attributes_of(type_: Type) -> dict[str, Type] | None:
    """Return the attributes of a value with their types, or None when they are not known. Pure."""
    if type_.name in OBJECT_KINDS:
        known = {name: type_named(attribute.type) for name, attribute in ATTRIBUTES[type_.name].items()}
        return {**known, "custom": ANY}
    if type_.name == "delta":
        side = list_of(item_of(type_))
        return {"add": side, "remove": side}
    if type_.name == "file":
        return {"name": TEXT, "size": NUMBER, "type": TEXT, "sha256": TEXT}
    if type_.name == "choice":
        return {"value": TEXT, **type_.columns}
    return dict(type_.columns) if type_.name == "row" else {} if not is_loose(type_) else None
