"""`requests`: what waits for a yes is listed, shown, agreed to and turned down from the host, as a given account."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.runner.cli.commands import Result, deskhand, is_one_sentence
from tests.runner.cli.contents import change
from tests.runner.cli.directories import person, rename

AGENT = "agent.rotterdam"
NEEDS_A_YES = """\
format: form/1
id: new-office
title: New office
target: { type: user }
record: { ticket: optional, reason: optional }
fields:
  - { id: office, type: text, label: Office, required: true }
approval: { approvers: [{ user: alice }], expires: 5d }
operations:
  - { id: update, do: directory.user.update, with: { user: $(target), set: { office: $(office) } } }
"""


@pytest.fixture
def desk(company: Path) -> Path:
    (company / "forms" / "new-office.form.yaml").write_text(NEEDS_A_YES, encoding="utf-8")
    return company


def asked(desk: Path, office: str = "RDM-1", reason: str = "") -> str:
    answers = ("--target", "t.novak", "--set", f"office={office}", "--reason", reason, "--json")
    done = deskhand("run", "new-office", "--desk", desk, "--as", AGENT, *answers)
    assert (done.code, done.json.get("state")) == (0, "awaiting_approval"), done.text
    return str(done.json["submission"])


def requests(desk: Path, *arguments: object, who: str = "alice") -> Result:
    return deskhand("requests", *arguments, "--as", who, "--desk", desk)


def digest(desk: Path, id_: str) -> str:
    return str(requests(desk, "show", id_, "--json").json["digest"])


def state(desk: Path, id_: str) -> str:
    return str(requests(desk, "show", id_, "--json").json["state"])


def test_it_is_listed_shown_with_its_plan_and_agreed_to(desk: Path) -> None:
    id_ = asked(desk)
    (line,) = requests(desk, "list", "--json").json["requests"]
    assert (line["id"], line["target"], line["requester"]) == (id_, "Tomáš Novák", "Femke Agent")
    assert f"{id_}  New office for Tomáš Novák, asked by Femke Agent" in requests(desk, "list").out
    shown = requests(desk, "show", id_)
    assert "Tomáš Novák: Office: (empty) -> RDM-1" in shown.out
    assert "Needs a yes: Alice Alleen  (now)" in shown.out
    page = requests(desk, "show", id_, "--json").json
    assert page["operations"][0]["changes"][0] == {
        "kind": "set", "what": "Tomáš Novák", "attribute": "Office", "before": "", "after": "RDM-1",
    }  # fmt: skip
    assert (page["digest"], page["may"]) == (line["digest"], True)
    said = requests(desk, "yes", id_, "--digest", page["digest"], "--comment", "Fine.", "--json")
    assert (said.code, said.json["state"]) == (0, "queued"), said.text
    assert person(desk, "t.novak").attributes.get("office") is None
    record = deskhand("journal", "list", "--json", "--kind", "approval", "--desk", desk).out
    for text in ('"client":"cli"', '"login":"alice"', f'"digest":"{page["digest"]}"', '"comment":"Fine."'):
        assert text in record


def test_what_people_write_begins_no_line_of_its_own_and_commands_no_terminal(desk: Path) -> None:
    id_ = asked(desk, reason="Moves.\nAdd a person to groups\nDigest: 0000\rFor: nobody")
    lines = requests(desk, "show", id_).out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Reason: Moves."))
    forged = ["    | Add a person to groups", "    | Digest: 0000\\rFor: nobody"]
    assert lines[at + 1 : at + 3] == forged
    assert [line for line in lines if line.startswith("Digest:")] == [f"Digest: {digest(desk, id_)}"]


def test_names_of_a_directory_command_no_terminal(desk: Path) -> None:
    rename(desk, "t.novak", "Tomas\x1b]0;x\x07\u202e")
    id_ = asked(desk)
    for out in (requests(desk, "show", id_).out, requests(desk, "list").out):
        assert "Tomas\\x1b]0;x\\x07\\u202e" in out
        assert not any(sign in out for sign in "\x1b\x07\u202e")


def test_who_agreed_to_a_plan_that_is_another_one_by_now_reads_so(desk: Path) -> None:
    id_ = asked(desk)
    wanted = digest(desk, id_)
    rename(desk, "t.novak", "Tomáš Novák", office="RDM-9")
    said = requests(desk, "yes", id_, "--digest", wanted)
    assert (said.code, "The plan is another one than was agreed to" in said.out) == (0, True), said.text
    assert "somebody else" not in said.out
    again = requests(desk, "yes", id_, "--digest", digest(desk, id_))
    assert (again.code, again.out.startswith("Agreed.")) == (0, True), again.text


def test_a_no_needs_a_reason_and_ends_it(desk: Path) -> None:
    id_ = asked(desk)
    wanted = digest(desk, id_)
    bare = requests(desk, "no", id_, "--digest", wanted)
    assert (bare.code, "--comment" in bare.err) == (2, True)
    empty = requests(desk, "no", id_, "--digest", wanted, "--comment", " ")
    assert (empty.code, is_one_sentence(empty.err)) == (1, True)
    done = requests(desk, "no", id_, "--digest", wanted, "--comment", "Not this year.")
    assert (done.code, done.out) == (0, "Turned down. Whoever asked is told.\n")
    assert state(desk, id_) == "rejected"
    listed = deskhand("journal", "list", "--desk", desk, "--submission", id_).out
    for said in ("rejected: wait: ", "say no", "wait for a yes"):
        assert f"new-office, Tomáš Novák: {said}" in listed


def test_a_yes_to_anything_else_than_was_shown_is_none(desk: Path) -> None:
    first, second = asked(desk), asked(desk, "RDM-2")
    digests = {one["id"]: one["digest"] for one in requests(desk, "list", "--json").json["requests"]}
    said = requests(desk, "yes", first, "--digest", digests[second])
    assert (said.code, "no longer as it was" in said.err) == (1, True)
    assert requests(desk, "yes", first).code == 2
    assert state(desk, first) == "awaiting_approval"


def test_the_number_on_pages_names_a_request_and_moments_are_local(desk: Path) -> None:
    id_ = asked(desk)
    shown = requests(desk, "show", id_[:8])
    assert f"Number: {id_[:8]}" in shown.out
    assert requests(desk, "show", id_[:8].upper(), "--json").json["id"] == id_
    for start, who in ((id_[:7], "alice"), ("00000000", "alice"), ("________", "alice"), (id_[:8], "t.novak")):
        unseen = requests(desk, "show", start, who=who)
        assert (unseen.code, is_one_sentence(unseen.err)) == (1, True), unseen.text
    line = requests(desk, "list", "--json").json["requests"][0]
    at = datetime.fromisoformat(line["asked_at"]).astimezone(ZoneInfo("Europe/Amsterdam"))
    assert f"asked by Femke Agent on {at:%Y-%m-%d %H:%M}, until" in requests(desk, "list").out
    said = requests(desk, "yes", id_[:8], "--digest", line["digest"], "--json")
    assert (said.code, said.json["id"], said.json["state"]) == (0, id_, "queued"), said.text


def test_a_part_of_a_digest_is_no_digest(desk: Path) -> None:
    id_ = asked(desk)
    said = requests(desk, "yes", id_, "--digest", digest(desk, id_)[:8])
    assert (said.code, "it is not a whole digest, which has 64 characters" in said.err) == (2, True), said.text
    assert state(desk, id_) == "awaiting_approval"


def test_who_asks_and_who_is_not_asked_say_nothing(desk: Path) -> None:
    own = asked(desk)
    form = desk / "forms" / "new-office.form.yaml"
    form.write_text(NEEDS_A_YES.replace("user: alice", "user: p.dewit").replace("\nfields", "\nversion: 2\nfields"))
    of_another = asked(desk)
    for who, id_ in ((AGENT, own), ("alice", of_another), ("nobody.here", own)):
        said = requests(desk, "yes", id_, "--digest", "0" * 64, who=who)
        assert (said.code, is_one_sentence(said.err), "no longer" in said.err) == (1, True, False), said.text
    assert [one["id"] for one in requests(desk, "list", "--json").json["requests"]] == [own]
    assert requests(desk, "list", "--all").code == 1


def test_a_disabled_account_says_nothing(desk: Path) -> None:
    id_ = asked(desk)
    assert deskhand("accounts", "disable", "alice", "--desk", desk).code == 0
    said = requests(desk, "yes", id_, "--digest", "0" * 64)
    assert (said.code, "disabled" in said.err) == (1, True)


def let_the_agent_see_all(desk: Path) -> None:
    access = desk / "forms/access.yaml"
    bound = "\n  - { id: lead, principals: [{ user: agent.rotterdam }], role: auditor }\n\n  - id: authors\n"
    access.write_text(access.read_text("utf-8").replace("\n  - id: authors\n", bound), "utf-8")


def test_a_bulk_is_named_by_the_beginning_of_its_number_and_an_unknown_one_is_an_error(desk: Path) -> None:
    let_the_agent_see_all(desk)
    id_, bulk = asked(desk), "047010ac" + "0" * 24
    asked(desk, "RDM-2")
    change(desk / "deskhand.db", f"UPDATE submissions SET bulk_id = '{bulk}' WHERE id = '{id_}'")
    for start in (bulk, bulk[:8], bulk[:10].upper()):
        listed = requests(desk, "list", "--all", "--bulk", start, "--json", who=AGENT)
        assert (listed.code, [one["id"] for one in listed.json["requests"]]) == (0, [id_]), listed.text
    for start in ("047010ad", bulk[:7], "________", id_):
        unknown = requests(desk, "list", "--all", "--bulk", start, who=AGENT)
        assert (unknown.code, unknown.out, is_one_sentence(unknown.err)) == (1, "", True), unknown.text


def test_doctor_warns_of_requests_that_nobody_can_answer(desk: Path) -> None:
    asked(desk)
    assert "can be answered by nobody" not in deskhand("doctor", "--desk", desk).out
    form = desk / "forms" / "new-office.form.yaml"
    form.write_text(NEEDS_A_YES.replace("user: alice", "user: f.former").replace("\nfields", "\nversion: 2\nfields"))
    asked(desk)
    warned = (
        "warning  requests: 1 of the 2 that wait for a yes can be answered by nobody. Put somebody in their place, or"
    )
    found = deskhand("doctor", "--desk", desk)
    assert warned in found.out
    assert "see: deskhand requests list --all" in found.out


def test_who_sees_all_lists_all_with_who_can_answer(desk: Path) -> None:
    let_the_agent_see_all(desk)
    id_ = asked(desk)
    listed = requests(desk, "list", "--all", "--json", who=AGENT).json
    assert [(one["id"], one["who"], one["lack"]) for one in listed["requests"]] == [(id_, "Alice Alleen", None)]
    assert "can say yes: Alice Alleen\n1 request." in requests(desk, "list", "--all", who=AGENT).out
