"""What is new, for the badge of every page and for the script that asks now and then. Changes nothing."""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta

from flask import Blueprint, Request, Response, g, jsonify, request

from runner.pipeline.noticing import News, news
from runner.web.context import Web
from runner.web.ports import Visitor

_LOG = logging.getLogger("deskhand.web")
_SEEN = "deskhand-seen"
_DAY = timedelta(days=1)
_KEPT_SECONDS = 90 * 86_400
_MOST = 120


def news_for(web: Web) -> News:
    """Return what is new for whoever is signed in. Never an error: a page must not fail by its frame."""
    visitor: Visitor | None = g.get("visitor")
    if visitor is None or web.delegation is None:
        return News()
    if "news" not in g:
        g.news = _news(web, visitor)
    found: News = g.news
    return found


def _news(web: Web, visitor: Visitor) -> News:
    if web.delegation is None:
        return News()
    try:
        return news(web.delegation.services, visitor.actor, _seen_at(request, visitor.actor.id, web.clock()))
    except Exception as error:  # what went wrong is told by the page itself
        _LOG.warning("what is new could not be worked out: %s", type(error).__name__)
        return News()


def _seen_at(asked: Request, account_id: str, now: datetime) -> datetime:
    """Return when this browser showed this account its history last; a day ago where that is not known."""
    owner, _, moment = asked.cookies.get(_SEEN, "")[:_MOST].rpartition(".")
    try:
        seen = datetime.fromtimestamp(int(moment), now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return now - _DAY
    return min(seen, now) if owner == account_id else now - _DAY


def keep_seen(response: Response, account_id: str, now: datetime) -> None:
    """Let the browser remember that the history was shown, for the account that saw it."""
    response.set_cookie(
        _SEEN,
        f"{account_id}.{int(now.timestamp())}",
        max_age=_KEPT_SECONDS,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def noticing_blueprint(web: Web) -> Blueprint:
    """Serve ``/news``: a few numbers, or 304 where they are as the browser knows them."""
    blueprint = Blueprint("noticing", __name__)

    @blueprint.get("/news")
    def news() -> Response:
        response: Response = jsonify(asdict(news_for(web)))
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.add("Cookie")
        response.add_etag()
        return response.make_conditional(request)  # type: ignore[return-value]

    return blueprint
