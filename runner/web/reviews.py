"""Reviews of delegations: which there are, beginning one, deciding on its bindings, closing it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from runner.delegation.delegation import Delegation
from runner.delegation.reviews.export import Format
from runner.delegation.reviews.pages import CampaignPage, Draft, ItemView
from runner.errors import RefusedError
from runner.store.review_records import Verdict
from runner.web.access import page_number
from runner.web.context import Web, actor
from runner.web.posted import UnexpectedInputError

_USUAL_DAYS = 30
_SPACES = re.compile(r"[\s,;]+")
Offered: TypeAlias = Callable[[CampaignPage, ItemView], bool]
"""Whether what was asked for stands on the page."""
_FORMATS: Mapping[str, tuple[Format, str]] = {"csv": ("csv", "text/csv"), "json": ("json", "application/json")}
_VERDICTS: Mapping[str, Verdict] = {"keep": "keep", "revoke": "revoke"}


@dataclass(frozen=True, slots=True)
class Typed:
    """A new review as it was typed; lists are texts, separated by spaces or commas."""

    title: str = ""
    reviewers: str = ""
    due_on: str = ""
    roles: str = ""
    bindings: str = ""

    def draft(self) -> Draft:
        """Return what is to be begun; raises `RefusedError` for a day that is none."""
        try:
            due_on = date.fromisoformat(self.due_on)
        except ValueError:
            raise RefusedError("Write the last day as 2027-01-31. Nothing was begun.") from None
        return Draft(self.title, _listed(self.reviewers), due_on, _listed(self.bindings), _listed(self.roles))


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was refused on a page: at which item, why, and the reason that was typed."""

    position: int
    message: str
    reason: str = ""


def reviews_blueprint(web: Web, delegation: Delegation) -> Blueprint:
    """Serve ``/access/reviews`` and what is below it."""
    blueprint = Blueprint("reviews", __name__)

    def overview(typed: Typed, error: str = "") -> str:
        page = delegation.reviewing.campaigns(actor())
        return render_template("access/reviews.html", page=page, typed=typed, error=error)

    @blueprint.get("/access/reviews")
    def reviews() -> str:
        due_on = web.now().date() + timedelta(days=_USUAL_DAYS)
        return overview(Typed(reviewers=actor().login, due_on=due_on.isoformat()))

    @blueprint.post("/access/reviews")
    def begin() -> Response:
        typed = Typed(**_sent("title", "reviewers", "due_on", "roles", "bindings"))
        try:
            return redirect(f"/access/reviews/{delegation.reviewing.begin(actor(), typed.draft())}", 303)
        except RefusedError as error:
            if not delegation.reviewing.campaigns(actor()).may_begin:
                raise
            return make_response(overview(typed, str(error)), 422)

    @blueprint.get("/access/reviews/<campaign_id>")
    def review(campaign_id: str) -> str:
        page = delegation.reviewing.campaign(actor(), campaign_id, page_number())
        return render_template("access/review.html", page=page, wrong=None)

    @blueprint.post("/access/reviews/<campaign_id>/close")
    def close(campaign_id: str) -> Response:
        _sent()
        delegation.reviewing.close(actor(), campaign_id)
        return redirect(f"/access/reviews/{campaign_id}", 303)

    @blueprint.post("/access/reviews/<campaign_id>/export")
    def export(campaign_id: str) -> Response:
        format_ = _sent("format")["format"]
        if format_ not in _FORMATS:
            raise UnexpectedInputError("format")
        name, type_ = _FORMATS[format_]
        response = make_response(delegation.reviewing.export(actor(), campaign_id, name))
        response.content_type = f"{type_}; charset=utf-8"
        response.headers["Content-Disposition"] = f'attachment; filename="review.{name}"'
        return response

    _add_items(blueprint, delegation)
    return blueprint


def _add_items(blueprint: Blueprint, delegation: Delegation) -> None:
    def again(campaign_id: str, wrong: Wrong, error: RefusedError, number: int, offered: Offered) -> Response:
        """Show the page once more with what is wrong; what was not offered there is refused as it is."""
        page = delegation.reviewing.campaign(actor(), campaign_id, number)
        if not any(item.position == wrong.position and offered(page, item) for item in page.items):
            raise error
        return make_response(render_template("access/review.html", page=page, wrong=wrong), 422)

    @blueprint.post("/access/reviews/<campaign_id>/items/<int:position>")
    def decide(campaign_id: str, position: int) -> Response:
        sent, number = _sent("verdict", "reason"), page_number()
        verdict = _VERDICTS.get(sent["verdict"])
        if verdict is None:
            raise UnexpectedInputError("verdict")
        try:
            delegation.reviewing.decide(actor(), campaign_id, position, verdict, sent["reason"])
        except RefusedError as error:
            wrong = Wrong(position, str(error), sent["reason"])
            return again(campaign_id, wrong, error, number, lambda _, item: item.may_decide)
        return redirect(f"/access/reviews/{campaign_id}?page={number}#item-{position}", 303)

    @blueprint.post("/access/reviews/<campaign_id>/items/<int:position>/restore")
    def restore(campaign_id: str, position: int) -> Response:
        sent, number = _sent("reason"), page_number()
        try:
            delegation.reviewing.restore(actor(), campaign_id, position, sent["reason"])
        except RefusedError as error:
            wrong = Wrong(position, str(error))
            return again(
                campaign_id, wrong, error, number, lambda page, item: page.may_restore and item.state == "revoked"
            )
        return redirect(f"/access/reviews/{campaign_id}?page={number}#item-{position}", 303)


def _sent(*names: str) -> dict[str, str]:
    """Return what was posted under these names, each once; raises `UnexpectedInputError` for anything else."""
    for name in request.form:
        if name not in (*names, "csrf_token") or len(request.form.getlist(name)) != 1:
            raise UnexpectedInputError(name[:100])
    if request.files:
        raise UnexpectedInputError("a file")
    return {name: request.form.get(name, "").strip() for name in names}


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, _SPACES.split(text))))
