"""The access model said a second time, in Cedar: policies from a `Policy` as written, entities from a raw directory.

Nothing of `runner.access` but the file's own words is used: names and DNs are looked up here, nothing is resolved there.
"""

from collections.abc import Iterator
from functools import cached_property

from connectors.spi import Ref, Value
from connectors.verbs import PERMISSIONS
from runner.access.model import ActorValue, Binding, Principal, ResourceSet, Selector
from tests.runner.access.cedar_entities import DeskEntities
from tests.runner.access.cedar_holders import EVERY_FORM, Facts, Holders, WrittenRow
from tests.runner.access.cedar_words import literal, number, quoted, uid
from tests.runner.access.random_desks import IN_GROUPS, Desk, flat

NEVER = "false"
REFERENCES = ("manager", "owner")


class Statement:
    """One desk in Cedar: ``entities``, and the policies about one kind of object, which carry an ``@id``.

    Every policy says ``resource is <kind>``, so those about other kinds need not be asked.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.entities = DeskEntities(desk)

    def policies(self, kind: str, *, holders: bool = True) -> str:
        """Return the policies about a kind of object; without ``holders`` those who hold rights are like anybody else."""
        texts = [text for about, text in self._policies if about == kind]
        return "\n".join([*texts, *(text for about, text in self._forbids if about == kind and holders)])

    @cached_property
    def _policies(self) -> list[tuple[str, str]]:
        return [*self._protections(), *(pair for row in self._rows for pair in self._permits(row))]

    @cached_property
    def _forbids(self) -> list[tuple[str, str]]:
        return list(Holders(self._rows, self._facts).forbids())

    @cached_property
    def _rows(self) -> list[WrittenRow]:
        return list(self._written_rows())

    def _written_rows(self) -> Iterator[WrittenRow]:
        policy = self._desk.policy
        for binding in policy.bindings:
            days, forms = tuple(_days(binding)), tuple(_forms(binding))
            for principal in binding.principals:
                scope = self._principal(principal)
                for name in (binding.on or ("",)) if scope else ():
                    found = policy.sets[name] if name else EVERY_FORM
                    yield WrittenRow(binding, policy.roles[binding.role], principal, str(scope), found, days, forms)

    def _permits(self, row: WrittenRow) -> Iterator[tuple[str, str]]:
        for selector in row.found.resources:
            actions = sorted(name for name in row.role.permissions if {selector.kind, ""} & set(PERMISSIONS[name][0]))
            written = ", ".join(f"Action::{quoted(name)}" for name in actions)
            when = " && ".join([*row.limits, *row.in_form, self._selects(selector), *_not_oneself(selector)])
            unless = " || ".join(self._left_out(row.found, selector.kind)) or NEVER
            head = f"permit({row.scope}, action in [{written}], resource is {selector.kind})"
            yield selector.kind, f"@id({quoted(row.id)}) {head} when {{ {when} }} unless {{ {unless} }};"

    def _principal(self, principal: Principal) -> str | None:
        if principal.kind == "everyone":
            return 'principal in Everyone::"all"'
        if principal.kind == "client":
            return f"principal in Client::{quoted(principal.name)}"
        thing = self._desk.find(principal.kind, principal.name)
        if thing is None:
            return None
        return f"principal in {self.entities.group(thing.id) if thing.kind == 'group' else uid(thing.ref)}"

    def _selects(self, selector: Selector) -> str:
        """Say when a selector selects ``resource``; what names something that is not there never does."""
        if self._lost(selector) or self._all_ids_lost(selector):
            return NEVER
        return " && ".join(["true", *self._known(selector), *self._conditions(selector, nested=selector.nested)])

    def _left_out(self, found: ResourceSet, kind: str) -> Iterator[str]:
        """Say when a set leaves ``resource`` out: also when it cannot be known whether it should."""
        for selector in found.excluded:
            if selector.kind == kind:
                if self._lost(selector) or self._lost_ids(selector):
                    yield "true"
                else:
                    known = " && ".join(["true", *self._known(selector)])
                    matches = " && ".join(["true", *self._conditions(selector, nested=True)])
                    yield f"!({known}) || ({matches})"

    def _protections(self) -> Iterator[tuple[str, str]]:
        marked = [_has(mark, "true") for mark in ("privileged", "is_service")]
        for when in (*marked, *(f"resource == {uid(Ref('user', id_))}" for id_ in sorted(self._desk.own_accounts))):
            yield "user", f'@id("protected") forbid(principal, action, resource is user) when {{ {when} }};'
        for name in self._desk.policy.protected:
            found = self._desk.policy.sets[name]
            sure = [selector for selector in found.excluded if not self._lost_ids(selector)]
            unless = " || ".join(f"(resource is {one.kind} && {self._selects(one)})" for one in sure) or NEVER
            for kind, when in (pair for selector in found.resources for pair in self._protects(selector)):
                head = f"forbid(principal, action, resource is {kind})"
                yield kind, f'@id("protected") {head} when {{ {when} }} unless {{ {unless} }};'

    def _protects(self, selector: Selector) -> Iterator[tuple[str, str]]:
        """Yield the kinds and conditions under which something is protected, with the ways into it."""
        if self._lost(selector) or self._lost_ids(selector):
            yield selector.kind, "true"
            return
        yield selector.kind, " && ".join(["true", *self._conditions(selector, nested=True)])
        if selector.in_group is not None:
            yield "group", f"resource in {self.entities.group(self._id('group', selector.in_group))}"
        if selector.under is not None:
            yield "ou", _under(selector.under)

    # --- the parts of a selector

    def _conditions(self, selector: Selector, *, nested: bool) -> Iterator[str]:
        if selector.own:
            yield "resource == principal.person"
        if selector.ids is not None and not selector.own:
            yield f"[{', '.join(sorted(self._named(selector)))}].contains(resource)"
        if selector.under is not None:
            yield _under(selector.under)
        if selector.in_group is not None:
            yield self._is_in(selector.kind, self._id("group", selector.in_group), nested=nested)
        for name, value in selector.match:
            wanted = _of_actor(value) if isinstance(value, ActorValue) else self._constant(name, value)
            yield _has(name, wanted)

    def _is_in(self, kind: str, group: str, *, nested: bool) -> str:
        who = "resource" if kind in IN_GROUPS else "resource.owner"
        there = "true" if who == "resource" else "resource has owner"
        if nested:
            return f"{there} && {who} in {self.entities.group(group)} && resource != group::{quoted(group)}"
        return f"{there} && {who} has groups && {who}.groups.contains(group::{quoted(group)})"

    def _facts(self, selector: Selector) -> Facts:
        lost = self._lost(selector) or self._all_ids_lost(selector)
        values = () if lost else selector.match
        constants = ((name, v if isinstance(v, ActorValue) else self._as_written(name, v)) for name, v in values)
        return Facts(
            selector,
            flat(selector.under) if selector.under is not None else None,
            self._id("group", selector.in_group) if selector.in_group is not None and not lost else None,
            frozenset(self._named(selector)) if selector.ids is not None else None,
            tuple(constants),
            " && ".join(self._known(selector)) or "true",
            lost,
            lost or bool(self._lost_ids(selector)),
        )

    def _as_written(self, name: str, value: Value) -> str:
        return quoted(value) if isinstance(value, str) and name not in REFERENCES else self._constant(name, value)

    def _known(self, selector: Selector) -> Iterator[str]:
        values = [value for _, value in selector.match if isinstance(value, ActorValue)]
        if selector.own or values:
            yield "principal has person"
        for value in values:
            if value.attribute:
                yield f"principal.person has {value.attribute}"

    def _lost(self, selector: Selector) -> bool:
        """Say whether a unit, a group or a person that a condition names is not there."""
        if selector.under is not None and "=" not in selector.under:
            return True
        if selector.in_list is not None and selector.ids is None:
            return True
        if selector.in_group is not None and self._desk.find("group", selector.in_group) is None:
            return True
        people = [value for name, value in selector.match if name in REFERENCES and isinstance(value, str)]
        return any(self._desk.find("user", name) is None for name in people)

    def _lost_ids(self, selector: Selector) -> list[str]:
        if selector.kind in ("mail_domain", "form"):
            return []
        return [text for text in selector.ids or () if self._desk.find(selector.kind, text) is None]

    def _all_ids_lost(self, selector: Selector) -> bool:
        return bool(selector.ids) and len(self._lost_ids(selector)) == len(selector.ids or ())

    def _named(self, selector: Selector) -> Iterator[str]:
        lost = self._lost_ids(selector)
        for text in selector.ids or ():
            if selector.kind in ("mail_domain", "form"):
                yield uid(Ref(selector.kind, text.lower() if selector.kind == "mail_domain" else text))
            elif text not in lost:
                yield uid(Ref(selector.kind, self._id(selector.kind, text)))

    def _constant(self, name: str, value: Value) -> str:
        if name in REFERENCES and isinstance(value, str):
            return uid(Ref("user", self._id("user", value)))
        return literal(value)

    def _id(self, kind: str, text: str) -> str:
        thing = self._desk.find(kind, text)
        assert thing is not None, text
        return thing.id


def _has(name: str, value: str) -> str:
    return f"resource has {name} && resource.{name} == {value}"


def _under(unit: str) -> str:
    return f"resource has place && resource.place in Place::{quoted(flat(unit))}"


def _days(binding: Binding) -> Iterator[str]:
    if binding.starts is not None:
        yield f"context.day >= {number(binding.starts)}"
    if binding.ends is not None:
        yield f"context.day <= {number(binding.ends)}"


def _forms(binding: Binding) -> Iterator[str]:
    if binding.forms is not None:
        forms = ", ".join(quoted(form) for form in sorted(binding.forms))
        yield f"context has form && [{forms}].contains(context.form)"


def _not_oneself(selector: Selector) -> Iterator[str]:
    if selector.kind == "user" and not selector.own:
        number = "principal.person has employee_id && resource has employee_id"
        further = f"{number} && resource.employee_id == principal.person.employee_id"
        mine = f"resource == principal.person || ({further})"
        yield f'(action in Action::"reading" || !(principal has person) || !({mine}))'


def _of_actor(value: ActorValue) -> str:
    return f"principal.person.{value.attribute}" if value.attribute else "principal.person"
