"""The command for authors that puts the keys of their files in order: fmt."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from forms.editing import FormattingError, formatted, kind_of_file
from forms.errors import DefinitionError
from runner.cli.whole_files import whole_file
from runner.deskfolder import FORMS_FOLDER, is_desk_folder, read_forms, refuse_leaving


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file as it is and as it would be; ``problem`` says why it is left as it is, in the lines to print."""

    path: Path
    before: bytes
    after: bytes
    problem: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether the file would change."""
        return self.before != self.after


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, readable=False), metavar="[PATH]...")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; list what would change, and exit 1 then.")
@click.option("--diff", "with_diff", is_flag=True, help="Write nothing; print what would change as a unified diff.")
def fmt(paths: tuple[Path, ...], only_check: bool, with_diff: bool) -> None:
    """Put the keys of forms and the files beside them in the order of the reference.

    PATH is a file, a desk folder or any folder with forms; this folder when there is none. Comments, quotes, blank lines
    and values stay as they are. A file that cannot be read is left alone and reported; exit 1 then.
    """
    results = [_formatted(path, content) for path, content in _files(paths or (Path(),))]
    changed = [result for result in results if result.is_changed]
    for result in results:
        if result.problem:
            click.echo(result.problem)
    for result in changed:
        _act(result, only_check=only_check, with_diff=with_diff)
    failed = sum(bool(result.problem) for result in results)
    if not with_diff:
        click.echo(_summary(len(changed), len(results) - len(changed) - failed, failed, is_written=not only_check))
    if failed or (only_check and changed):
        raise click.exceptions.Exit(1)


def _files(paths: tuple[Path, ...]) -> Iterator[tuple[Path, bytes]]:
    """Yield every definition file named or below a folder named, each once."""
    seen: set[Path] = set()
    for path in paths:
        for file, content in _below(path) if path.is_dir() else (_named(path),):
            if (place := file.resolve()) not in seen:
                seen.add(place)
                yield file, content


def _named(path: Path) -> tuple[Path, bytes]:
    """Read a file that was named; raises `SetUpError` for a link that leads out of the folder with the forms."""
    place = path.absolute()
    desk = next((folder for folder in place.parents if is_desk_folder(folder)), None)
    root = desk / FORMS_FOLDER if desk else place.parent
    refuse_leaving(root if place.is_relative_to(root) else place.parent, path)
    return path, path.read_bytes()


def _below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    root = folder / FORMS_FOLDER if is_desk_folder(folder) else folder
    for name, content in read_forms(root).items():
        if kind_of_file(name, content):
            yield root / name, content


def _formatted(path: Path, content: bytes) -> Formatted:
    try:
        return Formatted(path, content, formatted(path.as_posix(), content))
    except DefinitionError as error:
        told = "\n".join(str(replace(problem, file=str(path))) for problem in error.problems)
        return Formatted(path, content, content, told)
    except FormattingError as error:
        return Formatted(path, content, content, str(error))


def _act(result: Formatted, *, only_check: bool, with_diff: bool) -> None:
    if with_diff:
        click.echo(_diff(result), nl=False)
    elif only_check:
        click.echo(f"{result.path} would change")
    else:
        with whole_file(result.path) as stream:
            stream.write(result.after)
        click.echo(f"{result.path} was put in order")


def _diff(result: Formatted) -> str:
    name = result.path.as_posix()
    before, after = (content.decode().splitlines(keepends=True) for content in (result.before, result.after))
    lines = difflib.unified_diff(before, after, name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _summary(changed: int, unchanged: int, failed: int, *, is_written: bool) -> str:
    done = "put in order" if is_written else "would change"
    told = [f"{changed} {_files_word(changed)} {done}", f"{unchanged} in order already"]
    if failed:
        told.append(f"{failed} left alone because of errors")
    return f"{', '.join(told)}."


def _files_word(count: int) -> str:
    return "file" if count == 1 else "files"


COMMANDS = (fmt,)
