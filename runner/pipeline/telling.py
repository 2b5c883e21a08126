"""How things read to a person: chips of state, facts of a card, lines of a plan. Reads labels of related objects only."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connectors.spi import Change, Entry, Ids, OutputRef, Question, Ref, Secret, SecretRef
from connectors.verbs import ATTRIBUTES
from forms.answering.options import NOT_IN_SCOPE
from forms.answering.phones import phone_text
from runner.pipeline.pages import ChangeLine, Chip, Fact, Thing
from runner.pipeline.reading import Reader

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_PHONES = frozenset({"phone", "mobile"})
_MEMBERSHIPS = {("user", "groups"), ("computer", "groups"), ("group", "members"), ("group", "groups")}
_ENDS_SOON_DAYS = 30
_OLD_PASSWORD_DAYS = 90
_AT_ONCE = 500
_AFTER_ACTION: Mapping[str, str] = {"sessions": "all ended"}
_LINE = ("kind", "what", "attribute", "before", "after", "note")


def day(value: date) -> str:
    """Write a day as people say it: ``3 Mar 2021``."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime, now: datetime) -> str:
    """Write a moment in the organisation's time: ``today 09:12``, ``14 Nov 08:30`` or, of another year, ``3 Mar 2021``."""
    local = value.astimezone(now.tzinfo)
    if local.date() == now.date():
        return f"today {local:%H:%M}"
    if local.year == now.year:
        return f"{local.day} {_MONTHS[local.month - 1]} {local:%H:%M}"
    return day(local)


def initials(label: str) -> str:
    """Return one or two letters for the round badge."""
    words = [word for word in label.replace("-", " ").replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def chips(entry: Entry, now: datetime, *, brief: bool = False) -> tuple[Chip, ...]:
    """Return the state of an object at a glance; ``brief`` leaves out what is as usual."""
    if entry.ref.kind == "user":
        return tuple(_person_chips(entry, now, brief=brief))
    if entry.attributes.get("sensitive"):
        return (Chip("Sensitive", "warn", "exclamation-triangle"),)
    return (Chip("Hidden", "", "eye-slash"),) if entry.attributes.get("hidden") else ()


def _person_chips(entry: Entry, now: datetime, *, brief: bool) -> Iterator[Chip]:
    of = entry.attributes.get
    if of("locked"):
        since = of("locked_at")
        yield Chip(_since("Locked", since, now) if not brief else "Locked", "bad", "lock-fill")
    if of("pending"):
        yield Chip("Not activated yet", "info", "hourglass")
    elif of("enabled") is False:
        yield Chip("Disabled", "bad", "person-slash")
    elif not brief:
        yield Chip("Enabled", "ok", "check-circle")
    yield from _end_chips(of("expires_on"), now, brief=brief)
    if of("must_change"):
        yield Chip("Must change the password", "warn", "arrow-repeat")
    if not brief:
        yield from _password_chips(of("password_set_on"), now, may_be_unknown=bool(of("must_change")))
    if of("mfa_enrolled") and not brief:
        yield Chip("Second factor enrolled", "info", "shield-check")


def _since(text: str, since: object, now: datetime) -> str:
    if not isinstance(since, datetime):
        return text
    local = since.astimezone(now.tzinfo)
    return f"{text} since {local:%H:%M}" if local.date() == now.date() else f"{text} since {moment(since, now)}"


def _end_chips(expires_on: object, now: datetime, *, brief: bool) -> Iterator[Chip]:
    if isinstance(expires_on, datetime):
        expires_on = expires_on.date()
    if not isinstance(expires_on, date):
        if not brief:
            yield Chip("No end date", "", "calendar3")
        return
    left = (expires_on - now.date()).days
    if left < 0:
        yield Chip(f"Ended {day(expires_on)}", "bad", "calendar-x")
    elif left <= _ENDS_SOON_DAYS:
        yield Chip("Ends today" if left == 0 else f"Ends in {left} d", "warn", "calendar-event")
    elif not brief:
        yield Chip(f"Ends {day(expires_on)}", "", "calendar3")


def _password_chips(set_on: object, now: datetime, *, may_be_unknown: bool) -> Iterator[Chip]:
    """Tell how old the password is; Active Directory forgets that while it demands a new one."""
    if isinstance(set_on, datetime):
        age = (now - set_on).days
        old = age > _OLD_PASSWORD_DAYS
        text = "Password set today" if age <= 0 else f"Password {age} {'day' if age == 1 else 'days'} old"
        yield Chip(text, "warn" if old else "", "hourglass-split" if old else "key")
    elif not may_be_unknown:
        yield Chip("No password yet", "info", "key")


def subtitle(entry: Entry) -> str:
    """Return the line under a name: job title, department and office, or what describes the thing."""
    names = ("title", "department", "office") if entry.ref.kind == "user" else ("description", "address", "mail")
    return " · ".join(str(entry.attributes[name]) for name in names if entry.attributes.get(name))


def thing(entry: Entry, now: datetime, *, refused: str = "", cells: tuple[str, ...] = ()) -> Thing:
    """Return an object as a line of a list."""
    names = ("department", "office") if entry.ref.kind == "user" else ("description", "address", "mail")
    detail = " · ".join(str(entry.attributes[name]) for name in names if entry.attributes.get(name))
    marks = chips(entry, now, brief=True)
    return Thing(entry.ref.id, entry.ref.kind, entry.label, detail, initials(entry.label), marks, cells, refused)


def told_apart(things: Sequence[Thing], entries: Iterable[Entry]) -> tuple[Thing, ...]:
    """Return the lines of a list, with the login beside those that are called the same. Pure.

    ``entries`` are the objects of the list, in any order.
    """
    logins = {entry.ref.id: str(entry.attributes.get("login") or "") for entry in entries}
    called = Counter(one.label.casefold() for one in things)
    return tuple(_with(one, logins.get(one.id, "")) if called[one.label.casefold()] > 1 else one for one in things)


def _with(one: Thing, login: str) -> Thing:
    """Name the login behind the details of a line, and behind its cells, which stand for them where it has any."""
    if not login or login in one.cells:
        return one
    cells = (*one.cells, login) if any(one.cells) else one.cells
    return replace(one, detail=" · ".join(text for text in (one.detail, login) if text), cells=cells)


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes values for one actor: a related object is named only when that actor may read it."""

    reader: Reader
    names: bool = True
    known: Mapping[Ref, str] | None = None  # the names of all that are to be told, read beforehand

    def without_names(self) -> "Teller":
        """Return one that names no related object, and so reads nothing."""
        return replace(self, names=False)

    def knowing(self, values: Iterable[Any]) -> "Teller":
        """Return one that has read the names of all objects in these values at once."""
        refs = {ref for value in values for ref in (value if isinstance(value, tuple) else (value,))}
        kinds = {ref.kind for ref in refs if isinstance(ref, Ref)}
        known = {ref: entry.label for kind in kinds for ref, entry in self._visible(kind, tuple(refs)).items()}
        return replace(self, known=known)

    def text(self, value: Any) -> str:
        """Write any value as a person reads it; empty values give an empty text."""
        if value is None or isinstance(value, Secret | SecretRef):
            return "" if value is None else "[secret]"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Ref):
            return self.label(value)
        if isinstance(value, OutputRef):
            return f"the new {value.kind}"
        if isinstance(value, datetime):
            return moment(value, self.reader.now)
        if isinstance(value, date):
            return day(value)
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        if isinstance(value, Mapping):
            return ", ".join(f"{key}: {self.text(item)}" for key, item in value.items())
        if isinstance(value, list | tuple | frozenset):
            return self._several(self._texts(tuple(value)))
        return str(value)

    def _texts(self, values: Sequence[Any]) -> list[str]:
        """Write each value; objects of one kind are read together."""
        reads = len(values) > 1 and self.names and self.known is None
        kinds = {value.kind for value in values if isinstance(value, Ref)} if reads else set()
        named = {ref: entry.label for kind in kinds for ref, entry in self._visible(kind, values).items()}
        is_read = [isinstance(value, Ref) and value.kind in kinds for value in values]
        return [
            named.get(value, NOT_IN_SCOPE) if read else self.text(value)
            for value, read in zip(values, is_read, strict=True)
        ]

    def _visible(self, kind: str, values: Sequence[Any]) -> dict[Ref, Entry]:
        ids = sorted({value.id for value in values if isinstance(value, Ref) and value.kind == kind})
        parts = [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
        pages = [self.reader.find(Question(kind, Ids(frozenset(part)), limit=len(part))) for part in parts]
        return {entry.ref: entry for page in pages for entry in page.entries}

    def _several(self, texts: list[str]) -> str:
        """Write a list; what the actor may not see is counted, not named."""
        named = [text for text in texts if text != NOT_IN_SCOPE]
        hidden = len(texts) - len(named)
        rest = f"{hidden} {'more ' if named else ''}outside your scope"
        return ", ".join(named) + (f"{' and ' if named else ''}{rest}" if hidden else "")

    def label(self, ref: Ref) -> str:
        """Return the name of an object, when the actor may read it."""
        if self.known is not None:
            return self.known.get(ref, NOT_IN_SCOPE)
        entry = self.reader.visible(ref.kind, ref.id) if self.names else None
        return entry.label if entry else NOT_IN_SCOPE

    def facts(self, entry: Entry, names: Iterable[str]) -> tuple[Fact, ...]:
        """Return labelled values of an object; empty ones are left out."""
        return tuple(fact for name in names if (fact := self._fact(entry, name)).text)

    def _fact(self, entry: Entry, name: str) -> Fact:
        value = entry.attributes.get(name)
        text = self.attribute(name, value)
        person = value.id if isinstance(value, Ref) and value.kind == "user" and text != NOT_IN_SCOPE else ""
        return Fact(attribute_label(entry.ref.kind, name), text, person)

    def line(self, change: Change) -> ChangeLine:
        """Return a change as a line of a plan or a result."""
        kind = change.ref.kind if change.ref else ""
        if (kind, change.attribute) in _MEMBERSHIPS:
            return self._membership(change)
        attribute = attribute_label(kind, change.attribute)
        before, after = (self.attribute(change.attribute, value) for value in (change.before, change.after))
        if change.attribute in ("password", "secret"):
            before, after = "", "a new one"
        if change.kind == "action" and not before and not after:
            after = _AFTER_ACTION.get(change.attribute, "done")
        return ChangeLine(change.kind, change.what, attribute, before, after)

    def attribute(self, name: str, value: Any) -> str:
        """Write the value of an attribute; phone numbers stand as people read them."""
        return phone_text(value) if name in _PHONES and isinstance(value, str) else self.text(value)

    def _membership(self, change: Change) -> ChangeLine:
        """Name the other side of a membership first: the group that a person joins, the person that a group takes in."""
        other = self.text(change.after if change.kind == "add" else change.before)
        states = ("not a member", "member")
        before, after = states if change.kind == "add" else reversed(states)
        return ChangeLine(change.kind, change.what, other, before, after)

    def lines(self, changes: Iterable[Change]) -> tuple[ChangeLine, ...]:
        """Return all changes of an operation, or one line that says there is nothing to do."""
        return tuple(self.line(change) for change in changes) or (ChangeLine("none", "Nothing to do", "", "", ""),)


def attribute_label(kind: str, attribute: str) -> str:
    """Return what an attribute is called; of something that does not exist yet the kind is not known, and empty."""
    tables = (ATTRIBUTES.get(kind, {}),) if kind else tuple(ATTRIBUTES.values())
    known = next((table[attribute] for table in tables if attribute in table), None)
    return known.label if known else attribute.removeprefix("custom.").replace("_", " ").capitalize()


def line_json(line: ChangeLine) -> dict[str, str]:
    """Return a line for keeping."""
    return {
        "kind": line.kind,
        "what": line.what,
        "attribute": line.attribute,
        "before": line.before,
        "after": line.after,
        "note": line.note,
    }


def line_of(kept: Mapping[str, Any]) -> ChangeLine:
    """Return a line that was kept; what else stands beside it is left out."""
    return replace(ChangeLine("set", "", "", "", ""), **{key: str(kept[key]) for key in _LINE if key in kept})
