"""Read people from CSV as personnel systems and spreadsheets write it. Reads only its stream.

The encoding is UTF-8 (with or without a byte order mark) or, when it is not valid UTF-8, Windows-1252; columns are
separated by semicolon, comma or tab, whichever the first line has most of.  An empty cell says nothing: it clears no
attribute.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import BinaryIO

from connectors.directory.names import common_name
from connectors.local.importing_drafts import Draft, FileError, Refusal, RowError

LARGEST_FILE_BYTES = 128 * 1024 * 1024
_SEPARATORS = (";", ",", "\t")
_DAY = re.compile(r"(\d{1,2})[.-](\d{1,2})[.-](\d{4})")
_YES = frozenset({"yes", "y", "true", "1", "ja", "j", "x", "active", "enabled", "on"})
_NO = frozenset({"no", "n", "false", "0", "nee", "nein", "inactive", "disabled", "off"})

TEXTS = frozenset(
    {
        "login", "upn", "mail_nickname", "display_name", "first_name", "last_name", "initials", "mail", "phone",
        "mobile", "title", "department", "office", "company", "employee_id", "employee_type", "description",
    }
)  # fmt: skip
FLAGS = frozenset({"enabled", "must_change", "is_service", "privileged"})
DATES = frozenset({"enabled_from", "expires_on"})
COLUMNS = TEXTS | FLAGS | DATES | {"manager", "groups", "addresses"}

# What a column's heading is known to mean, without spaces, case and punctuation.
_HEADINGS: Mapping[str, str] = {
    heading: neutral
    for neutral, headings in {
        "login": "login loginname username user userid account accountname samaccountname uid gebruikersnaam inlognaam"
        " benutzername",
        "upn": "upn userprincipalname signinname",
        "mail_nickname": "mailnickname alias mailalias",
        "display_name": "displayname name fullname naam weergavenaam anzeigename volledigenaam",
        "first_name": "firstname givenname forename voornaam roepnaam vorname",
        "last_name": "lastname surname sn familyname achternaam nachname",
        "initials": "initials initialen voorletters",
        "mail": "mail email emailaddress mailaddress emailadres mailadres",
        "addresses": "addresses proxyaddresses othermail aliases",
        "phone": "phone telephone telephonenumber officephone deskphone telefoon telefon werktelefoon",
        "mobile": "mobile mobilephone cell cellphone mobiel mobiltelefon handy",
        "title": "title jobtitle function position functie stelle",
        "department": "department dept afdeling abteilung",
        "office": "office room physicaldeliveryofficename location kantoor kamer vestiging raum",
        "company": "company organisation organization bedrijf firma",
        "employee_id": "employeeid employeenumber personnelnumber staffnumber personeelsnummer personalnummer",
        "employee_type": "employeetype contracttype dienstverband",
        "description": "description remark comment omschrijving opmerking",
        "enabled": "enabled active actief aktiv accountenabled",
        "must_change": "mustchange mustchangepassword",
        "is_service": "isservice serviceaccount",
        "privileged": "privileged admincount protected",
        "enabled_from": "enabledfrom firstday startdate start datumindienst eintritt",
        "expires_on": "expireson lastday enddate expires accountexpirationdate datumuitdienst austritt",
        "manager": "manager managerlogin leidinggevende vorgesetzter",
        "groups": "groups memberof memberships groepen gruppen",
    }.items()
    for heading in (neutral.replace("_", ""), *headings.split())
}  # fmt: skip


class CsvError(FileError):
    """The file as a whole cannot be read; nothing was taken from it."""


def read_csv(
    stream: BinaryIO, *, ou: str, mapping: Mapping[str, str], ignored: Counter[str]
) -> Iterator[Draft | Refusal]:
    """Yield a person for each row, or why not; ``line`` is the line the row ends on.

    ``ou`` is the unit new people come to.  ``mapping`` maps a heading to a neutral attribute (or "" to leave the
    column out) and goes before the known headings; columns nobody knows are added to ``ignored``.  Raises `CsvError`.
    """
    text = _decoded(stream.read(LARGEST_FILE_BYTES + 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    columns = _columns(_first(reader), mapping, ignored)
    rows = iter(reader)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield Refusal(reader.line_num, "the row has a quotation mark in the wrong place or a cell that is too long")
            continue
        if any(cell.strip() for cell in row):
            yield _draft_or_refusal(row, columns, reader.line_num, ou)


def _decoded(octets: bytes) -> str:
    if len(octets) > LARGEST_FILE_BYTES:
        raise CsvError(f"The file is larger than {LARGEST_FILE_BYTES // 1024**2} MiB. Split it.")
    if octets[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise CsvError("The file is in UTF-16. Save it again as “CSV UTF-8”.")
    if b"\x00" in octets:
        raise CsvError("The file is not a text file: it holds NUL bytes.")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return octets.decode("cp1252")
    except UnicodeDecodeError:
        raise CsvError("The file is neither UTF-8 nor Windows-1252. Save it again as “CSV UTF-8”.") from None


def _separator(text: str) -> str:
    head = text[: text.find("\n")] if "\n" in text else text
    return max(_SEPARATORS, key=head.count)


def _first(reader: Iterator[list[str]]) -> list[str]:
    try:
        return next(reader)
    except StopIteration:
        raise CsvError("The file is empty.") from None
    except csv.Error:
        raise CsvError("The first line cannot be read as column headings.") from None


def _columns(headings: list[str], mapping: Mapping[str, str], ignored: Counter[str]) -> list[str]:
    """Return the neutral attribute of each column, "" for one that is left out."""
    wrong = sorted({neutral for neutral in mapping.values() if neutral and neutral not in COLUMNS})
    if wrong:
        raise CsvError(f"A column cannot become {wrong[0]}. Known are: {', '.join(sorted(COLUMNS))}.")
    missing = sorted(set(mapping) - {heading.strip() for heading in headings})
    if missing:
        raise CsvError(f"The file has no column “{missing[0]}”.")
    columns = [mapping.get(heading.strip(), _HEADINGS.get(_plain(heading), "")) for heading in headings]
    ignored.update(
        heading.strip() or "(no heading)" for heading, column in zip(headings, columns, strict=True) if not column
    )
    doubled = [column for column, count in Counter(columns).items() if column and count > 1]
    if doubled:
        raise CsvError(f"Two columns both mean {doubled[0]}. Say by a mapping which one is meant.")
    if "login" not in columns:
        raise CsvError("No column holds the login. Name it “login”, or say by a mapping which column it is.")
    return columns


def _plain(heading: str) -> str:
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def _draft_or_refusal(row: list[str], columns: list[str], line: int, ou: str) -> Draft | Refusal:
    if len(row) != len(columns):
        return Refusal(line, f"the row has {len(row)} cells where the headings are {len(columns)}")
    cells = {column: cell.strip() for column, cell in zip(columns, row, strict=True) if column and cell.strip()}
    try:
        return _draft(cells, line, ou)
    except RowError as error:
        return Refusal(line, str(error))


def _draft(cells: Mapping[str, str], line: int, ou: str) -> Draft:
    if not cells.get("login"):
        raise RowError("the login is empty")
    attributes: dict[str, object] = {}
    for names, read in _READERS:
        attributes |= {name: read(cells[name], name) for name in names & cells.keys()}
    if cells.get("addresses"):
        attributes["addresses"] = tuple(
            dict.fromkeys([cells["mail"]] * bool(cells.get("mail")) + _several(cells["addresses"]))
        )
    display_name = cells.get("display_name") or f"{cells.get('first_name', '')} {cells.get('last_name', '')}".strip()
    if display_name:
        attributes["display_name"] = display_name
    cn = display_name or cells["login"]
    return Draft(
        line=line,
        kind="user",
        dn=f"{common_name(cn).text},{ou}",
        id="",
        attributes=attributes,
        links={"manager": cells["manager"]} if cells.get("manager") else {},
        groups=tuple(_several(cells.get("groups", ""))),
        cn=cn,
    )


def _several(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;|,]", cell) if part.strip()]


def _flag(cell: str, name: str) -> bool:
    word = cell.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise RowError(f"{name} is neither yes nor no")


def _date(cell: str, name: str) -> date:
    try:
        match = _DAY.fullmatch(cell)
        return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(cell)
    except ValueError:
        raise RowError(f"{name} is not a date such as 2027-01-31 or 31-01-2027") from None


_READERS: tuple[tuple[frozenset[str], Callable[[str, str], object]], ...] = (
    (TEXTS, lambda cell, _: cell),
    (FLAGS, _flag),
    (DATES, _date),
)
