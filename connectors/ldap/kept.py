"""Which of the neutral attributes one directory does not keep, and why: they are never there. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from connectors.directory.texts import label_of
from connectors.ldap.layout import Layout, is_mappable
from connectors.ldap.reading.states import states_of
from connectors.ldap.requests import Row
from connectors.spi import Unkept, Unkepts
from connectors.verbs import ATTRIBUTES

_OF_EVERY_ENTRY = frozenset({"id", "dn", "created", "changed", "groups"})
_WORKED_OUT = {"user": frozenset({"mail", "addresses", "has_photo"}), "group": frozenset({"member_count"})}
_TAKEN_FOR = {"enabled": "enabled", "pending": "activated"}
_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


def unkept(found: Layout) -> Unkepts:
    """Return what is never there, by kind and name."""
    return MappingProxyType({kind: _unkept(found, kind) for kind in found.dialect.kinds})


def _unkept(found: Layout, kind: str) -> Mapping[str, Unkept]:
    looks = found.kind(kind)
    states = states_of(found, kind, Row("", {}), _ANY_MOMENT)
    kept = {*_OF_EVERY_ENTRY, *_WORKED_OUT.get(kind, ()), *looks.texts, *looks.fallbacks, *looks.links, *states}
    if kind == "user" and (found.dialect.reports or "manager" in looks.links):
        kept.add("is_manager")
    missing = (name for name in ATTRIBUTES[kind] if name not in kept)
    return MappingProxyType({name: _reason(found, kind, name) for name in missing})


def _reason(found: Layout, kind: str, name: str) -> Unkept:
    reason = f"{found.dialect.title} does not keep “{label_of(kind, name)}” of a {kind}"
    if is_mappable(kind, name):
        reason = f"{reason}, unless attributes.{kind}.{name} in the settings names what holds it"
    return Unkept(reason, _TAKEN_FOR.get(name, ""))
