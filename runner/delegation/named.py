"""Who and what an administrator means by a text: an account, a person, a client; a thing of some kind. Reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from connectors.errors import RejectedError
from connectors.spi import Entry, Ref
from connectors.verbs import PERMISSIONS
from forms.problems import did_you_mean
from runner.access.form_rights import form_entry
from runner.access.model import Actor
from runner.errors import NotFoundError
from runner.pipeline.finding import known_person
from runner.pipeline.looking import actor_of
from runner.pipeline.reading import Reader
from runner.pipeline.refusing import has_ended
from runner.pipeline.services import Services
from runner.resource_names import ResourceNameError, parsed
from runner.store.records import Account

KINDS: Mapping[str, str] = {
    "user": "user",
    "person": "user",
    "group": "group",
    "computer": "computer",
    "contact": "contact",
    "mailbox": "mailbox",
    "list": "mail_list",
    "mail_list": "mail_list",
    "ou": "ou",
    "unit": "ou",
    "mail_domain": "mail_domain",
    "form": "form",
}
"""The word before the colon, as in ``group:SD-FirstLine`` → the kind of thing."""
INSTALLATION = "desk"
"""What is written for the installation as a whole."""
_TARGET = "target:"
_LONGEST = 1_000
_NOBODY = Actor("", "", "", None)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who acts: ``text`` is what finds them again, ``ended`` says why the desk lets them do nothing at all."""

    actor: Actor
    text: str
    kind: Literal["account", "person", "client"]
    ended: str = ""


@dataclass(frozen=True, slots=True)
class What:
    """A thing that something is done to; without an entry the installation as a whole. ``text`` finds it again."""

    entry: Entry | None
    text: str

    @property
    def kind(self) -> str:
        """Kind of object; empty for the installation."""
        return self.entry.ref.kind if self.entry else ""

    @property
    def label(self) -> str:
        """What people call it."""
        return self.entry.label if self.entry else "the desk as a whole"


def known_permission(text: str) -> str:
    """Return a permission of the catalogue; raises `NotFoundError` that names the nearest one."""
    if text not in PERMISSIONS:
        raise NotFoundError(_sentence(f'There is no permission "{text}".', did_you_mean(text, PERMISSIONS)))
    return text


def _sentence(said: str, more: str) -> str:
    return f"{said} {more}".strip()


def _named(text: str) -> tuple[str, str]:
    try:
        name = parsed(text)
    except ResourceNameError as error:
        raise NotFoundError(str(error)) from error
    if name.members:
        raise NotFoundError(f"{text} means everybody in it; name one thing.")
    return name.kind, name.id


@dataclass(frozen=True, slots=True)
class Naming:
    """Finds by text. Every method raises `NotFoundError` with a sentence that names what was written."""

    services: Services

    def who(self, text: str) -> Who:
        """Return who is meant: the login of an account or of a person, ``client:<name>``, ``user:<login>``."""
        text = text.strip()
        word, colon, name = text.partition(":")
        if colon and word == "client":
            return self._client(name)
        if colon and word in ("user", "person", "account"):
            text = name
        found = self.services.store.accounts.by_login(text) if text and len(text) <= _LONGEST else None
        if found is not None:
            return self._account(found[0])
        entry = self._located("user", text)
        if entry is None:
            raise NotFoundError(f'There is no account and no person "{text}".')
        return self._person(entry)

    def person(self, id_: str) -> Who:
        """Return the person with this id, with their account when they have one."""
        entry = known_person(self.services, id_)
        if entry is None:
            raise NotFoundError("There is no such person.")
        return self._person(entry)

    def what(self, text: str, form: str | None = None) -> What:
        """Return the thing that is meant: ``user:bob``, a resource name, a bare login, ``desk`` for the installation.

        ``target:<id>`` is the thing with this id, of the kind that ``form`` is for.
        """
        text = text.strip()
        if text.startswith(_TARGET):
            return self._target(text.removeprefix(_TARGET), form)
        if text in ("", INSTALLATION):
            return What(None, INSTALLATION)
        if text.startswith(f"{INSTALLATION}:"):
            kind, name = _named(text)
        else:
            word, _, rest = text.partition(":")
            kind, name = (KINDS[word], rest) if word in KINDS and rest else ("user", text)
        return What(self._thing(kind, name.strip()), text)

    def _target(self, id_: str, form_id: str | None) -> What:
        form = self.services.catalogue.forms.get(form_id or "")
        if form is None or form.target is None:
            raise NotFoundError("Name the form that this is the target of, or write user:… instead of target:… .")
        return self.what(f"{form.target.type}:{id_}")

    def form(self, text: str | None) -> str | None:
        """Return the id of a form of this desk, None for none."""
        if not text:
            return None
        forms = self.services.catalogue.forms
        if text not in forms:
            raise NotFoundError(_sentence(f'There is no form "{text}".', did_you_mean(text, forms)))
        return text

    def accounts(self) -> Mapping[str, Account]:
        """Return the account of each person who has one, by the person's id."""
        return {one.person_id: one for one in self.services.store.accounts.list() if one.person_id}

    def reader(self) -> Reader:
        """Return a reader that reads things as they are, for nobody."""
        return Reader(self.services, _NOBODY, None, self.services.now())

    def _client(self, name: str) -> Who:
        known = {
            row.principal_id for row in self.services.authority.current().resolved.rows if row.principal == "client"
        }
        if name not in known:
            raise NotFoundError(_sentence(f'No binding is for a client "{name}".', did_you_mean(name, known)))
        return Who(Actor(name, name, name, None, client=name), f"client:{name}", "client")

    def _account(self, account: Account) -> Who:
        actor = actor_of(self.services, account.id, account.login, account.display_name, account.person_id)
        ended = (
            f"The account {account.login} is disabled in Deskhand." if account.disabled else self._ended(actor.person)
        )
        return Who(actor, account.login, "account", ended)

    def _person(self, entry: Entry) -> Who:
        account = self.accounts().get(entry.ref.id)
        if account is not None:
            return self._account(account)
        login = entry.attributes.get("login")
        text = login if isinstance(login, str) else entry.ref.id
        return Who(Actor("", text, entry.label, entry), text, "person", self._ended(entry))

    def _ended(self, person: Entry | None) -> str:
        if not has_ended(person, self.services.now()) or person is None:
            return ""
        return (
            f"{person.label} is disabled in the directory, or past the last day there: the desk lets them do nothing."
        )

    def _thing(self, kind: str, name: str) -> Entry:
        if kind == "form":
            return form_entry(self.form(name) or "")
        if kind == "mail_domain":
            return Entry(Ref("mail_domain", name.lower()), name, (), {"name": name.lower()})
        if kind not in self.services.connectors.kinds:
            raise NotFoundError(f"Nothing on this desk keeps a {kind.replace('_', ' ')}.")
        entry = self._located(kind, name)
        if entry is None:
            called = {"user": "person", "ou": "unit"}.get(kind, kind.replace("_", " "))
            raise NotFoundError(f'There is no {called} "{name}".')
        return entry

    def _located(self, kind: str, name: str) -> Entry | None:
        if not name or len(name) > _LONGEST or "\0" in name:
            return None
        try:
            return self.reader().named(kind, name) or self.reader().entry(Ref(kind, name))
        except RejectedError:
            return None
