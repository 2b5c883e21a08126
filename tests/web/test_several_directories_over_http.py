"""A desk over two directories through the web: found, opened and changed by ids that name the directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.deskfolder import open_folder
from runner.gate import AccountGate
from runner.web.app import create_app
from runner.wiring import Installation, open_installation
from tests.runner.cli.commands import deskhand
from tests.runner.several_directories import make_desk, there
from tests.web.real_site import PASSWORD, Visit, hidden

QUINN = "lab~l-quinn"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Installation]:
    folder = make_desk(tmp_path / "desk")
    added = deskhand(
        "accounts", "add", "both", "--person", "corp~agent.utrecht", "--password-stdin", "--desk", folder,
        stdin=PASSWORD.encode(),
    )  # fmt: skip
    assert added.code == 0, added.text
    installation = open_installation(open_folder(folder))
    yield installation
    installation.close()


def test_a_person_of_the_second_directory_is_found_and_changed(opened: Installation) -> None:
    app = create_app(
        opened.desk,
        AccountGate(opened),
        secret_key=opened.sealer.cookie_key,
        demo=True,
        clock=opened.services.clock,
        outbox=opened.services.postman,  # type: ignore[arg-type]
    )
    visit = Visit(app.test_client())
    assert visit.sign_in("both").status_code == 303
    found = visit.get("/find/suggestions", query_string={"q": "quinn"}).get_json()["people"]
    assert [one["address"] for one in found] == [f"/people/{QUINN}"]
    assert "Quinn Adams" in visit.get(f"/people/{QUINN}").get_data(as_text=True)
    for nobody in ("lab~", "~l-quinn", "lab~l-quinn~x", "nope~l-quinn", "l-quinn", "corp~l-quinn", "lab~l-loner"):
        assert visit.get(f"/people/{nobody}").status_code == 404
        assert visit.get(f"/forms/office/for/{nobody}").status_code == 404

    page = hidden(visit.get(f"/forms/office/for/{QUINN}").get_data(as_text=True))
    planned = visit.post(
        "/forms/office/submit", {"submission": page["submission"], "target": QUINN, "answer.office": "B-12"}
    )
    assert planned.status_code == 303, planned.get_data(as_text=True)
    plan = hidden(visit.get(planned.headers["Location"]).get_data(as_text=True))
    assert visit.post(f"{planned.headers['Location']}/confirm", plan).status_code in (200, 303)
    assert there(opened.folder.path, "lab", "l-quinn").attributes["office"] == "B-12"
