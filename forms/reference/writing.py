"""Put the pages of the reference together. Pure."""

from collections.abc import Mapping

from connectors.spi import Verb
from forms.reference.examples import Examples
from forms.reference.expressions import expressions_page
from forms.reference.fields import fields_page
from forms.reference.markdown import code, table
from forms.reference.records import record
from forms.reference.verbs import attributes_page, permissions_page, verbs_page
from forms.vocabulary import KINDS
from forms.vocabulary.access import ACCESS
from forms.vocabulary.codes import CODES
from forms.vocabulary.companions import COMPANIONS
from forms.vocabulary.fields import RECORDS_OF_FIELDS
from forms.vocabulary.form import FORM

_MADE = "<!-- Made from the tables of the language with `deskhand reference`; a change by hand is overwritten. -->"
_FILES = (
    ("<id>.form.yaml", "FORM", "one form"),
    ("fragments/<name>.fields.yaml", "FRAGMENT", "fields that several forms use"),
    ("<id>.<language>.texts.yaml", "TEXTS", "the texts of a form in another language"),
    ("access.yaml", "ACCESS", "who may do what to whom"),
    ("lookups.yaml", "LOOKUPS", "named searches"),
    ("lists/<id>.list.yaml or .csv", "LIST", "options that several forms offer"),
    ("verification.yaml", "VERIFICATION", "how callers are checked"),
    ("settings.yaml", "SETTINGS", "what all forms share"),
    ("fixtures/<id>.yaml", "FIXTURE", "a small company for the tests in forms"),
)


def reference(verbs: Mapping[str, Verb], examples: Examples) -> Mapping[str, str]:
    """Return every page of the reference by its file name, for these verbs."""
    pages = _pages_of_kinds()
    made = {
        "README.md": _index(),
        "form.md": _records("The form file", "form.md", pages),
        "fields.md": fields_page(examples, pages),
        "expressions.md": expressions_page(),
        "verbs.md": verbs_page(verbs, examples),
        "permissions.md": permissions_page(),
        "attributes.md": attributes_page(),
        "companions.md": _records("Files beside the forms", "companions.md", pages),
        "access.md": _records("Who may do what to whom", "access.md", pages),
        "codes.md": _codes(),
    }
    return {name: f"{_MADE}\n{text}" for name, text in made.items()}


def _pages_of_kinds() -> Mapping[str, str]:
    """Return the page on which each kind of record stands."""
    pages = {kind.name: "form.md" for kind in FORM}
    pages |= {kind.name: "fields.md" for kind in (KINDS["FIELD"], *RECORDS_OF_FIELDS)}
    pages |= {kind.name: "companions.md" for kind in COMPANIONS}
    return pages | {kind.name: "access.md" for kind in ACCESS}


def _records(title: str, page: str, pages: Mapping[str, str]) -> str:
    parts = [record(kind, pages) for name, kind in KINDS.items() if pages[name] == page]
    return "\n\n".join([f"# {title}", *parts]) + "\n"


def _codes() -> str:
    rows = ((code(name), line) for name, line in CODES.items())
    top = "# Codes of problems\n\nE is an error, W a warning. A page with an example for each: `deskhand explain E210`."
    return f"{top}\n\n{table(('code', 'what it is about'), rows)}\n"


def _index() -> str:
    rows = ((code(file), meaning) for file, kind, meaning in _FILES if kind in KINDS)
    return f"""# The language

A form is a text file that says whom it is about, what is asked, and what is done. How it is shown, checked, planned, agreed to,
carried out and recorded is not written in it, because it is the same for every form. New here? Write
[your first form](../tutorial.md) in fifteen minutes.

{table(("file", "what it is"), rows)}

Every file begins with its format, such as `format: form/1`, and may be YAML or JSON. YAML is read without anchors, aliases,
tags and merge keys; a key stands once; what type a value has is decided by its key, so `+31612345678` and `NO` stay what they
are. What is misspelt is an error with its place and a proposal, never ignored.

- [The form file](form.md): every record of it, key by key
- [Fields](fields.md): the types of questions, each with an example
- [Expressions](expressions.md): conditions, values, functions
- [Verbs](verbs.md): what can be done, each with an example
- [Attributes](attributes.md) and [permissions](permissions.md)
- [Files beside the forms](companions.md): settings, searches, lists, caller checks, fixtures
- [Who may do what to whom](access.md)
- [Codes of problems](codes.md)
- [Three tasks, two ways](../compared.md): the language beside published forms
"""
