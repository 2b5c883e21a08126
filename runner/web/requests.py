"""Requests: what waits for the visitor's yes, one of them with its plan, and who decides while the visitor is away."""

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from runner.delegation.delegation import Delegation
from runner.errors import NotFoundError, StaleError, UnfitError
from runner.pipeline.requests.away import Leave
from runner.store.request_records import ApprovalDecision
from runner.web.access import page_number
from runner.web.context import actor, language
from runner.web.posted import UnexpectedInputError, expect_only

_DECISIONS: Mapping[str, ApprovalDecision] = {"yes": "yes", "no": "no"}
_SAID = frozenset({"csrf_token", "digest", "comment", "decision"})
_SEVERAL = frozenset({"csrf_token", "chosen", "comment", "decision"})
_AWAY = frozenset({"csrf_token", "deputy", "starts_on", "ends_on"})
_TOKEN_ONLY = frozenset({"csrf_token"})
_LONGEST = 10_000
_NO_ROWS = "Nothing of that list waits for your yes now."


def requests_blueprint(delegation: Delegation) -> Blueprint:
    """Serve ``/requests`` and what is below it."""
    blueprint = Blueprint("requests", __name__, url_prefix="/requests")

    @blueprint.get("")
    def inbox() -> str:
        return render_template("requests/inbox.html", page=delegation.requests.inbox(actor()), error="")

    @blueprint.get("/all")
    def every() -> str:
        page = delegation.requests.open_ones(actor(), page_number(), request.args.get("bulk", "")[:_LONGEST])
        return render_template("requests/all.html", page=page)

    @blueprint.get("/<submission_id>")
    def present(submission_id: str) -> str:
        page = delegation.requests.request(actor(), submission_id, language())
        return render_template("requests/request.html", page=page, error="", comment="")

    @blueprint.post("/<submission_id>")
    def say(submission_id: str) -> Response:
        expect_only(request.form, _SAID)
        comment = request.form.get("comment", "")[:_LONGEST]
        try:
            delegation.requests.say(actor(), submission_id, request.form.get("digest", ""), _decision(), comment)
        except (UnfitError, StaleError) as error:
            page = delegation.requests.request(actor(), submission_id, language())
            status = 422 if isinstance(error, UnfitError) else 409
            text = render_template("requests/request.html", page=page, error=str(error), comment=comment)
            return make_response(text, status)
        return redirect(f"/requests/{submission_id}", 303)

    @blueprint.post("/several")
    def several() -> Response:
        expect_only(request.form, _SEVERAL)
        chosen = [(id_, digest) for id_, _, digest in (one.partition(".") for one in request.form.getlist("chosen"))]
        try:
            page = delegation.requests.say_to_several(
                actor(), chosen, _decision(), request.form.get("comment", "")[:_LONGEST].strip()
            )
        except UnfitError as error:
            text = render_template("requests/inbox.html", page=delegation.requests.inbox(actor()), error=str(error))
            return make_response(text, 422)
        return make_response(render_template("requests/several.html", answers=page, bulk=""))

    _add_bulks(blueprint, delegation)
    _add_absences(blueprint, delegation)
    return blueprint


def _add_bulks(blueprint: Blueprint, delegation: Delegation) -> None:
    @blueprint.get("/bulk/<bulk_id>")
    def present_rows(bulk_id: str) -> Response:
        try:
            page = delegation.requests.rows(actor(), bulk_id, page_number(), language())
        except NotFoundError:
            text = render_template("requests/inbox.html", page=delegation.requests.inbox(actor()), error=_NO_ROWS)
            return make_response(text, 404)
        return make_response(render_template("requests/bulk.html", page=page, error=""))

    @blueprint.post("/bulk/<bulk_id>")
    def say_to_rows(bulk_id: str) -> Response:
        expect_only(request.form, _SAID)
        digest, comment = request.form.get("digest", ""), request.form.get("comment", "")[:_LONGEST]
        try:
            answers, is_more = delegation.requests.say_to_rows(actor(), bulk_id, digest, _decision(), comment)
        except (UnfitError, StaleError) as error:
            page = delegation.requests.rows(actor(), bulk_id, 1, language())
            status = 422 if isinstance(error, UnfitError) else 409
            return make_response(render_template("requests/bulk.html", page=page, error=str(error)), status)
        return make_response(render_template("requests/several.html", answers=answers, bulk=bulk_id if is_more else ""))


def _add_absences(blueprint: Blueprint, delegation: Delegation) -> None:
    @blueprint.get("/away")
    def away() -> str:
        return render_template("requests/away.html", page=delegation.requests.away(actor()))

    @blueprint.post("/away")
    def be_away() -> Response:
        expect_only(request.form, _AWAY)
        leave = Leave(*(request.form.get(name, "")[:_LONGEST] for name in ("deputy", "starts_on", "ends_on")))
        try:
            delegation.requests.be_away(actor(), leave)
        except UnfitError as error:
            page = delegation.requests.away(actor(), leave, str(error))
            return make_response(render_template("requests/away.html", page=page), 422)
        return redirect("/requests/away", 303)

    @blueprint.post("/away/<absence_id>/end")
    def be_back(absence_id: str) -> Response:
        expect_only(request.form, _TOKEN_ONLY)
        delegation.requests.be_back(actor(), absence_id)
        return redirect("/requests/away", 303)


def _decision() -> ApprovalDecision:
    decisions = request.form.getlist("decision")
    found = _DECISIONS.get(decisions[0]) if len(decisions) == 1 else None
    if found is None:
        raise UnexpectedInputError("The page sent something this form does not have.")
    return found
