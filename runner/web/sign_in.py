"""Come in and go out."""

from flask import Blueprint, g, make_response, redirect, render_template, request, session
from werkzeug.wrappers import Response as AnyResponse

from connectors.spi import Secret
from runner.errors import NotReachableError, RefusedError, TooManyError
from runner.web.context import Web
from runner.web.cookies import forget_token, keep_token, token_of
from runner.web.going import own_path


def sign_in_blueprint(web: Web) -> Blueprint:
    """Serve ``/sign-in`` and ``/sign-out``."""
    blueprint = Blueprint("sign_in", __name__)

    def page(status: int = 200, error: str = "") -> AnyResponse:
        login = request.form.get("login", request.args.get("as", ""))[:200]
        back = own_path(request.values.get("next", "/"))
        html = render_template(
            "sign_in/sign_in.html",
            login=login,
            back=back,
            error=error,
            hints=web.hints,
            directory=web.gate.uses_directory,
        )
        return make_response(html, status)

    @blueprint.get("/sign-in")
    def form() -> AnyResponse:
        return redirect("/") if g.visitor is not None else page()

    @blueprint.post("/sign-in")
    def enter() -> AnyResponse:
        password = Secret(request.form.get("password", ""))
        try:
            token = web.gate.sign_in(
                request.form.get("login", "").strip(),
                password,
                address=request.remote_addr or "",
                user_agent=request.headers.get("User-Agent", ""),
                now=web.now(),
            )
        except RefusedError as error:
            return page(403, str(error))
        except NotReachableError as error:
            return page(503, str(error))
        except TooManyError as error:
            answer = page(429, str(error))
            answer.headers["Retry-After"] = str(max(1, error.retry_after_seconds))
            return answer
        session.clear()
        response = make_response(redirect(own_path(request.form.get("next", "/")), 303))
        keep_token(response, token)
        return response

    @blueprint.post("/sign-out")
    def leave() -> AnyResponse:
        web.gate.leave(token_of(request), web.clock())
        session.clear()
        response = make_response(redirect("/sign-in", 303))
        forget_token(response)
        return response

    return blueprint
