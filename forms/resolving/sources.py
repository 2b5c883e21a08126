"""The files a form may be made of, each read once. Pure: the files are given as names and bytes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from forms.documents import Document, read_document
from forms.errors import DefinitionError, Problem
from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.resolving.naming import SUFFIXES, folder_of, form_id_of, fragment_name, translates

MAX_FRAGMENT_BYTES = 64 * 1024
"""How large a fragment may be: there may be many, each with no more fields than a form has."""
_NAMED = 3  # files that are named in a sentence


class Sources:
    """The definitions of a desk folder by what they are; ``documents`` maps the names of those read so far.

    ``forms`` and ``fragments`` map names to the one file of that name. ``doubled_forms`` and ``doubled_fragments`` hold
    the names that several files have: nobody can tell which of them is meant, so none of them is used.
    """

    def __init__(self, folder: Mapping[str, bytes]) -> None:
        self.folder = folder
        self.documents: dict[str, Document] = {}
        self._texts: dict[str, list[tuple[str, str]]] = {}
        self._failed: dict[str, DefinitionError] = {}
        files = sorted(folder)
        forms = _by_name((form_id_of(file), file) for file in files if file.endswith(SUFFIXES))
        self.forms, self.doubled_forms = _told_apart(forms)
        self.fragments, self.doubled_fragments = _told_apart(_by_name((fragment_name(file), file) for file in files))
        for file in files:
            found = translates(file)
            if found:
                self._texts.setdefault(found[0], []).append((found[1], file))

    def doubles(self) -> Iterator[Problem]:
        """Yield an error at every form and every fragment of which there are several, naming the others."""
        for what, doubled in (("form", self.doubled_forms), ("fragment", self.doubled_fragments)):
            for name, files in doubled.items():
                for file in files:
                    yield _doubled(what, name, file, files)

    def document(self, file: str) -> Document:
        """Read a file, whose nodes then say that they are from it; raises `DefinitionError`, the same every time."""
        if file in self._failed:
            raise self._failed[file]
        if file not in self.documents:
            try:
                _refuse_large_fragment(file, self.folder[file])
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


def _by_name(files: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Return the files of each name, in their order; those without a name are left out."""
    found: dict[str, list[str]] = {}
    for name, file in files:
        if name:
            found.setdefault(name, []).append(file)
    return {name: tuple(same) for name, same in found.items()}


def _told_apart(by_name: Mapping[str, tuple[str, ...]]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the names that one file has with that file, and those that several have with all of them."""
    single = {name: files[0] for name, files in by_name.items() if len(files) == 1}
    return single, {name: files for name, files in by_name.items() if len(files) > 1}


def _doubled(what: str, name: str, file: str, files: tuple[str, ...]) -> Problem:
    others = named_files(tuple(other for other in files if other != file))
    message = f'there is a {what} "{name}" in {others} too, so none of them is used'
    fix = "Rename one of them, or remove it." if what == "fragment" else "Give one of them another id and file name."
    return Problem(file, 0, 0, "error", "E116", message, fix)


def named_files(files: tuple[str, ...]) -> str:
    """Return files as they are named in a sentence, at most three of them."""
    more = len(files) - _NAMED
    return " and ".join(files[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _refuse_large_fragment(file: str, content: bytes) -> None:
    if fragment_name(file) and len(content) > MAX_FRAGMENT_BYTES:
        message = f"the fragment has {len(content):,} bytes; at most {MAX_FRAGMENT_BYTES:,} are read"
        raise DefinitionError([Problem(file, 0, 0, "error", "E102", message, "Make two fragments of it.")])


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
