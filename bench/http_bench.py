"""Measure the way from sign-in to result over HTTP, at one and at eight clients, against a server of its own process."""

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

from bench.desks import PASSWORD, measured_desk
from bench.slices import middle, percentile, report

JOURNEYS = 24
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_INPUT = re.compile(r'<input type="hidden" name="([a-z_.-]+)" value="([^"]*)"')


@dataclass
class Browser:
    """As much of a browser as the journey needs: one connection, cookies, forms."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> tuple[int, str, str]:
        """Fetch a page; return status, text and where it redirects."""
        return self._send("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str, str]:
        """Send a form."""
        return self._send("POST", path, urlencode(fields))

    def _send(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{self.port}",
            }
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text, answer.headers.get("Location", "")


def hidden(page: str) -> dict[str, str]:
    """Return the hidden inputs of a page, its token among them."""
    found = dict(_INPUT.findall(page))
    token = _TOKEN.search(page)
    return found | ({"csrf_token": token[1]} if token else {})


def sign_in(port: int, login: str) -> Browser:
    """Sign in and return the browser."""
    browser = Browser(port)
    _, page, _ = browser.get("/sign-in")
    status, _, _ = browser.post("/sign-in", {**hidden(page), "login": login, "password": PASSWORD})
    _expect(status in (302, 303), f"sign-in: {status}")
    return browser


def journey(browser: Browser, office: str) -> None:
    """Find a person, open the form, send it, confirm it."""
    _, page, _ = browser.get("/find?q=lindqvist")
    person = re.search(r'href="/people/([0-9a-f-]{36})"', page)
    _expect(person is not None, "the person was not found")
    target = person[1] if person else ""
    _, page, _ = browser.get(f"/forms/set-office/for/{target}")
    fields = {**hidden(page), "answer.office": office, "target": target}
    status, page, place = browser.post("/forms/set-office/submit", fields)
    if status in (302, 303):
        status, page, _ = browser.get(place)
    action = re.search(r'action="(/submissions/[0-9a-f-]+/confirm)"', page)
    _expect(action is not None, f"no plan: {status}")
    status, page, place = browser.post(action[1] if action else "", hidden(page))
    if status in (302, 303):
        status, page, _ = browser.get(place)
    _expect(status == 200 and "Done" in page, f"confirm: {status}")


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise SystemExit(f"the measured journey failed: {what}")


def main() -> None:
    """Print the table."""
    with measured_desk() as path:
        server = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "runner.cli.main", "serve", "--desk", str(path), "--port", "0"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            cwd=Path(__file__).parent.parent,
        )
        try:
            line = server.stdout.readline() if server.stdout else ""
            port = re.search(r":(\d+)/", line)
            _expect(port is not None, f"the server said {line!r}")
            _measure(int(port[1]) if port else 0)
        finally:
            server.terminate()
            server.wait(timeout=30)


def _measure(port: int) -> None:
    started = perf_counter()
    first = sign_in(port, "agent.rotterdam")
    report("sign-in", f"{(perf_counter() - started) * 1e3:8.1f} ms")
    single = [_timed(first, f"H-{number}") for number in range(JOURNEYS)]
    browsers = [sign_in(port, "agent.rotterdam") for _ in range(8)]
    begun = perf_counter()
    with ThreadPoolExecutor(8) as pool:
        many = [
            seconds
            for row in pool.map(
                lambda pair: [_timed(pair[1], f"H-{pair[0]}-{n}") for n in range(6)], enumerate(browsers)
            )
            for seconds in row
        ]
    rate = len(many) / (perf_counter() - begun)
    for title, times in (("1 client", single), ("8 clients", many)):
        report(
            f"find, open, send, confirm, {title}",
            f"p50 {middle(times) * 1e3:7.1f} ms   p99 {percentile(times, 0.99) * 1e3:7.1f} ms",
        )
    report("journeys a second at 8 clients", f"{rate:8.1f}   {middle(many) / middle(single):.2f} x the time of one")


def _timed(browser: Browser, office: str) -> float:
    start = perf_counter()
    journey(browser, office)
    return perf_counter() - start


if __name__ == "__main__":
    main()
