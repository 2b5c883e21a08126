"""Every door of a desk behind which a directory is read, and nothing but."""

from collections.abc import Callable, Mapping

from runner.pipeline.pages import Posted
from tests.faults_of_directories.faulty_desks import FaultyDesk

DOORS: Mapping[str, Callable[[FaultyDesk, str], object]] = {
    "home": lambda at, _: at.installation.desk.home(at.actor, "en"),
    "find": lambda at, _: at.installation.desk.find(at.actor, "novak", "en"),
    "card": lambda at, id_: at.installation.desk.person(at.actor, id_, "en"),
    "photo": lambda at, id_: at.installation.desk.photo(at.actor, id_),
    "choosing": lambda at, _: at.installation.desk.open(at.actor, "office", None, "novak", "en"),
    "form": lambda at, id_: at.installation.desk.open(at.actor, "office", id_, "", "en"),
    "form that shows": lambda at, id_: at.installation.desk.open(at.actor, "person-details", id_, "", "en"),
    "table": lambda at, id_: at.installation.desk.export(at.actor, "person-details", id_, "groups", Posted({}), "en"),
    "picker": lambda at, id_: at.installation.desk.pick(at.actor, "office", id_, "colleague", "de", Posted({}), "en"),
    "filling in": lambda at, id_: at.installation.desk.evaluate(
        at.actor, "office", id_, Posted({"office": "RDM-2"}), "en"
    ),
    "handing in": lambda at, id_: at.installation.desk.submit(
        at.actor, at.installation.services.new_id(), "office", id_, Posted({"office": "RDM-2"}), "en"
    ),
}
