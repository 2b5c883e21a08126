"""Where to go after a submission: other forms, for the same target, with answers they start with. Reads; writes nothing."""

from collections.abc import Iterator, Mapping

from connectors.spi import Entry, Ref
from forms.answering.languages import in_best_language
from forms.answering.situation import given
from forms.answering.wire import as_wire
from forms.definition import Form, Next, Text
from forms.values import Value
from runner.access.model import Actor
from runner.pipeline.authorising import is_fitting, may_use
from runner.pipeline.finishing import Finished
from runner.pipeline.pages import NextView
from runner.pipeline.reading import Reader
from runner.pipeline.services import Services
from runner.store.records import Submission


def links_after(finished: Finished, values: Mapping[str, Value]) -> tuple[NextView, ...]:
    """Return the links of a form's last page; ``values`` are its answers and what is known of the run."""
    walk, links = finished.walk, []
    for following in walk.form.result.next:
        form = walk.services.catalogue.forms.get(following.form)
        if form is not None:
            label = walk.text(following.label) or walk.text(form.title)
            target = walk.target.ref.id if walk.target and form.target else ""
            inputs = tuple(_inputs(finished, following, form, values))
            links.append(NextView(label, form.id, target, walk.services.new_id(), inputs))
    return tuple(links)


def links_again(services: Services, actor: Actor, submission: Submission, target: Entry | None) -> tuple[NextView, ...]:
    """Return the links of a submission that is opened again: to forms that the actor may use on its target now.

    Its values are not worked out again, so the forms start empty.
    """
    form = services.catalogue.forms.get(submission.form_id)
    if form is None or target is None or submission.state != "done" or submission.undoes is not None:
        return ()
    language = submission.language or services.catalogue.settings.languages[0]
    links = []
    for following in form.result.next:
        other = services.catalogue.forms.get(following.form)
        reader = Reader(services, actor, following.form, services.now())
        if other is not None and other.target and may_use(reader, other) and is_fitting(reader, other, target):
            links.append(NextView(_plain(following.label or other.title, language), other.id, target.ref.id))
    return tuple(links)


def _plain(text: Text | None, language: str) -> str:
    parts = in_best_language(text, language).parts if text is not None else ()
    return "".join(part for part in parts if isinstance(part, str))


def _inputs(finished: Finished, following: Next, form: Form, values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Yield the answers another form starts with, named as its page posts them; what may not be seen is left out."""
    walk = finished.walk
    worked, _ = walk.reader.gather(
        walk.situation,
        lambda known: {name: given(one, known.environment(values)) for name, one in following.arguments.items()},
    )
    for field in form.fields:
        wire = as_wire(field, _seen(walk.reader, worked.get(field.id)))
        if isinstance(wire, bool):
            yield f"flag.{field.id}", "true" if wire else "false"
        elif isinstance(wire, list):
            yield from ((f"list.{field.id}", str(item)) for item in wire)
        elif wire is not None and not isinstance(wire, dict):
            yield f"answer.{field.id}", str(wire)


def _seen(reader: Reader, value: Value) -> Value:
    """Return a value without the objects that the actor may not see."""
    if isinstance(value, Ref):
        return value if reader.visible(value.kind, value.id) else None
    if isinstance(value, tuple):
        return tuple(item for item in value if _seen(reader, item) is not None)
    return value
