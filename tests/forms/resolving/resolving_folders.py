"""Small desk folders for the tests of resolving: a base, forms based on it, and what is wrong with them."""

from textwrap import dedent

from forms.catalogue import load_catalogue
from forms.definition import Form, Text
from forms.problems import Report
from forms.reading import Reader
from forms.records import plain
from forms.resolving.resolver import Resolved, Resolver
from forms.resolving.sources import Sources
from tests.forms.desk_folders import VERBS

BASE = """\
format: form/1
id: base
title: Base
category: Passwords
requires: [user.disable]
target: { type: user, label: Who, show: [mail] }
verify: { policy: none, because: a test }
fields:
  - section: About
    id: about
    fields:
      - { id: reason, type: text, label: Reason, required: true, max_length: 80 }
  - { id: office, type: choice, label: Office, options: [north, south] }
checks:
  - { id: short, check: length(reason) < 70, message: Too long }
operations:
  - { id: enable, do: directory.user.enable, with: { user: $(target) }, note: $(reason) $(office) }
notify:
  - { id: told, on: [done], to: [$(target)], subject: Done }
result:
  message: Done
  show:
    - { id: who, label: Who, value: $(target) }
tests:
  - { name: it works, target: a.b, fill: { reason: x }, expect: { operations: [enable] } }
"""
HEAD = "format: form/1\nid: child\ntitle: Child\nextends: base\n"


def folder(**files: str) -> dict[str, bytes]:
    """Return files by name, in which ``__`` stands for a slash and ``_`` for a dot, ending in ``.yaml``."""
    return {f"{name.replace('__', '/').replace('_', '.')}.yaml": dedent(text).encode() for name, text in files.items()}


def family(child: str, base: str = BASE, **more: str) -> dict[str, bytes]:
    """Return a base and a form based on it, of which only what follows its head is given."""
    return folder(base_form=base, child_form=HEAD + dedent(child), **more)


def resolved(files: dict[str, bytes], form: str = "child") -> Resolved:
    return Resolver(Sources(files), "en").resolve(f"{form}.form.yaml")


def read(files: dict[str, bytes], form: str = "child") -> dict[str, object]:
    """Return the resolved form as plain values; it must have been resolved without problems."""
    found = resolved(files, form)
    assert not found.problems
    record = Reader(Report(found.document, found.others)).record("FORM", found.root)
    value = plain(record) if record else None
    assert isinstance(value, dict)
    return value


def problems(files: dict[str, bytes], *, level: str = "error") -> list[str]:
    """Return place and code of everything wrong with a folder."""
    found = load_catalogue(files, VERBS)[1]
    return [f"{one.file}:{one.line}:{one.column} {one.code}" for one in found if one.level == level]


def said(files: dict[str, bytes]) -> list[str]:
    """Return what is said of everything wrong with a folder, with the fixes."""
    found = load_catalogue(files, VERBS)[1]
    return [f"{one.message} | {one.fix}" for one in found if one.level == "error"]


def form_of(files: dict[str, bytes], form: str = "child") -> Form:
    catalogue, found = load_catalogue(files, VERBS)
    assert not [one for one in found if one.level == "error"]
    return catalogue.forms[form]


def words(text: Text | None, language: str) -> str:
    assert text is not None
    return "".join(str(part) for part in text.languages[language].parts)
