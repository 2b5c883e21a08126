"""Files that wait for a submission: what they are, and their content for the operations that take it. Reads."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.spi import Content, File, Operation
from forms.definition import Form
from runner.errors import RefusedError
from runner.pipeline.services import Services

LIFETIME = timedelta(days=1)
NO_LONGER_KEPT = "A file of this form is no longer kept here. Choose it again."


def waiting_files(
    services: Services, actor_id: str, form: Form, submission: str, now: datetime
) -> Mapping[tuple[str, str], File]:
    """Return the files of this actor that wait for this submission of this form, by question and token.

    ``now`` is when it was handed in, for one that was.
    """
    if not any(field.type == "file" for field in form.fields):
        return {}
    found = services.store.uploads.waiting(actor_id, form.id, submission, now - LIFETIME)
    return {(one.field_id, one.token): File(one.name, one.size, one.type, one.sha256, one.token) for one in found}


def with_contents(
    services: Services, actor_id: str, form_id: str, submission: str, operation: Operation, *, waited: bool = False
) -> Operation:
    """Return an operation with the content of the files among its arguments, for the connector alone.

    Raises `RefusedError` for a file that is gone, or is not what was planned.
    """
    files = {name: value for name, value in operation.arguments.items() if isinstance(value, File) and value.token}
    if not files:
        return operation
    filled = {
        name: replace(file, content=_content(services, actor_id, form_id, submission, file, waited=waited))
        for name, file in files.items()
    }
    return replace(operation, arguments={**operation.arguments, **filled})


def _content(services: Services, actor_id: str, form_id: str, submission: str, file: File, *, waited: bool) -> Content:
    sealed = services.store.uploads.content(file.token, actor_id, form_id, submission)
    if sealed is None:
        raise RefusedError(NO_LONGER_KEPT)
    try:
        content = services.sealer.unseal_file(sealed, waited=waited)
    except ValueError as error:
        raise RefusedError(NO_LONGER_KEPT) from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise RefusedError("A file of this form is not the one that was chosen. Choose it again.")
    return Content(content)
