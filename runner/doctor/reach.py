"""Which objects a form can reach at all, whoever fills it in, so that no more has to be allowed in the systems.

What is known in advance counts: the bindings for the form, what is protected, and where a question or the form's target
looks.  What depends on the person at the keyboard, or on answers, leaves nothing out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from connectors.spi import Filter, Ids
from forms.definition import Catalogue, Field, Form, Given, Step, Target, Template
from forms.expressions.syntax import Attribute, Name
from runner.access.authority import Authority
from runner.access.filters import all_of, any_of, not_
from runner.access.model import ActorValue
from runner.access.resolving import ResolvedSelector
from runner.access.selecting import bind
from runner.pipeline.services import ConnectorSet


@dataclass(frozen=True, slots=True)
class Reach:
    """Works it out for the forms of a desk, with bindings that have not ended by ``today``."""

    authority: Authority
    catalogue: Catalogue
    connectors: ConnectorSet
    today: date

    def of(self, form: Form, step: Step) -> Mapping[str, Filter]:
        """Return, by kind, a search that finds every object which an operation of a form can be about.

        Raises `connectors.errors.ConnectorError` when a name cannot be looked up.
        """
        found: dict[str, Filter] = {}
        for argument in step.verb.arguments:
            kind = argument.type.removeprefix("list:")
            needs = [need.permission for need in step.verb.needs if need.on == argument.name]
            if argument.name not in step.arguments or not needs or kind in found:
                continue
            given = [self._bound(form.id, permission, kind) for permission in needs]
            asked = self._asked(form, kind, step.arguments[argument.name])
            found[kind] = all_of((*given, asked, not_(self.authority.protected_filter(kind))))
        return found

    def _bound(self, form: str, permission: str, kind: str) -> Filter:
        """Return what finds everything on which some binding gives a permission in a form."""
        rows = (row for row in self.authority.resolved.rows if permission in row.permissions and row.counts_in(form))
        sets = dict.fromkeys(row.set for row in rows if row.ends is None or self.today <= row.ends)
        return any_of(self._set(one, kind) for one in sets)

    def _set(self, name: str, kind: str) -> Filter:
        """Return what finds everything that a resource set holds for somebody."""
        found = self.authority.resolved.sets.get(name)
        if found is None:
            return any_of(())
        resources = any_of(_searches(map(_for_anybody, found.resources), kind))
        certain = (selector for selector in found.excluded if not selector.written.needs_actor)
        return all_of((resources, not_(any_of(_searches(certain, kind)))))

    def _asked(self, form: Form, kind: str, given: Given) -> Filter:
        """Return what finds whatever can be given for an argument."""
        if isinstance(given, str):
            return self._named(given, kind)
        expression = given.single if isinstance(given, Template) else None
        match expression.node if expression is not None else None:
            case Name("target") if form.target is not None:
                return self._offered(form.target, kind)
            case Name(name):
                field = next((one for one in form.fields if one.id == name), None)
                return self._offered(field, kind) if field is not None else all_of(())
            case Attribute(Name("org"), name) if name in self.catalogue.settings.org:
                return self._named(self.catalogue.settings.org[name], kind)
        return all_of(())

    def _offered(self, asked: Field | Target, kind: str) -> Filter:
        within = [asked.within] if asked.within else []
        name = (asked.lookup or (asked.options.lookup if asked.options else None)) if isinstance(asked, Field) else None
        lookup = self.catalogue.lookups.get(name) if name else None
        within += [lookup.within] if lookup is not None and lookup.within else []
        excluded = (self._surely_in(one, kind) for one in asked.excluded)
        return all_of((*(any_of(self._set(one, kind) for one in each) for each in within), not_(any_of(excluded))))

    def _surely_in(self, name: str, kind: str) -> Filter:
        """Return what finds the objects that a resource set holds for everybody."""
        found = self.authority.resolved.sets.get(name)
        if found is None or found.excluded:
            return any_of(())
        return any_of(_searches((one for one in found.resources if not one.written.needs_actor), kind))

    def _named(self, text: str, kind: str) -> Filter:
        ref = self.connectors.for_kind(kind).locate(text, kind)
        return Ids(frozenset({ref.id} if ref is not None else ()))


def _searches(selectors: Iterable[ResolvedSelector], kind: str) -> Iterator[Filter]:
    for selector in selectors:
        if selector.written.kind == kind and (bound := bind(selector, {})) is not None:
            yield bound.filter()


def _for_anybody(selector: ResolvedSelector) -> ResolvedSelector:
    """Return a selector without what depends on who asks."""
    match = tuple((name, value) for name, value in selector.match if not isinstance(value, ActorValue))
    return replace(selector, match=match, written=replace(selector.written, own=False))
