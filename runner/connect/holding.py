"""Whether the directory that a desk uses now holds anything that somebody put there. Reads only."""

from connectors.spi import Everything, Question
from runner.connecting import open_connectors
from runner.deskfolder import DeskFolder

_SQLITE = "sqlite:///"


def holds_anything(desk: DeskFolder) -> bool:
    """Say whether something would be left behind by another directory: all but a local one with nothing in it."""
    use, options = desk.connectors.get("directory", ("", {}))
    url = str(options.get("url", ""))
    if use != "local" or not url.startswith(_SQLITE):
        return bool(use)
    if not desk.path.joinpath(url.removeprefix(_SQLITE)).exists():
        return False
    connectors = open_connectors(desk)
    try:
        directory = connectors.for_kind("user")
        return any(directory.read(Question(kind, Everything(), limit=1)).entries for kind in directory.kinds)
    finally:
        for connector in connectors.all():
            getattr(connector, "close", lambda: None)()
