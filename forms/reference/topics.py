"""The pieces of the reference one by one, by the names authors know them by. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connectors.spi import Verb
from connectors.verbs import ATTRIBUTES, PERMISSIONS
from forms.expressions import FUNCTIONS
from forms.reference.examples import Examples, shown
from forms.reference.fields import type_part
from forms.reference.markdown import block, code, unlinked
from forms.reference.records import in_words, record
from forms.reference.verbs import verb_part
from forms.vocabulary import ALIASES, FIELD_TYPES, KINDS, Key, Kind, keys_of

_BLOCKS: Mapping[str, str] = {
    "FIELD": "fields",
    "OPERATION": "operations",
    "TARGET": "target",
    "CHECK": "checks",
    "VERIFY": "verify",
    "RECORD": "record",
    "CONFIRM": "confirm",
    "APPROVAL": "approval",
    "NOTIFY": "notify",
    "RESULT": "result",
    "LIMITS": "limits",
    "TEST": "tests",
}
"""Under which key of a form a kind of record stands."""
_INNER_MAP = re.compile(r"\w+: \{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that can be explained; ``summary`` is one line, ``page`` Markdown that stands on its own."""

    name: str
    summary: str
    page: str


def topics_of(verbs: Mapping[str, Verb], examples: Examples) -> Mapping[str, tuple[Topic, ...]]:
    """Return what there is to explain; a name may stand for several things.

    That is types of fields, verbs, records, functions, attributes (``user.mobile``), permissions and keys. A key is known
    as ``record.key`` and ``type.key``, and alone.
    """
    found: dict[str, list[Topic]] = {}
    for topic in _whole_things(verbs, examples):
        found.setdefault(topic.name, []).append(topic)
    for alias, name in ALIASES.items():
        found.setdefault(alias, []).extend(found.get(name, ()))
    for topic in _keys(examples):
        found.setdefault(topic.name, []).append(topic)
        if topic.name.split(".")[0].upper() in KINDS:
            found.setdefault(topic.name.split(".")[1], []).append(topic)
    for name, keys in _keys_of_types(examples).items():
        if name not in found:
            found[name] = keys
    return {name: tuple(dict.fromkeys(topics)) for name, topics in found.items()}


def _whole_things(verbs: Mapping[str, Verb], examples: Examples) -> Iterator[Topic]:
    for each in FIELD_TYPES.values():
        page = type_part(each, examples, {})
        yield Topic(each.name, each.meaning, _alone(page, f"{each.name}, a type of field"))
    for verb in verbs.values():
        yield Topic(verb.name, verb.meaning, _alone(verb_part(verb, examples), f"{verb.name}, a verb"))
    for kind in KINDS.values():
        name = kind.name.lower()
        yield Topic(name, f"record: {kind.title}", _alone(record(kind, {}), f"{name}, a record: {kind.title}"))
    yield from _words()


def _words() -> Iterator[Topic]:
    """Yield what is written inside expressions and access.yaml: functions, attributes, permissions."""
    for each in FUNCTIONS.values():
        example = f"For example {code(each.example)}. It gives: {each.gives}."
        yield Topic(
            each.name, each.meaning, f"# {each.name}, a function: {each.signature}\n\n{each.meaning}\n\n{example}"
        )
    for kind, attributes in ATTRIBUTES.items():
        for one in attributes.values():
            how = "An update verb can set it." if one.settable else "No update verb sets it."
            text = f"{one.label}. Its type in conditions: {code(one.type)}. {how}"
            yield Topic(f"{kind}.{one.name}", one.label, f"# {kind}.{one.name}, an attribute\n\n{text}")
    for name, (kinds, meaning) in PERMISSIONS.items():
        on = ", ".join(kind or "the whole desk" for kind in kinds)
        text = f"{meaning}. It counts on: {on}. A role in access.yaml gives it."
        yield Topic(name, meaning, f"# {name}, a permission\n\n{text}")


def _alone(part: str, heading: str) -> str:
    """Return a part of a page as a page of its own, under this heading."""
    return unlinked(f"# {heading}\n{part.partition(chr(10))[2]}")


def _keys(examples: Examples) -> Iterator[Topic]:
    for kind in KINDS.values():
        for key in kind.keys.values():
            yield _key(f"{kind.name.lower()}.{key.name}", kind.title, key, _example_of_key(kind, key, examples))
    for each in FIELD_TYPES.values():
        for key in keys_of(each.name).values():
            example = shown(examples.fields.get(each.name, ""))
            is_own = key.name in each.keys
            yield _key(f"{each.name}.{key.name}", f"{each.name} field", key, example if is_own else "")


def _keys_of_types(examples: Examples) -> dict[str, list[Topic]]:
    """Return the keys that only some types have: alone, such as ``region``, and as keys of a field."""
    found: dict[str, list[Topic]] = {}
    for each in FIELD_TYPES.values():
        for name in each.keys:
            example = shown(examples.fields.get(each.name, ""))
            topic = _key(f"{each.name}.{name}", f"{each.name} field", keys_of(each.name)[name], example)
            found.setdefault(name, []).append(topic)
            found.setdefault(f"field.{name}", []).append(topic)
    return found


def _key(name: str, place: str, key: Key, example: str) -> Topic:
    facts = [f"Takes: {in_words(key.kind, {})}.", "It has to be there." if key.needed else "It may be left out."]
    if key.default:
        facts.append(f"Left out, it is {code(key.default)}.")
    article = "an" if place[0] in "aeio" else "a"
    parts = [f"# {name}, a key of {article} {place}", key.meaning, " ".join(facts)]
    if example:
        parts.append(block(example))
    return Topic(name, key.meaning, unlinked("\n\n".join(parts)))


def _example_of_key(kind: Kind, key: Key, examples: Examples) -> str:
    """Return the shortest part of an example in which the key stands; nothing when there is none."""
    place = key.name if kind.name == "FORM" else _BLOCKS.get(kind.name)
    if place is None:
        return ""
    texts = (*examples.fields.values(), *examples.verbs.values())
    parts = (part for text in texts for part in re.split(r"\n(?=[a-z])", text) if part.startswith(f"{place}:"))
    fitting = [part.strip("\n") for part in parts if place == key.name or _has_key(part, place, key.name)]
    return min(fitting, key=len, default="")


def _has_key(part: str, place: str, name: str) -> bool:
    """Say whether a record itself has the key, rather than a map inside it such as ``with``."""
    itself = _INNER_MAP.sub("", part.removeprefix(f"{place}:"))
    return re.search(rf"(?:^ {{2,4}}(?:- )?|[{{,] ){name}:", itself, re.MULTILINE) is not None
