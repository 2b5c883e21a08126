"""Take a picture of every page at 1280 and 390 pixels, light and dark, into ./shots/.

Names of pages after the command restrict it to them: ``python tests/browser/shots.py desk plan``.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.journeys import sign_in
from tests.browser.serving import ACCESS_ADMIN, AGENT, chromium, make_sample, served
from tests.browser.visits import EXPLORER, INSIDE, OUTSIDE

SIZES = ((1280, 800), (390, 844))
SCHEMES = ("light", "dark")
FOLDER = Path("shots")


def take(browser: Browser, sample: Path, copy: Path, size: tuple[int, int], scheme: str, wanted: set[str]) -> None:
    """Take the pictures of one size and scheme, on a desk of their own."""
    with served(sample, copy) as site:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        page = context.new_page()
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for login, visits in (("", OUTSIDE), (AGENT, INSIDE), (ACCESS_ADMIN, EXPLORER)):
            context.clear_cookies()
            if login:
                sign_in(page, site, login)
            for name, visit in visits.items():
                visit(page, site)
                if not wanted or name in wanted:
                    page.evaluate("window.scrollTo(0, 0)")
                    page.screenshot(path=FOLDER / f"{name}-{size[0]}-{scheme}.png", full_page=True)
        context.close()


def main(wanted: set[str]) -> None:
    """Take all pictures, or those of the named pages."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made, chromium() as browser:
        sample = Path(made) / "sample"
        make_sample(sample)
        for size in SIZES:
            for scheme in SCHEMES:
                take(browser, sample, Path(made) / f"{size[0]}-{scheme}", size, scheme, wanted)


if __name__ == "__main__":
    main(set(sys.argv[1:]))
