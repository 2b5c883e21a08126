"""One form with every kind of question, and the pages after it: plan, result, history."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from connectors.spi import Secret
from runner.pipeline.pages import (
    ChangeLine,
    Chip,
    Fact,
    FillPage,
    HistoryPage,
    OperationView,
    OptionView,
    PickPage,
    PlanPage,
    SectionView,
    ShowView,
    SubmissionPage,
    Thing,
)
from tests.web.samples import NOW, SECRET, Bend, amina, ask, head, lately, straight, ticket, tomas, zoe

KINDS = (
    OptionView("staff", "Staff", "Gets an account and a mailbox"),
    OptionView("guest", "Guest", "Account only, ends by itself"),
)
SHOPS = tuple(
    OptionView(name.lower(), name) for name in ("Rotterdam", "Utrecht", "Groningen", "Delft", "Zwolle", "Arnhem")
)


def everything(answers: Mapping[str, object], bend: Bend = straight, *, wrong: bool = False) -> FillPage:
    guest = answers.get("kind") == "guest"
    row = (
        ask("name", "text", "Name", required=True, width="half"),
        ask(
            "role",
            "choice",
            "Role",
            width="half",
            options=(OptionView("owner", "Owner"), OptionView("member", "Member")),
        ),
        ask("who", "user", "Person"),
        ask("send", "boolean", "May send"),
    )
    given = answers.get("team", [{"name": bend("Front desk"), "role": "owner", "who": "", "send": True}])
    people = (
        ask("given", "text", "Given name", answers.get("given", bend("Zoë")), required=True, width="half", live=True),
        ask(
            "family",
            "text",
            "Family name",
            answers.get("family", ""),
            required=True,
            width="half",
            error="Write the family name." if wrong else "",
        ),
        ask(
            "login",
            "computed",
            "Login",
            bend(f"{str(answers.get('given', 'zoe')).casefold()}.new"),
            help="Worked out from the name.",
        ),
        ask("mail", "email", "Private mail", answers.get("mail", ""), placeholder="name@example.org", width="half"),
        ask("phone", "phone", "Mobile", answers.get("phone", ""), width="half"),
        ask(
            "days",
            "number",
            "Notice",
            answers.get("days", "14"),
            width="third",
            unit="days",
            step="1",
            follows="days" not in answers,
        ),
        ask("start", "date", "First day", answers.get("start", "2026-12-01"), width="third", min="2026-11-21"),
        ask(
            "kind",
            "choice",
            "Kind",
            answers.get("kind", "staff"),
            options=KINDS,
            live=True,
            style="radio",
            required=True,
        ),
        ask(
            "sponsor",
            "user",
            "Who answers for the guest",
            answers.get("sponsor", ""),
            asked=guest,
            required=True,
            options=(OptionView("tomas", "Tomáš Novák"),),
        ),
        ask(
            "hello",
            "note",
            "",
            text="Guests lose access **on their last day**, by themselves.",
            tone="warning",
            asked=guest,
        ),
    )
    place = (
        ask("shop", "choice", "Shop", answers.get("shop", "utrecht"), options=SHOPS, width="half"),
        ask("desk", "choice", "Desk", waiting="Floor", width="half"),
        ask(
            "keys",
            "choices",
            "Keys",
            answers.get("keys", ["delft"]),
            options=SHOPS,
            help="All doors this person opens.",
        ),
        ask(
            "helpers",
            "user",
            "Helpers",
            answers.get("helpers", ["amina"]),
            multiple=True,
            options=(OptionView("amina", bend("Amina Haddad")),),
        ),
        ask(
            "team",
            "rows",
            "Team",
            given,
            fields=row,
            max_rows=4,
            help="Who works together.",
            row_errors={0: {"name": "Write another name."}} if wrong else {},
        ),
        ask("pin", "password", "Door code", max_length=64, help="At least eight signs."),
        ask("office", "text", "Office", bend("RDM-2.14"), readonly=True),
        ask("notes", "multiline", "Notes", answers.get("notes", ""), rows=3, max_length=500),
        ask("tip", "note", "", text="Everything here can be changed later.", tone="info"),
    )
    sections = (SectionView("Who", "As in the contract.", people), SectionView("Where", "", place))
    errors = (
        (("family", "Family name", "Write the family name."), ("team", "Team, row 1", "Write another name."))
        if wrong
        else ()
    )
    return FillPage(head("everything", "fill", bend), sections, ticket(), None, errors)


def pick(text: str, bend: Bend = straight, *, groups: bool = False) -> PickPage:
    if text == "broken":
        return PickPage((), more=False, error="The list could not be loaded.")
    if groups:
        names = [name for name in ("APP-Visio", "APP-AutoCAD", "GG-Sales-Leads") if text.casefold() in name.casefold()]
        return PickPage(
            tuple(Thing(name[4:].lower(), "group", bend(name), "", "", cells=("An application",)) for name in names),
            more=False,
        )
    people = [one for one in (zoe(bend), tomas(bend), amina(bend)) if text.casefold() in one.label.casefold()]
    return PickPage(tuple(people), more=len(people) == 1)


def operations(state: str = "", bend: Bend = straight) -> tuple[OperationView, ...]:
    member = bend("Zoë Lindqvist")
    return (
        OperationView(
            "add",
            "Add to groups",
            (
                ChangeLine(
                    "add",
                    member,
                    bend("APP-Visio"),
                    "not a member",
                    "member until 14 May 2027",
                    "Taken back automatically",
                ),
                ChangeLine("none", member, bend("GG-VPN"), "member", "member"),
            ),
            can_undo=True,
            state=state,
        ),
        OperationView(
            "remove",
            "Leave groups",
            (ChangeLine("remove", member, bend("GG-Old-Intranet"), "member", "not a member"),),
            True,
            state,
        ),
        OperationView(
            "office",
            "Change details",
            (ChangeLine("set", member, "Office", bend("RDM-1.02"), bend("RDM-2.14")),),
            True,
            state,
        ),
    )


def plan(bend: Bend = straight, **more: object) -> PlanPage:
    page = PlanPage(head("manage-groups", "plan", bend), "d" * 64, operations("", bend), can_undo=True)
    return replace(page, **more)  # type: ignore[arg-type]


def done(bend: Bend = straight, *, secret: bool = True, state: str = "done") -> SubmissionPage:
    changes = (
        OperationView(
            "reset",
            "Reset the password",
            (ChangeLine("action", "", "Password", "", "set, must be changed at next sign-in"),),
            False,
            state,
        ),
        OperationView(
            "unlock",
            "Unlock",
            (ChangeLine("set", "", "Lock", "locked", "open"),),
            True,
            state if state == "done" else "failed",
            "" if state == "done" else bend("The directory refused: entry is busy."),
        ),
    )
    shows = (ShowView("Temporary password", "", copy=True, secret=Secret(SECRET)),) if secret else ()
    name = bend("Zoë Lindqvist").replace("*", "").replace("`", "")
    message = (
        f"The password of **{name}** has been reset." if state == "done" else "Some steps were done and some were not."
    )
    facts = (
        Fact("By", "agent.rotterdam"),
        Fact("When", "today 09:31"),
        Fact("Ticket", bend("INC0048302")),
        Fact("Form", "reset-password, version 3"),
        Fact("Number", "5f0c3a5e"),
    )
    journal = (
        (NOW - timedelta(seconds=2), bend("Allowed and begun: directory.user.set_password")),
        (NOW, "Done: directory.user.set_password"),
    )
    top = head("reset-password", "done", bend, checked=2)
    marks = (Chip("Open", "ok", "unlock"), Chip("Caller checked 2×", "ok", "check2"))
    text = {"done": "Done", "partly_done": "Partly done"}[state]
    following = (("Unlock account", "/forms/unlock-account/for/zoe"),)
    return SubmissionPage(
        replace(top, target_chips=marks),
        state,
        text,
        message,
        changes,
        shows,
        facts,
        journal,
        following,
        just_done=secret,
    )


def history(page: int, bend: Bend = straight) -> HistoryPage:
    return HistoryPage(lately(bend), page, more=page < 3)
