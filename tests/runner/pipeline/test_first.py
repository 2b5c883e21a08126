from runner.pipeline.pages import *


def test_first(desk):
    plan = desk.planned("agent.rotterdam", "office", "u-t.novak", {"office": "RDM-1"})
    page = desk.done("agent.rotterdam", plan)
    print(page)
    print(desk.kinds())
    assert desk.value("u-t.novak", "office") == "RDM-1"


def test_reset(desk):
    s = desk.verified("agent.rotterdam", "reset-password", "u-z.lindqvist")
    plan = desk.planned("agent.rotterdam", "reset-password", "u-z.lindqvist", submission=s)
    page = desk.done("agent.rotterdam", plan)
    print(page)
    print(desk.mails())
    print(desk.kinds(), desk.passwords)
