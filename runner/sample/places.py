"""Branches, departments and units of the sample company. Performs no I/O."""

from dataclasses import dataclass

from runner.sample.parts import SUFFIX, Unit

PEOPLE = f"OU=People,{SUFFIX}"
GROUPS = f"OU=Groups,{SUFFIX}"
REQUESTABLE = f"OU=Requestable,{GROUPS}"
LISTS = f"OU=Lists,{GROUPS}"
ROLES = f"OU=Roles,{GROUPS}"
COMPUTERS = f"OU=Computers,{SUFFIX}"
LEAVERS = f"OU=Leavers,{SUFFIX}"
SERVICE_ACCOUNTS = f"OU=Service Accounts,{SUFFIX}"
CONTACTS = f"OU=Contacts,{SUFFIX}"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch: its short code, its area code and how many of a hundred people work there."""

    name: str
    code: str
    area: str
    share: int

    @property
    def unit(self) -> str:
        """DN of the unit its people stand in."""
        return f"OU={self.name},{PEOPLE}"

    @property
    def workstations(self) -> str:
        """DN of the unit its computers stand in."""
        return f"OU=Workstations {self.name},{COMPUTERS}"


@dataclass(frozen=True, slots=True)
class Department:
    """A department, how many of a hundred people work in it, and the titles they have."""

    name: str
    share: int
    titles: tuple[str, ...]


BRANCHES = (
    Branch("Rotterdam", "RDM", "10", 50),
    Branch("Utrecht", "UTC", "30", 30),
    Branch("Groningen", "GRN", "50", 20),
)


def _department(name: str, share: int, titles: str) -> Department:
    return Department(name, share, tuple(title.strip() for title in titles.split(",")))


DEPARTMENTS = (
    _department("Sales", 14, "Account manager, Sales representative, Tender writer, Sales assistant"),
    _department("Finance", 7, "Controller, Bookkeeper, Payroll officer, Treasury analyst"),
    _department("Warehouse", 15, "Order picker, Forklift driver, Stock controller, Shift planner"),
    _department("Logistics", 11, "Route planner, Customs clerk, Driver, Fleet coordinator"),
    _department("IT", 6, "System administrator, Developer, Network engineer, Data engineer"),
    _department("Human Resources", 4, "Recruiter, Personnel officer, Training coordinator"),
    _department("Legal", 3, "Counsel, Contract officer, Privacy officer"),
    _department("Marketing", 6, "Copywriter, Designer, Campaign planner, Photographer"),
    _department("Customer Care", 11, "Customer adviser, Complaints officer, Chat adviser"),
    _department("Purchasing", 5, "Buyer, Category specialist, Supplier analyst"),
    _department("Production", 13, "Machine operator, Mechanic, Quality inspector, Shift leader"),
    _department("Research", 5, "Chemist, Laboratory technician, Materials researcher"),
)


def slug(name: str) -> str:
    """Return a department's name as it stands in group names: ``Human Resources`` gives ``HumanResources``. Pure."""
    return name.replace(" ", "")


def units() -> tuple[Unit, ...]:
    """Return every unit, parents before children. Pure."""
    top = (
        Unit("People", PEOPLE, "", "Everybody who works here"),
        Unit("Groups", GROUPS, "", "Groups of every kind"),
        Unit("Computers", COMPUTERS, "", "Workstations"),
        Unit("Leavers", LEAVERS, "", "Accounts of people who left"),
        Unit("Service Accounts", SERVICE_ACCOUNTS, "", "Accounts of programs"),
        Unit("Contacts", CONTACTS, "", "People outside, for the address book"),
    )
    branches = tuple(Unit(branch.name, branch.unit, PEOPLE, f"People of {branch.name}") for branch in BRANCHES)
    workstations = tuple(
        Unit(f"Workstations {branch.name}", branch.workstations, COMPUTERS, f"Computers in {branch.name}")
        for branch in BRANCHES
    )
    groups = (
        Unit("Requestable", REQUESTABLE, GROUPS, "Groups that a desk may hand out"),
        Unit("Lists", LISTS, GROUPS, "Mailing lists of departments"),
        Unit("Roles", ROLES, GROUPS, "Who may do what in Deskhand, and other powers"),
    )
    return top + branches + workstations + groups
