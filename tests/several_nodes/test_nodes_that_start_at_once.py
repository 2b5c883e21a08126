"""Nodes that are started in the same moment: each has every form, though all keep the versions that are new."""

import threading
from concurrent.futures import ThreadPoolExecutor

from runner.store.schema import upgrade
from runner.store.store import Store
from runner.versions.keeping import remember_versions
from tests.runner.pipeline.desks import catalogue, definitions

NODES = 3


def test_every_node_has_every_form_when_all_keep_new_versions_at_once(postgres_cluster):
    url = postgres_cluster.new_database()
    upgrade(url)
    start = threading.Barrier(NODES)

    def begin(_):
        with Store.open(url) as store:
            start.wait()
            kept, problems = remember_versions(store, catalogue(), definitions())
        return len(kept.forms), problems

    with ThreadPoolExecutor(NODES) as pool:
        assert list(pool.map(begin, range(NODES))) == [(len(catalogue().forms), [])] * NODES
