"""Pages that answer: may they, and why; who can; what can they."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from connectors.errors import ConnectorError
from connectors.verbs import PERMISSIONS
from runner.delegation.delegation import Delegation, check_reading
from runner.delegation.reaching import counted
from runner.errors import NotFoundError, NotReachableError
from runner.web.context import actor

_LONGEST = 1_000
_ASKED = ("who", "permission", "what", "form")


def asking_blueprint(delegation: Delegation) -> Blueprint:
    """Serve ``/access/explain``, ``/access/who-can`` and ``/access/what-can/<who>``."""
    blueprint = Blueprint("asking", __name__)

    def page(template: str, needed: tuple[str, ...], ask: Callable[[dict[str, str]], Any], **given: str) -> Response:
        """Answer what was asked; what is unknown is said on the page, which keeps what was typed."""
        check_reading(delegation.services, actor(), "explain")
        asked = {name: request.args.get(name, "").strip()[:_LONGEST] for name in _ASKED} | given
        found, error = None, ""
        if all(asked[name] for name in needed):
            try:
                with _in_our_errors():
                    found = ask(asked)
            except NotFoundError as unknown:
                error = str(unknown)
        html = render_template(
            template,
            asked=asked,
            found=found,
            error=error,
            permissions=PERMISSIONS,
            forms=sorted(delegation.services.catalogue.forms),
            counted=counted,
            may_simulate=delegation.simulating.may(actor()),
        )
        return make_response(html, 422 if error else 200)

    @blueprint.get("/access/explain")
    def explain() -> Response:
        return page("access/explain.html", ("who",), lambda asked: delegation.asking.explain(**asked))

    @blueprint.get("/access/who-can")
    def who_can() -> Response:
        return page(
            "access/who_can.html",
            ("permission",),
            lambda asked: delegation.asking.who_can(asked["permission"], asked["what"], asked["form"]),
        )

    @blueprint.get("/access/what-can/<path:who>")
    def what_can(who: str) -> Response:
        return page("access/what_can.html", ("who",), lambda asked: delegation.asking.what_can(asked["who"]), who=who)

    return blueprint


@contextmanager
def _in_our_errors() -> Iterator[None]:
    try:
        yield
    except ConnectorError as error:
        raise NotReachableError.because(error) from error
