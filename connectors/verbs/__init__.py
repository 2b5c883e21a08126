"""The vocabulary every directory and mail system shares: attributes, permissions and verbs. Performs no I/O.

One table, so that a form does not know which directory it runs on.  The checker, the editor schema and the language
reference are made from it.
"""

from connectors.verbs.attributes import ATTRIBUTES, HARD_ATTRIBUTES, Attribute
from connectors.verbs.directory import DIRECTORY_VERBS
from connectors.verbs.mailbox import MAILBOX_VERBS
from connectors.verbs.permissions import PERMISSIONS, READ_PERMISSIONS

__all__ = [
    "ATTRIBUTES",
    "DIRECTORY_VERBS",
    "HARD_ATTRIBUTES",
    "MAILBOX_VERBS",
    "PERMISSIONS",
    "READ_PERMISSIONS",
    "Attribute",
]
