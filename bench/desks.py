"""Desks to measure on: the sample company in a temporary folder, with one form that changes one cheap attribute."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.spi import Secret
from runner.deskfolder import create, open_folder
from runner.sample.demo import fill
from runner.sealing import new_key
from runner.store.schema import upgrade

PASSWORD = "correct-horse-for-measuring"  # noqa: S105 - of a desk that lives for a minute
FORM = """\
format: form/1
id: set-office
title: Office
category: Measure
target: { type: user }
fields:
  - { id: office, type: text, label: Office, from: target.office, required: true, max_length: 64 }
operations:
  - id: update
    do: directory.user.update
    with: { user: $(target), set: { office: $(office) } }
"""


@contextmanager
def measured_desk() -> Iterator[Path]:
    """Make a demo desk with the form ``set-office`` in it; it is gone afterwards."""
    with TemporaryDirectory(prefix="deskhand-bench-") as name:
        path = Path(name) / "desk"
        create(path, demo=True, port=0, key=new_key())
        (path / "forms" / "set-office.form.yaml").write_text(FORM, encoding="utf-8")
        folder = open_folder(path)
        upgrade(folder.store_url)
        fill(folder, Secret(PASSWORD), now=datetime.now(UTC))
        yield path
