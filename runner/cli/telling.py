"""Lines for a terminal that hold texts of people and of directories: no such text passes for a line of its own."""

import unicodedata

import click

_OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_FOLLOWS = "    | "


def tell(line: str, *, err: bool = False) -> None:
    """Print a line; whatever stands in it, it begins no other one and changes nothing on the terminal."""
    click.echo(as_printed(line), err=err)


def as_printed(line: str) -> str:
    """Return a line as it is printed: what follows a line break in it stands below, marked with a bar. Pure."""
    indent = line[: len(line) - len(line.lstrip(" "))]
    return inert(line).replace("\n", f"\n{indent}{_FOLLOWS}")


def inert(text: str) -> str:
    r"""Return a text with the signs written out that a terminal would obey, such as ``\x1b``; line breaks stay. Pure."""
    return "".join(_written_out(letter) for letter in text.replace("\r\n", "\n"))


def _written_out(letter: str) -> str:
    if letter == "\n" or unicodedata.category(letter) not in _OBEYED:
        return letter
    return letter.encode("unicode_escape").decode("ascii")
