"""As much of a browser as a measured journey needs: one connection, cookies, redirects, the forms of a page."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from time import perf_counter
from urllib.parse import urlencode

_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page: where it is sent, and what would be sent if nobody touched it."""

    action: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as it arrived, with its forms and links."""

    status: int
    path: str
    html: str

    def form(self, action: str) -> Form:
        """Return the form whose action begins and ends like ``action``, a star standing for anything."""
        start, _, end = action.partition("*")
        found = (form for form in _Parser.of(self.html).forms if form.action.startswith(start))
        match = next((form for form in found if form.action.endswith(end)), None)
        if match is None:
            raise SystemExit(f"{self.path} answered {self.status} without the form {action}")
        return match

    def link(self, start: str) -> str:
        """Return the first address that begins like this."""
        found = next((address for address in _Parser.of(self.html).links if address.startswith(start)), None)
        if found is None:
            raise SystemExit(f"{self.path} answered {self.status} without a link to {start}…")
        return found


@dataclass(slots=True)
class Browser:
    """A visitor; ``seconds`` gathers how long the server took, by the name given to each request."""

    port: int
    login: str
    seconds: dict[str, list[float]] = field(default_factory=dict)
    _cookies: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str, name: str) -> Answer:
        """Fetch a page."""
        return self._follow("GET", path, None, name)

    def send(self, form: Form, fields: Mapping[str, str], name: str) -> Answer:
        """Send a form with these inputs filled in; the page it leads to is timed as ``name`` and what follows."""
        return self._follow("POST", form.action, urlencode({**form.fields, **fields}), name)

    def close(self) -> None:
        """Close the connection and drop the cookies; the next request is a new visitor's."""
        self._cookies.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _follow(self, method: str, path: str, body: str | None, name: str) -> Answer:
        status, html, place = self._request(method, path, body, name)
        while status in (302, 303) and place:
            path, name = place, f"{name}, shown"
            status, html, place = self._request("GET", path, None, name)
        return Answer(status, path, html)

    def _request(self, method: str, path: str, body: str | None, name: str) -> tuple[int, str, str]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT_SECONDS)
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self._cookies.items())}
        if body is not None:
            origin = f"http://127.0.0.1:{self.port}"
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        start = perf_counter()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        html = answer.read().decode()
        self.seconds.setdefault(name, []).append(perf_counter() - start)
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            key, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[key] = value
        return answer.status, html, answer.headers.get("Location", "")


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._fields: dict[str, str] | None = None

    @classmethod
    def of(cls, html: str) -> "_Parser":
        parser = cls()
        parser.feed(html)
        return parser

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self._fields = {}
            self.forms.append(Form(given.get("action", ""), self._fields))
        elif tag == "input" and self._fields is not None and "name" in given:
            is_box = given.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in given:
                self._fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
