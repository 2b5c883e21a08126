"""The files a form may be made of, each read once. Pure: the files are given as names and bytes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from forms.documents import Document, read_document
from forms.errors import DefinitionError
from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.resolving.naming import SUFFIXES, folder_of, form_id_of, fragment_name, translates


class Sources:
    """The definitions of a desk folder by what they are; ``documents`` maps the names of those read so far."""

    def __init__(self, folder: Mapping[str, bytes]) -> None:
        self.folder = folder
        self.documents: dict[str, Document] = {}
        self.forms: dict[str, str] = {}
        self.fragments: dict[str, str] = {}
        self._texts: dict[str, list[tuple[str, str]]] = {}
        self._failed: dict[str, DefinitionError] = {}
        for file in sorted(folder):
            self._place(file)

    def _place(self, file: str) -> None:
        found = translates(file)
        if file.endswith(SUFFIXES):
            self.forms.setdefault(form_id_of(file), file)
        elif fragment_name(file):
            self.fragments.setdefault(fragment_name(file), file)
        elif found:
            self._texts.setdefault(found[0], []).append((found[1], file))

    def document(self, file: str) -> Document:
        """Read a file, whose nodes then say that they are from it; raises `DefinitionError`, the same every time."""
        if file in self._failed:
            raise self._failed[file]
        if file not in self.documents:
            try:
                self.documents[file] = read_document(file, self.folder[file])
            except DefinitionError as error:
                self._failed[file] = _without_root(error) if fragment_name(file) else error
                raise self._failed[file] from None
        return self.documents[file]

    def texts_of(self, file: str) -> Iterator[tuple[str, str]]:
        """Yield the languages that files of texts beside a form give, with those files."""
        place = f"{folder_of(file)}/{form_id_of(file)}" if folder_of(file) else form_id_of(file)
        yield from self._texts.get(place, ())

    def texts_without_form(self) -> Iterator[tuple[str, str]]:
        """Yield the files of texts that no form beside them has, with the id of the form they are for."""
        beside = {(folder_of(file), form_id_of(file)) for file in self.folder if file.endswith(SUFFIXES)}
        for form, files in self._texts.items():
            folder, _, name = form.rpartition("/")
            if (folder, name) not in beside:
                yield from ((file, name) for _, file in files)


def _without_root(error: DefinitionError) -> DefinitionError:
    """Say of a fragment that is only a list what is missing around it."""
    message, fix = "a fragment is no bare list", "Write  format: fields/1  and under it  fields:  with the list."
    found = (replace(each, message=message, fix=fix) if each.code == "E113" else each for each in error.problems)
    return DefinitionError(tuple(found))


def from_file(node: Node, file: str) -> Node:
    """Return a node, and all in it, as taken over from a file; what is from another file already stays from that."""
    if node.file:
        return node
    if isinstance(node, ScalarNode):
        return replace(node, file=file)
    if isinstance(node, ListNode):
        return ListNode(node.line, node.column, tuple(from_file(item, file) for item in node.items), file)
    return map_from_file(node, file)


def map_from_file(node: MapNode, file: str) -> MapNode:
    """Return a map as taken over from a file, see `from_file`."""
    pairs = tuple((replace(key, file=key.file or file), from_file(value, file)) for key, value in node.pairs)
    return MapNode(node.line, node.column, pairs, node.file or file)
