"""Reads what stands in a local directory's tables, for comparing with what was imported."""

from typing import Any

from sqlalchemy import Engine, func, select

from connectors.local.tables import KIND_TABLES, addresses, members, objects
from connectors.local.transactions import reading


def counts(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        found = connection.execute(select(objects.c.kind, func.count()).group_by(objects.c.kind))
        return dict(found.all())


def rows(engine: Engine, kind: str, by: str) -> dict[str, dict[str, Any]]:
    table = KIND_TABLES[kind]
    with reading(engine) as connection:
        return {row[by]: dict(row) for row in connection.execute(select(table)).mappings()}


def member_logins(engine: Engine, group: str) -> set[str]:
    """Return logins and names of the direct members of a group."""
    groups = KIND_TABLES["group"]
    named = {row["id"]: name for kind, by in (("user", "login"), ("group", "name"), ("computer", "name"))
             for name, row in rows(engine, kind, by).items()}  # fmt: skip
    with reading(engine) as connection:
        query = (
            select(members.c.member_id).join(groups, groups.c.id == members.c.group_id).where(groups.c.name == group)
        )
        return {named[member] for member in connection.scalars(query)}


def addresses_of(engine: Engine, object_id: str) -> list[str]:
    with reading(engine) as connection:
        query = select(addresses.c.address).where(addresses.c.object_id == object_id).order_by(addresses.c.position)
        return list(connection.scalars(query))


def everything(engine: Engine) -> list[tuple[Any, ...]]:
    """Return all rows of the directory, to see that nothing changed."""
    with reading(engine) as connection:
        tables = (objects, members, addresses, *KIND_TABLES.values())
        return [
            tuple(row) for table in tables for row in connection.execute(select(table).order_by(*table.primary_key))
        ]
