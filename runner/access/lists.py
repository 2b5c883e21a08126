"""The groups that a shared list names, such as those that come with the products of a catalogue. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from forms.definition import SharedList
from forms.errors import Problem
from forms.problems import did_you_mean
from forms.values import Type
from runner.access.model import Policy, ResourceSet, Selector


def with_lists(policy: Policy, lists: Mapping[str, SharedList]) -> Policy:
    """Return the policy with the names of groups put into every selector ``groups: { in_list: … }``.

    One whose list is not there, or has no column of groups, stays as it is, and so matches nothing.
    """
    return replace(policy, sets={id_: _filled(found, lists) for id_, found in policy.sets.items()})


def unknown_lists(policy: Policy, lists: Mapping[str, SharedList], file: str, content: bytes) -> Iterator[Problem]:
    """Yield a warning (W306) for every list a set of ``file`` names that is not there or has no column of groups."""
    lines = content.decode("utf-8", errors="replace").splitlines()
    for name in sorted(_named(policy)):
        if name not in lists:
            message, fix = f'there is no list "{name}"', did_you_mean(name, lists)
        elif groups_of(lists[name]) is None:
            message, fix = (
                f'the list "{name}" has no column of groups',
                "Give it a column  { id: group, type: group } .",
            )
        else:
            continue
        line, column = _place(lines, name)
        source = lines[line - 1] if line else ""
        yield Problem(file, line, column, "warning", "W306", f"{message}, so it selects no group", fix, source)


def groups_of(found: SharedList) -> tuple[str, ...] | None:
    """Return the names in the columns of a list whose type is a group or a list of groups; None without such a column."""
    columns = [name for name, type_ in found.columns.items() if _is_of_groups(type_)]
    if not columns:
        return None
    cells = (row.get(name) for row in found.rows for name in columns)
    names = (name for cell in cells for name in (cell if isinstance(cell, tuple) else (cell,)))
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name))


def _is_of_groups(type_: Type) -> bool:
    return type_.name == "group" or (type_.item is not None and type_.item.name == "group")


def _filled(found: ResourceSet, lists: Mapping[str, SharedList]) -> ResourceSet:
    resources = tuple(_with_ids(selector, lists) for selector in found.resources)
    excluded = tuple(_with_ids(selector, lists) for selector in found.excluded)
    return replace(found, resources=resources, excluded=excluded)


def _with_ids(selector: Selector, lists: Mapping[str, SharedList]) -> Selector:
    if selector.in_list is None or selector.in_list not in lists:
        return selector
    return replace(selector, ids=groups_of(lists[selector.in_list]))


def _named(policy: Policy) -> frozenset[str]:
    selectors = (one for found in policy.sets.values() for one in (*found.resources, *found.excluded))
    return frozenset(selector.in_list for selector in selectors if selector.in_list is not None)


def _place(lines: list[str], name: str) -> tuple[int, int]:
    """Return where a list is named; 0, 0 when that cannot be told."""
    for number, line in enumerate(lines, 1):
        for key in ("in_list:", "list:"):
            _, found, behind = line.partition(key)
            if found and name in behind:
                return number, line.index(name, line.index(key)) + 1
    return 0, 0
