"""Write Deskhand's own mails from their templates. Reads package data, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup, escape

from runner.letters.cleaning import clean, harmless, one_line

LANGUAGES = ("en", "nl", "de")
"""The languages our own mails are written in, the first where a reader's is none of them."""
EVENTS = (
    "submitted",
    "asked",
    "reminded",
    "approved",
    "rejected",
    "expired",
    "cancelled",
    "done",
    "partly_done",
    "failed",
    "ending_soon",
    "ended",
    "touched",
    "alarm",
    "bulk_ended",
    "handed_in",
    "published",
    "turned_down",
)
"""What has a template of its own; ``rule`` is the frame around what a form says itself."""
_FOLDER = "mails"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, written: one line of subject, and the same twice below it."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a mail tells. Texts may hold anything: they are made harmless and escaped for where they stand.

    ``what`` names what the form changes, in short.  ``link`` is a whole address, or empty: then nothing is said of one.
    ``people`` are names, ``touched`` what was changed on an account as the words of the templates name it.  ``message`` is
    what the form says to whoever is asked.  ``when`` is when it runs, ends or ended, ``until`` the last moment for an
    answer; both in the organisation's time.  Where one mail is about many people ``rows`` says about how many, and
    ``figures`` how many ended in which way, each named as the words of the templates do.
    """

    form: str = ""
    what: str = ""
    requester: str = ""
    target: str = ""
    ticket: str = ""
    reason: str = ""
    by: str = ""
    comment: str = ""
    message: str = ""
    people: tuple[str, ...] = ()
    rows: int = 0
    figures: tuple[tuple[str, int], ...] = ()
    touched: tuple[str, ...] = ()
    when: datetime | None = None
    until: datetime | None = None
    at: datetime | None = None
    link: str = ""
    is_own: bool = True
    """Whether the reader is who asked for it."""
    body: str = field(default="", repr=False)
    """What the form says itself, for ``rule``."""


def write(event: str, language: str, told: Particulars) -> Letter:
    """Write the mail of an event in a language, else in one that differs in the region, else in the first of `LANGUAGES`."""
    spoken = _spoken(language)
    text, html = (_render(channel, event, spoken, told) for channel in ("text", "markup"))
    return Letter(one_line(text["subject"]), clean(text["page"]).strip() + "\n", clean(html["page"]))


def frame(language: str, subject: str, body: str) -> str:
    """Return the HTML around a text that a form wrote."""
    return clean(_render("markup", "rule", _spoken(language), Particulars(form=subject, body=body))["page"])


def _spoken(language: str) -> str:
    wanted = language.lower().partition("-")[0]
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def _render(channel: str, event: str, language: str, told: Particulars) -> Mapping[str, str]:
    template = _environment(channel).get_template(f"{event}.{language}")
    words = _words(language)
    context = {"told": told, "words": words, "frame": f"frame.{channel}", "lang": language}
    subject = "".join(template.blocks["subject"](template.new_context(context)))
    return {"subject": subject, "page": template.render(context)}


@cache
def _environment(channel: str) -> Environment:
    """Return the environment of a channel: what is filled in is escaped for HTML, and bare of markup in a text anyway."""
    made = Environment(
        loader=PackageLoader("templates", _FOLDER),
        autoescape=channel == "markup",  # noqa: S701 - the other one is plain text
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
    )
    made.filters["moment"] = _moment
    made.filters["listed"] = _listed
    made.filters["broken"] = _broken
    return made


@cache
def _words(language: str) -> Mapping[str, str]:
    """Return the short words of the frame in a language, one ``key = text`` a line."""
    loader = _environment("text").loader
    if loader is None:
        raise TemplateNotFound(f"words.{language}")
    source = loader.get_source(_environment("text"), f"words.{language}")[0]
    pairs = (line.partition("=") for line in source.splitlines() if line.strip())
    return {key.strip(): text.strip() for key, _, text in pairs}


def _moment(value: datetime) -> str:
    """Write a moment so that nobody reads day and month the wrong way round."""
    return f"{value:%Y-%m-%d %H:%M}"


def _broken(text: str) -> Markup:
    """Break lines as every mail program does; what is no markup yet is escaped."""
    return Markup("<br>\n").join(escape(harmless(text)).splitlines())


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)
