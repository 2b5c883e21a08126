"""What doctor says of messages: what waits, what failed, and what the settings lack so that people are reached. Reads only."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from forms.definition import Form
from runner.counting import counted
from runner.settings.reading import SETTINGS_FILE
from runner.wiring import Installation

Found: TypeAlias = tuple[str, Literal["ok", "warning", "error"], str]


def message_findings(installation: Installation) -> Iterator[Found]:
    """Yield what was examined, its state and a sentence."""
    store = installation.services.store.notifications
    failed, waiting = store.count("failed"), store.count("pending")
    if failed:
        fix = "see: deskhand notifications list, then: deskhand notifications resend --all-failed"
        yield "mail", "warning", f"{counted(failed, 'message')} could not be sent; {fix}"
    if waiting:
        yield "mail", "warning", f"{counted(waiting, 'mail')} still {'has' if waiting == 1 else 'have'} to go out"
    if not failed and not waiting:
        yield "mail", "ok", "no mail is waiting"
    yield from _settings(installation)
    for form in installation.services.catalogue.forms.values():
        yield from _hooks(installation, form)


def _settings(installation: Installation) -> Iterator[Found]:
    """Say what real mails would lack; a desk that writes them into a folder reaches nobody anyway."""
    channels, is_sent = installation.services.channels, installation.folder.mail.outbox is None
    if is_sent and not channels.web_address:
        fix = f'set address = "https://…" under [web] in {SETTINGS_FILE}'
        yield "mail", "warning", f"mails carry no link to the desk, since nothing says where it is; {fix}"
    if is_sent and not channels.operator:
        fix = f"set operator under [mail] in {SETTINGS_FILE}"
        yield "mail", "warning", f"nobody is called when something needs an operator; {fix}"


def _hooks(installation: Installation, form: Form) -> Iterator[Found]:
    """Name webhooks that a form writes to and the settings do not have, as far as their names stand in the form."""
    hooks = installation.services.channels.hooks
    for rule in form.notify:
        for name in rule.to:
            if rule.by != "mail" and isinstance(name, str) and name not in hooks:
                detail = f'{form.id} tells the {rule.by} "{name}", and {SETTINGS_FILE} has no [webhooks.{name}]'
                yield "webhook", "warning", detail
