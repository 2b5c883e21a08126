"""Measure what an agent waits for over HTTP, from sign-in to result, at one client and at several.

The server runs in a process of its own, as ``deskhand serve`` does.  The yardstick is the bare change that comes out of a
journey, without pages, people or rights: read, write with a guard, and two durable writes.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from statistics import median

from bench.browsers import Browser
from bench.desks import PASSWORD, BareChange, agent, logins, measured_desk, opened, people
from bench.figures import Figure
from bench.journeys import change_office, reset_password, served, sign_in
from bench.slices import Effort, durable_writes, durations, percentile, rates, timed
from runner.identity.passwords import owasp_hasher

_LIMIT = "bare change + two durable writes"
_PAGE_SECONDS = 0.050
_WORDS = "an"
_GROUP = 10
# What these do besides a page is dominated by password hashes, which are slow on purpose.
_HASHING = ("sign-in", "confirm of a reset")


def measure(effort: Effort) -> list[Figure]:
    """Measure against a desk of its own."""
    with measured_desk() as path:
        return measure_on(path, effort)


def measure_on(path: Path, effort: Effort) -> list[Figure]:
    """Measure against the desk in this folder."""
    with opened(path) as installation, durable_writes(path / "raw") as write, ExitStack() as left:
        names = logins(installation, effort.clients)
        targets = people(installation, agent(installation), effort.clients)
        change = BareChange(installation)

        def limit(client: int) -> None:
            write()
            change(targets[client])
            write()

        port = left.enter_context(served(path))
        browsers = [left.enter_context(closing(Browser(port, name))) for name in names]
        return [*_alone(browsers[0], targets[0], limit, effort), *_together(browsers, targets, limit, effort)]


def _alone(browser: Browser, target: str, limit: Callable[[int], None], effort: Effort) -> list[Figure]:
    numbers = count()
    hashes, least, whole, offices = list[float](), list[float](), list[float](), list[float]()
    hasher = owasp_hasher()
    kept = hasher.hash(PASSWORD)

    def journey() -> None:
        browser.close()
        sign_in(browser)
        offices.append(timed(lambda: change_office(browser, _WORDS, target, f"H-{next(numbers)}")))

    journey()
    browser.seconds.clear()
    offices.clear()
    for _ in range(-(-effort.journeys // _GROUP)):
        whole += [timed(journey) for _ in range(min(_GROUP, effort.journeys))]
        least += durations(lambda: limit(0), effort.slice_seconds)
        hashes += durations(lambda: hasher.verify(kept, PASSWORD), effort.slice_seconds)
    requests = sum(len(seconds) for name, seconds in browser.seconds.items() if not name.startswith("sign-in"))
    for _ in range(max(1, effort.journeys // 4)):
        reset_password(browser, target)
    pages = {name: taken for name, taken in browser.seconds.items() if name not in _HASHING}
    slowest, taken = max(pages.items(), key=lambda page: median(page[1]))
    worst, times = max(pages.items(), key=lambda page: percentile(page[1], 0.99))
    limit_p50 = median(least)
    return [
        Figure("HTTP sign-in to result, 1 client, p50", median(whole), "s", _LIMIT, limit_p50),
        Figure("the same, p99", percentile(whole, 0.99), "s", "its p50", median(whole), goal=2.5),
        Figure("signed in: find to result, 1 client, p50", median(offices), "s", _LIMIT, limit_p50),
        Figure("of that: confirm, p50", median(browser.seconds["confirm"]), "s", _LIMIT, limit_p50, goal=2.5),
        Figure("requests from find to result", requests / len(whole), "count", "four", 4, goal=1),
        Figure("sign-in, p50", median(browser.seconds["sign-in"]), "s", "its Argon2id hash alone", median(hashes)),
        Figure(f"slowest page by p50 (“{slowest}”)", median(taken), "s", "the budget", _PAGE_SECONDS, goal=1),
        Figure(f"slowest page by p99 (“{worst}”)", percentile(times, 0.99), "s", "the budget", _PAGE_SECONDS, goal=1),
        Figure("confirm of a reset, p50", median(browser.seconds["confirm of a reset"]), "s", _LIMIT, limit_p50),
    ]


def _together(
    browsers: Sequence[Browser], targets: Sequence[str], limit: Callable[[int], None], effort: Effort
) -> list[Figure]:
    each = max(1, effort.journeys // 4)

    def run(client: int) -> list[float]:
        numbers = count()
        return [timed(lambda: journey(client, f"T-{next(numbers)}")) for _ in range(each)]

    def journey(client: int, office: str) -> None:
        browsers[client].close()
        sign_in(browsers[client])
        change_office(browsers[client], _WORDS, targets[client], office)

    with ThreadPoolExecutor(effort.clients) as threads:
        taken: list[float] = []
        seconds = timed(lambda: taken.extend(one for row in threads.map(run, range(effort.clients)) for one in row))
    least = rates({"limit": limit}, effort)["limit"]
    title = f"HTTP sign-in to result, {effort.clients} clients"
    return [
        Figure(title, len(taken) / seconds, "/s", _LIMIT, least),
        Figure(f"{title}, p50", median(taken), "s", "that many in turn", effort.clients / least),
        Figure("the same, p99", percentile(taken, 0.99), "s", "its p50", median(taken), goal=2.5),
    ]
