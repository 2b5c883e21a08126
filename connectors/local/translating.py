"""Turn LDAP and Active Directory entries into the directory's own attributes. Pure.

Known are inetOrgPerson and its parents, groupOfNames, groupOfUniqueNames, posixAccount, posixGroup, organizationalUnit
and AD's user, group, computer, contact and container.  A value that cannot be read refuses its entry; an attribute
that is not known is ignored and counted.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta, tzinfo
from sys import intern

from connectors.directory import values as ad
from connectors.local.importing_drafts import Draft, RowError, Skipped
from connectors.local.ldap_attributes import GROUPS, LINKS, MANAGED_ACCOUNTS, READ, STATES_OF, TEXTS, UNITS, USERS
from connectors.local.ldif import LdifEntry


@dataclass(slots=True)
class Notes:
    """What a translation leaves out: attributes by name, and passwords by the scheme they were hashed with."""

    ignored: Counter[str] = field(default_factory=Counter)
    passwords: Counter[str] = field(default_factory=Counter)


Attributes = Mapping[str, tuple[bytes, ...]]


def translate(entry: LdifEntry, zone: tzinfo, notes: Notes) -> Draft | Skipped:
    """Return what the entry says; adds to ``notes`` what is left out. ``zone`` decides which day a moment falls on.

    Raises `FormatError`.
    """
    found = entry.attributes
    classes = {value.decode("ascii", "replace").lower() for value in found.get("objectclass", ())}
    kind = _kind(classes)
    if kind is None:
        return Skipped(entry.line, _most_telling(found))
    members, read = _members(kind, found)
    links, read_links = _links(kind, found)
    attributes = {**_times(found), **_texts(kind, found), **_states(kind, found, classes, zone), **_mail(kind, found)}
    _note_ignored(kind, found, read | read_links, notes)
    return Draft(
        line=entry.line,
        kind=kind,
        dn=entry.dn,
        id=_stable_id(found),
        attributes=attributes,
        links=links,
        members=members,
        groups=tuple(_text(value, "memberOf") for value in found.get("memberof", ())),
        rid=ad.relative_id(found["objectsid"][0]) if kind == "group" and "objectsid" in found else None,
        primary_rid=_primary_group(found),
        password_hash=_password(found, notes) if kind == "user" else None,
    )


def _kind(classes: set[str]) -> str | None:
    if classes & MANAGED_ACCOUNTS:
        return "user"
    for kind, known in (("computer", {"computer"}), ("contact", {"contact"}), ("group", GROUPS), ("user", USERS)):
        if classes & known:
            return kind
    return "ou" if classes & UNITS else None


def _most_telling(found: Attributes) -> str:
    known = found.get("structuralobjectclass") or found.get("objectclass", (b"none",))[-1:]
    return known[0].decode("ascii", "replace")[:60]


def _stable_id(found: Attributes) -> str:
    """Return objectGUID or entryUUID, or "" when the file has neither."""
    if guid := found.get("objectguid"):
        return ad.object_guid(guid[0])
    return ad.entry_uuid(found["entryuuid"][0], "entryUUID") if "entryuuid" in found else ""


def _text(octets: bytes, name: str) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise RowError(f"{name} is not UTF-8") from None


def _texts(kind: str, found: Attributes) -> dict[str, object]:
    texts: dict[str, object] = {}
    for neutral, sources in TEXTS[kind].items():
        for source in sources:
            if source in found:
                texts[neutral] = intern(_text(found[source][0], source))  # departments and titles come in thousands
                break
    if kind == "computer" and "samaccountname" in found and "name" not in texts:
        texts["name"] = _text(found["samaccountname"][0], "sAMAccountName").removesuffix("$")
    return texts


def _times(found: Attributes) -> dict[str, object]:
    times: dict[str, object] = {}
    for name, neutral in (("createtimestamp", "created"), ("whencreated", "created")):
        if name in found:
            times[neutral] = ad.generalized_time(found[name][0], name)
    return times


# --- members and links ----------------------------------------------------------------------------------------------


def _members(kind: str, found: Attributes) -> tuple[tuple[str, ...] | None, set[str]]:
    """Return the members a group has and the attributes they were read from; None when it names none."""
    if kind != "group":
        return None, set()
    read, members = set[str](), list[str]()
    for name, values in found.items():
        plain, _, option = name.partition(";")
        if plain not in {"member", "uniquemember", "memberuid"}:
            continue
        if option and option != "range=0-*":
            raise RowError("only some of the members were exported (member;range=…): export the group as a whole")
        read.add(name)
        members += [_member(_text(value, plain), plain) for value in values]
    return (tuple(members) if read else None), read


def _member(text: str, name: str) -> str:
    if name == "uniquemember" and text.endswith("'B") and "#'" in text:
        return text[: text.rindex("#'")]
    return text


def _links(kind: str, found: Attributes) -> tuple[dict[str, str], set[str]]:
    wanted = {name: neutral for name, neutral in LINKS.get(kind, {}).items() if name in found}
    return {neutral: _text(found[name][0], name) for name, neutral in wanted.items()}, set(wanted)


def _primary_group(found: Attributes) -> int | None:
    return ad.number(found["primarygroupid"][0], "primaryGroupID") if "primarygroupid" in found else None


# --- states ---------------------------------------------------------------------------------------------------------

Reader = Callable[[bytes, tzinfo], Mapping[str, object]]


def _account_control(octets: bytes, _zone: tzinfo) -> Mapping[str, object]:
    return {"enabled": not ad.number(octets, "userAccountControl") & ad.ACCOUNT_DISABLED}


def _account_expires(octets: bytes, zone: tzinfo) -> Mapping[str, object]:
    return {"expires_on": ad.last_day(ad.filetime(octets, "accountExpires"), zone)}


def _password_last_set(octets: bytes, _zone: tzinfo) -> Mapping[str, object]:
    moment = ad.filetime(octets, "pwdLastSet")
    return {"password_set_on": moment, "must_change": moment is None}


def _locked_time(octets: bytes, _zone: tzinfo) -> Mapping[str, object]:
    """Read pwdAccountLockedTime; the year 0 means that an administrator closed the account."""
    if octets.startswith(b"00000101"):
        return {"enabled": False}
    return {"locked_at": ad.generalized_time(octets, "pwdAccountLockedTime")}


def _shadow_expire(octets: bytes, _zone: tzinfo) -> Mapping[str, object]:
    """Read shadowExpire, the first day without access, in days since 1970; below 1 there is none."""
    days = ad.number(octets, "shadowExpire")
    return {"expires_on": date(1970, 1, 1) + timedelta(days=days - 1) if 1 <= days < 1_000_000 else None}


_STATES: Mapping[str, Reader] = {
    "useraccountcontrol": _account_control,
    "shadowexpire": _shadow_expire,
    "accountexpires": _account_expires,
    "pwdlastset": _password_last_set,
    "pwdchangedtime": lambda octets, _: {"password_set_on": ad.generalized_time(octets, "pwdChangedTime")},
    "pwdreset": lambda octets, _: {"must_change": ad.is_true(octets)},
    "lockouttime": lambda octets, _: {"locked_at": ad.filetime(octets, "lockoutTime")},
    "pwdaccountlockedtime": _locked_time,
    "pwdstarttime": lambda octets, zone: {
        "enabled_from": ad.generalized_time(octets, "pwdStartTime").astimezone(zone).date()
    },
    "pwdendtime": lambda octets, zone: {"expires_on": ad.last_day(ad.generalized_time(octets, "pwdEndTime"), zone)},
    "authtimestamp": lambda octets, _: {"last_logon": ad.generalized_time(octets, "authTimestamp")},
}


def _states(kind: str, found: Attributes, classes: set[str], zone: tzinfo) -> dict[str, object]:
    states: dict[str, object] = {}
    for name, read in _STATES.items():
        if name in found and name in STATES_OF.get(kind, ()):
            states |= read(found[name][0], zone)
    if kind in {"user", "computer"}:
        states |= _last_logon(found)
    if kind == "user" and (classes & MANAGED_ACCOUNTS or "serviceprincipalname" in found):
        states["is_service"] = True
    if kind == "user" and "admincount" in found:
        states["privileged"] = ad.number(found["admincount"][0], "adminCount") == 1
    if kind == "group" and "admincount" in found:
        states["sensitive"] = ad.number(found["admincount"][0], "adminCount") == 1
    return states


def _last_logon(found: Attributes) -> dict[str, object]:
    """Return the later of lastLogon and lastLogonTimestamp, nothing when neither was given."""
    given = [name for name in ("lastlogon", "lastlogontimestamp") if name in found]
    moments = [moment for name in given if (moment := ad.filetime(found[name][0], name))]
    return {"last_logon": max(moments).astimezone(UTC)} if moments else {}


# --- mail, passwords, leftovers -------------------------------------------------------------------------------------


def _mail(kind: str, found: Attributes) -> dict[str, object]:
    """Return mail and addresses; the primary address is mail, else the ``SMTP:`` one of proxyAddresses."""
    if kind not in {"user", "group", "contact"}:
        return {}
    proxies = [_text(value, "proxyAddresses") for value in found.get("proxyaddresses", ())]
    proxies += [_text(value, "targetAddress") for value in found.get("targetaddress", ())] if kind == "contact" else []
    primary = [address[5:] for address in proxies if address.startswith("SMTP:")]
    further = [address[5:] for address in proxies if address.startswith("smtp:")]
    given = [_text(value, "mail") for value in found.get("mail", ())] or primary
    addresses = tuple(dict.fromkeys(address.strip() for address in (*given, *primary, *further) if address.strip()))
    if not addresses:
        return {}
    return {"mail": addresses[0], **({"addresses": addresses} if len(addresses) > 1 or proxies else {})}


def _password(found: Attributes, notes: Notes) -> str | None:
    if "userpassword" not in found:
        return None
    taken, scheme = ad.password(found["userpassword"][0])
    if taken is None:
        notes.passwords[scheme] += 1
    return taken


def _note_ignored(kind: str, found: Attributes, read: set[str], notes: Notes) -> None:
    notes.ignored.update(found.keys() - READ[kind] - read)
