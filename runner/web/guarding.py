"""What stands before and after every view: who is asking, is the request deliberate, which headers protect the answer."""

from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from runner.errors import NotReachableError
from runner.web.context import Web
from runner.web.cookies import token_of
from runner.web.going import sign_in_address
from runner.web.ports import Visitor

WHILE_SIMULATING = frozenset(
    {"form.evaluate", "form.pick", "theme.choose", "sign_in.leave", "sign_in.enter", "simulation.end"}
)
"""What may be posted while the desk is seen as somebody else: what only reads, and the ways out."""
BY_ITSELF = frozenset({"noticing.news", "bulk.progress"})
"""What a page asks without anybody doing anything: it keeps no session alive."""
ANONYMOUS = frozenset({"assets.asset", "health.health", "health.ready", "schemas.schema"})
PUBLIC = ANONYMOUS | {"sign_in.form", "sign_in.enter", "theme.choose"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: browsers then send “Origin: null” with our own forms. Other sites learn nothing either way.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HSTS = "max-age=31536000"


def is_deliberate(method: str, own: str, origin: str | None, fetch_site: str | None) -> bool:
    """Say whether a request that may change something comes from a page of ours. Pure.

    ``own`` is our origin (``https://desk.example``).  Browsers say where a request comes from in Sec-Fetch-Site or
    Origin; one that says neither is refused, since nobody needs it.  OWASP ASVS 5.0, 3.5.1 and 3.5.3.
    """
    if method in ("GET", "HEAD", "OPTIONS"):
        return True
    if fetch_site is not None and fetch_site != "same-origin":
        return False
    if origin is not None and origin != "null":
        return _same(own, origin)
    return fetch_site == "same-origin"


def _same(own: str, origin: str) -> bool:
    ours, theirs = urlsplit(own), urlsplit(origin)
    return (ours.scheme, ours.netloc.lower()) == (theirs.scheme, theirs.netloc.lower())


def guard(app: Flask, web: Web) -> None:
    """Put the checks before every view, in their order, and the headers after."""

    @app.before_request
    def identify() -> AnyResponse | None:
        token = "" if request.endpoint in ANONYMOUS else token_of(request)
        g.visitor = None
        g.visitor = _visitor(web, token) if token else None
        if g.visitor is not None or request.endpoint in PUBLIC or g.get("only_leaving"):
            return None
        if request.method == "GET" and not _wants_json():
            return redirect(sign_in_address(request.full_path if request.query_string else request.path))
        raise Unauthorized("Your session has ended. Sign in again; nothing was done.")

    @app.before_request
    def deliberate() -> None:
        if not is_deliberate(
            request.method, request.host_url, request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        ):
            raise Forbidden("This request did not come from a page of Deskhand. Nothing was done.")

    CSRFProtect(app)

    @app.before_request
    def only_looking() -> None:
        if g.visitor is not None and g.visitor.simulator is not None and not _only_looks():
            raise Forbidden(
                "You are seeing the desk as somebody else; nothing can be done meanwhile. Nothing was done."
            )

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = _HSTS
        return response


def _visitor(web: Web, token: str) -> Visitor | None:
    """Return who has this token; nobody where it does not matter and the directory cannot be asked who that is now.

    Then an account of Deskhand's own can still come in, and everybody can go out.
    """
    try:
        return web.gate.lookup(token, web.now(), is_use=request.endpoint not in BY_ITSELF)
    except NotReachableError:
        g.only_leaving = request.endpoint == "sign_in.leave"
        if request.endpoint not in PUBLIC and not g.only_leaving:
            raise
        return None


def _only_looks() -> bool:
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return True
    return request.endpoint in WHILE_SIMULATING and not any(file.filename for file in request.files.values())


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json"
