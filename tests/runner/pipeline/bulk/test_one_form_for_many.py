"""One form for many people: each row its own decision, plan, submission and records; nothing before it is confirmed."""

import pytest

from connectors.errors import RejectedError, UnavailableError
from connectors.spi import Ref
from runner.errors import NotFoundError, RefusedError, StaleError, UnfitError
from runner.pipeline.bulk.stepping import Word
from runner.pipeline.bulk.working import end_what_is_done
from runner.pipeline.pages import Posted
from tests.runner.pipeline.bulk.running_bulks import (
    AGENT,
    answered,
    bulks,
    figures,
    listed,
    page,
    prepared,
    run,
    started,
)

THREE = ("t.novak", "z.lindqvist", "p.dewit")


def test_it_is_prepared_row_by_row_and_does_nothing_before_it_is_confirmed(desk):
    id_ = prepared(desk, THREE)
    seen = page(desk, id_)
    assert (seen.state, seen.will_change, figures(seen)) == ("checked", 3, {"ready": 3})
    assert [sample.target for sample in seen.samples] == [row.who for row in seen.rows]
    assert seen.samples[0].operations[0].changes
    assert (desk.performed, desk.kinds()) == ([], [])


def test_every_row_is_a_submission_of_its_own_with_its_own_records(desk):
    id_ = prepared(desk, THREE, ticket="T-1")
    seen = run(desk, id_)
    assert (seen.state, figures(seen), seen.percent) == ("ended", {"done": 3}, 100)
    assert [desk.value(f"u-{one}", "office") for one in THREE] == ["A"] * 3
    ids = [row.submission for row in seen.rows]
    assert all(desk.store.submissions.get(one).bulk_id == id_ for one in ids)
    assert {desk.store.submissions.get(one).ticket for one in ids} == {"T-1"}
    assert sorted(desk.kinds()) == sorted(["decision"] * 4 + ["intent"] * 3 + ["outcome"] * 4)
    assert {one["submission"] for one in desk.journal("intent")} == set(ids)
    assert desk.store.journal.verify().ok
    assert bulks(desk).overview(desk.actor(AGENT)).own[0].state == "ended"


def test_a_row_that_is_refused_says_why_and_the_others_are_ready(desk):
    id_ = prepared(desk, ("t.novak", "f.former", "z.lindqvist"))
    seen = page(desk, id_)
    assert figures(seen) == {"ready": 2, "refused": 1}
    assert seen.reasons == (("This account is disabled.", 1),)
    with pytest.raises(UnfitError, match="One row is refused"):
        started(desk, id_)
    assert figures(run(desk, id_, leaves_out=True)) == {"done": 2, "refused": 1}


def test_a_row_with_nothing_to_do_is_left_out(desk):
    desk.do(
        "directory.user.update",
        user=desk.entry("u-t.novak").ref,
        set={"office": "A", "manager": None, "description": None},
    )
    seen = page(desk, prepared(desk, ("t.novak", "z.lindqvist")))
    assert figures(seen) == {"ready": 1, "unchanged": 1}


def test_people_out_of_reach_are_not_taken(desk):
    with pytest.raises(UnfitError, match="at least one"):
        prepared(desk, ("u.bakker",))
    seen = page(desk, prepared(desk, ("u.bakker", "t.novak")))
    assert seen.total == 1


def test_everybody_found_is_taken(desk):
    id_ = bulks(desk).begin_found(desk.actor(AGENT), "office", "Agent", "en")
    answered(desk, id_, {"office": "B"})
    assert figures(page(desk, id_))["ready"] >= 1


def test_everybody_of_a_department_is_found(desk):
    desk.do("directory.user.update", user=Ref("user", "u-t.novak"), set={"department": "Rivers and Bridges"})
    seen = bulks(desk).choose(desk.actor(AGENT), "office", "bridges", "en")
    assert [one.id for one in seen.people] == ["u-t.novak"]
    id_ = bulks(desk).begin_found(desk.actor(AGENT), "office", "bridges", "en")
    assert bulks(desk).page(desk.actor(AGENT), id_).total == 1


def test_what_can_be_opened_for_nobody_is_said_before_anything_is_kept(desk):
    with pytest.raises(UnfitError, match="This account is disabled"):
        bulks(desk).begin_chosen(desk.actor(AGENT), "office", ["u-f.former"], "en")
    with pytest.raises(UnfitError, match="Nobody whom you look after"):
        bulks(desk).begin_listed(desk.actor(AGENT), "office", b"login\nnobody.here\n", "en")
    assert bulks(desk).overview(desk.actor(AGENT)).own == ()


def test_answers_that_do_not_fit_show_the_form_again(desk):
    actor = desk.actor(AGENT)
    id_ = bulks(desk).begin_chosen(actor, "office", ["u-t.novak"], "en")
    again = bulks(desk).answer(actor, id_, Posted({}))
    assert again.fill.errors[0][0] == "office"
    assert again.example == "Tomáš Novák"
    assert page(desk, id_).total == 1


def test_rows_of_a_file_answer_by_themselves(desk):
    text = "Login;Office\nt.novak;A1\nz.lindqvist;B2\nnobody;C3\nT.Novak;D4\n;\n"
    id_ = listed(desk, text)
    seen = page(desk, id_)
    assert figures(seen) == {"ready": 2, "refused": 2}
    assert {row.line: row.why for row in seen.rows if row.why} == {
        4: "Nobody whom you look after with this form is called so.",
        5: "An earlier row is for the same person.",
    }
    run(desk, id_, leaves_out=True)
    assert (desk.value("u-t.novak", "office"), desk.value("u-z.lindqvist", "office")) == ("A1", "B2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("office\nA\n", "says whom a row is for"),
        ("login,shoe\nt.novak,42\n", "does not ask for “shoe”"),
        ("login,colleague\nt.novak,x\n", "cannot be answered from a file"),
        ("login,office\n,A\n", "Row 2 names nobody"),
        ("login\n", "no rows under them"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_mend(desk, text, said):
    with pytest.raises(UnfitError, match=said):
        bulks(desk).begin_listed(desk.actor(AGENT), "office", text.encode(), "en")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("reset-password", "caller check"),
        ("update-contact-details", "caller check"),
        ("typed-password", "typed password"),
    ],
)
def test_forms_that_are_for_one_person_say_so(desk, form, said):
    with pytest.raises(UnfitError, match=said):
        bulks(desk).begin_chosen(desk.actor(AGENT), form, ["u-t.novak"], "en")
    assert said in bulks(desk).choose(desk.actor(AGENT), form, "", "en").refused


def test_it_is_bound_to_what_was_shown(desk):
    id_ = prepared(desk, THREE)
    with pytest.raises(StaleError):
        bulks(desk).start(desk.actor(AGENT), id_, Word("0" * 64, typed="3"))
    with pytest.raises(UnfitError, match="Type 3"):
        bulks(desk).start(desk.actor(AGENT), id_, Word(page(desk, id_).digest))
    run(desk, id_)
    bulks(desk).start(desk.actor(AGENT), id_, Word(page(desk, id_).digest or desk.store.bulks.get(id_).digest))
    assert len(desk.performed) == 3


def test_nobody_else_sees_or_starts_it(desk):
    id_ = prepared(desk, THREE)
    for who in ("second.rotterdam", "agent.utrecht"):
        with pytest.raises(NotFoundError):
            page(desk, id_, who)
        with pytest.raises(NotFoundError):
            bulks(desk).start(desk.actor(who), id_, Word(desk.store.bulks.get(id_).digest, typed="3"))
    assert page(desk, id_, "auditor").total == 3
    assert all(not row.submission for row in page(desk, id_, "auditor").rows)


def test_stopping_cancels_what_was_not_begun(desk):
    id_ = prepared(desk, THREE)
    started(desk, id_)
    bulks(desk).stop(desk.actor(AGENT), id_)
    desk.carried_out()
    end_what_is_done(desk.services)
    seen = page(desk, id_)
    assert (seen.state, figures(seen), desk.performed) == ("stopped", {"cancelled": 3}, [])
    assert (seen.done, seen.started, seen.not_begun, seen.percent) == (0, 3, 3, 0)
    assert bulks(desk).overview(desk.actor(AGENT)).own[0].state == "stopped"
    with pytest.raises(StaleError):
        bulks(desk).stop(desk.actor(AGENT), id_)


def test_only_what_failed_is_tried_again(desk):
    def hook(operation):
        if operation.arguments["user"].id == "u-z.lindqvist":
            raise RejectedError("The directory said no.")

    id_ = prepared(desk, THREE)
    desk.directory.before = hook
    seen = run(desk, id_)
    assert figures(seen) == {"done": 2, "failed": 1}
    assert [row.why for row in page(desk, id_, shown="failed").rows] == ["The directory said no."]
    desk.directory.before = None
    again = bulks(desk).retry(desk.actor(AGENT), id_)
    desk.carried_out()
    assert page(desk, again).total == 1
    assert figures(run(desk, again)) == {"done": 1}
    assert desk.value("u-z.lindqvist", "office") == "A"


def test_rights_that_are_gone_at_the_moment_of_carrying_out_end_only_those_rows(desk):
    id_ = prepared(desk, THREE)
    started(desk, id_)
    group, person = desk.entry("g-GG-Location-Rotterdam", "group").ref, desk.entry("u-t.novak").ref
    desk.do("directory.group.remove_members", group=group, members=[person])
    desk.carried_out()
    end_what_is_done(desk.services)
    assert figures(page(desk, id_)) == {"done": 2, "failed": 1}


def test_a_limit_of_the_form_refuses_more_rows_than_it_allows(desk):
    id_ = prepared(desk, THREE, form="at-most-two")
    assert "2 times within an hour" in page(desk, id_).refused
    with pytest.raises(RefusedError, match="2 times within an hour"):
        started(desk, id_)
    assert desk.performed == []


def test_a_system_that_does_not_answer_loses_no_row(desk):
    def silent(*_):
        raise UnavailableError("The directory does not answer.")

    id_ = prepared(desk, THREE)
    started(desk, id_)
    desk.directory.before = silent
    desk.carried_out()
    end_what_is_done(desk.services)
    assert page(desk, id_).state == "running"
    desk.directory.before = None
    desk.clock.forward(minutes=1)
    desk.carried_out()
    end_what_is_done(desk.services)
    assert figures(page(desk, id_)) == {"done": 3}
    assert len(desk.directory.changed) == 3
