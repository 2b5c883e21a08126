"""What doctor takes for the reach of a form: its bindings, its target and pickers, without what is protected."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from connectors.spi import Everything, Question
from runner.deskfolder import create, open_folder
from runner.doctor.reach import Reach
from runner.sample.loading import load_company
from runner.sealing import new_key
from runner.wiring import Installation, open_installation


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("reach") / "desk"
    create(folder, demo=True, port=0, key=new_key())
    directory, mailbox = (f"sqlite:///{folder / name}.db" for name in ("directory", "mailbox"))
    load_company(directory, mailbox, now=datetime.now(UTC))
    opened = open_installation(open_folder(folder), versions="ignore")
    yield opened
    opened.close()


def units(desk: Installation, form: str, step: int, kind: str) -> set[str]:
    services = desk.services
    reach = Reach(services.authority.current(), services.catalogue, services.connectors, services.now().date())
    found = services.catalogue.forms[form]
    filter_ = reach.of(found, found.steps[step]).get(kind, Everything())
    entries = services.connectors.for_kind(kind).read(Question(kind, filter_, limit=1_000)).entries
    return {entry.dn.split(",", 1)[1] if kind != "ou" else entry.dn for entry in entries}


def test_groups_are_those_that_the_picker_and_the_bindings_name(desk: Installation) -> None:
    assert units(desk, "manage-groups", 0, "group") == {
        "OU=Requestable,OU=Groups,DC=sample,DC=test",
        "OU=Lists,OU=Groups,DC=sample,DC=test",  # of the second line's distribution lists
    }


def test_units_are_those_in_which_something_may_be_made(desk: Installation) -> None:
    assert units(desk, "create-group", 0, "ou") == {"OU=Requestable,OU=Groups,DC=sample,DC=test"}
    assert units(desk, "offboard-user", -1, "ou") == {"OU=Leavers,DC=sample,DC=test"}


def test_people_who_are_protected_are_out_of_reach(desk: Installation) -> None:
    reached = units(desk, "reset-password", 0, "user")
    assert reached
    assert not [unit for unit in reached if not re.search("OU=(People|Leavers),", unit)]
