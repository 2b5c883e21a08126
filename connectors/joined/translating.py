"""From the ids of one directory to those of all joined ones and back, wherever references stand. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.joined.parts import MARK
from connectors.spi import UNSEEN, Change, Entry, Guard, Operation, Outcome, OutputRef, Preparation, Ref, Value


def split(id_: str) -> tuple[str, str]:
    """Return the name of the directory and the id there; the name is empty when there is none."""
    name, mark, rest = id_.partition(MARK)
    return (name, rest) if mark else ("", id_)


def references(value: object) -> Iterator[Ref | OutputRef]:
    """Yield every reference in a value, however deep."""
    if isinstance(value, Ref | OutputRef):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from references(inner)


@dataclass(frozen=True, slots=True)
class Translation:
    """Between the ids of the directory called ``name`` and those of all. References to other ``kinds`` stay as they are."""

    name: str
    kinds: frozenset[str]

    def own(self, id_: str) -> str | None:
        """Return what an id is in this directory, None when it is none of its ids."""
        name, rest = split(id_)
        return rest if name == self.name and rest else None

    def ref(self, there: Ref) -> Ref:
        """Return a reference of the directory as everybody knows it."""
        return Ref(there.kind, f"{self.name}{MARK}{there.id}") if there.kind in self.kinds else there

    def _own_ref(self, ref: Ref) -> Ref:
        own = self.own(ref.id) if ref.kind in self.kinds else None
        return ref if own is None else Ref(ref.kind, own)

    # --- out of the directory ---------------------------------------------------------------------------------------

    def entry(self, there: Entry) -> Entry:
        """Return an object as everybody knows it."""
        attributes = {name: _translated(value, self.ref) for name, value in there.attributes.items()}
        ref = self.ref(there.ref)
        if "id" in attributes:
            attributes["id"] = ref.id
        groups = frozenset(one if one == UNSEEN else f"{self.name}{MARK}{one}" for one in there.groups)
        return replace(there, ref=ref, attributes=attributes, groups=groups)

    def preparation(self, there: Preparation) -> Preparation:
        """Return what an operation would do as everybody knows it."""
        guards = tuple(replace(guard, ref=self.ref(guard.ref)) for guard in there.guards)
        return replace(there, changes=self._changes(there.changes), guards=guards)

    def outcome(self, there: Outcome) -> Outcome:
        """Return what an operation did as everybody knows it."""
        inverse = there.inverse and self._operation(there.inverse, self.ref)
        outputs = {name: self.ref(ref) for name, ref in there.outputs.items()}
        return replace(there, changes=self._changes(there.changes), outputs=outputs, inverse=inverse)

    def _changes(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        return tuple(
            replace(
                change,
                ref=change.ref and self.ref(change.ref),
                before=_translated(change.before, self.ref),
                after=_translated(change.after, self.ref),
            )
            for change in changes
        )

    # --- into the directory -----------------------------------------------------------------------------------------

    def operation(self, operation: Operation) -> Operation:
        """Return an operation on objects of this directory as it knows them."""
        return self._operation(operation, self._own_ref)

    def guards(self, guards: Sequence[Guard]) -> tuple[Guard, ...]:
        """Return guards of objects of this directory as it knows them."""
        return tuple(replace(guard, ref=self._own_ref(guard.ref)) for guard in guards)

    def _operation(self, operation: Operation, ref: Callable[[Ref], Ref]) -> Operation:
        return replace(
            operation, arguments={name: _translated(value, ref) for name, value in operation.arguments.items()}
        )


def _translated(value: Value, ref: Callable[[Ref], Ref]) -> Value:
    if isinstance(value, Ref):
        return ref(value)
    if isinstance(value, Mapping):
        return {name: _translated(inner, ref) for name, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_translated(inner, ref) for inner in value)
    if isinstance(value, list):
        return [_translated(inner, ref) for inner in value]
    return value
