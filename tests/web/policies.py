"""Put another access file under a desk whose pages are being tested."""

from dataclasses import replace
from typing import Any

from runner.access.reading import read_access
from runner.delegation.delegation import Delegation
from runner.gate import AccountGate
from runner.operators import operators_of
from runner.pipeline.desk import Desk
from runner.policy.keeping import PolicyKeeper
from tests.web.real_site import RealSite, Stage


def decide_by(site: RealSite, stage: Stage, access: str) -> None:
    """Let this access file decide; warnings in it are fine."""
    policy, problems = read_access("access.yaml", access.encode())
    assert [problem for problem in problems if problem.level == "error"] == []
    keeper = PolicyKeeper(policy, access.encode(), site.desk.services.connectors)
    services = replace(site.desk.services, authority=keeper)
    parts: dict[str, Any] = {"desk": Desk(services), "services": services, "keeper": keeper}
    site.desk.installation = replace(site.desk.installation, **parts, delegation=Delegation(services))
    stage.desk.part, stage.gate.part = site.desk.desk, AccountGate(site.desk.installation)
    stage.delegation.part = site.desk.installation.delegation
    stage.operators.part = operators_of(site.desk.installation)
