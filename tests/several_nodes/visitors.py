"""A visitor of a desk behind a proxy: cookies, redirects, forms as they stand on the page, and which node answered."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from bench.browsers import Answer
from tests.several_nodes.nodes import PASSWORD

_TIMEOUT_SECONDS = 60


@dataclass
class Visitor:
    """``served_by`` are the addresses of the nodes that answered, in order; each request opens a connection of its own."""

    port: int
    authority: Path
    cookies: dict[str, str] = field(default_factory=dict)
    served_by: list[str] = field(default_factory=list)

    def twin(self) -> Self:
        """Return the same visitor in another tab."""
        return type(self)(self.port, self.authority, dict(self.cookies))

    def get(self, path: str) -> Answer:
        return self._follow("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        return self._follow("POST", path, urlencode(fields))

    def send(self, page: Answer, action: str, **fields: str) -> Answer:
        """Send a form of a page with these inputs filled in."""
        form = page.form(action)
        return self.post(form.action, {**form.fields, **fields})

    def sign_in(self, login: str) -> Answer:
        return self.send(self.get("/sign-in"), "/sign-in", login=login, password=PASSWORD)

    def plan(self, form: str, target: str, **answers: str) -> Answer:
        """Fill a form in and return the page that asks to confirm it."""
        page = self.get(f"/forms/{form}/for/{target}")
        return self.send(page, f"/forms/{form}/submit", **answers)

    def confirm(self, plan: Answer, **fields: str) -> Answer:
        return self.send(plan, "/submissions/*/confirm", **fields)

    def _follow(self, method: str, path: str, body: str | None) -> Answer:
        status, html, place = self._ask(method, path, body)
        while status in (302, 303) and place:
            path = place
            status, html, place = self._ask("GET", path, None)
        return Answer(status, path, html)

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        trusting = ssl.create_default_context(cafile=self.authority)
        line = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=_TIMEOUT_SECONDS, context=trusting)
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if body is not None:
            origin = f"https://127.0.0.1:{self.port}"
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            html = answer.read().decode()
        finally:
            line.close()
        self.served_by.append(answer.headers.get("X-Served-By", ""))
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            key, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[key] = value
        return answer.status, html, answer.headers.get("Location", "")


def submission_of(page: Answer) -> str:
    """Return the id of the submission a plan page asks about."""
    return page.form("/submissions/*/confirm").action.split("/")[2]
