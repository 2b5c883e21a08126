"""A mailbox is in a group when its owner is: by the search and by the decision alike, directly and through others."""

from dataclasses import replace

import pytest

from connectors.spi import Everything, Question
from runner.access.reading import read_access
from runner.pipeline.reading import Reader
from runner.policy.keeping import PolicyKeeper
from tests.runner.pipeline.small_company import NOW

ACCESS = """\
format: access/1
roles: [{{ id: r, permissions: [mailbox.read] }}]
resource_sets: [{{ id: s, resources: [{{ mailboxes: {{ in_group: {group}, nested: {nested} }} }}] }}]
bindings: [{{ id: b, principals: [everyone], role: r, on: [s] }}]
"""


@pytest.mark.parametrize("nested", ["true", "false"])
@pytest.mark.parametrize(
    ("group", "names"),
    [("GG-Location-Rotterdam", {"Sales"}), ("GG-Location-Utrecht", {"Wholesales"}), ("APP-Atlas", set())],
)
def test_mailboxes_of_the_members_of_a_group_are_found(desk, group, names, nested):
    policy, problems = read_access("access.yaml", ACCESS.format(group=group, nested=nested).encode())
    assert problems == ()
    services = replace(desk.services, authority=PolicyKeeper(policy, b"", desk.services.connectors))
    reader = Reader(services, desk.actor("agent.utrecht"), None, NOW)
    found = reader.find(Question("mailbox", Everything()))
    assert {entry.attributes["name"] for entry in found.entries} == names
