"""What the live forms of a catalogue carry out: a right that no form makes use of cannot be used. Pure.

A form is taken to do all that its operations could do, whatever its questions, conditions and searches leave of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from forms.definition import Form
from runner.access.model import is_read
from runner.access.resolving import Row
from runner.access.rights_groups import ADDING, CHANGING

Act: TypeAlias = Literal["add", "move", "create"]
"""What else forms are known by: adding people to groups, moving accounts, creating them."""

_ACTS: Mapping[str, Act] = {
    **dict.fromkeys(ADDING, "add"),
    "directory.user.move": "move",
    "directory.user.create": "create",
}
_UPDATE = "directory.user.update"


@dataclass(slots=True)
class Carriers:
    """The live forms by the permission and kind of object they need, by what they do, and by attributes they set.

    ``unapproved`` are those that nobody else has to agree to.
    """

    by_need: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    by_act: dict[Act, set[str]] = field(default_factory=dict)
    by_attribute: dict[str, set[str]] = field(default_factory=dict)
    needs: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    unapproved: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, forms: Iterable[Form]) -> "Carriers":
        """Look through the forms; those that are not live count for nothing."""
        found = cls()
        for form in forms:
            if form.status == "live":
                found._add(form)
        return found

    def _add(self, form: Form) -> None:
        self.needs[form.id] = frozenset((need.permission, need.kind) for need in form.needs)
        if form.approval is None or form.approval.when is not None:
            self.unapproved.add(form.id)
        for step in form.steps:
            for need in form.needs:
                if not is_read(need.permission):
                    self.by_need.setdefault((need.permission, need.kind), set()).add(form.id)
            act = _ACTS.get(step.verb.name)
            if act is not None and not (step.verb.name == CHANGING and step.arguments.get("add") is None):
                self.by_act.setdefault(act, set()).add(form.id)
            if step.verb.name == _UPDATE:
                values = step.arguments.get("set")
                for name in values if isinstance(values, Mapping) else ("*",):
                    self.by_attribute.setdefault(name, set()).add(form.id)

    def carrying(self, row: Row, permission: str, kind: str, act: Act | None = None) -> tuple[str, ...]:
        """Return the forms in which a row's permission can be used on a kind of object, and that do ``act``."""
        forms = self.by_need.get((permission, kind), set())
        if act is not None:
            forms = forms & self.by_act.get(act, set())
        return tuple(sorted(form for form in forms if row.counts_in(form)))

    def setting(self, row: Row, attribute: str) -> tuple[str, ...]:
        """Return the forms in which a row lets one change an attribute of people."""
        forms = self.by_attribute.get(attribute, set()) | self.by_attribute.get("*", set())
        return tuple(sorted(form for form in forms if row.counts_in(form)))
