"""A form that asks one question and is done at once, and what became of the person."""

from pathlib import Path

from connectors.local.connector import LocalDirectory
from connectors.spi import Entry, Ids, Operation, Question, Ref

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


def rename(desk: Path, login: str, name: str, **values: str) -> None:
    """Give a person of the local directory another name, and other values with it."""
    directory = LocalDirectory(f"sqlite:///{desk / 'directory.db'}")
    try:
        of = {"user": Ref("user", f"u-{login}"), "set": {"display_name": name, **values}}
        directory.perform(Operation("renamed", "directory.user.update", of), (), {})
    finally:
        directory.close()
