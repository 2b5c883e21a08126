"""A form speaks the language of the browser on every page and in its mails; else the first language of the settings."""

from dataclasses import replace
from functools import lru_cache
from html import unescape

import pytest

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.answering.languages import languages_of
from forms.catalogue import load_catalogue
from forms.definition import Catalogue
from runner.pipeline.desk import Desk
from tests.runner.pipeline.desks import definitions
from tests.web.real_site import RealSite, Stage, Visit

DUTCH = {"Accept-Language": "nl-NL,nl;q=0.9,en;q=0.4"}
ROOM = """\
format: form/1
id: room
title: Move to a room
description: For one person.
extends: office
target: { label: Who moves? }
fields:
  - { id: note, remove: true }
  - { id: colleague, remove: true }
  - { id: office, label: Room, help: On the door., validate: length(value) < 9, message: Too long a name. }
  - { id: floor, type: choice, label: Floor, options: [{ value: g, label: Ground }, { value: t, label: Top }] }
operations:
  - { id: update, title: Move $(target.display_name), with: { set: { manager: { remove: true }, description: $(floor) } } }
confirm: { message: Everything moves. }
notify:
  - { on: [done], to: [x@sample.test], subject: Moved to $(office), body: Bye }
result: { message: Now in $(office). }
"""
TEXTS = """\
format: texts/1
title: Verhuizen
description: Voor één persoon.
target.label: Wie verhuist er?
target.where.1.message: Dit account staat uit.
fields.office.label: Kamer
fields.office.help: Op de deur.
fields.office.message: Te lange naam.
fields.floor.label: Etage
fields.floor.options.g.label: Begane grond
fields.floor.options.t.label: Boven
operations.update.title: Verhuis $(target.display_name)
confirm.message: Alles gaat mee.
notify.3.subject: Verhuisd naar $(office)
notify.3.body: Dag
result.message: Zit nu in $(office).
"""


@lru_cache
def catalogue() -> Catalogue:
    notes = b"  - on: [done]\n    to: [$(target), $(target.manager)]\n    subject: New office $(note)\n"
    office = definitions()["office.form.yaml"].replace(
        notes + b'    body: "$(actor.display_name) says: $(note)"\n', b""
    )
    more = {"office.form.yaml": office, "room.form.yaml": ROOM.encode(), "room.nl.texts.yaml": TEXTS.encode()}
    found, problems = load_catalogue({**definitions(), **more}, {**DIRECTORY_VERBS, **MAILBOX_VERBS})
    assert [str(problem) for problem in problems if problem.level == "error"] == []
    return found


@pytest.fixture
def visit(site: RealSite, stage: Stage) -> Visit:
    stage.desk.part = Desk(replace(site.desk.services, catalogue=catalogue()))
    return site.visit("agent.rotterdam")


def said(visit: Visit, path: str, form: dict[str, str] | None = None, language: dict[str, str] = DUTCH) -> str:
    sent = visit.get if form is None else visit.post
    answer = sent(path, headers=language, follow_redirects=True, **({} if form is None else {"form": form}))
    return unescape(answer.get_data(as_text=True))


def test_a_dutch_browser_sees_dutch_texts_from_the_list_to_the_mail(site: RealSite, visit: Visit) -> None:
    home = said(visit, "/")
    assert "Verhuizen" in home
    assert "Voor één persoon." in home
    assert "Verhuizen" in said(visit, "/find?q=verhuizen")
    assert "Verhuizen" in said(visit, "/people/u-t.novak")
    assert "Wie verhuist er?" in said(visit, "/forms/room")
    page = said(visit, "/forms/room/for/u-t.novak")
    assert [word for word in ("Kamer", "Op de deur.", "Etage", "Begane grond", "Boven") if word not in page] == []
    assert [word for word in ("Room", "On the door.", "Floor", "Ground") if word in page] == []
    answers = {"target": "u-t.novak", "answer.floor": "t", "submission": "d" * 32}
    wrong = said(visit, "/forms/room/submit", answers | {"answer.office": "far too long a name"})
    assert "Te lange naam." in wrong
    plan = said(visit, "/forms/room/submit", answers | {"answer.office": "B2"})
    assert "Alles gaat mee." in plan
    digest = plan.split('name="digest" value="')[1].split('"')[0]
    done = said(visit, f"/submissions/{'d' * 32}/confirm", {"digest": digest})
    assert "Zit nu in B2." in done
    assert "Verhuis Tomáš Novák" in done
    mails = [str(mail) for mail in site.desk.mails()]
    assert any("Verhuisd naar B2" in mail for mail in mails)


def test_another_browser_sees_the_first_language_of_the_settings(visit: Visit) -> None:
    for language in ({}, {"Accept-Language": "fr"}, {"Accept-Language": "en-GB,nl;q=0.5"}):
        page = said(visit, "/forms/room/for/u-t.novak", language=language)
        assert ("Kamer" in page, "Room" in page) == (False, True)


def test_the_languages_of_the_forms_are_those_of_the_desk() -> None:
    found = languages_of(catalogue())
    assert found[: len(catalogue().settings.languages)] == catalogue().settings.languages
    assert {"en", "nl"} <= set(found)
    assert catalogue().forms["room"].languages == {"en", "nl"}
    assert catalogue().forms["office"].languages == {"en"}
