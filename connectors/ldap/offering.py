"""What one directory can do of what all directories do: the verbs, with what a form has to know when it is checked. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from connectors.directory.texts import label_of
from connectors.ldap.layout import CustomAttribute, Layout, is_mappable
from connectors.spi import Further, Verb
from connectors.verbs import ATTRIBUTES, DIRECTORY_VERBS

# Where there is no sign-in name, people sign in by their login.
_ALWAYS = frozenset({"id", "dn", "upn"})


def offered(found: Layout) -> Mapping[str, Verb]:
    """Return every verb of a directory by its name; those this one cannot do, or not with every attribute, say why."""
    further = further_of(found.custom)
    return MappingProxyType({name: _offered(verb, found, further) for name, verb in DIRECTORY_VERBS.items()})


def further_of(custom: Mapping[str, CustomAttribute]) -> Mapping[str, Further]:
    """Return the further attributes of people as forms see them."""
    return MappingProxyType({one.name: Further(one.name, one.type, one.label, one.settable) for one in custom.values()})


def _offered(verb: Verb, found: Layout, further: Mapping[str, Further]) -> Verb:
    return replace(
        verb,
        unavailable=found.dialect.cannot.get(verb.name, ""),
        cannot_set=_cannot_set(verb, found),
        further=further,
    )


def _cannot_set(verb: Verb, found: Layout) -> Mapping[str, str]:
    kind, _, action = verb.name.removeprefix("directory.").partition(".")
    if action not in ("create", "update"):
        return {}
    looks = found.kind(kind)
    held = {*looks.texts, *looks.links, *_ALWAYS}
    arguments = {argument.name for argument in verb.arguments}
    given = {name for name, one in ATTRIBUTES[kind].items() if name in arguments and one.type in ("text", "user")}
    listed = {name for name, one in ATTRIBUTES[kind].items() if one.settable and "set" in arguments}
    return MappingProxyType(
        {name: _reason(found, kind, name) for name in ATTRIBUTES[kind] if name in (given | listed) - held}
    )


def _reason(found: Layout, kind: str, name: str) -> str:
    reason = f"{found.dialect.title} has no place for “{label_of(kind, name)}” of a {kind}"
    return f"{reason}, unless attributes.{kind}.{name} in the settings names one" if is_mappable(kind, name) else reason
