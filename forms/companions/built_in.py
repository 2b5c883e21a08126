"""The named searches that every desk has, without writing them: the near relations of people, groups and mailboxes. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from forms.companions.lookups import read_lookups
from forms.definition import Lookup, Settings

_SEARCHES: Mapping[str, bytes] = {
    "directory": b"""\
format: lookups/1
lookups:
  - id: direct_reports
    title: People whose manager somebody is
    find: user
    takes: { user: { type: user, required: true } }
    where: { manager: $(user) }
    sort: display_name
    limit: 1000
  - id: groups_of
    title: Groups that a person is in, not those reached through other groups
    find: group
    takes: { user: { type: user, required: true } }
    where: { id: $(user.groups) }
    sort: name
    limit: 1000
  - id: members_of
    title: People in a group, not those reached through other groups
    find: user
    takes: { group: { type: group, required: true } }
    where: { in_group: { group: $(group), nested: false } }
    sort: display_name
    limit: 1000
  - id: everybody_in
    title: People in a group, through other groups too
    find: user
    takes: { group: { type: group, required: true } }
    where: { in_group: { group: $(group), nested: true } }
    sort: display_name
    limit: 1000
  - id: groups_owned_by
    title: Groups that somebody answers for
    find: group
    takes: { user: { type: user, required: true } }
    where: { owner: $(user) }
    sort: name
    limit: 1000
  - id: computers_of
    title: Computers that somebody answers for
    find: computer
    takes: { user: { type: user, required: true } }
    where: { owner: $(user) }
    sort: name
    limit: 1000
""",
    "mailbox": b"""\
format: lookups/1
lookups:
  - id: owned_by
    title: Mailboxes that somebody answers for
    connector: mailbox
    find: mailbox
    takes: { user: { type: user, required: true } }
    where: { owner: $(user) }
    sort: name
    limit: 1000
  - id: open_to
    title: Mailboxes that somebody may read or send from
    connector: mailbox
    find: mailbox
    takes: { user: { type: user, required: true } }
    where:
      any:
        - full_access: { contains: $(user) }
        - send_as: { contains: $(user) }
        - send_on_behalf: { contains: $(user) }
    sort: name
    limit: 1000
""",
}


@cache
def built_in_lookups() -> Mapping[str, Lookup]:
    """Return them by name: ``directory.direct_reports``, ``mailbox.open_to`` and their like."""
    found: dict[str, Lookup] = {}
    for system, content in _SEARCHES.items():
        lookups, problems = read_lookups(f"{system}.yaml", content, Settings(), None)
        if problems:
            raise AssertionError(problems)
        for name, lookup in lookups.items():
            found[f"{system}.{name}"] = replace(lookup, id=f"{system}.{name}")
    return found
