from dataclasses import fields, replace
from datetime import date

import pytest

from runner.access.model import ActorValue, Binding, Policy, Principal, ResourceSet, Role, Selector
from runner.access.reading import read_access
from runner.access.revoking import binding_digest, binding_digests, without_revoked
from runner.access.standard import STANDARD_ROLES, everything
from runner.deskfolder import library

FILE = """
format: access/1
roles:
  - { id: desk, title: First line, permissions: [user.read, user.unlock] }
  - { id: wide, includes: [desk], permissions: [user.disable] }
resource_sets:
  - id: rotterdam
    title: Rotterdam
    resources: [{ users: { in_group: GG-Rotterdam } }, { groups: { id: [A, B] } }]
    except: [{ users: { match: { department: Board, company: Sample } } }, { groups: { id: X } }]
protected: []
bindings:
  - { id: one, principals: [{ group: SD }, { user: alice }], role: wide, on: [rotterdam] }
  - { id: two, principals: [everyone], role: desk, on: [rotterdam], forms: [unlock-account], until: 2030-05-01 }
standard_roles:
  - { role: HELP_DESK_ADMIN, principals: [{ group: SD }], targets: [{ group: GG-Rotterdam }] }
  - { role: HELP_DESK_ADMIN, principals: [{ group: SD }], targets: [{ group: GG-Utrecht }] }
"""


def policy(text: str = FILE) -> Policy:
    read, problems = read_access("access.yaml", text.encode())
    assert [one for one in problems if one.level == "error"] == []
    return read


def changed(old: str, new: str) -> list[int]:
    """Which bindings are others when this text is written in place of that."""
    assert old in FILE
    pairs = zip(binding_digests(policy()), binding_digests(policy(FILE.replace(old, new))), strict=True)
    return [number for number, (before, after) in enumerate(pairs) if before != after]


def test_every_binding_has_a_digest_of_its_own():
    read = policy()
    digests = binding_digests(read)
    assert len(set(digests)) == len(read.bindings) == 4
    assert digests == tuple(binding_digest(read, one) for one in read.bindings)
    assert {len(digest) for digest in digests} == {64}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: First line", "title: The first line"),
        ("title: Rotterdam", "title: The branch"),
        ("[user.read, user.unlock]", "[user.unlock, user.read]"),
        ("[{ group: SD }, { user: alice }]", "[{ user: alice }, { group: SD }]"),
        ("id: [A, B]", "id: [B, A]"),
        ("{ department: Board, company: Sample }", "{ company: Sample, department: Board }"),
        (
            "[{ users: { match: { department: Board, company: Sample } } }, { groups: { id: X } }]",
            "[{ groups: { id: X } }, { users: { match: { department: Board, company: Sample } } }]",
        ),
        (
            "[{ users: { in_group: GG-Rotterdam } }, { groups: { id: [A, B] } }]",
            "[{ groups: { id: [A, B] } }, { users: { in_group: GG-Rotterdam } }]",
        ),
        ("bindings:", "# a comment\nbindings:"),
    ],
)
def test_titles_comments_and_the_order_of_lists_do_not_make_a_binding_another(old: str, new: str):
    assert changed(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "others"),
    [
        ("[user.read, user.unlock]", "[user.read, user.unlock, user.move]", [0, 1]),
        ("permissions: [user.disable]", "permissions: [user.delete]", [0]),
        ("{ user: alice }", "{ user: bob }", [0]),
        ("{ user: alice }", "{ group: alice }", [0]),
        ("in_group: GG-Rotterdam }", "in_group: GG-Rotterdam, nested: false }", [0, 1]),
        ("id: [A, B]", "id: [A]", [0, 1]),
        ("department: Board", "department: Sales", [0, 1]),
        ("{ department: Board, company: Sample }", "{ department: Sample, company: Board }", [0, 1]),
        ("department: Board", "department: $(actor.department)", [0, 1]),
        ("forms: [unlock-account]", "forms: [unlock-account, other]", [1]),
        ("forms: [unlock-account], ", "", [1]),
        ("until: 2030-05-01", "until: 2030-05-02", [1]),
        ("until: 2030-05-01", "from: 2030-05-01", [1]),
        ("id: two", "id: three", [1]),
        ("targets: [{ group: GG-Utrecht }]", "targets: everything", [3]),
    ],
)
def test_what_changes_what_is_given_makes_a_binding_another(old: str, new: str, others: list[int]):
    assert changed(old, new) == others


def test_a_value_is_not_a_text_that_reads_the_same():
    def digest(value: object) -> str:
        selector = Selector("user", match=(("enabled", value),))  # type: ignore[arg-type]
        sets = {"s": ResourceSet("s", "s", (selector,))}
        binding = Binding("b", (Principal("everyone"),), "r", ("s",))
        return binding_digest(Policy({"r": Role("r", "r", frozenset())}, sets, (binding,)), binding)

    values = (True, "True", ActorValue("department"), "$(actor.department)", date(2030, 5, 1), "2030-05-01")
    assert len({digest(value) for value in values}) == len(values)


def test_a_new_release_that_widens_a_standard_role_leaves_it_revoked():
    role = STANDARD_ROLES["ORG_ADMIN"]
    binding = Binding("ORG_ADMIN", (Principal("user", "alice"),), "ORG_ADMIN", ("everything",))

    def digest(permissions: frozenset[str], kinds: int) -> str:
        all_ = everything()
        sets = {"everything": replace(all_, resources=all_.resources[:kinds])}
        return binding_digest(Policy({role.id: replace(role, permissions=permissions)}, sets, (binding,)), binding)

    assert digest(role.permissions, 5) == digest(frozenset({"user.read"}), 9)


def test_groups_of_a_list_count_by_the_name_of_the_list():
    def digest(**written: object) -> str:
        sets = {"s": ResourceSet("s", "s", (Selector("group", **written),))}  # type: ignore[arg-type]
        binding = Binding("b", (Principal("everyone"),), "r", ("s",))
        return binding_digest(Policy({"r": Role("r", "r", frozenset())}, sets, (binding,)), binding)

    assert digest(in_list="software") == digest(in_list="software", ids=("A", "B")) != digest(in_list="other")
    assert digest(ids=("A", "B")) != digest(in_list="software", ids=("A", "B"))


def test_only_the_bindings_that_are_revoked_are_gone():
    read = policy()
    digests = binding_digests(read)
    left = without_revoked(read, {digests[0], digests[3], "0" * 64})
    assert left.bindings == read.bindings[1:3]
    assert (left.roles, left.sets, left.protected) == (read.roles, read.sets, read.protected)
    assert without_revoked(read, frozenset()) is read
    assert without_revoked(read, digests).bindings == ()


def test_every_field_of_a_binding_is_part_of_its_digest():
    assert {field.name for field in fields(Binding)} == {"id", "principals", "role", "on", "forms", "starts", "ends"}
    read, _ = read_access("access.yaml", library()["access.yaml"])
    assert len(set(binding_digests(read))) == len(read.bindings)


def test_a_digest_stays_the_same_from_release_to_release():
    """Otherwise what a review revoked would be given again."""
    read = policy(
        FILE.replace("[{ group: GG-Utrecht }]", "everything").replace("until: 2", "from: 2029-05-01, until: 2")
    )
    found = [digest[:16] for digest in binding_digests(read)]
    assert found == ["a4db2d15a3529371", "fe34d9f74629582d", "f282339b0040378b", "ab692f7d0180a500"]


def test_what_is_compared_with_several_values_counts_in_no_order():
    def digest(*match: tuple[str, object]) -> str:
        sets = {"s": ResourceSet("s", "s", (Selector("user", match=match),))}  # type: ignore[arg-type]
        binding = Binding("b", (Principal("everyone"),), "r", ("s",))
        return binding_digest(Policy({"r": Role("r", "r", frozenset())}, sets, (binding,)), binding)

    pairs = (("enabled", True), ("department", "Sales"))
    assert digest(*pairs) == digest(*reversed(pairs)) != digest(pairs[0])
