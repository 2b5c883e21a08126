"""Evidence, for whoever reads the journal: how it stands, asking for a pack, and downloading it."""

from collections.abc import Mapping

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from runner.errors import UnfitError
from runner.evidence.asking import LONGEST, Asked
from runner.evidence.desk import LONGEST_REASON
from runner.operators import Operators
from runner.pipeline.pages import FindPage
from runner.web.context import Web, actor, language
from runner.web.posted import UnexpectedInputError, expect_only

_ASKED = ("person", "agent", "form", "since", "until", "submission")
_POSTED = frozenset({"csrf_token", "reason", *_ASKED})
_LONGEST_SEARCH = 200


def evidence_blueprint(web: Web, operators: Operators) -> Blueprint:
    """Serve ``/evidence``."""
    blueprint = Blueprint("evidence", __name__)

    def shown(asked: Asked, error: str = "", reason: str = "") -> str:
        page = operators.evidence.page(actor(), asked)
        return render_template(
            "evidence/evidence.html", page=page, found=_found(web), error=error or page.error, reason=reason
        )

    @blueprint.get("/evidence")
    def ask() -> str:
        return shown(_asked(request.args))

    @blueprint.post("/evidence")
    def download() -> Response:
        expect_only(request.form, _POSTED)
        if any(len(request.form.getlist(name)) > 1 for name in _POSTED):
            raise UnexpectedInputError("The page sent the same question twice.")
        asked, reason = _asked(request.form), request.form.get("reason", "")[:LONGEST_REASON]
        try:
            file = operators.evidence.pack_evidence(actor(), asked, reason)
        except UnfitError as error:
            return make_response(shown(asked, str(error), reason), 422)
        response = make_response(file.content)
        response.content_type = "application/zip"
        response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
        return response

    return blueprint


def _asked(sent: Mapping[str, str]) -> Asked:
    return Asked(**{name: sent.get(name, "").strip()[:LONGEST] for name in _ASKED})


def _found(web: Web) -> FindPage | None:
    """Return who is found by what was typed to choose a person, None when nothing was."""
    text = " ".join(request.args.get("q", "").split())[:_LONGEST_SEARCH] if request.method == "GET" else ""
    return web.desk.find(actor(), text, language()) if text else None
