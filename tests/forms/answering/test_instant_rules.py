"""What of a form is worked out in the page, what may wait in it, and after which answers the server is asked."""

import json
from datetime import date
from typing import Any

from forms.answering.instant import Instant, instant, page_rules
from tests.forms.answering.answering_desk import small_form

TOP = "target: { type: user }\n"


def rules_of(fields: str, top: str = TOP) -> Instant:
    return instant(small_form(f"{top}fields:\n{fields}"), "en")


def test_a_form_on_plain_answers_asks_nobody() -> None:
    found = rules_of("""\
  - { id: vpn, type: boolean, label: VPN }
  - { id: why, type: text, label: Why?, when: vpn, required: vpn, validate: [{ check: length(value) > 2, message: More. }] }
  - { id: total, type: computed, label: Total, value: "$(why | upper)!", show: true }
""")
    assert found.live == frozenset()
    assert found.ahead == {"why"}
    assert [*found.rules] == ["vpn", "why", "total"]
    assert found.rules["why"]["when"] == ["x", "vpn", 0]
    assert found.rules["total"]["value"][1] == "!"
    assert {"required", "validate", "when"} <= found.rules["why"].keys()


def test_what_hangs_on_the_target_stays_on_the_server_and_so_does_what_hangs_on_that() -> None:
    found = rules_of("""\
  - { id: why, type: text, label: Why?, when: target.locked }
  - { id: more, type: text, label: More, when: answered(why) }
  - { id: office, type: text, label: Office, readonly: target.locked }
  - { id: room, type: text, label: Room, required: answered(office) }
""")
    assert found.rules == {}
    assert found.ahead == frozenset()
    assert found.live == {"why", "office"}
    assert page_rules(found, date(2026, 11, 21)) is None


def test_nothing_of_an_object_is_sent_but_that_it_is_answered() -> None:
    found = rules_of("""\
  - { id: boss, type: user, label: Boss }
  - { id: one, type: text, label: One, when: answered(boss) }
  - { id: two, type: text, label: Two, when: boss.locked }
  - { id: three, type: text, label: Three, when: boss == target }
""")
    sent = json.dumps(page_rules(found, date(2026, 11, 21)))
    assert [*found.rules] == ["boss", "one"]
    assert "locked" not in sent
    assert "target" not in sent
    assert found.live == {"boss"}


def test_a_question_with_something_from_elsewhere_does_not_wait_in_the_page() -> None:
    found = rules_of("""\
  - { id: on, type: boolean, label: "On" }
  - { id: a, type: text, label: A, when: "on", default: $(target.office) }
  - { id: b, type: text, label: B $(target.login), when: "on" }
  - { id: c, type: user, label: C, when: "on" }
  - { id: d, type: text, label: D, when: "on", from: target.office }
  - { id: e, type: note, text: "Hello $(actor.login)", label: E, when: "on" }
  - { id: f, type: text, label: F, when: "on", default: plain }
""")
    assert found.ahead == {"f"}
    assert found.live == {"on"}


def test_an_answer_is_asked_about_when_only_the_server_draws_what_follows_from_it() -> None:
    found = rules_of("""\
  - { id: on, type: boolean, label: "On" }
  - { id: name, type: text, label: Name, when: "on" }
  - { id: mail, type: text, label: Mail, default: $(name | lower) }
  - { id: other, type: text, label: Other }
""")
    assert found.live == {"name", "on"}
    assert found.ahead == {"name"}


def test_an_answer_that_follows_another_is_not_known_in_the_page() -> None:
    found = rules_of("""\
  - { id: name, type: text, label: Name }
  - { id: mail, type: text, label: Mail, default: $(name | lower) }
  - { id: why, type: text, label: Why?, when: answered(mail) }
""")
    assert found.rules == {}
    assert found.live == {"name", "mail"}


def test_in_a_form_of_pages_the_server_is_always_asked() -> None:
    found = rules_of("""\
  - section: One
    fields: [{ id: vpn, type: boolean, label: VPN }]
  - section: Two
    fields: [{ id: why, type: text, label: Why?, when: vpn }]
""", TOP + "layout: pages\n")  # fmt: skip
    assert found.ahead == {"why"}
    assert found.live == {"vpn"}


def test_the_page_gets_the_day_and_the_fields_in_the_order_in_which_they_depend() -> None:
    sent: Any = page_rules(rules_of("""\
  - { id: late, type: text, label: Late, when: early }
  - { id: early, type: boolean, label: Early }
"""), date(1970, 1, 3))  # fmt: skip
    assert sent["today"] == 2
    assert [name for name, _ in sent["fields"]] == ["early", "late"]
