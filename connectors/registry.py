"""Which connectors there are, and which of an installation serves a verb or a kind. Reads package metadata only.

Built-in connectors and those of other packages are found by the entry point group ``deskhand.connectors``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import TypeAlias

from connectors.spi import Connector, KeepsLess, Unkepts, Verb

GROUP = "deskhand.connectors"
BUILT_IN = "deskhand"

ConnectorFactory: TypeAlias = Callable[..., Connector]

_BUILT_INS = (
    EntryPoint("directories", "connectors.joined.connector:JoinedDirectories", GROUP),
    EntryPoint("ldap", "connectors.ldap.connector:LdapDirectory", GROUP),
    EntryPoint("local", "connectors.local.connector:LocalDirectory", GROUP),
    EntryPoint("mailbox", "connectors.mailbox.connector:MailboxStub", GROUP),
)


class RegistryError(Exception):
    """The connectors of this installation cannot be used as they are; the sentence names the package or the name."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A connector that a package offers: its name in a settings file, the package, and where its code stands."""

    name: str
    package: str
    entry_point: EntryPoint

    def load(self) -> ConnectorFactory:
        """Import the connector and return what makes one; raises `RegistryError` when the package is broken."""
        try:
            factory = self.entry_point.load()
        except Exception as error:
            raise RegistryError(
                f'The connector "{self.name}" of the package {self.package} cannot be loaded from '
                f"{self.entry_point.value}: {type(error).__name__}: {error}"
            ) from error
        if not callable(factory):
            raise RegistryError(
                f'The connector "{self.name}" of the package {self.package} is no class or function: '
                f"{self.entry_point.value}"
            )
        return factory  # type: ignore[no-any-return]


def available() -> Mapping[str, Offer]:
    """Return every connector offered here, by name, sorted; nothing is imported yet.

    Raises `RegistryError` when two packages offer the same name.
    """
    offers = {point.name: Offer(point.name, BUILT_IN, point) for point in _BUILT_INS}
    for point in entry_points(group=GROUP):
        package = point.dist.name if point.dist else "(unknown package)"
        if package == BUILT_IN:
            continue
        if point.name in offers:
            raise RegistryError(
                f'Two packages offer a connector called "{point.name}": {offers[point.name].package} and {package}. '
                "Remove one of them."
            )
        offers[point.name] = Offer(point.name, package, point)
    return MappingProxyType(dict(sorted(offers.items())))


def load(name: str) -> ConnectorFactory:
    """Return what makes the connector called ``name``.

    Raises `RegistryError` naming the known connectors when there is none, and the package when it is broken.
    """
    offers = available()
    if name not in offers:
        raise RegistryError(f'There is no connector "{name}". Known are: {", ".join(offers)}.')
    return offers[name].load()


def verbs_of(connectors: Iterable[Connector]) -> Mapping[str, Verb]:
    """Return all their verbs by full name; raises `RegistryError` when one verb is offered twice."""
    verbs: dict[str, Verb] = {}
    for connector in connectors:
        for name, verb in connector.verbs().items():
            if name in verbs:
                raise RegistryError(f'Two connectors of this installation offer the verb "{name}".')
            verbs[name] = verb
    return MappingProxyType(verbs)


def unkept_by(connectors: Iterable[Connector]) -> Unkepts:
    """Return what they do not keep, by kind of object and attribute; a kind of which all is kept may be missing."""
    return MappingProxyType(
        {
            kind: attributes
            for connector in connectors
            if isinstance(connector, KeepsLess)
            for kind, attributes in connector.unkept().items()
        }
    )


def connector_for_kind(connectors: Iterable[Connector], kind: str) -> Connector:
    """Return the connector that serves objects of ``kind``; raises `RegistryError` when none does."""
    found = [connector for connector in connectors if kind in connector.kinds]
    if len(found) != 1:
        names = ", ".join(connector.name for connector in found) or "none"
        raise RegistryError(f'Exactly one connector must serve "{kind}"; found: {names}.')
    return found[0]


@dataclass(frozen=True, slots=True)
class Connectors:
    """The connectors of one installation, by name.

    Raises `RegistryError` when two of them serve the same kind or offer the same verb.
    """

    by_name: Mapping[str, Connector]
    verbs: Mapping[str, Verb] = field(init=False)
    unkept: Unkepts = field(init=False, repr=False)
    _by_verb: Mapping[str, Connector] = field(init=False, repr=False)
    _by_kind: Mapping[str, Connector] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        connectors = tuple(self.by_name.values())
        kinds = {kind for connector in connectors for kind in connector.kinds}
        by_verb = {verb: connector for connector in connectors for verb in connector.verbs()}
        object.__setattr__(self, "verbs", verbs_of(connectors))
        object.__setattr__(self, "unkept", unkept_by(connectors))
        object.__setattr__(self, "_by_verb", by_verb)
        object.__setattr__(self, "_by_kind", {kind: connector_for_kind(connectors, kind) for kind in sorted(kinds)})

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of object served here, sorted."""
        return tuple(self._by_kind)

    def for_verb(self, name: str) -> Connector:
        """Return the connector that offers a verb; raises `RegistryError` when none does."""
        if name not in self._by_verb:
            raise RegistryError(f'No connector of this installation offers "{name}".')
        return self._by_verb[name]

    def for_kind(self, kind: str) -> Connector:
        """Return the connector that serves a kind of object; raises `RegistryError` when none does."""
        if kind not in self._by_kind:
            raise RegistryError(f'No connector of this installation serves "{kind}". Served: {", ".join(self.kinds)}.')
        return self._by_kind[kind]

    def all(self) -> tuple[Connector, ...]:
        """Return every connector, in the order they were given."""
        return tuple(self.by_name.values())
