"""How the tables of verbs are written: one line of words per verb. Pure."""

from connectors.spi import Argument, Need, Verb

_RIGHTS = ("full_access", "send_as", "send_on_behalf")
_MEANINGS = {
    "user": "The person",
    "group": "The group",
    "computer": "The computer",
    "contact": "The mail contact",
    "mailbox": "The mailbox",
    "list": "The distribution list",
    "ou": "The unit (OU)",
    "groups": "Groups",
    "members": "People, or groups, to add or remove",
    "keep": "Names of groups that stay, whatever is asked",
    "set": "Attributes and their new values; only what differs is written",
    "password": "A password field",
    "photo": "A file field; empty removes the photo",
    "must_change": "Must be changed at the next sign-in",
    "login": "Login, unique",
    "upn": "Sign-in name (user@domain), unique",
    "on": "Last day, inclusive; empty = no end",
    "on:bool": "true switches it on, false off",
    "expires_on": "Last day, inclusive",
    "enabled_from": "First day; the account stays disabled before",
    "until": "Last day, inclusive",
    "rights": "Rights on the mailbox: full_access, send_as, send_on_behalf",
    "auto_map": "Show the mailbox in the person's mail program by itself",
    "address": "Mail address",
    "addresses": "All mail addresses; those not named are kept",
    "hidden": "Hidden from the address book",
    "owner": "Answers for it",
    "add": "To add",
    "remove": "To remove",
    "cn": "Name of the object in the directory tree",
    "to": "Addresses or people",
    "primary": "The address that stands on mails sent",
    "message": "Text",
}


def _argument(text: str) -> Argument:
    name, _, type_ = text.rstrip("*").partition(":")
    meaning = _MEANINGS.get(f"{name}:{type_}") or _MEANINGS.get(name) or name.replace("_", " ").capitalize()
    one_of = _RIGHTS if name == "rights" else ()
    return Argument(name, type_ or "text", text.endswith("*"), meaning, one_of)


def verb(
    name: str,
    meaning: str,
    arguments: str,
    needs: str,
    *,
    gives: str = "",
    inverse: str | None = None,
    caller_check: bool = False,
    idempotent: bool = True,
) -> Verb:
    """Make a verb from ``"user:user* on:date"`` and ``"user.move@user user.move@ou"``; a star marks what is needed."""
    return Verb(
        name,
        meaning,
        tuple(_argument(word) for word in arguments.split()),
        tuple(Need(*word.split("@")) for word in needs.split()),
        _outputs(gives),
        inverse,
        caller_check,
        idempotent,
    )


def _outputs(gives: str) -> dict[str, str]:
    """Read ``"user"``, or ``"list:mail_list"`` where the output and its kind are called differently."""
    name, _, kind = gives.partition(":")
    return {name: kind or name} if name else {}
