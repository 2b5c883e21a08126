"""What agents wait for over HTTP when the directory is a large OpenLDAP: rows for typed letters, and a whole submission."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import quote

from bench.browsers import Browser
from bench.desks import agent, logins, measured_desk, opened, people
from bench.figures import Figure
from bench.journeys import served, sign_in, submit_office
from bench.large_directory import Large
from bench.ldap_clients import USER, Bare
from bench.slices import Effort, durable_writes, durations, percentile, timed
from runner.sample.parts import SUFFIX
from tests.servers.openldap import PASSWORD

_TYPED = (
    "Zoë",
    "lieke",
    "lindqvist",
    "kraanvogel",
    "ångström",
    "dvoracek",
    "mol zan",
    "u0123",
    "jurgen",
    "quispel",
    "xq",
)
_MOST_LETTERS = 6
# Forms of the library that do what OpenLDAP cannot.
_NOT_IN_OPENLDAP = (
    "activate-account",
    "clear-sessions",
    "disable-computer",
    "enable-computer",
    "reset-mfa",
    "update-group",
)
_LIMIT = "bare ldap3 modify + two durable writes"
_P50, _P99 = 0.050, 0.200


def _keystrokes(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield from (
            name[:letters] for letters in range(1, min(len(name), _MOST_LETTERS) + 1) if name[letters - 1] != " "
        )


def keystrokes(effort: Effort) -> tuple[str, ...]:
    """Return what stands in a search field after each letter of several names, common and rare, with accents and without."""
    return tuple(dict.fromkeys(_keystrokes(_TYPED)))[:: max(1, 10 // effort.journeys)]


def over_http(large: Large, bare: Bare, effort: Effort) -> list[Figure]:
    """Serve a desk over the directory and measure one agent, signed in, who helps one in twenty of its people."""
    with ExitStack() as left:
        path = left.enter_context(_desk_on(large))
        with opened(path) as installation:
            login, actor = logins(installation, 1)[0], agent(installation)
            target = people(installation, actor, 1)[0]
        write = left.enter_context(durable_writes(path / "raw"))
        browser = left.enter_context(closing(Browser(left.enter_context(served(path)), login)))
        sign_in(browser)
        return [*_submission(browser, target, _least(large, bare, write), effort), *_find(browser, effort)]


@contextmanager
def _desk_on(large: Large) -> Iterator[Path]:
    """Make a desk whose directory is the server: the sample company stands in it with the ids it has locally."""
    with measured_desk() as path:
        secret = path / "directory.password"
        secret.touch(mode=0o600)
        secret.write_text(PASSWORD, encoding="utf-8")
        settings = path / "deskhand.toml"
        before, _, rest = settings.read_text(encoding="utf-8").partition("[connectors.directory]\n")
        _, _, after = rest.partition("\n\n")
        section = (
            f'use = "ldap"\nservers = ["{large.server.tls_url}"]\ndialect = "openldap"\nbase = "{SUFFIX}"\n'
            f'user = "{USER}"\npassword_file = "{secret}"\nca_file = "{large.server.authority}"\n'
        )
        settings.write_text(f"{before}[connectors.directory]\n{section}\n{after}", encoding="utf-8")
        for form in _NOT_IN_OPENLDAP:
            (path / "forms" / f"{form}.form.yaml").unlink(missing_ok=True)
        yield path


def _least(large: Large, bare: Bare, write: Callable[[], None]) -> Callable[[], None]:
    numbers, person = count(), large.people[0]

    def least() -> None:
        write()
        bare.modify(person.dn, f"L-{next(numbers)}")
        write()

    return least


def _submission(browser: Browser, target: str, least: Callable[[], None], effort: Effort) -> list[Figure]:
    numbers, whole, yardstick = count(), list[float](), list[float]()

    def submit() -> None:
        submit_office(browser, target, f"D-{next(numbers)}")

    submit()
    browser.seconds.clear()
    for _ in range(effort.rounds):
        whole += [timed(submit) for _ in range(-(-effort.journeys // effort.rounds // 2))]
        yardstick += durations(least, effort.slice_seconds)
    limit = median(yardstick)
    figures = [
        Figure("on LDAP, HTTP form to result, p50", median(whole), "s", _LIMIT, limit),
        Figure("the same, p99", percentile(whole, 0.99), "s", "its p50", median(whole), goal=2.5),
    ]
    parts = {name: median(browser.seconds[name]) for name in ("form", "answers", "confirm")}
    return [*figures, *(Figure(f"of that: {name}, p50", taken, "s", _LIMIT, limit) for name, taken in parts.items())]


def _find(browser: Browser, effort: Effort) -> list[Figure]:
    for text in keystrokes(effort) * max(1, effort.rounds // 2):
        browser.get(f"/find?q={quote(text)}", "find")
    taken = browser.seconds["find"]
    return [
        Figure("on LDAP, HTTP find after a keystroke, p50", percentile(taken, 0.5), "s", "the budget", _P50, goal=1),
        Figure("the same, p99", percentile(taken, 0.99), "s", "the budget", _P99, goal=1),
    ]
