"""Find forms by which people could be given rights in Deskhand, before anybody uses them. Pure.

What is certain is an error: a form that names such a group, offers it in a list, or in a resource set that holds it for
sure (E180, E181).  What only could be is a warning (W324): any group at all may be chosen.  Which groups a unit or an
attribute stands for only the directory knows; there the runner refuses, when somebody without ``access.manage`` would
add people.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from forms.compiling.form import SUFFIXES, form_id_of
from forms.compiling.ordering import names_in
from forms.definition import Catalogue, Field, Form, Given, Step, Template
from forms.errors import Problem
from runner.access.lint.places import Places
from runner.access.model import Policy
from runner.access.rights_groups import ADDING, BROAD, CHANGING, NAMED, UNKNOWN, KnownGroup, rights_groups, set_holds

_PERMISSION = "group.members.manage"
_FIX = "Leave this group out: who gives rights is somebody with access.manage, in the directory."
_FIX_SET = "Leave it out of the set, or add  except: [ … ]  with a set that holds it."
_FIX_BROAD = "Add  within: [ … ]  with a set of the groups that are meant."


@dataclass(frozen=True, slots=True)
class _Way:
    """How a group gets into an argument: ``said`` in words; ``level`` as in `rights_groups`."""

    level: int
    said: str
    code: str


@dataclass(slots=True)
class Escalations:
    """Looks through the forms of a catalogue. ``groups`` are those known without asking the directory."""

    policy: Policy
    catalogue: Catalogue
    groups: tuple[KnownGroup, ...] = ()
    _rights: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._rights = rights_groups(self.policy, self.groups)

    def problems(self, form: Form, places: Places) -> Iterator[Problem]:
        """Yield what is wrong with a form; ``places`` finds where its arguments are written."""
        for step in form.steps:
            name = ADDING.get(step.verb.name)
            if name is None or (step.verb.name == CHANGING and step.arguments.get("add") is None):
                continue
            yield from self._judged(form, step, name, places)

    def _judged(self, form: Form, step: Step, name: str, places: Places) -> Iterator[Problem]:
        found = _Reach(self, form, step)
        certain: dict[tuple[str, str], list[str]] = {}
        broad: list[str] = []
        for group in self._rights:
            for way in found.ways(step.arguments.get(name), group):
                if way.level == NAMED:
                    certain.setdefault((way.said, way.code), []).append(group)
                elif way.level == BROAD:
                    broad.append(group)
        for (said, code), groups in certain.items():
            fix = _FIX if code == "E180" else _FIX_SET
            yield places.problem(step.id, name, "error", code, f"{said} {self._told(groups)}", fix)
        if broad and not certain:
            message = f'any group may be chosen for "{name}", also {self._told(broad)}'
            yield places.problem(step.id, name, "warning", "W324", message, _FIX_BROAD)

    def _told(self, groups: list[str]) -> str:
        """Say which groups they are, and how the first of them gives rights."""
        names = list(dict.fromkeys(self._called(group) for group in groups))
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        verb = "give" if more else "gives"
        return f'"{names[0]}"{more}, which {verb} rights in Deskhand ({self._rights[groups[0]]})'

    def _called(self, low: str) -> str:
        """Return a group's name as it is known, or written in the access file."""
        known = self.known(low)
        if known is not None and known.name:
            return known.name
        principals = (principal.name for binding in self.policy.bindings for principal in binding.principals)
        return next((name for name in principals if name.lower() == low), low)

    def known(self, low: str) -> KnownGroup | None:
        """Return what is known of a group, by name or DN."""
        return next((group for group in self.groups if low in (group.name.lower(), group.dn.lower())), None)

    def may_be_given(self, form: Form, group: str) -> bool:
        """Say whether a binding of somebody without ``access.manage`` may well reach the members of a group."""
        if any(self._level(name, group) >= BROAD for name in self.policy.protected):
            return False
        for binding in self.policy.bindings:
            permissions = self.policy.roles[binding.role].permissions
            if _PERMISSION not in permissions or "access.manage" in permissions:
                continue
            is_here = binding.forms is None or form.id in binding.forms
            if is_here and any(self._level(name, group) >= BROAD for name in binding.on):
                return True
        return False

    def _level(self, set_id: str, group: str) -> int:
        return set_holds(self.policy, set_id, group, self.known(group))

    def within(self, sets: Iterable[str], excluded: Iterable[str], group: str) -> tuple[int, str]:
        """Return how surely one of the sets holds a group, and which; no sets at all hold everything."""
        if any(self._level(name, group) >= BROAD for name in excluded):
            return 0, ""
        levels = [(self._level(name, group), name) for name in sets]
        return max(levels, key=lambda pair: pair[0]) if levels else (BROAD, "")


@dataclass(slots=True)
class _Reach:
    """Follows the values of one step back to what a person may choose."""

    all: Escalations
    form: Form
    step: Step
    _seen: set[str] = field(default_factory=set)

    def ways(self, given: Given, group: str) -> Iterator[_Way]:
        self._seen.clear()
        yield from self._ways(given, group)

    def _ways(self, given: Given, group: str) -> Iterator[_Way]:
        if isinstance(given, str) and given.lower() == group:
            yield _Way(NAMED, "this adds people to", "E180")
        elif isinstance(given, Template):
            for name in dict.fromkeys(names_in(given)):
                yield from self._named(name, given, group)
        elif isinstance(given, tuple | list):
            for item in given:
                yield from self._ways(item, group)

    def _named(self, name: str, given: Template, group: str) -> Iterator[_Way]:
        target = self.form.target
        if name in self._seen:
            return
        self._seen.add(name)
        if name == "target" and target is not None and target.type == "group":
            yield from self._picked("the target", target.within, target.excluded, group, is_cut=bool(target.where))
        elif name == "item":
            yield from self._ways(self.step.for_each, group)
        elif name == "org":
            org = self.all.catalogue.settings.org
            yield from (_Way(NAMED, f"this adds people to org.{key},", "E180") for key in _org(given, org, group))
        else:
            found = next((one for one in self.form.fields if one.id == name), None)
            if found is not None:
                yield from self._field(found, group)

    def _field(self, question: Field, group: str) -> Iterator[_Way]:
        said, options = f'the answer "{question.id}" may be', question.options
        if options is not None:
            if any(option.value.lower() == group for option in options.fixed):
                yield _Way(NAMED, said, "E180")
            shared = self.all.catalogue.lists.get(options.list or "")
            if shared is not None and any(group in _texts(row.values()) for row in shared.rows):
                yield _Way(NAMED, f'the list "{shared.id}" of the answer "{question.id}" has', "E180")
        lookup = self.all.catalogue.lookups.get(question.lookup or (options.lookup if options else "") or "")
        if lookup is not None and lookup.kind == "group":
            is_cut = bool(lookup.where) or bool(options and options.where)
            sets = question.within or lookup.within
            yield from self._picked(said, sets, question.excluded, group, is_cut=is_cut)
        elif question.type in ("group", "membership") and options is None:
            yield from self._picked(said, question.within, question.excluded, group)
        yield from self._ways(question.value, group)
        for column in question.fields:
            yield from self._field(column, group)

    def _picked(
        self, said: str, sets: Iterable[str], excluded: Iterable[str], group: str, *, is_cut: bool = False
    ) -> Iterator[_Way]:
        level, name = self.all.within(sets, excluded, group)
        if level == NAMED and not is_cut:
            yield _Way(NAMED, f'{said}, by the resource set "{name}",', "E181")
        elif level >= BROAD and not is_cut and self.all.may_be_given(self.form, group):
            yield _Way(BROAD, said, "W324")
        elif level:
            yield _Way(UNKNOWN, said, "")


def _org(given: Template, org: Mapping[str, str], group: str) -> Iterator[str]:
    source = " ".join(part.source for part in given.parts if not isinstance(part, str))
    return (key for key, value in org.items() if value.lower() == group and f"org.{key}" in source)


def _texts(cells: Iterable[object]) -> set[str]:
    found: set[str] = set()
    for cell in cells:
        found |= _texts(cell) if isinstance(cell, tuple | list) else {cell.lower()} if isinstance(cell, str) else set()
    return found


def escalations(
    policy: Policy, catalogue: Catalogue, files: Mapping[str, bytes], groups: Iterable[KnownGroup] = ()
) -> tuple[Problem, ...]:
    """Return the problems of all forms of a catalogue; ``files`` are the definitions they were compiled from.

    ``groups`` are those that are known without asking the directory, as from fixtures.
    """
    looking = Escalations(policy, catalogue, tuple(groups))
    found: dict[Problem, None] = {}
    for file in sorted(files):
        form = catalogue.forms.get(form_id_of(file)) if file.endswith(SUFFIXES) else None
        if form is not None and any(step.verb.name in ADDING for step in form.steps):
            found |= dict.fromkeys(looking.problems(form, Places(file, files[file])))
    return tuple(found)
