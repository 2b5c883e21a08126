"""What stands under the tables of the reference where an example says more: files beside the forms, and access. Pure.

Every example here is read by a test, as a file of a desk.
"""

from collections.abc import Mapping

CHAPTERS: Mapping[str, str] = {
    "SETTINGS": """```yaml
format: settings/1
languages: [en, nl]
timezone: Europe/Amsterdam
org:
  mail_domain: sample.test
  upn_suffix: sample.test
password_policies:
  temporary: { kind: words, words: 3, digits: 2 }      # amber-kettle-noon-47
  strong: { kind: random, length: 24, without: "l1IO0" }
reserved_logins: [admin, root]
default_verification: caller-basic
```""",
    "LOOKUP": """```yaml
format: lookups/1
lookups:
  - id: not-seen-lately
    title: Accounts that nobody signed in to for a while
    find: user
    takes: { days: { type: number, required: true } }
    where:
      enabled: true
      any:
        - last_logon: { "<": $(today() - days * 1d) }
        - last_logon: { absent: true }
      not: { in_group: GG-Long-Leave }
    search: [display_name, login]
    sort: -last_logon
    limit: 500
```

All lines of `where` must hold. A line compares an attribute: `department: Sales`, or with a map, whose comparisons must all
hold.

| written | means |
|---|---|
| `department: Sales`, `manager: $(person)` | equal; texts ignore case; empty is never equal |
| `{ "==": … }`, `{ "!=": … }`, `{ in: [a, b] }` | equal, not equal, one of several |
| `{ "<": … }`, `{ "<=": … }`, `{ ">": … }`, `{ ">=": … }` | order of numbers, days, moments, texts |
| `{ contains: … }`, `{ starts_with: … }` | part of a text; an element of a list |
| `{ present: true }`, `{ absent: true }` | filled in, empty |
| `in_group: GG-Sales` | member of a group, through other groups too |
| `in_group: { group: $(group), nested: false }` | member of that group itself |
| `under: $(unit)` | in a unit, at any depth |
| `id: $(people)` | these objects |
| `any: [ { … }, { … } ]` | one of several such maps |
| `not: { … }` | not all of that |

A day compared with a moment is the day's first moment in the organisation's time zone; equal to a day means within it. An
argument that is needed and empty means that the search waits; one that is not needed and empty makes the line that compares
with it match nothing, and a `not` around such a line matches nothing either. A list without entries is not empty in this
sense: `in` finds nothing then, and `not` around it takes nothing away. Whatever a search finds is cut down to what the person
at the keyboard may read.

Every desk has these searches without writing them: `directory.direct_reports`, `directory.groups_of`,
`directory.groups_owned_by`, `directory.computers_of`, `mailbox.owned_by`, `mailbox.open_to`, each with `user`, and
`directory.members_of`, `directory.everybody_in` with `group`.""",
    "LIST": """```yaml
format: list/1
id: software
title: What may be asked for
columns:
  - { id: value, type: text, unique: true }
  - { id: label, type: text }
  - { id: monthly_cost, type: number, unit: EUR }
  - { id: group, type: group }
rows:
  - { value: visio, label: Visio, monthly_cost: 13.5, group: APP-Visio }
```

A choice made from a list brings its row along: `product.monthly_cost`, `$(product.group)`.

The same list may be kept in a spreadsheet, as `software.list.csv`. The first line names the columns with their types; several
values in one cell are separated by `|`.

```csv
value,label,monthly_cost:number,group:group
visio,Visio,13.5,APP-Visio
```""",
    "VERIFICATION": """```yaml
format: verification/1
policies:
  - { id: caller-basic, title: One check, need: 1, methods: [call_back, badge] }
methods:
  - id: call_back
    kind: checklist
    title: Called back on $(target.phone)
    ask: [The person answered on that number]
  - id: badge
    kind: checklist
    title: Badge seen
    ask: [The picture is the person]
not_a_method: [date of birth, employee number]
```""",
    "FIXTURE": """```yaml
format: fixture/1
id: small-company
today: 2030-03-04
actor: agent
users:
  - { login: agent, display_name: Ada Agent, enabled: true, groups: [SD-FirstLine] }
  - { login: alice, display_name: Alice Alleen, enabled: true, locked: true, manager: agent }
groups:
  - { name: SD-FirstLine }
```

The tests in forms run against such a company, on its day, as its actor, who may do what `access.yaml` says. A test that must
not hang on bindings says `as: { role: … }`.""",
    "FRAGMENT": "How forms share fields: [forms that share](../sharing.md).",
    "TEXTS": "How forms are translated: [several languages](../sharing.md#several-languages).",
    "RESOURCE_SET": """```yaml
format: access/1
roles:
  - { id: desk, permissions: [user.read, user.unlock, user.password.reset] }
resource_sets:
  - id: rotterdam
    resources:
      - users: { in_group: GG-Location-Rotterdam }
      - users: { under: "OU=Rotterdam,DC=sample,DC=test", match: { department: Sales } }
    except:
      - users: { id: [svc.backup] }
  - id: my-department
    resources:
      - users: { match: { department: $(actor.department) } }
  - id: administrators
    resources:
      - users: { in_group: Domain Admins, nested: true }
protected: [administrators]
bindings:
  - { id: desk-rotterdam, principals: [{ group: SD-Rotterdam }], role: desk, on: [rotterdam] }
  - { id: helper, principals: [{ user: bob }], role: desk, on: [my-department], forms: [unlock-account], until: 2031-01-31 }
standard_roles:
  - { role: READ_ONLY_ADMIN, principals: [{ group: Audit }], targets: everything }
  - { role: HELP_DESK_ADMIN, principals: [{ group: SD-Rotterdam }], targets: [{ group: GG-Location-Rotterdam }] }
  - { role: USER_ADMIN, principals: [{ group: HR }], targets: [{ unit: "OU=People,DC=sample,DC=test" }] }
  - { role: APP_ADMIN, principals: [{ user: bob }], targets: [{ list: software }, { unit: "OU=People,DC=sample,DC=test" }] }
  - { role: WORKFLOWS_ADMIN, principals: [{ group: Form-Authors }], targets: [{ form: reset-password }] }
```

A set consists of things of nine kinds, each `all` or a map whose keys must all hold. Nothing matches an empty value: somebody
without a department has no colleagues in it. A name that is not found selects nothing; in `except` it empties the set of that
kind, and among `protected` it protects the whole kind.""",
    "RESOURCE": "An entry is about one kind of thing.",
    "BINDING": """Permissions count from the first to the last day, both included. What several bindings give adds up, and none
takes away from another. A permission about forms counts on the forms of the sets, and without `on` on every form. One that
fits nothing in the sets has no effect, and is a warning (`W320`).""",
    "STANDARD_ROLE": """The role is one of thirteen that ship with the product;
[what each may do](../okta.md#standard-roles). A role for the whole installation has `targets: everything`, written out; the
others may be limited: their targets add up. `APP_ADMIN` above reaches the groups of the products, and the people they may be
given to.""",
}
"""Markdown by the kind of record it stands under."""
