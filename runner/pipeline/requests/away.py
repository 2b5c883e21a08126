"""While I am away: somebody names who decides on requests meanwhile. A deputy gains nothing but that."""

from dataclasses import dataclass
from datetime import date, timedelta

from connectors.errors import RejectedError
from connectors.spi import Entry, Ref
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError, UnfitError
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.reading import Reader
from runner.pipeline.refusing import has_ended
from runner.pipeline.requests.meant import stood_in_for
from runner.pipeline.requests.pages import AwayLine, AwayPage
from runner.pipeline.requests.recording import absence
from runner.pipeline.services import Services
from runner.pipeline.telling import day
from runner.store.request_records import Absence

_LONGEST = timedelta(days=366)
_MOST = 20
_LONGEST_LOGIN = 200
_NO_PERSON = "Only a person of the directory can name a deputy."
_UNKNOWN = "Nobody who could decide has this sign-in name. Write it as your deputy signs in."
_SELF = "Name somebody else: you are the one who is away."
_DAYS = "Write the first and the last day, the last not before the first and not in the past."
_TOO_LONG = "An absence lasts a year at most. Write another one when it ends."
_TOO_MANY = f"There are {_MOST} absences already. Remove one that is over."


@dataclass(frozen=True, slots=True)
class Leave:
    """What somebody writes who will be away: the deputy's sign-in name, the first and the last day."""

    deputy: str = ""
    starts_on: str = ""
    ends_on: str = ""


def away_page(services: Services, actor: Actor, typed: Leave | None = None, error: str = "") -> AwayPage:
    """Return one's own absences, and for whom one decides today; with what was typed and is wrong."""
    typed, today = typed or Leave(), services.now().date()
    person = actor.person
    if person is None:
        return AwayPage((), (), may_set=False, today=today, error=error)
    reader = Reader(services, actor, None, services.now())
    lines = tuple(
        AwayLine(one.id, _name(reader, one.deputy_id), _span(one), one.starts_on <= today)
        for one in services.store.absences.of(person.ref.id)
        if one.ends_on >= today
    )
    others = tuple(_name(reader, id_) for id_ in stood_in_for(services, person.ref.id))
    return AwayPage(lines, others, True, today, typed.deputy, typed.starts_on, typed.ends_on, error)


def be_away(services: Services, actor: Actor, leave: Leave) -> None:
    """Keep that somebody is away and who decides meanwhile, recorded; raises `UnfitError` with what to mend."""
    person = _person(actor)
    now = services.now()
    starts_on, ends_on = _days(leave, now.date())
    reader = Reader(services, actor, None, now)
    deputy = _found(reader, leave.deputy)
    if deputy.ref.id == person.ref.id:
        raise UnfitError(_SELF)
    services.store.absences.forget_before(now.date() - _LONGEST)
    if len([one for one in services.store.absences.of(person.ref.id) if one.ends_on >= now.date()]) >= _MOST:
        raise UnfitError(_TOO_MANY)
    made = Absence(services.new_id(), person.ref.id, deputy.ref.id, starts_on, ends_on, now)
    services.store.absences.add(made, [absence(now, actor, "be away", made)])


def be_back(services: Services, actor: Actor, absence_id: str) -> None:
    """Forget one of one's own absences, recorded; raises `NotFoundError` when there is none."""
    person, now = _person(actor), services.now()
    for one in services.store.absences.of(person.ref.id):
        if one.id == absence_id:
            services.store.absences.remove(one.id, person.ref.id, [absence(now, actor, "be back", one)])
            return
    raise NotFoundError(NOT_FOUND)


def _person(actor: Actor) -> Entry:
    if actor.person is None or actor.client is not None:
        raise RefusedError(_NO_PERSON)
    return actor.person


def _days(leave: Leave, today: date) -> tuple[date, date]:
    try:
        starts_on, ends_on = date.fromisoformat(leave.starts_on.strip()), date.fromisoformat(leave.ends_on.strip())
    except ValueError:
        raise UnfitError(_DAYS) from None
    if ends_on < starts_on or ends_on < today:
        raise UnfitError(_DAYS)
    if ends_on - starts_on > _LONGEST:
        raise UnfitError(_TOO_LONG)
    return starts_on, ends_on


def _found(reader: Reader, login: str) -> Entry:
    """Return whom a sign-in name means; one that is unknown and one that has ended read the same."""
    text = login.strip()
    try:
        found = reader.named("user", text) if text and len(text) <= _LONGEST_LOGIN else None
    except RejectedError:
        found = None
    if found is None or found.ref.kind != "user" or has_ended(found, reader.now):
        raise UnfitError(_UNKNOWN)
    return found


def _span(one: Absence) -> str:
    return day(one.starts_on) if one.starts_on == one.ends_on else f"{day(one.starts_on)} – {day(one.ends_on)}"


def _name(reader: Reader, id_: str) -> str:
    person = reader.entry(Ref("user", id_))
    return person.label if person else "somebody who is no longer in the directory"
