"""Where each neutral attribute is found in the tables, and what can be computed of it. Pure: builds SQL, runs none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from connectors.local.records import REFERENCES
from connectors.local.tables import KIND_TABLES, TEXTS, members, objects, people
from connectors.verbs import ATTRIBUTES

_EMPLOYEES, _COUNTED = people.alias("employees"), members.alias("counted")
_IS_MANAGER = select(_EMPLOYEES.c.id).where(_EMPLOYEES.c.manager_id == objects.c.id).correlate(objects).exists()
_MEMBER_COUNT = select(func.count()).where(_COUNTED.c.group_id == objects.c.id).correlate(objects).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Moment:
    """What "now" means for computed attributes; ``lock_lasts`` is None when a lock stays until it is lifted."""

    now: datetime
    lock_lasts: timedelta | None


def type_of(kind: str, attribute: str) -> str | None:
    """Return the type of an attribute as in `connectors.verbs.ATTRIBUTES`, or None when there is none."""
    known = ATTRIBUTES[kind].get(attribute)
    return known.type if known else None


def key_column(kind: str, attribute: str) -> ColumnElement[Any] | None:
    """Return the case-folded column of a text attribute, or None."""
    if attribute == "id":
        return objects.c.id
    return KIND_TABLES[kind].c[f"{attribute}_key"] if attribute in TEXTS[kind] else None


def value_column(kind: str, attribute: str, moment: Moment) -> ColumnElement[Any] | None:
    """Return the column or expression of a yes/no, number, date, time or single reference, or None."""
    if attribute in {"created", "changed"}:
        return objects.c[attribute]
    computed = _computed(moment).get((kind, attribute))
    if computed is not None:
        return computed
    return KIND_TABLES[kind].c.get(REFERENCES.get(attribute, attribute))


def is_locked(moment: Moment) -> ColumnElement[bool]:
    """Return the condition that a person's account is locked at that moment."""
    if moment.lock_lasts is None:
        return people.c.locked_at.is_not(None)
    return and_(people.c.locked_at.is_not(None), people.c.locked_at > moment.now - moment.lock_lasts)


def _computed(moment: Moment) -> Mapping[tuple[str, str], ColumnElement[Any]]:
    expired = and_(people.c.expires_on.is_not(None), people.c.expires_on < moment.now.date())
    begun = or_(people.c.enabled_from.is_(None), people.c.enabled_from <= moment.now.date())
    return {
        ("user", "enabled"): and_(people.c.enabled, begun),
        ("user", "locked"): func.coalesce(is_locked(moment), false()),
        ("user", "expired"): func.coalesce(expired, false()),
        ("user", "is_manager"): _IS_MANAGER,
        ("group", "member_count"): _MEMBER_COUNT,
    }
