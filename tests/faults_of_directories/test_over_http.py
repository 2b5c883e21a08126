"""The same over HTTP: somebody signed in sees a page with a sentence, and finds everything again when the fault is over."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from werkzeug.test import TestResponse

from runner.gate import AccountGate
from runner.web.app import create_app
from tests.faults_of_directories.faulty_desks import FOREIGN, FaultyDesk
from tests.library_on_servers.three_desks import PASSWORD, ref
from tests.web.real_site import Visit, hidden

WHO = "author"
WHAT_TO_DO = "Nothing was done. Try again later; if it stays so, tell an administrator."


@contextmanager
def visiting(faulty: FaultyDesk) -> Iterator[Visit]:
    """Sign in with the password of the directory."""
    installation = faulty.installation
    app = create_app(
        installation.desk,
        AccountGate(installation),
        secret_key=b"k" * 32,
        demo=False,
        clock=installation.services.clock,
        verbs=installation.services.connectors.verbs,
        delegation=installation.delegation,
    )
    visit = Visit(app.test_client())
    assert visit.sign_in(WHO, PASSWORD.reveal()).status_code == 303
    yield visit


def says(answer: TestResponse, words: str) -> None:
    """Check that a page is an error with these words and what to do, and that nothing foreign is on it."""
    assert answer.status_code == 503
    page = html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))
    assert words in page
    assert WHAT_TO_DO in page
    assert not [word for word in FOREIGN if word in page.replace(":", " ")]


@pytest.mark.parametrize("fault", ["refused", pytest.param("busy", marks=pytest.mark.torture)])
def test_card_form_and_confirmation_say_that_the_directory_is_away(faulty: FaultyDesk, fault: str) -> None:
    login = next(faulty.people)
    before, id_ = faulty.texts(login), ref("user", login)
    with visiting(faulty) as visit:
        form = visit.get(f"/forms/three-steps/for/{id_}")
        sent = {**hidden(form.get_data(as_text=True)), "answer.rule": "stop", "answer.office": "RDM-6"}
        planned = visit.post("/forms/three-steps/submit", sent, follow_redirects=True)
        assert planned.status_code == 200, planned.get_data(as_text=True)[-2000:]
        plan = hidden(planned.get_data(as_text=True))
        address = planned.request.path
        with away(faulty, fault) as words:
            for path in (f"/people/{id_}", "/", "/find?q=ro", f"/forms/office/for/{id_}", address):
                says(visit.get(path), words)
            says(visit.post(f"{address}/confirm", plan), words)
        faulty.heal()
        assert faulty.texts(login) == before
        assert visit.get(f"/people/{id_}").status_code == 200
        assert "RDM-6" in visit.post(f"{address}/confirm", plan, follow_redirects=True).get_data(as_text=True)
        assert faulty.texts(login) == ("RDM-6",) * 3
        visit.post(f"{address}/confirm", plan)
        assert faulty.line.writes == ["modify"] * 3


@contextmanager
def away(faulty: FaultyDesk, fault: str) -> Iterator[str]:
    if fault == "busy":
        faulty.line.searches_refused = (51, "")
        yield "The directory is busy"
    else:
        with faulty.line.refusing():
            yield "nothing listens on its port"


def test_a_result_that_is_unclear_says_so_on_its_page_and_on_the_desk(faulty: FaultyDesk) -> None:
    login = next(faulty.people)
    id_ = ref("user", login)
    with visiting(faulty) as visit:
        form = visit.get(f"/forms/three-steps/for/{id_}")
        sent = {**hidden(form.get_data(as_text=True)), "answer.rule": "stop", "answer.office": "RDM-6"}
        planned = visit.post("/forms/three-steps/submit", sent, follow_redirects=True)
        plan, address = hidden(planned.get_data(as_text=True)), planned.request.path
        faulty.line.begin(n1="request")
        page = visit.post(f"{address}/confirm", plan, follow_redirects=True).get_data(as_text=True)
        assert "It is not clear whether the change was made." in page
        assert "unclear whether the change was made. Look at the object." in html.unescape(page)
        assert "Needs a look" in visit.get("/").get_data(as_text=True)
        again = visit.post(f"{address}/confirm", plan, follow_redirects=True).get_data(as_text=True)
        assert "It is not clear whether the change was made." in again
        assert faulty.line.writes == ["modify"]
