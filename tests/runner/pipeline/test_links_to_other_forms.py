"""The last page leads to other forms, for the same target, with the answers they start with."""

AGENT = "agent.rotterdam"


def test_a_link_carries_the_answers_the_next_form_starts_with(desk):
    done = desk.done(AGENT, desk.planned(AGENT, "links", "u-z.lindqvist", {"office": "RDM-1", "moves": True}))
    first, second = done.next
    assert (first.label, first.form, first.target) == ("Once more", "office", "u-z.lindqvist")
    assert first.inputs == (
        ("answer.office", "RDM-1-B"),
        ("answer.colleague", "u-p.dewit"),
        ("flag.moved", "true"),
    )
    assert first.submission != done.head.submission
    assert (second.form, second.inputs) == ("unlock-account", ())


def test_what_the_agent_may_not_see_is_not_carried(desk):
    done = desk.done(AGENT, desk.planned(AGENT, "links", "u-t.novak", {"office": "RDM-1"}))
    assert done.next[0].inputs == (("answer.office", "RDM-1-B"), ("flag.moved", "false"))
