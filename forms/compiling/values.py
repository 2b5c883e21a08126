"""Compile conditions, templates, texts and given values, and remember which names they use. Pure."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from forms.compiling.fitting import fits, literal
from forms.compiling.option_values import foreign_options
from forms.compiling.surroundings import Surroundings
from forms.definition import Check, Flag, Given, Template, Text
from forms.documents import ListNode, MapNode, Node, ScalarNode
from forms.errors import ExpressionError
from forms.expressions import Expression, Scope, called, compile_condition, compile_expression, compile_pattern
from forms.expressions.templates import compile_template
from forms.problems import Report, did_you_mean, nearest_or_all
from forms.records import Entries, Record, Words
from forms.scalars import ScalarError
from forms.values import ANY, OBJECT_KINDS, Type

MAX_TEXT = 20_000
_FEW = 12  # names that are listed when none of them is near
_PLACES = "Passwords go only into the password argument of an operation, or into  result.show  with  secret: once ."
_TEMPLATE = re.compile(r"\$\(|\$\{|\{\{")
_QUOTE = "Write  )  behind the expression; put quotes around a value that has a comma or a bracket inside { } or [ ]."
_SEVERAL = {"user": "people", "ou": "units", "mailbox": "mailboxes", "mail_list": "distribution lists"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Written:
    """An expression, the text it stands in, and the names it may use."""

    node: ScalarNode
    expression: Expression
    scope: Scope


class Values:
    """Compiles what is written in the keys of one form.

    ``used`` gathers every name an expression reads, ``languages`` every language in which a text is written.  ``options``
    are the values of questions whose options are all known, ``written`` all expressions with where they stand.
    ``read_apart`` gathers the names that are read by operations which are left out here.
    """

    def __init__(self, report: Report, around: Surroundings) -> None:
        self.report, self.around = report, around
        self.used: set[str] = set()
        self.read_apart: set[str] = set()
        self.options: Mapping[str, frozenset[str]] = {}
        self.written: list[Written] = []
        self.languages: set[str] = set()

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Compile something that is left out here: the names it reads count as read by that only."""
        used, self.used = self.used, set()
        try:
            yield
        finally:
            self.read_apart |= self.used
            self.used = used

    def condition(self, node: ScalarNode | None, scope: Scope) -> Expression | None:
        """Compile a condition; None when there is none or it is wrong, which is then noted."""
        return self._expression(node, scope, is_condition=True)

    def expression(self, node: ScalarNode | None, scope: Scope) -> Expression | None:
        """Compile a bare expression, as ``from`` has; None when there is none or it is wrong."""
        return self._expression(node, scope, is_condition=False)

    def _expression(self, node: ScalarNode | None, scope: Scope, *, is_condition: bool) -> Expression | None:
        if node is None:
            return None
        try:
            found = (compile_condition if is_condition else compile_expression)(node.text, scope)
        except ExpressionError as error:
            self._note(node, error, "a condition" if is_condition else "from")
            return None
        self._keep(node, found, scope)
        return found

    def _keep(self, node: ScalarNode, found: Expression, scope: Scope) -> None:
        self.used |= found.names
        self.written.append(Written(node, found, scope))
        self._warn_of_options(node, found)

    def _warn_of_options(self, node: ScalarNode, found: Expression) -> None:
        for compared, name in foreign_options(found.node, self.options):
            fix = nearest_or_all(str(compared.value), sorted(self.options[name]), "Options")
            message = f'no option of "{name}" is called "{compared.value}", so this always says the same'
            self.report.warning("W305", node, message, fix, compared.offset)

    def both(self, outer: Expression | None, inner: Expression | None, node: Node, scope: Scope) -> Expression | None:
        """Return the condition that holds when both do."""
        if outer is None or inner is None:
            return outer or inner
        try:
            return compile_condition(f"({outer.source.strip()}) and ({inner.source.strip()})", scope)
        except ExpressionError as error:
            self.report.error(
                error.code, node, f"together with the condition of its section: {error.message}", error.fix
            )
            return inner

    def flag(self, record: Record, key: str, scope: Scope) -> Flag:
        """Compile a key that is true, false or a condition."""
        node = record.scalar(key)
        if node is None:
            return record.flag(key)
        return self.condition(node, scope) or False

    def template(self, node: ScalarNode, scope: Scope, place: str) -> Template | None:
        """Compile a text with ``$( )``; None when it is wrong. A secret is refused with the name of the place."""
        found = self._template(node, scope, place)
        if found is not None and found.type.name == "secret":
            self._refuse_secret(node, place)
            return None
        return found

    def _template(self, node: ScalarNode, scope: Scope, place: str) -> Template | None:
        if len(node.text) > MAX_TEXT:
            self.report.error("E115", node, f"a text has at most {MAX_TEXT:,} characters", "Shorten it.")
            return None
        try:
            found = compile_template(node.text, scope)
        except ExpressionError as error:
            self._note(node, error, place)
            return None
        for part in found.parts:
            if isinstance(part, Expression):
                self._keep(node, part, scope)
        return found

    def _note(self, node: ScalarNode, error: ExpressionError, place: str) -> None:
        if error.code == "E230":
            self._refuse_secret(node, place)
        elif error.code == "E205" and not node.style:
            self.report.error(error.code, node, error.message, _QUOTE, error.offset)
        else:
            self.report.expression(node, error)

    def _refuse_secret(self, node: Node, place: str) -> None:
        self.report.error("E230", node, f"a password may not be written here ({place})", _PLACES)

    def text(self, words: Words | None, scope: Scope, place: str) -> Text | None:
        """Compile a text per language; the first language of the settings has to be there, and comes first."""
        if words is None:
            return None
        languages: dict[str, Template] = {}
        for language, node in words.languages.items():
            if language and not _LANGUAGE.fullmatch(language):
                self.report.error("E121", node, f'"{language[:40]}" is not a language', "Write for example  en: … .")
            found = self.template(node, scope, place)
            if found is not None:
                languages[language or self.around.language] = found
        self._check_first_language(words)
        self.languages |= languages.keys()
        first = self.around.language
        return Text(dict(sorted(languages.items(), key=lambda text: text[0] != first))) if languages else None

    def _check_first_language(self, words: Words) -> None:
        written = {language or self.around.language for language in words.languages}
        if self.around.language not in written:
            fix = f"Add  {self.around.language}: … ; it is the first language in settings.yaml."
            self.report.error("E121", words.node, f'the text in "{self.around.language}" is missing', fix)

    def given(
        self, node: Node | None, wanted: Type, scope: Scope, name: str, place: str = "", code: str = "E214"
    ) -> Given:
        """Compile the value of a key; None when there is none or it is wrong.

        ``wanted`` is the type the key or the argument takes, ``name`` what it is called in messages.
        """
        if node is None:
            return None
        if isinstance(node, MapNode):
            return self._given_map(node, wanted, scope, name, place, code)
        if isinstance(node, ListNode):
            return self._given_list(node, wanted, scope, name, place, code)
        if not _TEMPLATE.search(node.text):
            if self._is_name(node, wanted, scope, name):
                return None
            return self._literal(node, wanted, name)
        found = self._template(node, scope, place or name)
        if found is None or self._is_misplaced_secret(node, found, wanted, place or name):
            return None
        if not fits(found.type, wanted):
            are_lists = wanted.name == found.type.name == "list"
            needed, given = (_in_full(one) if are_lists else called(one) for one in (wanted, found.type))
            fix = _columns(found, wanted) or _conversion(found.type, node.text)
            self.report.error(code, node, f'"{name}" needs {needed}, this is {given}', fix)
            return None
        return found

    def _is_name(self, node: ScalarNode, wanted: Type, scope: Scope, name: str) -> bool:
        """Note a thing that is called like a field or ``target``: it is meant, and its marks were forgotten."""
        kind = wanted.item if wanted.name == "list" and wanted.item else wanted
        if node.style or kind.name not in OBJECT_KINDS or node.text not in scope.names:
            return False
        message = f'"{name}" would be {called(kind)} with the name "{node.text}"'
        self.report.error("E204", node, message, f"Write  $({node.text})  for the value of that name.")
        return True

    def _is_misplaced_secret(self, node: Node, found: Template, wanted: Type, place: str) -> bool:
        if found.type.name != "secret" or wanted.name == "secret":
            return False
        self._refuse_secret(node, place)
        return True

    def _literal(self, node: ScalarNode, wanted: Type, name: str) -> Given:
        try:
            value = literal(node, name, wanted)
        except ScalarError as error:
            self.report.error(error.code, node, error.message, error.fix)
            return None
        return (value,) if wanted.name == "list" and value is not None else value

    def _given_list(self, node: ListNode, wanted: Type, scope: Scope, name: str, place: str, code: str) -> Given:
        if wanted.name not in ("list", "any"):
            self.report.error("E113", node, f'"{name}" must be {called(wanted)}, not a list')
            return None
        item = wanted.item or ANY
        return tuple(self.given(each, item, scope, name, place, code) for each in node.items)

    def _given_map(self, node: MapNode, wanted: Type, scope: Scope, name: str, place: str, code: str) -> Given:
        if wanted.name != "any":
            self.report.error("E113", node, f'"{name}" must be {called(wanted)}, not a map')
            return None
        return {key.text: self.given(value, ANY, scope, key.text, place, code) for key, value in node.pairs}

    def given_entries(self, record: Record, key: str, wanted: Mapping[str, Type], scope: Scope) -> dict[str, Given]:
        """Compile a map of values whose types are known by name; unknown names are any."""
        found: dict[str, Given] = {}
        entries = record.values.get(key)
        if isinstance(entries, Entries):
            for name, raw in entries.entries.items():
                if isinstance(raw, ScalarNode | ListNode | MapNode):
                    found[name] = self.given(raw, wanted.get(name, ANY), scope, name)
        return found

    def checks(
        self, records: tuple[Record, ...], scope: Scope, fields: Mapping[str, Type] | None = None
    ) -> tuple[Check, ...]:
        """Compile rules with their messages; ``at`` must be one of ``fields``."""
        found = []
        for record in records:
            check = self.condition(record.scalar("check"), scope)
            message = self.text(record.words("message"), scope, "message")
            at = record.string("at")
            if at is not None and fields is not None and at not in fields:
                self.report.error("E210", record.node_of("at"), f'there is no field "{at}"', did_you_mean(at, fields))
            if check is not None:
                found.append(Check(check, message, at))
        return tuple(found)

    def pattern(self, record: Record, key: str) -> str | None:
        """Check a pattern and return it as written."""
        text = record.string(key)
        if text is not None:
            try:
                compile_pattern(text)
            except ExpressionError as error:
                self.report.expression(record.node_of(key), error)
                return None
        return text

    def known(self, words: object, known: frozenset[str] | None, code: str, what: str) -> tuple[str, ...]:
        """Return the texts of a list, noting those that are not among ``known``; None knows everything."""
        found = []
        for word in words if isinstance(words, tuple) else ():
            text = str(word.value)
            if known is not None and text not in known:
                fix = nearest_or_all(text, sorted(known) if len(known) <= _FEW else (), "There are")
                fix = did_you_mean(text, known) or fix
                self.report.error(code, word.node, f'there is no {what} "{text}"', fix)
            found.append(text)
        return tuple(found)


def _in_full(type_: Type) -> str:
    """Return what a person calls a list, with what it is a list of."""
    item = type_.item.name if type_.item else ""
    return f"a list of {_SEVERAL.get(item, f'{item}s')}" if item not in ("", "any") else called(type_)


def _columns(found: Template, wanted: Type) -> str:
    """Say which columns of a list of rows would fit."""
    rows, single = found.type.item, found.single
    if rows is None or rows.name != "row" or wanted.name != "list" or single is None or wanted.item is None:
        return ""
    fitting = [f"$({single.source.strip()}.{name})" for name, type_ in rows.columns.items() if fits(type_, wanted.item)]
    return f"Write  {'  or  '.join(fitting)} ." if fitting else ""


def _conversion(type_: Type, source: str) -> str:
    """Say how a value of the wrong type can be made right, where that is plain."""
    if type_.name == "delta":
        inner = source.strip().removeprefix("$(").removesuffix(")")
        return f"Write  $({inner}.add)  or  $({inner}.remove) ."
    return ""
