"""Files that were sent with a form: looked at, sealed and kept until the submission ends. Writes to the store."""

from dataclasses import replace

from connectors.spi import File
from forms.answering.files import FileError, inspected
from forms.answering.local_times import with_zone
from forms.definition import Field
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.pages import Posted
from runner.pipeline.walking import Walk, refused_on
from runner.store.uploads import Upload

MOST_WAITING = 20
"""How many files of one person may wait at once; of more, the oldest are let go."""


def received(walk: Walk, posted: Posted) -> tuple[Walk, Posted]:
    """Keep the files that answer questions; their tokens become the answers. Moments get the offset of the desk's time.

    A file that is not taken leaves the question as it was, with the reason in ``refused``.  Raises `NotFoundError`,
    recorded, when the submission is not a draft of this actor's for this form.
    """
    posted = replace(posted, answers=with_zone(walk.form, posted.answers, walk.reader.now.tzinfo))
    questions = {question.id: question for question in walk.form.fields if question.type == "file"}
    sent = {id_: content for id_, content in posted.uploads.items() if id_ in questions}
    if not sent:
        return walk, posted
    if walk.actor.simulated_by:
        raise refused_on(walk, "upload", RefusedError("Nothing is kept while the desk is seen as somebody else."))
    _check_own_draft(walk)
    answers, refused = dict(posted.answers), dict(posted.refused)
    files = dict(walk.situation.files)
    for id_, content in sent.items():
        try:
            file = _kept(walk, questions[id_], posted.names.get(id_, ""), content)
        except FileError as wrong:
            refused[id_] = str(wrong)
        else:
            files[id_, file.token] = file
            answers[id_] = file.token
    rest = {id_: content for id_, content in posted.uploads.items() if id_ not in sent}
    walk = replace(walk, situation=replace(walk.situation, files=files))
    return walk, replace(posted, answers=answers, uploads=rest, refused=refused)


def _check_own_draft(walk: Walk) -> None:
    try:
        found = walk.services.store.submissions.get(walk.submission)
    except NotFoundError:
        return
    target = walk.target.ref.id if walk.target else None
    same = (found.actor_id, found.form_id, found.target_id) == (walk.actor.id, walk.form.id, target)
    if not same or found.state != "draft":
        raise refused_on(walk, "upload", NotFoundError(NOT_FOUND))


def _kept(walk: Walk, question: Field, name: str, content: bytes) -> File:
    file = inspected(question, name, content)
    file = replace(file, token=walk.services.new_id())
    upload = Upload(
        token=file.token,
        actor_id=walk.actor.id,
        form_id=walk.form.id,
        field_id=question.id,
        submission_id=walk.submission,
        name=file.name,
        size=file.size,
        type=file.type,
        sha256=file.sha256,
        created_at=walk.reader.now,
    )
    walk.services.store.uploads.keep(upload, walk.services.sealer.seal_file(content), most=MOST_WAITING)
    return file
