"""Answers and values as an author writes them in a test, in the words of the fixture: names become ids and back."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.spi import File, OutputRef, Ref, Secret, SecretRef
from forms.answering.wire import PICKS, normalise, picked_kind
from forms.answering.working_out import Answer
from forms.definition import Catalogue, Field, Form
from forms.values import Choice, Delta
from runner.testing.world import World


@dataclass(frozen=True, slots=True)
class Names:
    """Turns names of a fixture's objects into their ids, where a form asks for objects, and back."""

    world: World
    form: Form
    catalogue: Catalogue

    def posted(self, answers: Mapping[str, object]) -> dict[str, object]:
        """Return the answers of a test as a page would send them."""
        return {id_: self._wire(self.form.field(id_), answer) for id_, answer in answers.items()}

    def files(self, answers: Mapping[str, object]) -> dict[tuple[str, str], File]:
        """Return the files of a test by question and token; their content is nowhere."""
        fields = {field.id: field for field in self.form.fields if field.type == "file"}
        given = {id_: answer for id_, answer in answers.items() if id_ in fields and isinstance(answer, Mapping)}
        return {(id_, _token(id_)): _file(answer) for id_, answer in given.items()}

    def expected(self, field: Field, written: object) -> object:
        """Return a value a test expects, in a spelling that can be compared with `worked`."""
        return plain(normalise(field, self._wire(field, written)))

    def worked(self, answer: Answer) -> object:
        """Return the value a question has, in a spelling that can be compared with `expected`."""
        is_own = answer.field.type == "computed" or not answer.asked
        return plain(answer.value if is_own else answer.wire)

    def readable(self, field: Field, value: object) -> object:
        """Return a value with names in the place of ids."""
        kind = self._kind(field)
        if field.type == "rows" and isinstance(value, list):
            columns = {column.id: column for column in field.fields}
            return [
                {key: self.readable(columns[key], item) if key in columns else item for key, item in row.items()}
                for row in value
                if isinstance(row, Mapping)
            ]
        return self._each(value, lambda text: self.world.called(Ref(kind, text))) if kind else value

    def _wire(self, field: Field, answer: object) -> object:
        if field.type == "rows" and isinstance(answer, list):
            columns = {column.id: column for column in field.fields}
            return [
                {key: self._wire(columns[key], item) if key in columns else item for key, item in row.items()}
                if isinstance(row, Mapping)
                else row
                for row in answer
            ]
        if field.type == "file" and isinstance(answer, Mapping):
            return _token(field.id)
        kind = self._kind(field)
        return self._each(answer, lambda text: self._id(kind, text)) if kind else answer

    def _each(self, value: object, change: Callable[[str], str]) -> object:
        if isinstance(value, Mapping):
            return {key: self._each(item, change) for key, item in value.items()}
        if isinstance(value, list):
            return [self._each(item, change) for item in value]
        return change(value) if isinstance(value, str) and value else value

    def _kind(self, field: Field) -> str:
        """Return the kind of object a question is answered with; empty for one that is answered with a text."""
        if field.type in PICKS:
            return picked_kind(field)
        if field.type == "membership":
            return "user" if self.form.target is not None and self.form.target.type == "group" else "group"
        options = field.options
        if options is None or options.lookup is None or options.value not in ("value", "id"):
            return ""
        return self.catalogue.lookups[options.lookup].kind

    def _id(self, kind: str, text: str) -> str:
        entry = self.world.named(kind, text)
        return entry.ref.id if entry is not None else text


def _token(id_: str) -> str:
    return f"file-of-{id_}"


def _file(answer: Mapping[str, object]) -> File:
    """Return a file as a test describes it: name, size in bytes, media type."""
    name, type_ = str(answer.get("name") or "photo.jpg"), str(answer.get("type") or "image/jpeg")
    size = int(str(answer.get("size") or 1_000))
    return File(name, size, type_, hashlib.sha256(f"{name} {size} {type_}".encode()).hexdigest())


def plain(value: object) -> object:
    """Return a value as texts, yes and no, lists and maps, so that equal values are equal however they are kept."""
    if value is None or isinstance(value, bool | str):
        return None if value == "" else value
    if isinstance(value, int | float | Decimal):
        return str(Decimal(str(value)).normalize().__format__("f"))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Ref):
        return value.id
    if isinstance(value, Choice):
        return value.value
    if isinstance(value, Secret | SecretRef):
        return "[secret]"
    if isinstance(value, File):
        return value.name
    if isinstance(value, OutputRef):
        return f"steps.{value.step}.{value.output}"
    if isinstance(value, Delta):
        return {"add": [ref.id for ref in value.add], "remove": [ref.id for ref in value.remove]}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else str(value)
