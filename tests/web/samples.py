"""Sample pages in every shape: what the templates are written against. `bend` may replace the texts of a directory."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from runner.pipeline.pages import (
    Chip,
    ChoosePage,
    DeskPage,
    Fact,
    FieldView,
    FillPage,
    FindPage,
    Head,
    HistoryLine,
    Journey,
    MethodView,
    OptionView,
    PersonPage,
    SectionView,
    Thing,
    Tile,
    VerifyPage,
)

NOW = datetime(2026, 11, 21, 9, 31, 7, tzinfo=UTC)
SECRET = "Lamp-Tiger-Boat-47"
SUBMISSION = "5f0c3a5e9d7b4c1fa2b3c4d5e6f70819"
Bend = Callable[[str], str]


def straight(text: str) -> str:
    return text


def zoe(bend: Bend = straight, *, refused: str = "") -> Thing:
    chips = (Chip("Locked", "bad", "lock-fill"),)
    detail = bend("Sales · Rotterdam")
    return Thing("zoe", "user", bend("Zoë Lindqvist"), detail, "ZL", chips, ("z.lindqvist", detail), refused)


def tomas(bend: Bend = straight) -> Thing:
    return Thing("tomas", "user", bend("Tomáš Novák"), bend("Warehouse · Rotterdam"), "TN")


def amina(bend: Bend = straight) -> Thing:
    chips = (Chip("Ends in 9 d", "warn", "calendar-event"),)
    return Thing("amina", "user", bend("Amina Haddad"), bend("Finance · Rotterdam"), "AH", chips)


TILES: Mapping[str, Tile] = {
    tile.form: tile
    for tile in (
        Tile(
            "reset-password",
            "Reset password",
            "New temporary password, shown once",
            "key",
            "Accounts",
            "Needs one caller check",
        ),
        Tile("unlock-account", "Unlock account", "After too many failed sign-ins", "unlock", "Accounts"),
        Tile(
            "update-contact-details",
            "Update contact details",
            "Phone, office, title, manager",
            "person-vcard",
            "Accounts",
        ),
        Tile("set-end-date", "Set end date", "Extend or end an account", "calendar-x", "Accounts"),
        Tile(
            "manage-groups",
            "Group memberships",
            "Add and remove, also for a while",
            "people",
            "Access",
            "18 groups now",
        ),
        Tile("request-software", "Request software", "Some need a manager’s yes", "package", "Access"),
        Tile(
            "create-shared-mailbox", "New shared mailbox", "With owners and send rights", "envelope-plus", "Mailboxes"
        ),
        Tile("everything", "Everything a form can ask", "One of each kind of question", "ui-checks-grid", "Samples"),
    )
}


def lately(bend: Bend = straight) -> tuple[HistoryLine, ...]:
    def line(number: int, form: str, state: str, ago: timedelta, ticket: str, target: str) -> HistoryLine:
        id_ = f"{SUBMISSION[:-1]}{number}"
        return HistoryLine(
            id_, form, TILES[form].title, "agent.rotterdam", bend(target), "zoe", ticket, state, NOW - ago
        )

    return (
        line(1, "reset-password", "done", timedelta(minutes=1), "INC0048302", "Zoë Lindqvist"),
        line(2, "manage-groups", "partly_done", timedelta(hours=3), "INC0048211", "Tomáš Novák"),
        line(3, "update-contact-details", "unknown", timedelta(days=1, hours=2), "", "Amina Haddad"),
        line(4, "create-shared-mailbox", "failed", timedelta(days=12), "INC0047001", "Projects Rotterdam"),
        line(5, "unlock-account", "done", timedelta(days=400), "INC0031990", "Zoë Lindqvist"),
    )


def desk(bend: Bend = straight) -> DeskPage:
    categories: dict[str, list[Tile]] = {}
    for tile in TILES.values():
        categories.setdefault(tile.category, []).append(tile)
    grouped = tuple((name, tuple(tiles)) for name, tiles in categories.items())
    return DeskPage(grouped, (zoe(bend), tomas(bend), amina(bend)), (lately(bend)[2],))


def find(text: str, bend: Bend = straight) -> FindPage:
    wanted = text.casefold()
    people = tuple(one for one in (zoe(bend), tomas(bend), amina(bend)) if wanted and wanted in one.label.casefold())
    tiles = tuple(tile for tile in TILES.values() if wanted and wanted in tile.title.casefold())
    return FindPage(bend(text), people, tiles, more=len(people) > 1)


def person(bend: Bend = straight) -> PersonPage:
    chips = (
        Chip("Locked since 09:12", "bad", "lock-fill"),
        Chip("Password 94 days old", "warn", "hourglass-split"),
        Chip("Enabled", "ok", "check-circle"),
        Chip("No end date", "", "calendar3"),
        Chip("Second factor enrolled", "info", "shield-check"),
    )
    facts = (
        Fact("Login", bend("z.lindqvist")),
        Fact("Mail", bend("z.lindqvist@sample.test")),
        Fact("Phone", "+31 10 555 0134"),
        Fact("Mobile", "+31 6 555 01 92"),
        Fact("Manager", bend("Pieter de Wit"), "pieter"),
        Fact("Office", bend("RDM-2.14")),
        Fact("Created", "3 Mar 2021"),
        Fact("Last sign-in", "today 08:57"),
    )
    off = Tile(
        "disable-account", "Disable account", "", "person-dash", "Accounts", why_not="Only the leaver desk may do this"
    )
    tiles = (*(tile for tile in TILES.values() if tile.category in ("Accounts", "Access")), off)
    found = Thing("zoe", "user", bend("Zoë Lindqvist"), "", "ZL", chips)
    return PersonPage(found, bend("Account manager · Sales · Rotterdam"), facts, tiles, lately(bend)[:3])


def head(form: str, stage: str, bend: Bend = straight, *, checked: int = 1, with_target: bool = True) -> Head:
    labels = ("Person", "Caller check", "Fill in", "Check", "Done")
    stages = ("target", "verify", "fill", "plan", "done")
    at = stages.index(stage)
    states = ["done" if n < at or stage == "done" else "now" if n == at else "" for n in range(len(labels))]
    marks = [Chip("Locked", "bad", "lock-fill")]
    if checked:
        marks.append(Chip(f"Caller checked {checked}×", "ok", "check2"))
    facts = (Fact("Department", bend("Sales")), Fact("Mail", bend("z.lindqvist@sample.test")))
    say = (
        "“I am giving you a temporary password. You choose your own at the next sign-in. "
        "I will never ask for your own password.”"
        if form == "reset-password"
        else ""
    )
    tile = TILES[form]
    target = zoe(bend) if with_target else None
    steps = Journey(tuple(zip(labels, states, strict=True)))
    return Head(
        form, tile.title, "", steps, SUBMISSION, target, tuple(marks) if target else (), facts if target else (), say
    )


def choose(form: str, text: str, bend: Bend = straight) -> ChoosePage:
    things = (
        (
            zoe(bend),
            tomas(bend),
            Thing(
                "old", "user", bend("Olga Oldenburg"), "", "OO", refused="This account is disabled. Enable it first."
            ),
        )
        if text
        else ()
    )
    return ChoosePage(
        head(form, "target", with_target=False),
        "Whose account?",
        "Name, login, mail or staff number.",
        text,
        things,
        ("login",),
        more=True,
    )


def verify(bend: Bend = straight, *, state: str = "open", error: str = "") -> VerifyPage:
    methods = (
        MethodView(
            "staff-card",
            "checklist",
            "Questions about work",
            "open",
            "",
            ("Staff number", "Name of the manager", "Month of joining"),
        ),
        MethodView("mail-code", "one_time_code", "Code by mail", state, bend("z…t@sample.test")),
        MethodView("manager", "confirm_by", "Call the manager back", "unavailable", "Not available here"),
        MethodView("desk", "checklist", "Seen at the desk", "passed", "Passed", ("Staff card",)),
    )
    return VerifyPage(head("reset-password", "verify", bend, checked=0), "Strong caller check", 2, 1, 3, methods, error)


def ticket(value: str = "", error: str = "") -> FieldView:
    return FieldView(
        "ticket",
        "ticket",
        "text",
        "Ticket",
        True,
        True,
        False,
        value,
        help="As in the ticket system, for example INC0012345",
        error=error,
        max_length=100,
    )


def reason() -> FieldView:
    return FieldView(
        "reason",
        "reason",
        "multiline",
        "Reason",
        True,
        False,
        False,
        "",
        help="Stands in the record for those who look later",
        rows=2,
    )


def ask(id_: str, type_: str, label: str, value: object = "", **more: object) -> FieldView:
    fixed = {"asked": True, "required": False, "readonly": False} | more
    return FieldView(id=id_, name=id_, type=type_, label=label, value=value, **fixed)  # type: ignore[arg-type]


def fill_password(bend: Bend = straight, *, wrong: bool = False) -> FillPage:
    message = "Write INC and seven digits."
    fields = (
        ask(
            "password",
            "password",
            "New password",
            help="Made by the policy temporary. You will see it once, after the change.",
            generated="shown",
            readonly=True,
        ),
        ask("must_change", "boolean", "Must be changed at next sign-in", True),
        ask("unlock", "boolean", "Unlock the account as well", True, why="Asked because the account is locked."),
    )
    return FillPage(
        head("reset-password", "fill", bend, checked=2),
        (SectionView("", "", fields),),
        ticket("INC-4421", message) if wrong else ticket(),
        reason(),
        (("ticket", "Ticket", message),) if wrong else (),
    )


GROUPS = {
    "g1": OptionView("g1", "GG-Sales", cells=("GG-Sales", "Everybody in Sales")),
    "g2": OptionView("g2", "GG-VPN", cells=("GG-VPN", "Remote access")),
    "g3": OptionView("g3", "GG-Old-Intranet", cells=("GG-Old-Intranet", "The intranet before this one")),
    "g4": OptionView("g4", "Domain Users", fixed=True),
}


def fill_groups(answers: Mapping[str, object], bend: Bend = straight) -> FillPage:
    temporary = answers.get("temporary") is True
    delta = answers.get("groups") or {"add": [], "remove": []}
    added = delta["add"] if isinstance(delta, dict) else []
    options = tuple(OptionView(id_, bend(f"APP-{id_}"), cells=(f"APP-{id_}", "An application")) for id_ in added)
    current = tuple(OptionView(one.value, bend(one.label), cells=one.cells, fixed=one.fixed) for one in GROUPS.values())
    fields = (
        ask("groups", "membership", "Groups", delta, options=options, current=current, live=True),
        ask("temporary", "boolean", "The added groups are temporary", temporary, live=True),
        ask(
            "until",
            "date",
            "Until and including",
            str(answers.get("until", "")),
            asked=temporary,
            required=True,
            width="half",
            min="2026-11-22",
            max="2027-05-21",
        ),
    )
    return FillPage(head("manage-groups", "fill", bend), (SectionView("", "", fields),), ticket(), reason())
