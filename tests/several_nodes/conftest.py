"""Two web nodes behind nginx, two workers, one PostgreSQL; kept for all tests of a module, since starting takes seconds."""

from collections.abc import Callable, Iterator

import pytest

from tests.runner.pipeline.conftest import company_template
from tests.servers.certificates import Certificates
from tests.servers.nginx import free_port, proxied
from tests.servers.postgres import Cluster
from tests.several_nodes.nodes import SeveralNodes, made
from tests.several_nodes.visitors import Visitor


@pytest.fixture(scope="module")
def several(postgres_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeveralNodes]:
    folder = tmp_path_factory.mktemp("several")
    store, directory, mailbox = (postgres_cluster.new_database() for _ in range(3))
    nodes = made(folder, store_url=store, directory_url=directory, mailbox_url=mailbox)
    try:
        yield nodes
    finally:
        nodes.end()


@pytest.fixture(scope="module")
def ports(several: SeveralNodes) -> tuple[int, int]:
    """The ports of two web nodes, which run."""
    first, second = free_port(), free_port()
    several.serve(first, second)
    return first, second


@pytest.fixture(scope="module")
def arrive(
    several: SeveralNodes, ports: tuple[int, int], certificates: Certificates
) -> Iterator[Callable[[str], Visitor]]:
    """Return what lets somebody sign in through nginx."""
    with proxied(several.folder, ports, certificates.good) as port:

        def signed_in(login: str) -> Visitor:
            visitor = Visitor(port, certificates.good.authority)
            assert "Sign out" in visitor.sign_in(login).html
            return visitor

        yield signed_in


__all__ = ["arrive", "company_template", "ports", "several"]
