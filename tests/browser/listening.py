"""Hear what a page complains about, and with whom it talks."""

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Error, Page, Request

_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
_ANSWERED_WITH = "Failed to load resource: the server responded with a status of"


@dataclass
class Heard:
    """What a page said: ``complaints`` of its console, its scripts and its policy; ``abroad``, requests to other hosts.

    Without slots: Playwright keeps its wrappers of the methods in the object.
    """

    address: str
    complaints: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Keep errors and warnings, except that the browser notes the status of an error page."""
        is_status = message.text.startswith(_ANSWERED_WITH) and "/assets/" not in message.location.get("url", "")
        if message.type in ("error", "warning") and not is_status:
            self.complaints.append(f"{message.type}: {message.text}")

    def error(self, error: Error) -> None:
        """Keep what a script did not catch."""
        self.complaints.append(f"not caught: {error}")

    def request(self, request: Request) -> None:
        """Keep where else a page wants to go."""
        if not request.url.startswith((f"{self.address}/", "data:")):
            self.abroad.append(request.url)


def listen_to(page: Page, address: str) -> Heard:
    """Hear a page that was not opened yet."""
    heard = Heard(address)
    page.add_init_script(_VIOLATIONS)
    page.on("console", heard.console)
    page.on("pageerror", heard.error)
    page.on("request", heard.request)
    return heard
