"""Which forms can be used for many people, and how many at a time. Pure, but for counting what began lately."""

from datetime import timedelta

from forms.definition import Form
from runner.access.model import Actor
from runner.errors import NotFoundError
from runner.pipeline.authorising import may_use
from runner.pipeline.reading import Reader
from runner.pipeline.same_person import is_own
from runner.pipeline.services import Services
from runner.pipeline.walking import reader_for

NAMED_BY = {
    "user": ("login", "upn", "mail", "employee_id"),
    "group": ("name", "mail"),
    "mailbox": ("name", "address"),
    "mail_list": ("name", "address"),
    "computer": ("name",),
    "contact": ("mail", "display_name"),
}
"""By which attributes a file may name the objects of a kind."""
STARTS = "request.approve"
"""Who holds this permission, and may use the form, may start what somebody else prepared."""
_FILES = frozenset({"file", "csv"})


def why_not(form: Form) -> str:
    """Return why a form cannot be used for many people; empty when it can. Pure."""
    if form.is_view or form.target is None or form.target.type not in NAMED_BY:
        return "This form is not for somebody, or changes nothing, so it cannot be used for many people."
    if _checks_everybody_else(form):
        return "This form asks for a caller check of each person, so it cannot be used for many people at once."
    for field in form.fields:
        if field.type in _FILES:
            return "This form asks for a file for each person, so it cannot be used for many people at once."
        if field.type == "password" and field.generate is None:
            return "This form asks for a typed password. The same one for many people is not set."
    return ""


def _checks_everybody_else(form: Form) -> bool:
    """Say whether a caller check is due for everybody, or for everybody but oneself."""
    verify = form.verify
    if verify is None or verify.policy is None:
        return False
    return verify.when is None or {("target",), ("actor",)} <= verify.when.paths


def gives_secrets(form: Form) -> bool:
    """Say whether a form shows something one time that each person gets their own of. Pure."""
    return any(show.secret for show in form.result.show)


def over_the_limit(services: Services, actor_id: str, form: Form, rows: int) -> str:
    """Return why so many rows go over what the form allows one actor; empty when they do not."""
    rate = form.limits.per_actor
    if rate is None:
        return ""
    since = services.now() - timedelta(seconds=rate.seconds)
    begun = services.store.submissions.count_since(form_id=form.id, since=since, actor_id=actor_id)
    if begun + rows <= rate.count:
        return ""
    span = {3_600: "an hour", 86_400: "a day"}.get(rate.seconds, f"{rate.seconds} seconds")
    used = f", and you did so {begun} times already" if begun else ""
    return (
        f"This form may be used {rate.count} times within {span} by one person{used}. {rows} rows would go over that, "
        "so they are not started. Prepare fewer, or ask who looks after the form."
    )


def may_start(services: Services, actor: Actor, requester_id: str, form: Form | None) -> bool:
    """Say whether an actor may start what somebody else prepared with a form; nobody does whose account is unknown."""
    if form is None or actor.simulated_by or actor.client is not None:
        return False
    try:
        person_id = services.store.accounts.get(requester_id).person_id
    except NotFoundError:
        return False
    if is_own(services, actor, requester_id, person_id):
        return False
    reader: Reader = reader_for(services, actor, form.id)
    authority = services.authority.current()
    return may_use(reader, form) and authority.holds(actor, STARTS, "", form=form.id, now=reader.now)
