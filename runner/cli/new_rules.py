"""What the parts of a new form have to be; the reasons are sentences for whoever types them. Pure but for the folder read."""

import re
from dataclasses import replace

from connectors.spi import Verb
from forms.editing.drafting import Doing, Draft, Given, arguments_to_give, usual
from runner.cli.new_desk import NewDesk
from runner.errors import RunnerError

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class NewFormError(RunnerError):
    """Something given for a new form will not do; nothing was written."""


def checked_title(text: str) -> str:
    """Return a title or reason; raises `NewFormError`."""
    if not text:
        raise NewFormError("Write a few words.")
    if len(text) > 120:
        raise NewFormError("Write at most 120 characters.")
    if "$(" in text or not text.isprintable():
        raise NewFormError("Write plain words, without $( and special characters.")
    return text


def checked_id(desk: NewDesk, text: str) -> str:
    """Return an id that is free; raises `NewFormError`."""
    if not _ID.fullmatch(text):
        raise NewFormError("Write small letters, digits and dashes, such as  unlock-account .")
    if text in desk.form_ids:
        raise NewFormError(f'There is a form "{text}" already.')
    return text


def checked_constant(desk: NewDesk, draft: Draft, verb: Verb, name: str, text: str) -> str:
    """Return a constant that an argument takes; raises `NewFormError` with what the checker says of it."""
    if not text or not text.isprintable():
        raise NewFormError("Write a value, on one line.")
    others = {
        one.name: usual(verb, one, draft.target)
        for one in arguments_to_give(verb)
        if one.type != "map" and one.name != name
    }
    known = {other: given for other, given in others.items() if given.source != "constant"}
    trial = replace(
        draft, doings=(Doing(verb, {**known, name: Given("constant", text)}),), verify="none", because="A trial"
    )
    _, problems = desk.compiled(trial)
    wrong = next((one for one in problems if one.code not in ("E142", "E145") and one.level == "error"), None)
    if wrong is not None:
        raise NewFormError(f"{wrong.message[:1].upper()}{wrong.message[1:]}. {wrong.fix}".strip())
    return text


def check_passwords(desk: NewDesk, verb: Verb) -> None:
    """Raise `NewFormError` when a verb takes a password and the desk does not say how passwords are made."""
    if any(one.type == "secret" for one in arguments_to_give(verb)) and not desk.password_policies:
        reason = f"{verb.name} gives a password, and settings.yaml does not say how one is made."
        raise NewFormError(f"{reason} Add  password_policies: {{ temporary: {{ kind: words }} }} .")
