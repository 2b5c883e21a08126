"""Two thousand people come over from OpenLDAP, and one of them gets a new password through the web, all the way."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.spi import Secret
from runner.deskfolder import open_folder
from runner.gate import AccountGate
from runner.web.app import create_app
from runner.wiring import Installation, open_installation
from tests.runner.cli.commands import deskhand
from tests.web.real_site import PASSWORD, Visit, hidden
from tests.web.slapcat_export import BROKEN, export, login, name

PEOPLE, CALLER, PROTECTED, ELSEWHERE = 2_000, 1_242, 3, 1_243


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A new desk, filled by `deskhand import`, with an account for person 0."""
    folder = tmp_path_factory.mktemp("imported") / "desk"
    assert deskhand("init", folder).code == 0
    file = folder.parent / "slapcat.ldif"
    file.write_text("".join(export(PEOPLE)), encoding="utf-8")
    import_ldif(folder, file)
    added = deskhand("accounts", "add", login(0), "--person", login(0), "--password-stdin", "--desk", folder,
                     stdin=PASSWORD.encode())  # fmt: skip
    assert added.code == 0, added.text
    installation = open_installation(open_folder(folder))
    yield installation
    installation.close()


def import_ldif(folder: Path, file: Path) -> None:
    """Import the file, twice: the second time changes nothing."""
    first, second = (deskhand("import", "--json", "--desk", folder, file) for _ in range(2))
    assert (first.code, second.code) == (1, 1), first.text
    assert first.json["added"] == second.json["unchanged"] == {"user": PEOPLE, "group": 10, "ou": 8}
    assert second.json["added"] == second.json["changed"] == {}
    for report in (first.json, second.json):
        assert len(report["refused"]) == BROKEN.count("dn: ")
        assert report["dangling"] == []
        assert {"jpegphoto", "x-shoesize", "preferredlanguage"} <= {
            name.lower() for name in report["ignored_attributes"]
        }


def browser(installation: Installation) -> Visit:
    app = create_app(
        installation.desk,
        AccountGate(installation),
        secret_key=installation.sealer.cookie_key,
        demo=True,
        clock=installation.services.clock,
        outbox=installation.services.postman,  # type: ignore[arg-type]
    )
    visit = Visit(app.test_client())
    assert visit.sign_in(login(0)).status_code == 303
    return visit


def directory(installation: Installation) -> Any:
    return installation.services.connectors.for_kind("user")


def id_of(installation: Installation, number: int) -> str:
    ref = directory(installation).locate(login(number), "user")
    assert ref is not None
    return str(ref.id)


def test_an_imported_person_gets_a_new_password_on_the_whole_way(imported: Installation) -> None:
    visit, target = browser(imported), id_of(imported, CALLER)
    found = visit.get("/find/suggestions", query_string={"q": name(CALLER)}).get_json()["people"]
    assert [one["address"] for one in found] == [f"/people/{target}"]
    assert name(CALLER) in visit.get(f"/people/{target}").get_data(as_text=True).replace("&#39;", "'")
    page = visit.get(f"/forms/reset-password/for/{target}")
    form = {"submission": hidden(page.get_data(as_text=True))["submission"], "target": target}
    assert "Is it really them?" in page.get_data(as_text=True)

    asked = visit.post("/forms/reset-password/check", form | {"method": "code_to_mail", "go": "start"})
    assert asked.status_code == 303
    mail = re.search(r"Your code is (\d{3}) (\d{3})", visit.get("/outbox").get_data(as_text=True))
    assert mail is not None
    code = {"method": "code_to_mail", "go": "answer", "check.code": f"{mail[1]} {mail[2]}"}
    assert visit.post("/forms/reset-password/check", form | code).status_code == 303
    half = visit.get(asked.headers["Location"]).get_data(as_text=True)
    assert "1 of 2 checked" in half
    assert visit.post("/forms/reset-password/submit", form).status_code == 422
    called = {"method": "call_back", "go": "answer", "check.ask-0": "true"}
    assert visit.post("/forms/reset-password/check", form | called).status_code == 303

    planned = visit.post("/forms/reset-password/submit", form | {"flag.must_change": "true", "ticket": "INC1"})
    assert planned.status_code == 303
    plan = hidden(visit.get(planned.headers["Location"]).get_data(as_text=True))
    done = visit.post(f"{planned.headers['Location']}/confirm", plan)
    shown = re.search(r"<code[^>]*data-value>([^<]+)</code>", done.get_data(as_text=True))
    assert (done.status_code, shown is not None) == (200, True)
    password = Secret(shown[1] if shown else "")
    assert directory(imported).authenticate(login(CALLER), password).state == "must_change"
    assert directory(imported).authenticate(login(CALLER), password).ref.id == target
    assert directory(imported).authenticate(login(CALLER + 3), password).ref is None
    kinds = [entry.kind for entry in imported.services.store.journal.search(submission=form["submission"], limit=50)]
    assert sorted(kinds) == ["intent", "outcome", "verify", "verify", "verify"]


@pytest.mark.parametrize("number", [PROTECTED, ELSEWHERE])
def test_an_imported_person_out_of_reach_is_not_there(imported: Installation, number: int) -> None:
    visit, target = browser(imported), id_of(imported, number)
    assert visit.get(f"/people/{target}").status_code == 404
    assert visit.get(f"/forms/reset-password/for/{target}").status_code == 404
    assert visit.get("/find/suggestions", query_string={"q": login(number)}).get_json()["people"] == []
    assert imported.services.store.submissions.list(target_id=target, limit=5) == []
