"""Resolve forms: fragments put in, the parent's parts taken over, translations laid over. Pure.

The resolved form is what is compiled, hashed, checked and tested.  Its nodes say which file they were written in.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from forms.documents import Document
from forms.errors import DefinitionError, Problem
from forms.nodes import ListNode, MapNode, ScalarNode
from forms.problems import Report, nearest_or_all
from forms.resolving.fragments import Expansion, Fragments
from forms.resolving.limits import MAX_TAKEN_OVER, refuse_large, refuse_long_lists
from forms.resolving.locks import Lock, locks_of, refuse_changes
from forms.resolving.merging import merged_form
from forms.resolving.naming import SUFFIXES, form_id_of
from forms.resolving.shapes import note_same_ids
from forms.resolving.sidecars import Translation, warn_missing
from forms.resolving.sources import Sources, map_from_file, named_files

MAX_DEPTH = 3
"""How many forms may stand above a form: its parent, that one's parent, and one more."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A form made whole.

    ``others`` maps the names of files that its nodes may come from to their documents; ``problems`` are those of the
    reading and the resolving.  ``is_complete`` is false when a part could not be found, so that what refers to it would
    seem wrong too.  ``ancestors`` are the files it is based on, the nearest first; ``locks`` are theirs and its own.
    """

    document: Document
    root: MapNode
    others: Mapping[str, Document]
    problems: tuple[Problem, ...]
    is_complete: bool = True
    ancestors: tuple[str, ...] = ()
    locks: tuple[Lock, ...] = ()

    def report(self) -> Report:
        """Return a report that holds the problems so far, for whoever goes on with the form."""
        found = Report(self.document, self.others)
        found.take(self.problems)
        return found


class Resolver:
    """Resolves the forms of a desk folder, each once; ``language`` is the first of the settings."""

    def __init__(self, sources: Sources, language: str) -> None:
        self.sources, self.language = sources, language
        self.fragments = Fragments(sources)
        self._resolved: dict[str, Resolved] = {}
        self._failed: dict[str, DefinitionError] = {}
        self._open: list[str] = []

    def resolve(self, file: str) -> Resolved:
        """Return a form made whole; raises `DefinitionError` when it, or a form it is based on, cannot be read."""
        if file in self._failed:
            raise self._failed[file]
        if file not in self._resolved:
            self._open.append(file)
            try:
                self._resolved[file] = self._make(file)
            except DefinitionError as error:
                self._failed[file] = error
                raise
            finally:
                self._open.pop()
        return self._resolved[file]

    def bases(self, files: Iterable[str]) -> Iterator[str]:
        """Yield the forms that others among the files are based on, perhaps several times; makes all of them whole."""
        for file in files:
            if file.endswith(SUFFIXES):
                with suppress(DefinitionError):
                    yield from self.resolve(file).ancestors

    def _make(self, file: str) -> Resolved:
        document = self.sources.document(file)
        report = Report(document, self.sources.documents)
        refuse_long_lists(document.root, report)
        expansion = Expansion(self.fragments, report)
        own = expansion.form(document.root)
        if own is not document.root:
            refuse_long_lists(own, report)
            refuse_large(own, report, document.root, MAX_TAKEN_OVER)
        note_same_ids(own, report)
        parent, is_known = self._parent(own, report)
        root, locks = own, parent.locks if parent else ()
        if parent is not None:
            report.take(problem for problem in parent.problems if problem.level == "error")
            refuse_large(parent.root, report, document.root, MAX_TAKEN_OVER)
            above = map_from_file(parent.root, parent.document.file)
            root = merged_form(above, own, report, self.language)
            refuse_long_lists(root, report)
            refuse_large(root, report, document.root, MAX_TAKEN_OVER)
            refuse_changes(locks, above, own, root, report)
        root = self._translated(root, report, locks)
        locks += locks_of(own, root, report)
        root = replace(root, pairs=tuple(pair for pair in root.pairs if not _is_used_up(*pair)))
        return Resolved(
            document,
            root,
            self.sources.documents,
            report.problems,
            is_complete=is_known and expansion.is_complete and (parent is None or parent.is_complete),
            ancestors=(parent.document.file, *parent.ancestors) if parent else (),
            locks=locks,
        )

    def _parent(self, root: MapNode, report: Report) -> tuple[Resolved | None, bool]:
        """Return the form a form is based on; None and false when it says one that cannot be used, which is noted."""
        written = root.get("extends")
        if not isinstance(written, ScalarNode) or written.is_null:
            return None, True
        file, doubled = self.sources.forms.get(written.text), self.sources.doubled_forms.get(written.text)
        if doubled is not None:
            message = f'there are several forms "{written.text}": {named_files(doubled)}'
            report.error("E116", written, message, "Keep one of them; until then this form is left out.")
            return None, False
        if file is None:
            own = form_id_of(report.document.file)
            fix = nearest_or_all(written.text, [name for name in self.sources.forms if name != own], "Forms")
            report.error("E160", written, f'there is no form "{written.text}" to be based on', fix)
            return None, False
        if file in self._open:
            chain = [form_id_of(each) for each in (*self._open[self._open.index(file) :], file)]
            message = f"forms are based on each other in a circle: {' → '.join(chain)}"
            report.error("E161", written, message, "Take  extends  out of one of them.")
            return None, False
        parent = self.resolve(file)
        if len(parent.ancestors) >= MAX_DEPTH:
            chain = [form_id_of(each) for each in (file, *parent.ancestors)]
            message = f"a form may stand below at most {MAX_DEPTH} others, this one stands below {', '.join(chain)}"
            report.error("E161", written, message, f"Base it on  {chain[1]} , or make the chain shorter.")
            return None, False
        return parent, True

    def _translated(self, root: MapNode, report: Report, locks: tuple[Lock, ...]) -> MapNode:
        texts = tuple(self.sources.texts_of(report.document.file))
        if texts:
            translation = Translation(root, report, self.language, locks)
            for language, file in texts:
                try:
                    translation.take(language, self.sources.document(file))
                except DefinitionError as error:
                    report.take(error.problems)
            root = translation.translated()
            refuse_large(root, report, report.document.root)
        warn_missing(root, report, self.language)
        return root


def _is_used_up(key: ScalarNode, value: object) -> bool:
    """Say whether a key has done its work once the form is resolved; one with a value of the wrong shape is read on."""
    if key.text == "extends":
        return isinstance(value, ScalarNode) and not value.is_null
    is_list = key.text == "locked" and isinstance(value, ListNode)
    return is_list and all(isinstance(item, ScalarNode) and not item.is_null for item in getattr(value, "items", ()))
