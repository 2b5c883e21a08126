"""Command for authors: reference, the language as pages, for the connectors that are installed."""

from pathlib import Path

import click

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.reference import examples_of, reference


@click.command("reference")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--check", is_flag=True, help="Write nothing; say which pages would change, with exit code 1.")
def write_reference(folder: Path, check: bool) -> None:
    """Write the language reference into FOLDER, as Markdown."""
    pages = reference({**DIRECTORY_VERBS, **MAILBOX_VERBS}, examples_of())
    changed = [name for name, text in pages.items() if _present(folder / name) != text]
    if not check:
        folder.mkdir(parents=True, exist_ok=True)
        for name in changed:
            (folder / name).write_text(pages[name], encoding="utf-8")
    for name in changed:
        click.echo(f"{folder / name}: {'would change' if check else 'written'}")
    if check and changed:
        raise click.exceptions.Exit(1)


def _present(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


COMMANDS = (write_reference,)
