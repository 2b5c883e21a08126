"""The secrets that a plan hands over: made, or opened, right before it is carried out."""

from collections.abc import Mapping

from connectors.spi import Secret
from forms.answering.wire import normalise
from runner.pipeline.planning import Prepared
from runner.pipeline.walking import Walk


def secrets_of(walk: Walk, prepared: Prepared, answers: Mapping[str, object]) -> dict[str, Secret]:
    """Make or open the secrets the plan hands over; they are kept nowhere as they are."""
    secrets: dict[str, Secret] = {}
    for field in walk.form.fields:
        answer = prepared.worked.answers[field.id]
        if field.type != "password" or not answer.asked:
            continue
        if field.generate is not None:
            policy = walk.services.catalogue.settings.password_policies[field.generate]
            secrets[field.id] = walk.services.make_password(policy)
        elif answers.get(field.id):
            secrets[field.id] = Secret(str(normalise(field, answers[field.id])))
    return secrets
