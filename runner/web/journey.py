"""From a page of the journey to its template: one place, since every step may lead to every other."""

from flask import make_response, redirect, render_template
from werkzeug.wrappers import Response

from runner.pipeline.pages import ChoosePage, FillPage, PlanPage, SubmissionPage, VerifyPage

AnyPage = ChoosePage | VerifyPage | FillPage | PlanPage | SubmissionPage


def rendered(page: AnyPage, *, posted: bool = False, confirmed: bool = False) -> Response:
    """Return the answer with this page.

    After a POST, a step that is kept is shown by its own address, so that loading it again is harmless; a page with
    errors or with a secret is answered directly, since neither is kept.
    """
    match page:
        case ChoosePage():
            return _template("form/choose.html", page)
        case VerifyPage(error=error):
            if posted and not error:
                return redirect(f"/submissions/{page.head.submission}", 303)
            return _template("form/verify.html", page, 422 if error else 200)
        case FillPage(errors=errors, turned=turned):
            if posted and not errors and not turned:
                return redirect(f"/submissions/{page.head.submission}", 303)
            return _template(template_of(page), page, 422 if errors else 200, found={})
        case PlanPage():
            if posted and not confirmed:
                return redirect(f"/submissions/{page.head.submission}", 303)
            return _template(
                "submission/plan.html", page, 409 if page.changed_meanwhile else 422 if page.errors else 200
            )
        case SubmissionPage(state=state):
            if confirmed and state in ("queued", "awaiting_approval"):
                return redirect(f"/submissions/{page.head.submission}", 303)
            return _template("submission/submission.html", page)


def template_of(page: FillPage) -> str:
    """Return the template of a form: one that is handed in, or one that only shows."""
    return "form/fill.html" if page.as_of is None else "form/view.html"


def _template(name: str, page: AnyPage, status: int = 200, **more: object) -> Response:
    return make_response(render_template(name, page=page, **more), status)
