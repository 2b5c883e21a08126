"""Texts in other languages: files beside a form that translate it, and what is still missing. Pure."""

from collections.abc import Iterator, Mapping

from forms.documents import Document
from forms.nodes import ListNode, MapNode, Node, ScalarNode
from forms.problems import Report, did_you_mean
from forms.reading import is_for_tools
from forms.resolving.locks import Lock
from forms.resolving.merging import with_languages
from forms.resolving.naming import file_name, form_id_of
from forms.resolving.parts import Parts
from forms.resolving.shapes import TextPlace, text_of, texts_in
from forms.resolving.sources import from_file

_FORMAT = "texts/1"
_GUESSES = 10  # unknown names for which the nearest is looked for, which takes long among many


class Translation:
    """Lays the files of texts of one form over it; ``language`` is the one of texts written without a language."""

    def __init__(self, root: MapNode, report: Report, language: str, locks: tuple[Lock, ...] = ()) -> None:
        self.root, self.report, self.language = root, report, language
        self.locks = {lock.path: lock for lock in reversed(locks)}
        self.parts = Parts(root)
        self.guesses = _GUESSES
        self.places = {place.path: place for place in texts_in("FORM", root)}
        self.texts: dict[str, Node] = {}

    def take(self, language: str, document: Document) -> None:
        """Take the texts of one file, which win over those in the form."""
        self.report.take(document.problems)
        self._check_format(document)
        for key, value in document.root.pairs:
            path = key.text
            if path != "format" and not is_for_tools(path) and self._fits(key, value, document.file):
                found = self.texts.get(path) or self.places[path].node
                self.texts[path] = _with_text(found, language, self.language, from_file(value, document.file))

    def _check_format(self, document: Document) -> None:
        written = document.root.get("format")
        if text_of(document.root, "format") != _FORMAT:
            node = from_file(written or document.root, document.file)
            message = f"a file of texts begins with  format: {_FORMAT}"
            self.report.error("E114" if written else "E111", node, message, f"Write  format: {_FORMAT} .")

    def _fits(self, key: ScalarNode, value: Node, file: str) -> bool:
        path, place = key.text, from_file(key, file)
        if path not in self.places:
            self.report.error("E164", place, *self._unknown(path))
            return False
        lock = next((self.locks[part] for part in _prefixes(path) if part in self.locks), None)
        if lock is not None:
            message = f'"{path}" is locked in {lock.file} on line {lock.line}, and {file} changes it'
            self.report.error("E162", place, message, f"Translate it beside {lock.file} .")
            return False
        if not isinstance(value, ScalarNode) or value.is_null:
            found = "not a list" if isinstance(value, ListNode) else "not a map" if isinstance(value, MapNode) else ""
            message = f'"{path}" must be a text{", " if found else " and has none"}{found}'
            self.report.error("E113", place, message, "Write the translated text behind the colon.")
            return False
        return True

    def _unknown(self, path: str) -> tuple[str, str]:
        form = file_name(self.report.document.file)
        self.guesses -= 1
        guess = did_you_mean(path, self.places) if self.guesses >= 0 else ""
        if self.parts.at(path) is None:
            return f'{form} has no text "{path}"', guess or "A text is translated once the form itself has it."
        inside = next((known for known in self.places if known.startswith(f"{path}.")), "")
        return f'"{path}" is no text', f"Write for example  {inside}: … ." if inside else guess

    def translated(self) -> MapNode:
        """Return the form with the texts that were taken."""
        if not self.texts:
            return self.root
        new = {id(self.places[path].node): _as_written(self.places[path], node) for path, node in self.texts.items()}
        found = _replaced(self.root, new)
        return found if isinstance(found, MapNode) else self.root


def _prefixes(text: str) -> Iterator[str]:
    """Yield the parts a text is in, as locks name them, the largest first, and the text itself last."""
    words = text.split(".")
    if words[0] == "sections":
        words[0] = "fields"
    return (".".join(words[:count]) for count in range(1, len(words) + 1))


def _with_text(node: Node, language: str, first: str, text: Node) -> Node:
    """Return a text with one of its languages replaced or added."""
    if isinstance(node, ScalarNode):
        node = with_languages(node, first)
    if not isinstance(node, MapNode):
        return node
    key = ScalarNode(text.line, 1, language, "", text.file)
    others = tuple(pair for pair in node.pairs if pair[0].text != language)
    return MapNode(node.line, node.column, (*others, (key, text)), node.file)


def _as_written(place: TextPlace, text: Node) -> Node:
    """Return what stands in place of a text: for an option written as a bare value, value and label."""
    value = place.node
    if not place.is_bare_option or not isinstance(value, ScalarNode):
        return text
    keys = (ScalarNode(value.line, value.column, word, "", value.file) for word in ("value", "label"))
    return MapNode(value.line, value.column, tuple(zip(keys, (value, text), strict=True)), value.file)


def _replaced(node: Node, new: Mapping[int, Node]) -> Node:
    if id(node) in new:
        return new[id(node)]
    if isinstance(node, MapNode):
        pairs = tuple((key, _replaced(value, new)) for key, value in node.pairs)
        return MapNode(node.line, node.column, pairs, node.file)
    if isinstance(node, ListNode):
        return ListNode(node.line, node.column, tuple(_replaced(item, new) for item in node.items), node.file)
    return node


def warn_missing(root: MapNode, report: Report, first: str) -> None:
    """Note every text that lacks one of the languages the form promises, once with all that it lacks."""
    promised = [language for language in _promised(root) if language != first]
    for place in texts_in("FORM", root) if promised else ():
        written = {key.text for key, _ in place.node.pairs} if isinstance(place.node, MapNode) else {first}
        missing = [language for language in promised if language not in written]
        if missing:
            languages = " and ".join(f'"{language}"' for language in missing)
            files = f"{form_id_of(report.document.file)}.{missing[0]}.texts.yaml"
            fix = f"Add  {missing[0]}: … , or write  {place.path}: …  in {files} ."
            report.warning("W310", place.node, f"the text in {languages} is missing", fix)


def _promised(root: MapNode) -> Iterator[str]:
    found = root.get("languages")
    for item in found.items if isinstance(found, ListNode) else ():
        if isinstance(item, ScalarNode):
            yield item.text
