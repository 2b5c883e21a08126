"""The verbs of a mail system: mailboxes, addresses, rights, lists. Performs no I/O."""

from collections.abc import Mapping

from connectors.spi import Verb
from connectors.verbs.notation import verb

_MAILBOX = (
    verb(
        "mailbox.create_shared",
        "Create a shared mailbox; fails when the address exists",
        "name* address:address* owner:user hidden:bool",
        "mailbox.create@address",
        gives="mailbox",
        inverse="mailbox.delete",
        idempotent=False,
    ),
    verb(
        "mailbox.create_room",
        "Create a room mailbox; fails when the address exists",
        "name* address:address* owner:user capacity:number",
        "mailbox.create@address",
        gives="mailbox",
        inverse="mailbox.delete",
        idempotent=False,
    ),
    verb(
        "mailbox.update",
        "Change the name or the owner of a mailbox, or the seats of a room",
        "mailbox:mailbox* name owner:user capacity:number",
        "mailbox.manage@mailbox",
        inverse="previous values",
    ),
    verb("mailbox.delete", "Delete a mailbox", "mailbox:mailbox*", "mailbox.manage@mailbox"),
    verb(
        "mailbox.grant",
        "Give a person rights on a mailbox",
        "mailbox:mailbox* user:user* rights:choices* auto_map:bool",
        "mailbox.permissions.manage@mailbox mailbox.permissions.manage@user",
        inverse="mailbox.revoke",
    ),
    verb(
        "mailbox.revoke",
        "Take a person's rights on a mailbox away",
        "mailbox:mailbox* user:user* rights:choices* auto_map:bool",
        "mailbox.permissions.manage@mailbox mailbox.permissions.manage@user",
        inverse="mailbox.grant",
    ),
    verb(
        "mailbox.hide",
        "Hide a mailbox from the address book",
        "mailbox:mailbox*",
        "mailbox.manage@mailbox",
        inverse="mailbox.show",
    ),
    verb(
        "mailbox.show",
        "Show a mailbox in the address book",
        "mailbox:mailbox*",
        "mailbox.manage@mailbox",
        inverse="mailbox.hide",
    ),
    verb(
        "mailbox.set_auto_reply",
        "Set or clear the automatic reply of a mailbox",
        "mailbox:mailbox* message* until:date",
        "mailbox.manage@mailbox",
        inverse="previous values",
    ),
    verb(
        "mailbox.add_address",
        "Add an address to a mailbox",
        "mailbox:mailbox* address:address*",
        "mailbox.manage@mailbox mailbox.create@address",
        inverse="mailbox.remove_address",
    ),
    verb(
        "mailbox.remove_address",
        "Remove an address from a mailbox, never the primary one",
        "mailbox:mailbox* address*",
        "mailbox.manage@mailbox",
        inverse="mailbox.add_address",
    ),
    verb(
        "mailbox.set_primary_address",
        "Make an address the one that stands on mails sent; the old one is kept",
        "mailbox:mailbox* address:address*",
        "mailbox.manage@mailbox mailbox.create@address",
        inverse="previous values",
    ),
    verb(
        "mailbox.set_archive",
        "Switch the archive of a mailbox on or off",
        "mailbox:mailbox* on:bool*",
        "mailbox.manage@mailbox",
        inverse="previous values",
    ),
    verb(
        "mailbox.list.create",
        "Create a distribution list; fails when the address exists",
        "name* address:address* owner:user hidden:bool",
        "mailbox.create@address",
        gives="list:mail_list",
        inverse="mailbox.list.delete",
        idempotent=False,
    ),
    verb(
        "mailbox.list.update",
        "Change the name or the owner of a distribution list",
        "list:mail_list* name owner:user hidden:bool",
        "mailbox.manage@list",
        inverse="previous values",
    ),
    verb("mailbox.list.delete", "Delete a distribution list", "list:mail_list*", "mailbox.manage@list"),
)

MAILBOX_VERBS: Mapping[str, Verb] = {one.name: one for one in _MAILBOX}
