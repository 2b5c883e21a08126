"""Templates and what they may call: icons, times, safe Markdown, harmless text."""

import re
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g, request
from jinja2 import PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from connectors.spi import Secret
from runner.access.explanation.lacking import window_of
from runner.access.explanation.wording import plural
from runner.pipeline.telling import day
from runner.web.assets import FORM_MODULES, MODULES, Assets
from runner.web.context import Web, language
from runner.web.cookies import theme_of
from runner.web.entrances import access_pages, may_publish, may_see_messages
from runner.web.icons import Icons
from runner.web.languages import page_language, translated
from runner.web.noticing import news_for
from runner.web.plan_rows import by_row
from runner.web.posted import as_text
from runner.web.showing import stamp

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Controls, and the marks that turn the direction of what follows: names from a directory must not rearrange a page.
_UNRULY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_MARKDOWN = MarkdownIt("zero", {"html": False, "linkify": False}).enable(
    ["emphasis", "list", "newline", "backticks", "escape", "entity"]
)


def harmless(value: object) -> object:
    """Take controls and direction marks out of a text on its way into a page. Pure."""
    if type(value) is str and _UNRULY.search(value):
        return _UNRULY.sub("", value)
    return value


def markdown(text: str) -> Markup:
    """Render the little Markdown that forms use: emphasis, lists, code; no HTML, links or pictures."""
    return Markup(_MARKDOWN.render(_UNRULY.sub("", text)))  # noqa: S704 - the renderer escapes, HTML is off


def clock_time(moment: datetime, now: datetime) -> str:
    """Write a moment as people say it: ``09:12`` today, ``14 Nov 09:12`` this year, else ``3 Mar 2021``. Pure."""
    local = moment.astimezone(now.tzinfo)
    if local.date() == now.date():
        return f"{local:%H:%M}"
    if local.date() == now.date() - timedelta(days=1):
        return f"Yesterday {local:%H:%M}"
    if local.year == now.year:
        return f"{local.day} {_MONTHS[local.month - 1]} {local:%H:%M}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def capitalized(text: str) -> str:
    """Begin as sentences do, but for a name such as ``user.read``, and leave the rest as it is. Pure."""
    return text if "." in text.partition(" ")[0] else text[:1].upper() + text[1:]


def as_sentence(text: str) -> str:
    """Begin and end as sentences do. Pure."""
    return capitalized(text) + ("" if text.endswith((".", "!", "?")) else ".")


def revealed(secret: Secret) -> str:
    """Return the clear text for the one page that shows it."""
    return secret.reveal()


def browser_name(user_agent: str) -> str:
    """Say in two words which browser a user agent means. Pure, and not to be relied on."""
    browser = next(
        (name for mark, name in (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
                                 ("Safari/", "Safari")) if mark in user_agent),
        "A browser",
    )  # fmt: skip
    system = next(
        (name for mark, name in (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
                                 ("Mac OS", "Mac"), ("Linux", "Linux")) if mark in user_agent),
        "",
    )  # fmt: skip
    return f"{browser} on {system}" if system else browser


def prepare_templates(app: Flask, web: Web, assets: Assets, icons: Icons) -> None:
    """Give the application its templates, compiled once, and what they call."""
    environment = app.jinja_env
    environment.loader = PackageLoader("templates", "")
    environment.undefined = StrictUndefined
    environment.finalize = harmless
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.auto_reload = False
    environment.filters.update(
        markdown=markdown,
        revealed=revealed,
        as_text=as_text,
        stamp=stamp,
        by_row=by_row,
        plural=plural,
        browser_name=browser_name,
        as_sentence=as_sentence,
        capitalized=capitalized,
        window=window_of,
        moment=_moment_in(web),
        day=day,
    )
    environment.globals.update(
        icon=icons, asset=assets.address, demo=web.demo, modules=MODULES, form_modules=FORM_MODULES
    )

    @app.context_processor
    def of_request() -> dict[str, Any]:
        spoken = language()
        return {
            "visitor": g.get("visitor"),
            "theme": theme_of(request),
            "lang": page_language(spoken),
            "_": lambda text: translated(text, spoken),
            "access_pages": lambda: access_pages(web),
            "news": lambda: news_for(web),
            "may_see_messages": lambda: may_see_messages(web),
            "may_publish": lambda: may_publish(web),
            "has_evidence": web.operators is not None,
        }

    _compile_all(app)


def _moment_in(web: Web) -> Any:
    def moment(value: datetime) -> Markup:
        local = value.astimezone(web.zone)
        return Markup('<time datetime="{}">{}</time>').format(
            local.isoformat(timespec="seconds"), clock_time(value, web.now())
        )

    return moment


def _compile_all(app: Flask) -> None:
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
