"""Where each neutral attribute is found in the tables, and what can be computed of it. Pure: builds SQL, runs none."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, false, func, or_, select

from connectors.local.records import REFERENCES
from connectors.local.tables import KIND_TABLES, TEXTS, members, objects, people, photos
from connectors.verbs import ATTRIBUTES

_EMPLOYEES, _COUNTED = people.alias("employees"), members.alias("counted")
_IS_MANAGER = select(_EMPLOYEES.c.id).where(_EMPLOYEES.c.manager_id == objects.c.id).correlate(objects).exists()
_MEMBER_COUNT = select(func.count()).where(_COUNTED.c.group_id == objects.c.id).correlate(objects).scalar_subquery()

_HAS_PHOTO = (
    select(photos.c.person_id)
    .where(photos.c.person_id == objects.c.id, photos.c.is_current)
    .correlate(objects)
    .exists()
)

EXPIRY = "password_expires_on"
_COMPUTED = frozenset(
    {
        ("user", "enabled"),
        ("user", "locked"),
        ("user", "expired"),
        ("user", "is_manager"),
        ("user", "has_photo"),
        ("group", "member_count"),
    }
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What "now" means for computed attributes.

    ``lock_lasts`` is None when a lock stays until it is lifted, ``password_days`` when passwords do not expire.
    """

    now: datetime
    lock_lasts: timedelta | None
    password_days: int | None = None

    @property
    def today(self) -> date:
        """The day it is."""
        return self.now.date()

    @property
    def locked_since(self) -> datetime | None:
        """Before this a lock is over; None when locks stay."""
        return None if self.lock_lasts is None else self.now - self.lock_lasts

    def expiry_of(self, password_set_on: datetime | None) -> datetime | None:
        """Return when a password is due for a change; None when it never is, or nobody knows how old it is."""
        if password_set_on is None or self.password_days is None:
            return None
        return password_set_on + timedelta(days=self.password_days)


@dataclass(frozen=True, slots=True)
class AnyMoment:
    """Stands for a `Moment` in a statement that is built once and executed with the `parameters` of many."""

    has_lock_end: bool

    @property
    def today(self) -> BindParameter[date]:
        """The place of `Moment.today`."""
        return bindparam("today", type_=people.c.expires_on.type)

    @property
    def locked_since(self) -> BindParameter[datetime] | None:
        """The place of `Moment.locked_since`."""
        return bindparam("locked_since", type_=people.c.locked_at.type) if self.has_lock_end else None


def parameters(moment: Moment) -> dict[str, Any]:
    """Return what a statement with `AnyMoment` in it is executed with."""
    return {"today": moment.today, "locked_since": moment.locked_since}


def type_of(kind: str, attribute: str) -> str | None:
    """Return the type of an attribute as in `connectors.verbs.ATTRIBUTES`, or None when there is none."""
    known = ATTRIBUTES[kind].get(attribute)
    return known.type if known else None


def key_column(kind: str, attribute: str) -> ColumnElement[Any] | None:
    """Return the case-folded column of a text attribute, or None."""
    if attribute == "id":
        return objects.c.id
    return KIND_TABLES[kind].c[f"{attribute}_key"] if attribute in TEXTS[kind] else None


def value_column(kind: str, attribute: str, moment: Moment | AnyMoment) -> ColumnElement[Any] | None:
    """Return the column or expression of a yes/no, number, date, time or single reference, or None.

    For ``password_expires_on`` it is ``password_set_on``, a number of days before it.
    """
    if attribute == EXPIRY:
        return people.c.password_set_on
    if attribute in {"created", "changed"}:
        return objects.c[attribute]
    computed = _computed(attribute, moment) if (kind, attribute) in _COMPUTED else None
    return computed if computed is not None else KIND_TABLES[kind].c.get(REFERENCES.get(attribute, attribute))


def is_locked(moment: Moment | AnyMoment) -> ColumnElement[bool]:
    """Return the condition that a person's account is locked at that moment."""
    since = moment.locked_since
    if since is None:
        return people.c.locked_at.is_not(None)
    return and_(people.c.locked_at.is_not(None), people.c.locked_at > since)


def _computed(attribute: str, moment: Moment | AnyMoment) -> ColumnElement[Any]:
    if attribute == "enabled":
        return and_(people.c.enabled, or_(people.c.enabled_from.is_(None), people.c.enabled_from <= moment.today))
    if attribute == "locked":
        return func.coalesce(is_locked(moment), false())
    if attribute == "expired":
        return func.coalesce(and_(people.c.expires_on.is_not(None), people.c.expires_on < moment.today), false())
    if attribute == "has_photo":
        return _HAS_PHOTO
    return _IS_MANAGER if attribute == "is_manager" else _MEMBER_COUNT
