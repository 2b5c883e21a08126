"""Forms that only show: the form, the table, what it is about and what is filled in."""

from tests.library_on_servers.cases import staff

CASES = (
    ("computer-details", "others", ("computer", "RDM-WS-0001"), {}),
    ("group-details", "people", ("group", "APP-PowerBI-Pro"), {}),
    ("person-details", "groups", ("user", staff(30)), {}),
    ("person-details", "reports", ("user", "p.dewit"), {}),
    ("person-details", "mailboxes", ("user", staff(30)), {}),
    ("report-empty-attribute", "accounts", None, {"attribute": "mobile"}),
    ("report-group-members", "everybody", None, {"group": ("group", "Identity-Leads")}),
    ("report-never-logged-on", "accounts", None, {}),
    ("report-not-logged-on", "accounts", None, {"days": "120"}),
    ("report-password-expires", "accounts", None, {"days": "14"}),
    ("report-empty-groups", "groups", None, {}),
    ("report-changed", "accounts", None, {"days": "0"}),
    ("report-created", "accounts", None, {"days": "30"}),
    ("report-disabled", "accounts", None, {"days": "30"}),
)
