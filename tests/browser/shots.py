"""Take a picture of every page, wide and narrow, light and dark, into ./shots/: ``python -m tests.browser.shots [name …]``."""

import sys
from pathlib import Path

from tests.browser.serving import chromium, served
from tests.browser.visits import VISITS, fresh
from tests.web.serving import Site

WIDTHS = {"wide": (1280, 800), "phone": (390, 844)}
FOLDER = Path("shots")


def main(wanted: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    site = Site()
    with served(site) as address, chromium() as browser:
        for size, (width, height) in WIDTHS.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=size == "phone"
                )
                page = context.new_page()
                for name, visit in VISITS.items():
                    if wanted and name not in wanted:
                        continue
                    site.gate.tries = 0
                    fresh(page, address, site.desk)
                    visit(page, address, site.desk)
                    page.screenshot(
                        path=FOLDER / f"{name}-{size}-{scheme}.png",
                        full_page=size == "phone" or name.startswith("every"),
                    )
                context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
