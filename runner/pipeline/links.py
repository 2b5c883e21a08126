"""Where to go after a submission: other forms, for the same target, with answers they start with. Reads; writes nothing."""

from collections.abc import Iterator, Mapping

from connectors.spi import Ref
from forms.answering.situation import given
from forms.answering.wire import as_wire
from forms.definition import Form, Next
from forms.values import Value
from runner.pipeline.finishing import Finished
from runner.pipeline.pages import NextView
from runner.pipeline.reading import Reader


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
