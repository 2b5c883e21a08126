"""Which pages on who may do what are offered to whoever is signed in. Never an error: a page must not fail by its frame."""

import logging
from collections.abc import Sequence

from flask import g

from runner.access.model import Actor
from runner.delegation.checking import may_read
from runner.web.context import Web

_LOG = logging.getLogger("deskhand.web")
_REVIEWS = ("reviews", "/access/reviews", "Reviews")
_PAGES = (
    ("overview", "/access", "Overview"),
    ("people", "/access/people", "People"),
    ("roles", "/access/roles", "Roles"),
    ("sets", "/access/sets", "Sets"),
    ("forms", "/access/forms", "Forms"),
    ("bindings", "/access/bindings", "Bindings"),
    ("matrix", "/access/matrix", "Matrix"),
    ("paths", "/access/paths", "Paths"),
    _REVIEWS,
    ("explain", "/access/explain", "Explain"),
)


def access_pages(web: Web) -> Sequence[tuple[str, str, str]]:
    """Return name, address and label of each page on rights that the visitor may open; none for most people."""
    visitor = g.get("visitor")
    if visitor is None or web.delegation is None:
        return ()
    if "access_pages" not in g:
        g.access_pages = _pages_for(web, visitor.actor)
    found: Sequence[tuple[str, str, str]] = g.access_pages
    return found


def _pages_for(web: Web, actor: Actor) -> Sequence[tuple[str, str, str]]:
    if web.delegation is None:
        return ()
    try:
        if may_read(web.delegation.services, actor):
            return _PAGES
        return (_REVIEWS,) if web.delegation.reviewing.has_part(actor) else ()
    except Exception as error:  # what went wrong is told by the page itself, which may be the one that says so
        _LOG.warning("the frame of a page could not be worked out: %s", type(error).__name__)
        return ()


def may_publish(web: Web) -> bool:
    """Say whether forms that wait to be published are offered to whoever is signed in."""
    visitor = g.get("visitor")
    if visitor is None or web.operators is None:
        return False
    try:
        if "may_publish" not in g:
            g.may_publish = web.operators.publishing.is_open_to(visitor.actor)
        return bool(g.may_publish)
    except Exception as error:  # as above
        _LOG.warning("the frame of a page could not be worked out: %s", type(error).__name__)
        return False


def may_see_messages(web: Web) -> bool:
    """Say whether messages that could not be sent are offered to whoever is signed in."""
    visitor = g.get("visitor")
    if visitor is None or web.delegation is None:
        return False
    try:
        return web.delegation.messages.is_open_to(visitor.actor)
    except Exception as error:  # as above
        _LOG.warning("the frame of a page could not be worked out: %s", type(error).__name__)
        return False
