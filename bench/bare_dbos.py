"""Measure dbos with empty jobs on the same PostgreSQL, in an environment of its own that is thrown away; it is none of ours."""

import json
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

_INSTALL_SECONDS, _RUN_SECONDS = 90, 60
_PROGRAM = """\
import json, os, sys, time
from dbos import DBOS
url, jobs = sys.argv[1], int(sys.argv[2])
DBOS(config={"name": "empty", "system_database_url": url, "run_admin_server": False, "log_level": "ERROR"})
@DBOS.workflow()
def empty(number):
    return number
DBOS.launch()
DBOS.register_queue("work", polling_interval_sec=0.1)
DBOS.enqueue_workflow("work", empty, 0).get_result()
begun = time.perf_counter()
for handle in [DBOS.enqueue_workflow("work", empty, number) for number in range(jobs)]:
    handle.get_result()
rate = jobs / (time.perf_counter() - begun)
time.sleep(1)
before = time.process_time()
time.sleep(4)
idle = (time.process_time() - before) / 4
octets = int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
print(json.dumps({"rate": rate, "idle": idle, "octets": octets}))
DBOS.destroy()
"""


def bare_dbos(url: str, jobs: int) -> Mapping[str, float] | None:
    """Return jobs a second from enqueueing to result, CPU seconds in an idle second, memory; None when it is not to be had."""
    with TemporaryDirectory(prefix="deskhand-bench-dbos-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        if not _ran([str(python), "-m", "pip", "install", "--quiet", "dbos"], _INSTALL_SECONDS):
            return None
        plain = url.replace("postgresql+psycopg://", "postgresql://")
        said = _ran([str(python), "-c", _PROGRAM, plain, str(jobs)], _RUN_SECONDS)
        return {name: float(value) for name, value in json.loads(said).items()} if said.startswith("{") else None


def _ran(command: list[str], seconds: int) -> str:
    """Return what a command printed, or ``done``; nothing when it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=True)  # noqa: S603 - ours
    except (OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"dbos is not measured: {type(error).__name__}\n")
        return ""
    return done.stdout.strip() or "done"
