"""Examine an installation and say in sentences what is well and what is not.

Reads only; that a journal does not verify is noted, and the desk is read-only from then on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from connectors.errors import ConnectorError
from connectors.spi import Examines, Filter, Ids, Question, Usage
from forms.definition import Form, Step
from runner.counting import counted
from runner.delegation.reviews.findings import findings
from runner.doctor.messages import message_findings
from runner.doctor.org_names import unfound
from runner.doctor.reach import Reach
from runner.engine.nodes import gone
from runner.errors import NotReachableError
from runner.pipeline.queueing import LATE
from runner.pipeline.requests.every import unanswerable
from runner.pipeline.services import Services
from runner.wiring import Installation
from runner.witnessing.finding import journal_findings

_MOST, _MOST_REQUESTS = 50, 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined."""

    what: str
    state: Literal["ok", "warning", "error"]
    detail: str


def examine(installation: Installation) -> list[Finding]:
    """Examine everything an operator wants to know before and after a change."""
    return [
        *_connectors(installation),
        *_examined(installation),
        *_definitions(installation),
        *_policy(installation),
        *_org(installation),
        *_bindings(installation),
        *_sign_in(installation),
        *(Finding(*found) for found in journal_findings(installation)),
        *_queue(installation),
        *_unclear(installation),
        *_grants(installation),
        *(Finding(*found) for found in message_findings(installation)),
    ]


def _connectors(installation: Installation) -> list[Finding]:
    examined = []
    for connector in installation.services.connectors.all():
        health = connector.check()
        examined.append(Finding(f"connector {connector.name}", "ok" if health.ok else "error", health.detail))
    return examined


def _examined(installation: Installation) -> list[Finding]:
    """Let connectors that can look their systems over, and whether these allow what the forms in use ask for."""
    reach = _reach(installation)
    usages = [usage for form in installation.services.catalogue.forms.values() for usage in _usages(form, reach)]
    examining = [one for one in installation.services.connectors.all() if isinstance(one, Examines)]
    return [
        Finding(f"{connector.name} {found.what}", found.state, found.detail)
        for connector in examining
        for found in connector.examine([usage for usage in usages if usage.verb in connector.verbs()])
    ]


def _reach(installation: Installation) -> Reach | None:
    services = installation.services
    try:
        authority = services.authority.current()
    except (ConnectorError, NotReachableError):
        return None  # said elsewhere
    return Reach(authority, services.catalogue, services.connectors, services.now().date())


def _usages(form: Form, reach: Reach | None) -> Iterator[Usage]:
    """Yield each verb of a form, with the arguments it is given, the attributes it sets and what it can reach."""
    for step in form.steps:
        given = set(step.arguments)
        for value in step.arguments.values():
            given |= set(value) if isinstance(value, Mapping) else set()
        yield Usage(form.id, step.verb.name, frozenset(given), _reached(reach, form, step))


def _reached(reach: Reach | None, form: Form, step: Step) -> Mapping[str, Filter]:
    try:
        return reach.of(form, step) if reach is not None else {}
    except (ConnectorError, NotReachableError):
        return {}  # what cannot be looked up leaves nothing out


def _definitions(installation: Installation) -> list[Finding]:
    errors = [problem for problem in installation.problems if problem.level == "error"]
    forms = len(installation.services.catalogue.forms)
    found = [Finding("forms", "error" if errors else "ok", f"{forms} forms can be used")]
    waiting = [
        Finding("forms", "warning", f"{one.sentence}, see: deskhand publish --list") for one in installation.unpublished
    ]
    return found + [Finding("forms", "error", str(problem)) for problem in errors] + waiting


def _policy(installation: Installation) -> list[Finding]:
    try:
        faults, warnings = installation.keeper.faults(), installation.keeper.warnings()
    except ConnectorError as error:
        return [Finding("access", "error", f"The names in access.yaml cannot be looked up: {error}")]
    found = [Finding("access", "error", fault) for fault in faults]
    found += [Finding("access", "warning", warning) for warning in warnings]
    return found or [Finding("access", "ok", "every name in access.yaml was found")]


def _org(installation: Installation) -> list[Finding]:
    """Say what ``org`` of settings.yaml names and the directory does not have; forms that read it fail."""
    connectors = installation.services.connectors
    state: Literal["warning", "error"] = "error" if isinstance(connectors.for_kind("ou"), Examines) else "warning"
    try:
        return [
            Finding(
                "settings.yaml",
                "warning" if one.meant == "suffix" else state,
                f"org.{one.key}: the directory has no {one.meant} {one.value}. Write the one that is meant.",
            )
            for one in unfound(installation.services.catalogue.settings.org, connectors)
        ]
    except (ConnectorError, NotReachableError):
        return []  # said above


def _bindings(installation: Installation) -> list[Finding]:
    """Count what `deskhand access findings` tells in full, but for names, which stand above."""
    try:
        found = [one.level for one in findings(installation.services) if one.code != "name_not_found"]
    except (ConnectorError, NotReachableError):
        return []  # said above
    serious = len(found) - found.count("notice")
    said = counted(serious, "finding") if serious else counted(len(found), "notice") if found else "nothing to look at"
    where = ", see: deskhand access findings" if found else ""
    return [Finding("bindings", "warning" if serious else "ok", f"{said}{where}")]


def _sign_in(installation: Installation) -> list[Finding]:
    """Say who signs in with the directory, where anybody does."""
    directory, name = installation.identity.directory, installation.folder.sign_in.only_members_of
    if directory is None:
        return []
    try:
        if directory.members_of is None:
            detail = "with the directory, for everybody in it, who get what access.yaml gives to everyone"
            return [Finding("sign-in", "ok", detail)]
        groups = Ids(frozenset({directory.members_of()}))
        if not installation.services.connectors.for_kind("group").read(Question("group", groups, limit=1)).entries:
            fix = f'Mend only_members_of; or, when there is one by now: deskhand access rebind "{name}"'
            return [Finding("sign-in", "error", f'nobody can sign in with the directory: no group "{name}". {fix}')]
    except (ConnectorError, NotReachableError):
        return []  # said above
    return [Finding("sign-in", "ok", f"with the directory, for members of {name}")]


def _queue(installation: Installation) -> list[Finding]:
    """Say what waits, what nobody takes, and which processes are silent."""
    services = installation.services
    stuck = _unanswerable(services)
    counts = {"queued": 0, "awaiting_approval": 0, "running": 0} | dict(services.store.queue.counts())
    waiting = "{queued} wait to run, {awaiting_approval} for a yes, {running} run".format_map(counts)
    late = services.store.queue.late(services.clock() - LATE)
    fix = "Does a process work? deskhand serve, or deskhand worker, carries out what waits"
    found = [
        Finding("queue", "error", f"{counted(late, 'submission')} should have begun and nobody took it. {fix}")
        if late
        else Finding("queue", "ok", waiting)
    ]
    if stuck:
        of = f"{stuck} of the {counts['awaiting_approval']} that wait for a yes can be answered by nobody"
        fix = "Put somebody in their place, or let it be cancelled; see: deskhand requests list --all"
        found.append(Finding("requests", "warning", f"{of}. {fix}"))
    dead = gone(services)
    return found + [
        Finding("process", "warning", f"{one.pid} on {one.host} is gone; the next that works takes over what it left")
        for one in services.store.nodes.all()
        if one.id in dead
    ]


def _unanswerable(services: Services) -> int:
    return unanswerable(services, services.store.open_requests.waiting(limit=_MOST_REQUESTS))


def _unclear(installation: Installation) -> list[Finding]:
    store, ended = installation.services.store, gone(installation.services)
    running = store.submissions.list(states=("running",), limit=_MOST)
    interrupted = [one for one in running if one.node in ended]
    submissions = (*interrupted, *store.submissions.list(states=("unknown",), limit=_MOST))
    return [
        Finding(
            "submission",
            "warning",
            f"{one.id}: it is unclear whether “{one.form_title}” for {one.target_label or 'no target'} by {one.actor_login} "
            "was done; look at the object and tell the agent",
        )
        for one in submissions
    ]


def _grants(installation: Installation) -> list[Finding]:
    """Say what could not be taken back although its day is over."""
    services = installation.services
    failed = services.store.grants.running(states=("failed",), limit=_MOST)
    found = [
        Finding(
            "grants",
            "error",
            f"“{one.title}” for {one.target_label or 'no target'} has ended and could not be taken back: {one.error} "
            "It is tried again by itself, and at once by the button on the page /grants",
        )
        for one in failed
    ]
    counts = services.store.grants.counts(services.clock())
    return found or [Finding("grants", "ok", f"{counts.get('running', 0)} run, none is left behind")]
