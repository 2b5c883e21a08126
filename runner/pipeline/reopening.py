"""Open a submission that was handed in again, as who handed it in: with their rights, and things, as they are now."""

from dataclasses import replace

from forms.definition import Form
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.pipeline.drafting import kept_answers
from runner.pipeline.finding import known_person
from runner.pipeline.planning import Prepared, prepare
from runner.pipeline.refusing import has_ended
from runner.pipeline.services import Services
from runner.pipeline.walking import Walk, start
from runner.store.records import Account, Submission

_WITHDRAWN = "The form is no longer offered here, so what waited of it is not done any more."


def acting_again(services: Services, account_id: str) -> Actor:
    """Return the actor behind an account, the person read now.

    Raises `RefusedError` when there is none any more who could do anything, `connectors.errors.ConnectorError` when the
    directory does not answer.
    """
    account = _account(services, account_id)
    person = known_person(services, account.person_id) if account.person_id else None
    if account.person_id and person is None:
        raise RefusedError(f"{account.login} is no longer in the directory.")
    if has_ended(person, services.now()):
        raise RefusedError(f"{account.login} is disabled in the directory, or has ended.")
    return Actor(account.id, account.login, person.label if person else account.display_name, person)


def _account(services: Services, account_id: str) -> Account:
    try:
        account = services.store.accounts.get(account_id)
    except NotFoundError:
        raise RefusedError("The account that asked for this is gone.") from None
    if account.disabled:
        raise RefusedError(f"The account of {account.login} is disabled.")
    return account


def reopened(services: Services, submission: Submission, *, is_begun: bool = False) -> Walk:
    """Open the form and the target of a submission that waits; raises as `runner.pipeline.walking.start` does.

    With ``is_begun``, what it has done to its target is not held against the form's conditions.
    The values are those of the moment it was handed in; what is allowed is decided as things are now.
    """
    services.authority.refresh()
    if not is_offered(services, submission.form_id):
        raise RefusedError(_WITHDRAWN)
    actor = acting_again(services, submission.actor_id)
    walk = start(
        services,
        actor,
        submission.form_id,
        submission.target_id,
        submission.id,
        submission.language or services.catalogue.settings.languages[0],
        submission.channel,
        handed_in=submission.asked_at or submission.created_at,
        kept=own_version(services, submission),
        is_begun=is_begun,
    )
    walk = walk.with_request(submission.ticket, submission.reason)
    return replace(walk, waited=True)


def is_offered(services: Services, form_id: str) -> bool:
    """Say whether a form is live now: one that was retired or taken away does nothing more, in no earlier version either."""
    form = services.catalogue.forms.get(form_id)
    return form is not None and form.status == "live"


def own_version(services: Services, submission: Submission) -> Form | None:
    """Return the form in the version it was handed in with; raises `RefusedError` when that cannot be used any more."""
    form = services.catalogue.forms.get(submission.form_id)
    if services.kept_form is None or (form is not None and form.digest == submission.form_digest):
        return form
    try:
        return services.kept_form(submission.form_id, submission.form_version, submission.form_digest)
    except (NotFoundError, StaleError) as error:
        raise RefusedError("The form it was filled in with is no longer known here. Nothing was done.") from error


def planned_again(services: Services, submission: Submission) -> Prepared:
    """Work a submission that waits out once more, up to what it would change now.

    Raises as `reopened` and `runner.pipeline.planning.prepare` do.
    """
    walk = reopened(services, submission)
    return prepare(walk, kept_answers(walk, submission))
