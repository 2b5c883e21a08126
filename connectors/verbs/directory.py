"""The verbs of a directory, whichever it is: people, groups, computers, mail contacts. Performs no I/O."""

from collections.abc import Mapping

from connectors.spi import Verb
from connectors.verbs.notation import verb

_PROFILE = (
    "mail mobile phone company department title office manager:user employee_id employee_type initials description"
)

_DIRECTORY = (
    verb(
        "directory.user.create",
        "Create an account; fails when the login exists",
        f"ou:ou* login* upn* first_name* last_name* display_name* {_PROFILE} password:secret* must_change:bool "
        "enabled_from:date expires_on:date set:map",
        "user.create@ou",
        gives="user",
        inverse="directory.user.delete",
        idempotent=False,
    ),
    verb(
        "directory.user.update",
        "Change attributes of an account; only what differs is written",
        "user:user* set:map*",
        "user.profile.manage@user",
        inverse="previous values",
    ),
    verb(
        "directory.user.rename",
        "Change the object name, login or sign-in name of an account",
        "user:user* cn login upn",
        "user.profile.manage@user",
        inverse="previous values",
    ),
    verb(
        "directory.user.set_addresses",
        "Set mail and its further addresses together; none is lost",
        "user:user* mail* addresses:list:text remove:list:text",
        "user.profile.manage@user",
        inverse="previous values",
    ),
    verb(
        "directory.user.set_photo",
        "Set or remove the photo of a person; JPEG or PNG, at most 100 KB and 648 pixels on each side",
        "user:user* photo:file",
        "user.profile.manage@user",
        inverse="previous values",
    ),
    verb(
        "directory.user.set_password",
        "Give an account a new password; it is not enabled and keeps its end date",
        "user:user* password:secret* must_change:bool",
        "user.password.reset@user",
        caller_check=True,
        idempotent=False,
    ),
    verb(
        "directory.user.expire_password",
        "Demand a new password at the next sign-in",
        "user:user*",
        "user.password.expire@user",
    ),
    verb(
        "directory.user.reset_mfa",
        "Forget the second factor; it is enrolled anew at the next sign-in",
        "user:user*",
        "user.mfa.reset@user",
        caller_check=True,
    ),
    verb(
        "directory.user.unlock",
        "Unlock an account",
        "user:user*",
        "user.unlock@user",
        caller_check=True,
    ),
    verb(
        "directory.user.activate",
        "Activate an account that has never been used",
        "user:user*",
        "user.activate@user",
        inverse="directory.user.disable",
    ),
    verb(
        "directory.user.enable",
        "Enable an account",
        "user:user*",
        "user.enable@user",
        inverse="directory.user.disable",
    ),
    verb(
        "directory.user.disable",
        "Disable an account",
        "user:user*",
        "user.disable@user",
        inverse="directory.user.enable",
    ),
    verb(
        "directory.user.clear_sessions",
        "End all sessions of an account",
        "user:user*",
        "user.sessions.clear@user",
    ),
    verb(
        "directory.user.move",
        "Move an account to another unit",
        "user:user* ou:ou*",
        "user.move@user user.move@ou",
        inverse="directory.user.move",
    ),
    verb(
        "directory.user.set_expiry",
        "Set or clear the last day of an account",
        "user:user* on:date*",
        "user.expiry.manage@user",
        inverse="previous values",
    ),
    verb(
        "directory.user.delete",
        "Delete an account",
        "user:user*",
        "user.delete@user",
    ),
    verb(
        "directory.user.join_groups",
        "Add a person to groups",
        "user:user* groups:list:group*",
        "user.groups.manage@user group.members.manage@groups",
        inverse="directory.user.leave_groups",
    ),
    verb(
        "directory.user.leave_groups",
        "Remove a person from groups",
        "user:user* groups:list:group* keep:list:group",
        "user.groups.manage@user group.members.manage@groups",
        inverse="directory.user.join_groups",
    ),
    verb(
        "directory.group.create",
        "Create a group; fails when the name exists",
        "ou:ou* name* description mail department owner:user",
        "group.create@ou",
        gives="group",
        inverse="directory.group.delete",
        idempotent=False,
    ),
    verb(
        "directory.group.update",
        "Change a group's details; only what differs is written",
        "group:group* set:map*",
        "group.manage@group",
        inverse="previous values",
    ),
    verb(
        "directory.group.set_owner",
        "Say who answers for a group",
        "group:group* owner:user*",
        "group.manage@group",
        inverse="previous values",
    ),
    verb(
        "directory.group.delete",
        "Delete a group",
        "group:group*",
        "group.manage@group",
    ),
    verb(
        "directory.group.add_members",
        "Add members to a group",
        "group:group* members:list:user*",
        "group.members.manage@group user.groups.manage@members",
        inverse="directory.group.remove_members",
    ),
    verb(
        "directory.group.remove_members",
        "Remove members from a group",
        "group:group* members:list:user*",
        "group.members.manage@group user.groups.manage@members",
        inverse="directory.group.add_members",
    ),
    verb(
        "directory.group.change_members",
        "Add and remove members in one change",
        "group:group* add:list:user remove:list:user",
        "group.members.manage@group user.groups.manage@add user.groups.manage@remove",
        inverse="directory.group.change_members",
    ),
    verb(
        "directory.computer.enable",
        "Enable a computer account",
        "computer:computer*",
        "computer.manage@computer",
        inverse="directory.computer.disable",
    ),
    verb(
        "directory.computer.disable",
        "Disable a computer account",
        "computer:computer*",
        "computer.manage@computer",
        inverse="directory.computer.enable",
    ),
    verb(
        "directory.computer.move",
        "Move a computer to another unit",
        "computer:computer* ou:ou*",
        "computer.manage@computer computer.manage@ou",
        inverse="directory.computer.move",
    ),
    verb(
        "directory.computer.delete",
        "Delete a computer account",
        "computer:computer*",
        "computer.manage@computer",
    ),
    verb(
        "directory.contact.create",
        "Create a mail contact; fails when the address exists",
        "ou:ou* display_name* mail* first_name last_name phone company description",
        "contact.manage@ou",
        gives="contact",
        inverse="directory.contact.delete",
        idempotent=False,
    ),
    verb(
        "directory.contact.update",
        "Change a mail contact; only what differs is written",
        "contact:contact* set:map*",
        "contact.manage@contact",
        inverse="previous values",
    ),
    verb(
        "directory.contact.delete",
        "Delete a mail contact",
        "contact:contact*",
        "contact.manage@contact",
    ),
)

DIRECTORY_VERBS: Mapping[str, Verb] = {one.name: one for one in _DIRECTORY}
