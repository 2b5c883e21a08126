"""A form that asks one question and is done at once, and what became of the person."""

from pathlib import Path

from connectors.local.connector import LocalDirectory
from connectors.spi import Entry, Ids, Question

AT_ONCE = """\
format: form/1
id: at-once
title: At once
target: { type: user }
fields:
  - { id: office, type: text, label: Office, required: true }
confirm: { plan: never }
operations:
  - { id: update, do: directory.user.update, with: { user: $(target), set: { office: $(office) } } }
"""


def person(desk: Path, login: str) -> Entry:
    directory = LocalDirectory(f"sqlite:///{desk / 'directory.db'}")
    try:
        return directory.read(Question("user", Ids(frozenset({f"u-{login}"})))).entries[0]
    finally:
        directory.close()
