"""What answering asks to have read: no more than it needs, and only through searches inside the agent's scope."""

import pytest

from connectors.spi import Ref
from forms.answering.validating import validate
from forms.errors import AnswersError
from forms.facts import MissingFacts, Search, TakenCall
from forms.values import Choice
from tests.forms.answering.answering_desk import Reading, situation_for, small_form, validated, worked

MEMBERS = small_form("""
target: { type: group }
fields: [{ id: a, type: membership, of: $(target) }]
operations: [{ id: act, do: directory.group.add_members, with: { group: $(target), members: $(a.add) } }]
""")
GROUPS = small_form("""
fields: [{ id: a, type: membership, of: $(target), within: [requestable] }]
operations: [{ id: act, do: directory.user.join_groups, with: { user: $(target), groups: $(a.add) } }]
""")


def searches_of(reading: Reading) -> list[Search]:
    return [search for missing in reading.asked for search in missing.searches]


def read_by(reading: Reading) -> set[Ref]:
    return {ref for missing in reading.asked for ref in missing.refs}


def test_a_pick_is_checked_by_a_search_for_just_that_id_inside_the_sets_of_the_form() -> None:
    form = small_form("fields: [{ id: a, type: user, within: [staff], except: [sales] }]\n")
    reading = Reading()
    validated(situation_for(form), {"a": "u-charlie"}, reading)
    assert searches_of(reading) == [Search("user", None, ("staff",), ("sales",), ids=frozenset({"u-charlie"}))]


def test_a_default_that_nobody_touched_is_not_searched_for() -> None:
    form = small_form("fields: [{ id: a, type: user, within: [staff], default: $(target.manager) }]\n")
    reading = Reading()
    validated(situation_for(form), {}, reading)
    assert searches_of(reading) == []


def test_a_search_is_not_run_while_it_waits_for_another_answer() -> None:
    form = small_form("""
fields:
  - { id: b, type: text, label: Department }
  - { id: a, type: choice, options: { lookup: groups-of-department, with: { department: $(b) } } }
""")
    reading = Reading()
    worked(situation_for(form), {"a": "g-maps"}, reading)
    assert searches_of(reading) == []
    worked(situation_for(form), {"a": "g-maps", "b": "Sales"}, reading)
    assert searches_of(reading) == [Search("group", "groups-of-department", arguments=(("department", "Sales"),))]


def test_a_search_that_was_cut_is_run_again_for_what_was_chosen_only() -> None:
    form = small_form("fields: [{ id: a, type: choices, options: { lookup: requestable-groups } }]\n")
    reading = Reading(most=1)
    worked(situation_for(form), {"a": ["g-drawings"]}, reading)
    assert [search.ids for search in searches_of(reading)] == [None]
    worked(situation_for(form), {"a": ["g-drawings", "g-maps"]}, reading)
    assert searches_of(reading)[2].ids == {"g-drawings", "g-maps"}


def test_everybody_in_a_change_of_members_is_asked_for_at_once() -> None:
    with pytest.raises(MissingFacts) as lacking:
        validate(situation_for(MEMBERS, "group:g-maps"), {"a": {"add": ["u-bob", "u-erin"], "remove": ["u-alice"]}})
    assert lacking.value.refs == {Ref("user", "u-bob"), Ref("user", "u-erin"), Ref("user", "u-alice")}


def test_a_change_of_more_members_than_anybody_makes_is_refused_without_reading_them() -> None:
    many = {"a": {"add": [f"x-{number}" for number in range(600)], "remove": [f"y-{n}" for n in range(600)]}}
    reading = Reading()
    with pytest.raises(AnswersError):
        validated(situation_for(MEMBERS, "group:g-maps"), {"a": {"add": many["a"]["add"] * 2}}, reading)
    assert read_by(reading) == set()
    with pytest.raises(AnswersError):
        validated(situation_for(MEMBERS, "group:g-maps"), many, reading)
    assert len(reading.asked) <= 4


def test_the_groups_of_a_person_are_known_from_the_person() -> None:
    reading = Reading()
    validated(situation_for(GROUPS), {"a": {"add": ["g-maps"]}}, reading)
    assert read_by(reading) == {Ref("user", "u-bob")}


def test_a_name_is_looked_up_in_every_place_until_it_is_taken() -> None:
    form = small_form(
        "fields: [{ id: a, type: text, unique: { in: [directory.user.login, directory.user.upn, mailbox.address] } }]\n"
    )
    taken = TakenCall("directory.user.upn", "zed")
    reading = Reading(frozenset({taken}))
    with pytest.raises(AnswersError):
        validated(situation_for(form), {"a": "zed"}, reading)
    asked = [call for missing in reading.asked for call in missing.taken]
    assert asked == [TakenCall("directory.user.login", "zed"), taken]


def test_a_reserved_name_is_refused_without_looking_it_up() -> None:
    form = small_form("fields: [{ id: a, type: text, unique: { in: [directory.user.login] } }]\n")
    reading = Reading()
    with pytest.raises(AnswersError):
        validated(situation_for(form), {"a": "ROOT"}, reading)
    assert reading.asked == []


def test_a_person_is_handed_to_a_search_as_that_person() -> None:
    form = small_form("fields: [{ id: a, type: user, lookup: reports-of, with: { boss: $(target) } }]\n")
    reading = Reading()
    validated(situation_for(form, "user:u-erin"), {"a": "u-charlie"}, reading)
    assert searches_of(reading)[0].arguments == (("boss", Ref("user", "u-erin")),)
    with pytest.raises(AnswersError):
        validated(situation_for(form, "user:u-erin"), {"a": "u-frank"})


def test_of_a_list_only_what_the_chosen_row_names_is_looked_up() -> None:
    form = small_form("fields: [{ id: a, type: choice, options: { list: posts } }]\n")
    reading = Reading()
    shown = worked(situation_for(form), {}, reading).answers["a"].offer
    assert [(option.value, option.label) for option in shown.options] == [
        ("seller", "Seller"), ("drafter", "Drafter"), ("warden", "Warden"),
    ]  # fmt: skip
    assert reading.asked == []
    chosen = validated(situation_for(form), {"a": "drafter"}, reading).values["a"]
    assert [missing.names for missing in reading.asked] == [frozenset({("group", "Drawings")})]
    assert isinstance(chosen, Choice)
    assert (chosen.row["group"], chosen.row["branches"]) == (Ref("group", "g-drawings"), ("North",))


def test_a_row_is_named_by_its_value_when_it_has_no_label() -> None:
    form = small_form("fields: [{ id: a, type: choice, options: { list: codes } }]\n")
    assert [option.label for option in worked(situation_for(form), {}).answers["a"].offer.options] == ["one", "Two"]
