"""Command for authors: explain, the page of a code. The pages are files of the package, read when they are asked for."""

import json
from importlib import resources

import click

from forms.problems import did_you_mean
from forms.vocabulary.codes import CODES
from runner.cli.options import json_option
from runner.errors import NotFoundError

_FENCE = "```"


@click.command()
@click.argument("code", required=False)
@json_option
def explain(code: str | None, as_json: bool) -> None:
    """Explain a code that check prints, such as E210, with an example; without CODE list all of them."""
    if code is None:
        _list(as_json)
        return
    known = code.strip().upper()
    if known not in CODES:
        raise NotFoundError(f'There is no code "{code[:40]}". {_nearest(known)}')
    if as_json:
        click.echo(json.dumps({**_row(known), "page": page_of(known)}, ensure_ascii=False, indent=2))
    else:
        click.echo(plain(page_of(known)))


def page_of(code: str) -> str:
    """Return the page of a code in Markdown; raises `KeyError` for a code that does not exist."""
    if code not in CODES:
        raise KeyError(code)
    return resources.files("forms").joinpath("vocabulary", "pages", f"{code}.md").read_text(encoding="utf-8")


def plain(page: str) -> str:
    """Return a page for a terminal: its examples are indented and its other lines are as they stand. Pure."""
    lines, is_example = [], False
    for line in page.removeprefix("# ").splitlines():
        if line.startswith(_FENCE):
            is_example = not is_example
        else:
            lines.append(f"    {line}" if is_example and line else line)
    return "\n".join(lines)


def _nearest(word: str) -> str:
    begun = [code for code in CODES if word and (code.startswith(word[:3]) or code.endswith(word))]
    return did_you_mean(word, begun or CODES) or "All of them: deskhand explain"


def _list(as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"codes": [_row(code) for code in CODES]}, ensure_ascii=False, indent=2))
        return
    for code, line in CODES.items():
        click.echo(f"{code}  {line}")
    click.echo("\nE is an error, W a warning. The page of one: deskhand explain E210")


def _row(code: str) -> dict[str, str]:
    return {"code": code, "summary": CODES[code]}


COMMANDS = (explain,)
