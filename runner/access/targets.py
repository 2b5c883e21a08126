"""Read what a standard role reaches: ``everything``, or groups, units, lists of products and forms. Pure."""

from collections.abc import Callable, Mapping

from connectors.verbs import PERMISSIONS
from forms.documents import Node, ScalarNode
from runner.access.model import ResourceSet, Role, applies
from runner.access.nodes import Taker
from runner.access.standard import (
    EVERYTHING,
    TARGETED_ROLES,
    everything,
    form_target,
    group_target,
    list_target,
    unit_target,
)

TARGETS = "Write  targets: everything  or  targets: [{ group: … }] ."
_KINDS: Mapping[str, Callable[[str], ResourceSet]] = {
    "group": group_target,
    "unit": unit_target,
    "list": list_target,
    "form": form_target,
}


def read_targets(taker: Taker, role: Role | None, node: Node) -> list[ResourceSet]:
    """Return the sets that a standard role reaches, none when they cannot be read (E159).

    ``role`` is None when there is no such standard role, which is for the caller to report.  A target on which no
    permission of the role has effect is a warning (W320).
    """
    if isinstance(node, ScalarNode) and node.text == EVERYTHING:
        return [everything()]
    if isinstance(node, ScalarNode):
        taker.report.error("E159", node, f'"{node.text}" does not say what the role reaches', TARGETS)
        return []
    read = ((item, _target(taker, item)) for item in taker.items(node, '"targets"'))
    found = {target.id: (target, item) for item, target in read if target is not None}
    if found and role is not None and role.id not in TARGETED_ROLES:
        fix = "Write  targets: everything , or use a role of your own."
        taker.report.error("E159", node, f"{role.id} cannot be limited", fix)
    elif role is not None:
        _warn_idle(taker, role, found)
    return [target for target, _ in found.values()]


def _target(taker: Taker, item: Node) -> ResourceSet | None:
    if isinstance(item, ScalarNode):
        fix = f"Write  {{ group: {item.text} }} . A resource set takes a binding with a role of your own."
        taker.report.error("E159", item, f'"{item.text}" does not say that it is a group', fix)
        return None
    keys = taker.map(item, tuple(_KINDS), "a target")
    if not keys:
        return None
    if len(keys) > 1:
        fix = "Start each with  - : targets add up."
        taker.report.error("E159", item, "a target is one of group, unit, list and form", fix)
        return None
    ((kind, value),) = keys.items()
    name = taker.text(value, f"a {kind}")
    return _KINDS[kind](name) if name else None


def _warn_idle(taker: Taker, role: Role, found: Mapping[str, tuple[ResourceSet, Node]]) -> None:
    objects = [name for name in role.permissions if PERMISSIONS[name][0] != ("",)]
    for target, item in found.values():
        if not any(applies(name, kind) for name in objects for kind in target.kinds):
            kind, name = target.id.split(":", 1)
            message = f'{role.id} gives nothing on the {kind} "{name}"'
            fix = f"It is about {_about(objects)}; use another role, or another target."
            taker.report.warning("W320", item, message, fix)


def _about(permissions: list[str]) -> str:
    kinds = sorted({kind.replace("_", " ") for name in permissions for kind in PERMISSIONS[name][0] if kind})
    words = [f"{kind}s" if kind != "ou" else "units" for kind in kinds]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
