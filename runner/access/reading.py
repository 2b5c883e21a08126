"""Read ``access.yaml``: roles, resource sets, bindings, standard roles, what is protected, and tests. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from connectors.verbs import PERMISSIONS
from forms.documents import ListNode, MapNode, Node, read_document
from forms.errors import DefinitionError, Problem
from forms.problems import Report, nearest_or_all
from forms.reading import is_for_tools
from runner.access.model import Binding, Policy, Principal, PrincipalKind, ResourceSet, Role, applies
from runner.access.nodes import Taker
from runner.access.policy_tests import read_policy_tests
from runner.access.selectors import read_selectors
from runner.access.standard import EVERYTHING, STANDARD_ROLES, standard_binding
from runner.access.targets import TARGETS, read_targets

_FORMAT = "access/1"
_FILE_KEYS = ("format", "roles", "resource_sets", "protected", "bindings", "standard_roles", "tests")
_ROLE_KEYS = ("id", "title", "permissions", "includes", "holders", "covers")
_HOLDERS = ("protected", "ordinary")
_PRINCIPALS: Mapping[str, PrincipalKind] = {"user": "user", "group": "group", "client": "client"}


def read_access(name: str, content: bytes) -> tuple[Policy, tuple[Problem, ...]]:
    """Read the file called ``name``; return the policy and everything that is wrong or odd in it.

    When one of the problems is an error the policy is empty and allows nothing: half a policy may allow more than was
    meant, as when an exclusion could not be read.
    """
    try:
        document = read_document(name, content)
    except DefinitionError as error:
        return Policy(), error.problems
    reader = _Reader(Report(document))
    policy = reader.policy(document.root)
    return (Policy() if reader.report.has_errors else policy), reader.report.problems


class _Reader:
    def __init__(self, report: Report) -> None:
        self.report = report
        self._taker = Taker(report)
        self._roles: dict[str, Role] = dict(STANDARD_ROLES)
        self._sets: dict[str, ResourceSet] = {}
        self._bindings: dict[str, Binding] = {}
        self._standard: list[Binding] = []

    def policy(self, root: MapNode) -> Policy:
        root = replace(root, pairs=tuple(pair for pair in root.pairs if not is_for_tools(pair[0].text)))
        keys = self._taker.map(root, _FILE_KEYS, "this file", ("format",)) or {
            key.text: value for key, value in root.pairs if key.text in _FILE_KEYS
        }
        if "format" in keys and self._taker.text(keys["format"], '"format"') != _FORMAT:
            self.report.error("E114", keys["format"], "this is not a format known here", f"Write  format: {_FORMAT} .")
        self._read_roles(keys.get("roles"))
        for node in self._taker.items(keys.get("resource_sets"), '"resource_sets"', may_be_empty=True):
            self._read_set(node)
        for node in self._taker.items(keys.get("bindings"), '"bindings"', may_be_empty=True):
            self._read_binding(node)
        for node in self._taker.items(keys.get("standard_roles"), '"standard_roles"', may_be_empty=True):
            self._read_standard(node)
        bindings = (*self._bindings.values(), *self._standard)
        tests = read_policy_tests(self._taker, keys.get("tests"))
        return Policy(self._roles, self._sets, bindings, self._read_protected(keys.get("protected")), tests)

    # --- roles

    def _read_roles(self, node: Node | None) -> None:
        written: dict[str, tuple[Role, Node | None]] = {}
        helped: dict[str, tuple[bool | None, Node | None]] = {}
        for item in self._taker.items(node, '"roles"', may_be_empty=True):
            keys = self._taker.map(item, _ROLE_KEYS, "a role", ("id",))
            id_ = self._taker.id(keys["id"], "role", {**STANDARD_ROLES, **written}) if keys else None
            if keys and id_:
                permissions = self._taker.names(keys.get("permissions"), "permission", PERMISSIONS, "E127")
                includes = tuple(text for text, _ in self._taker.texts(keys.get("includes"), '"includes"'))
                title = self._taker.text(keys.get("title"), '"title"') or id_
                written[id_] = (Role(id_, title, frozenset(permissions), includes), keys.get("includes"))
                helped[id_] = self._is_ordinary(keys.get("holders")), keys.get("covers")
                if not {"permissions", "includes"} & set(keys) and not _has_unknown(item, keys):
                    fix = "Write  permissions: [ … ]  or  includes: [ … ] ."
                    self.report.error("E111", item, 'a role needs "permissions" or "includes"', fix)
        self._include({id_: role for id_, (role, _) in written.items()}, written)
        for id_, (ordinary, covers) in helped.items():
            names = self._taker.names(covers, "role", self._roles, "E126") if covers is not None else ()
            self._roles[id_] = replace(self._roles[id_], ordinary=ordinary, covers=names)

    def _is_ordinary(self, node: Node | None) -> bool | None:
        text = self._taker.text(node, '"holders"')
        if text is not None and node is not None and text not in _HOLDERS:
            fix = "protected: only by those who hold as much. ordinary: like anybody else."
            self.report.error("E114", node, f'"holders" is protected or ordinary, not "{text}"', fix)
        return None if text is None else text == "ordinary"

    def _include(self, roles: Mapping[str, Role], written: Mapping[str, tuple[Role, Node | None]]) -> None:
        in_circles: set[str] = set()
        for id_, (role, at) in written.items():
            if at is not None:
                self._taker.names(at, "role", roles, "E126")
                if id_ in _included(role, roles) and id_ not in in_circles:
                    in_circles |= _included(role, roles)
                    self.report.error("E152", at, f'the role "{id_}" includes itself', "Break the circle.")
            everything_in = frozenset().union(*(roles[name].permissions for name in {id_, *_included(role, roles)}))
            self._roles[id_] = Role(id_, role.title, everything_in, role.includes)

    # --- resource sets

    def _read_set(self, node: Node) -> None:
        keys = self._taker.map(node, ("id", "title", "resources", "except"), "a resource set", ("id", "resources"))
        id_ = self._taker.id(keys["id"], "resource set", self._sets) if keys else None
        if not keys or not id_:
            return
        if id_ == EVERYTHING:
            self.report.error("E154", keys["id"], f'"{EVERYTHING}" is the name of a fixed set', "Give it another id.")
            return
        title = self._taker.text(keys.get("title"), '"title"') or id_
        resources = read_selectors(self._taker, keys["resources"], '"resources"')
        excluded = read_selectors(self._taker, keys.get("except"), '"except"')
        self._sets[id_] = ResourceSet(id_, title, resources, excluded)

    def _read_protected(self, node: Node | None) -> tuple[str, ...]:
        if isinstance(node, ListNode) and not node.items:
            return ()
        names = self._taker.names(node, "resource set", self._sets, "E124")
        for text, item in self._taker.texts(node, '"protected"'):
            found = self._sets.get(text)
            if found and any(selector.needs_actor for selector in (*found.resources, *found.excluded)):
                fix = "What is protected is so for everybody: use a set without $(actor…)."
                self.report.error("E156", item, f'"{text}" depends on who asks', fix)
        return names

    # --- bindings

    def _read_binding(self, node: Node) -> None:
        known = ("id", "principals", "role", "on", "forms", "from", "until")
        keys = self._taker.map(node, known, "a binding", ("id", "principals", "role"))
        if not keys:
            return
        id_ = self._taker.id(keys["id"], "binding", {**self._bindings, **STANDARD_ROLES})
        principals = self._principals(keys["principals"])
        role = self._taker.names(keys["role"], "role", self._roles, "E126")
        on = self._taker.names(keys.get("on"), "resource set", self._sets, "E124")
        forms = frozenset(text for text, _ in self._taker.texts(keys.get("forms"), '"forms"'))
        window = self._window(keys)
        if id_ and len(role) == 1 and principals:
            limited = forms if "forms" in keys else None
            self._bindings[id_] = Binding(id_, principals, role[0], on, limited, *window)
            self._check_use(self._roles[role[0]], on, keys, node)
        elif len(role) > 1:
            self.report.error("E113", keys["role"], "a binding has one role", "Write a second binding.")

    def _check_use(self, role: Role, on: tuple[str, ...], keys: Mapping[str, Node], node: Node) -> None:
        if role.standard:
            fix = "Write it under  standard_roles  with  targets: … ."
            self.report.error("E157", keys["role"], f"{role.id} is a standard role", fix)
        elif "on" not in keys:
            objects = sorted(name for name in role.permissions if PERMISSIONS[name][0] not in (("",), ("form",)))
            if objects:
                message = f'a binding needs "on": {objects[0]} is about things in a directory'
                self.report.error("E111", node, message, "Write  on: [resource sets] .")
        elif on:
            kinds = frozenset().union(*(self._sets[name].kinds for name in on))
            idle = sorted(name for name in role.permissions if not any(applies(name, kind) for kind in kinds | {""}))
            if idle and kinds:
                message = f'"{role.id}" gives nothing here with {", ".join(idle)}'
                fix = "None of the resource sets holds such things; that does no harm, but may not be what was meant."
                self.report.warning("W320", keys["role"], message, fix)

    def _window(self, keys: Mapping[str, Node]) -> tuple[date | None, date | None]:
        starts, ends = self._taker.day(keys.get("from"), "from"), self._taker.day(keys.get("until"), "until")
        if starts and ends and ends < starts:
            self.report.error("E153", keys["until"], '"until" lies before "from"', "Such a binding never counts.")
        return starts, ends

    def _principals(self, node: Node) -> tuple[Principal, ...]:
        found = (self._principal(item) for item in self._taker.items(node, '"principals"'))
        return tuple(dict.fromkeys(principal for principal in found if principal))

    def _principal(self, node: Node) -> Principal | None:
        if not isinstance(node, MapNode):
            text = self._taker.text(node, "a principal")
            if text == "everyone":
                return Principal("everyone")
            if text is not None:
                fix = f"Write  {{ group: {text} }} ,  {{ user: {text} }}  or  {{ client: {text} }} ."
                fix = "Write  everyone ." if text.lower() in ("everyone", "everybody", "all") else fix
                self.report.error("E158", node, f'"{text}" does not say what it is', fix)
            return None
        keys = self._taker.map(node, tuple(_PRINCIPALS), "a principal")
        if not keys:
            return None
        if len(keys) > 1:
            self.report.error("E158", node, "a principal is one of user, group and client", "Start each with  - .")
            return None
        ((kind, value),) = keys.items()
        name = self._taker.text(value, f"a {kind}")
        return Principal(_PRINCIPALS[kind], name) if name else None

    # --- standard roles

    def _read_standard(self, node: Node) -> None:
        known = ("role", "principals", "targets", "from", "until")
        keys = self._taker.map(node, known, "a standard role", ("role", "principals"))
        if not keys:
            return
        role = self._taker.text(keys["role"], '"role"') or ""
        if role not in STANDARD_ROLES:
            fix = nearest_or_all(role, STANDARD_ROLES, "There are")
            self.report.error("E126", keys["role"], f'there is no standard role "{role}"', fix)
        principals = self._principals(keys["principals"])
        if "targets" not in keys:
            self.report.error("E159", node, "a standard role has to say what it reaches", TARGETS)
            return
        sets = read_targets(self._taker, STANDARD_ROLES.get(role), keys["targets"])
        if role in STANDARD_ROLES and principals and sets:
            self._sets.update({resource_set.id: resource_set for resource_set in sets})
            self._standard.append(standard_binding(role, principals, sets, self._window(keys)))


def _has_unknown(node: Node, known: Mapping[str, Node]) -> bool:
    return isinstance(node, MapNode) and len(node.pairs) > len(known)


def _included(role: Role, roles: Mapping[str, Role]) -> frozenset[str]:
    """Return the roles that a role includes, through others too; a circle holds the role itself."""
    found: set[str] = set()
    waiting = [name for name in role.includes if name in roles]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [included for included in roles[name].includes if included in roles]
    return frozenset(found)
