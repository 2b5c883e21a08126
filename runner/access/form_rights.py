"""Whether somebody may hold what a form needs before anything is asked in it. Pure."""

from datetime import datetime

from connectors.spi import Entry, Ref
from forms.definition import NeedAt
from runner.access.authority import Authority
from runner.access.model import Actor


def form_entry(form: str) -> Entry:
    """Return a form as a thing that is decided on; its id is its name."""
    return Entry(Ref("form", form), form, (), {"name": form})


def may_satisfy(authority: Authority, actor: Actor, need: NeedAt, *, form: str, now: datetime) -> bool:
    """Say whether the actor holds a permission on the form itself, or for one about other things, on some of them."""
    if need.kind == "form":
        return authority.decide(actor, need.permission, form_entry(form), form=form, now=now).allowed
    return authority.holds(actor, need.permission, need.kind, form=form, now=now)
