"""The matrix: who against resource sets (or roles), cut to what was asked for. Pure but for the survey it is given."""

from collections.abc import Iterator, Mapping
from typing import Literal

from connectors.verbs import PERMISSIONS
from runner.access.model import Binding
from runner.delegation.explorer.pages import Link, MatrixPage, MatrixRow
from runner.delegation.explorer.surveying import Survey

PER_PAGE = 40
_MOST_COLUMNS = 24
_EVERYWHERE = Link("thing", "", "The installation")
_ORDER = {"everyone": 0, "group": 1, "person": 2, "client": 3}

By = Literal["sets", "roles"]
_Cells = dict[str, dict[Link, None]]


def matrix_page(survey: Survey, by: By, text: str, permission: str, page: int) -> MatrixPage:
    """Return a page of principals; ``text`` narrows to those in whose row it stands, ``permission`` to roles that have it.

    Raises `NotFoundError` for a page behind the last.
    """
    if permission and permission not in PERMISSIONS:
        raise survey.missing()
    rows, columns = _rows(survey, by, permission)
    wanted = text.casefold().split()
    kept = [
        principal
        for principal in sorted(rows, key=lambda one: (_ORDER.get(one.kind, 9), one.label.casefold()))
        if all(word in _words(principal, rows[principal], columns) for word in wanted)
    ]
    start = (page - 1) * PER_PAGE
    if start and start >= len(kept):
        raise survey.missing()
    shown = kept[start : start + PER_PAGE]
    used = {column for principal in shown for column in rows[principal]}
    visible = [column for column in columns if column in used]
    return MatrixPage(
        by=by,
        text=text,
        permission=permission,
        permissions=tuple(map(survey.permission, PERMISSIONS)),
        columns=tuple(columns[column] for column in visible[:_MOST_COLUMNS]),
        rows=tuple(MatrixRow(one, {name: tuple(cell) for name, cell in rows[one].items()}) for one in shown),
        total=len(kept),
        page=page,
        more=start + PER_PAGE < len(kept),
        hidden_columns=max(0, len(visible) - _MOST_COLUMNS),
    )


def _rows(survey: Survey, by: By, permission: str) -> tuple[Mapping[Link, _Cells], Mapping[str, Link]]:
    """Return principal → column's id → links in the cell, and the columns in the order of the file."""
    rows: dict[Link, _Cells] = {}
    used: dict[str, None] = {}
    for binding in survey.policy.bindings:
        if permission and permission not in survey.policy.roles[binding.role].permissions:
            continue
        for principal in binding.principals:
            cells = rows.setdefault(survey.principal(binding, principal), {})
            for column, cell in _cells(survey, by, binding):
                cells.setdefault(column, {})[cell] = None
                used[column] = None
    things = survey.policy.sets if by == "sets" else survey.policy.roles
    order = sorted(things, key=lambda name: things[name].standard)
    columns = {name: _column(survey, by, name) for name in ("", *order) if name in used}
    return rows, columns


def _cells(survey: Survey, by: By, binding: Binding) -> Iterator[tuple[str, Link]]:
    if by == "sets":
        yield from ((name, survey.role(binding.role)) for name in binding.on or ("",))
    else:
        yield from ((binding.role, survey.resource_set(name) if name else _EVERYWHERE) for name in binding.on or ("",))


def _column(survey: Survey, by: By, name: str) -> Link:
    if not name:
        return _EVERYWHERE
    return survey.resource_set(name) if by == "sets" else survey.role(name)


def _words(principal: Link, cells: _Cells, columns: Mapping[str, Link]) -> str:
    links = [principal, *(columns[name] for name in cells), *(cell for found in cells.values() for cell in found)]
    return " ".join(f"{link.label} {link.detail}" for link in links).casefold()
