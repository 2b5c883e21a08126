"""What is to run later is said first on its plan, stands on the card of the person, and can be cancelled on its page."""

import uuid

from tests.web.real_site import RealSite, hidden

AGENT, TOMAS = "agent.rotterdam", "u-t.novak"


def test_what_is_due_stands_on_the_plan_on_the_card_and_in_the_list(site: RealSite) -> None:
    visit, submission = site.visit(AGENT), uuid.uuid4().hex
    answers = {"submission": submission, "target": TOMAS, "answer.office": "KIOSK", "answer.day": "2030-05-01"}
    assert visit.post("/forms/later-with-a-yes/submit", answers).status_code == 303
    shown = visit.get(f"/submissions/{submission}").get_data(as_text=True)
    assert shown.index("Runs <bdi>1 May 2030</bdi>") < shown.index("This will change")

    visit.post(f"/submissions/{submission}/confirm", {"digest": hidden(shown)["digest"]})

    card = visit.get(f"/people/{TOMAS}").get_data(as_text=True)
    due = '<time datetime="2030-04-30T22:00:00+00:00">'
    assert f"<bdi>Another office, later</bdi> on {due}" in card
    assert f"runs on {due}" in card
    page = visit.get(f"/submissions/{submission}").get_data(as_text=True)
    assert page.index("Cancel this") < page.index('<table class="plan')
    visit.post(f"/submissions/{submission}/cancel")
    assert due not in visit.get(f"/people/{TOMAS}").get_data(as_text=True)
