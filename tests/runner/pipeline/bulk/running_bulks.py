"""Steps of a bulk as somebody at the desk takes them, with the workers done in between."""

from runner.pipeline.bulk.desk import Bulks
from runner.pipeline.bulk.stepping import Word
from runner.pipeline.bulk.working import end_what_is_done
from runner.pipeline.pages import Posted

AGENT = "agent.rotterdam"


def bulks(desk):
    return Bulks(desk.services)


def prepared(desk, people, form="office", answers=None, who=AGENT, **more):
    """Return the id of a bulk for these people, with every row prepared."""
    actor = desk.actor(who)
    id_ = bulks(desk).begin_chosen(actor, form, [f"u-{one}" for one in people], "en")
    answered(desk, id_, answers or {"office": "A"}, who, **more)
    return id_


def listed(desk, text, form="office", answers=None, who=AGENT):
    id_ = bulks(desk).begin_listed(desk.actor(who), form, text.encode(), "en")
    answered(desk, id_, answers or {}, who)
    return id_


def answered(desk, id_, answers, who=AGENT, **more):
    again = bulks(desk).answer(desk.actor(who), id_, Posted(answers, **more))
    assert again is None, again.fill.errors
    desk.carried_out()


def page(desk, id_, who=AGENT, shown="", number=1):
    return bulks(desk).page(desk.actor(who), id_, shown, number)


def started(desk, id_, who=AGENT, **more):
    seen = page(desk, id_, who)
    word = Word(seen.digest, typed=str(seen.will_change), **more)
    bulks(desk).start(desk.actor(who), id_, word)


def run(desk, id_, who=AGENT, **more):
    started(desk, id_, who, **more)
    desk.carried_out()
    end_what_is_done(desk.services)
    return page(desk, id_, who)


def figures(page):
    return {figure.name: figure.count for figure in page.figures}
