"""Addresses that came from outside: only paths of our own are followed. Pure."""

from urllib.parse import quote, urlsplit


def own_path(text: str) -> str:
    """Return the text when it is a path on this site, else the desk's."""
    is_plain = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    if not is_plain or len(text) > 500:
        return "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    return text if not parts.scheme and not parts.netloc else "/"


def sign_in_address(back: str) -> str:
    """Return where to sign in and come back to this path."""
    path = own_path(back)
    return "/sign-in" if path == "/" else f"/sign-in?next={quote(path, safe='/')}"
