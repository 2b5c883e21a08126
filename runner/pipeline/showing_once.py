"""What the actor of a submission may see one time after it ran without them: a password that was made."""

import json
from dataclasses import replace

from connectors.spi import Secret
from runner.pipeline.finding import plain
from runner.pipeline.pages import ShowView, SubmissionPage
from runner.pipeline.services import Services
from runner.store.records import Submission

_GONE = "There is nothing to show any more: it was shown, or nobody came to see it for a week."


def revealed_page(services: Services, page: SubmissionPage, submission: Submission, language: str) -> SubmissionPage:
    """Return the page with what is sealed for its actor, and forget that; with a notice when there is nothing."""
    sealed = (
        None
        if submission.finished_at is None
        else services.store.queue.take_shown_once(submission.id, submission.actor_id)
    )
    if sealed is None:
        return replace(page, notice=_GONE, can_reveal=False)
    try:
        values: dict[str, str] = json.loads(services.sealer.unseal(sealed, waited=True))
    except ValueError:
        return replace(page, notice=_GONE, can_reveal=False)
    form = services.catalogue.forms.get(submission.form_id)
    labels = {
        name: plain(show.label, language)
        for show in (form.result.show if form is not None else ())
        if show.secret and (single := getattr(show.value, "single", None)) is not None
        for name in single.names
    }
    shows = tuple(ShowView(labels.get(name, name), "", copy=True, secret=Secret(text)) for name, text in values.items())
    return replace(page, shows=shows, notice="", can_reveal=False)
