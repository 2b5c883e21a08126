"""Command for authors: explain, the page of a code, a field type, a verb, a record or a key.

The pages of codes are files of the package; the others are made from the tables of the language. Nothing is read of a desk.
"""

import json
import re
from collections.abc import Iterable, Sequence
from importlib import resources

import click

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.problems import did_you_mean
from forms.reference import examples_of
from forms.reference.topics import Topic, topics_of
from forms.vocabulary.codes import CODES
from runner.cli.flags import json_option
from runner.cli.plain_pages import plain
from runner.errors import NotFoundError

_LIKE_A_CODE = re.compile(r"\W*[A-Za-z]?\d{1,4}")


@click.command()
@click.argument("name", required=False)
@json_option
def explain(name: str | None, as_json: bool) -> None:
    """Explain a code that check prints, such as E210, with an example; without NAME list all codes.

    NAME may also be a type of field (phone), a verb (directory.user.unlock), a record (operation) or a key
    (field.when, or when alone).
    """
    if name is None:
        _list(as_json)
        return
    word = name.strip()
    if word.upper() in CODES:
        _explain_code(word.upper(), as_json)
    else:
        _explain_topics(word, as_json)


def _explain_code(code: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**_row(code), "page": page_of(code)}, ensure_ascii=False, indent=2))
    else:
        click.echo(plain(page_of(code)))


def page_of(code: str) -> str:
    """Return the page of a code in Markdown; raises `KeyError` for a code that does not exist."""
    if code not in CODES:
        raise KeyError(code)
    return resources.files("forms").joinpath("vocabulary", "pages", f"{code}.md").read_text(encoding="utf-8")


def _explain_topics(word: str, as_json: bool) -> None:
    """Explain all that is called so; raises `NotFoundError` with the nearest name."""
    topics = topics_of({**DIRECTORY_VERBS, **MAILBOX_VERBS}, examples_of())
    found = topics.get(word.lower(), ())
    if not found:
        raise NotFoundError(f'There is nothing called "{word[:60]}" to explain. {_nearest(word, topics)}')
    if as_json:
        rows = [{"name": one.name, "summary": one.summary, "page": one.page} for one in found]
        click.echo(json.dumps({"topics": rows}, ensure_ascii=False, indent=2))
        return
    click.echo(_told(word.lower(), found))


def _told(word: str, found: Sequence[Topic]) -> str:
    """Return the pages of what is called exactly so, or of the only thing found; the others in a line each."""
    pages = found if len(found) == 1 else [one for one in found if one.name == word]
    others = [one for one in found if one not in pages]
    parts = [plain(one.page) for one in pages]
    if others:
        width = max(len(one.name) for one in others)
        lines = [f"  {one.name:<{width}}  {one.summary}" for one in others]
        heading = f"Other things called {word}:" if pages else f"Several things are called {word}:"
        parts.append("\n".join([heading, *lines, f"\nThe page of one: deskhand explain {others[0].name}"]))
    return "\n\n".join(parts)


def _nearest(word: str, topics: Iterable[str]) -> str:
    if _LIKE_A_CODE.match(word):
        upper = re.sub(r"\W", "", word).upper()
        begun = [code for code in CODES if code.startswith(upper[:3]) or code.endswith(upper)]
        hint = did_you_mean(upper, begun or CODES)
    else:
        hint = did_you_mean(word, [*topics, *CODES])
    return hint or "All codes: deskhand explain ; all else: deskhand reference FOLDER"


def _list(as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"codes": [_row(code) for code in CODES]}, ensure_ascii=False, indent=2))
        return
    for code, line in CODES.items():
        click.echo(f"{code}  {line}")
    click.echo("\nE is an error, W a warning. The page of one: deskhand explain E210")
    click.echo(
        "Types of fields, verbs and keys have one too: deskhand explain phone, directory.user.unlock, field.when"
    )


def _row(code: str) -> dict[str, str]:
    return {"code": code, "summary": CODES[code]}


COMMANDS = (explain,)
