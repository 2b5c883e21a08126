"""Cookies: the session's token, the form-token's secret, the theme. ``__Host-`` names wherever the connection is HTTPS."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface

_TOKEN, _FORMS, THEME = "deskhand", "deskhand-forms", "deskhand-theme"
THEMES = ("auto", "light", "dark")
_YEAR_SECONDS = 31_536_000


def _named(name: str, *, secure: bool) -> str:
    return f"__Host-{name}" if secure else name


def token_of(asked: Request) -> str:
    """Return the session's token as the browser sent it, or an empty text."""
    return asked.cookies.get(_named(_TOKEN, secure=asked.is_secure), "")


def keep_token(response: Response, token: str) -> None:
    """Give the browser its token: unreadable for scripts, not sent along by other sites' forms and pictures.

    Lax and not Strict, so that a link in a mail finds the reader signed in.  Ends with the browser, or earlier at ours.
    """
    response.set_cookie(
        _named(_TOKEN, secure=request.is_secure),
        token,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def forget_token(response: Response) -> None:
    """Take the token back."""
    response.delete_cookie(
        _named(_TOKEN, secure=request.is_secure), secure=request.is_secure, httponly=True, samesite="Lax", path="/"
    )


def theme_of(asked: Request) -> str:
    """Return the chosen theme; ``auto`` follows the system."""
    chosen = asked.cookies.get(THEME, "")
    return chosen if chosen in THEMES else "auto"


def keep_theme(response: Response, theme: str) -> None:
    """Remember a theme; scripts may read and write this one."""
    response.set_cookie(
        THEME, theme, max_age=_YEAR_SECONDS, secure=request.is_secure, httponly=False, samesite="Strict", path="/"
    )


class FormSecrets(SecureCookieSessionInterface):
    """Flask's signed session, which holds nothing but the secret behind the form tokens."""

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002 - Flask's signature
        """Return the name for this connection."""
        return _named(_FORMS, secure=request.is_secure)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's signature
        """Say whether the cookie may travel over HTTPS only."""
        return request.is_secure

    def get_cookie_samesite(self, app: Flask) -> str:  # noqa: ARG002 - Flask's signature
        """Lax: a page opened from a mail must not replace the secret of the pages that are open."""
        return "Lax"
