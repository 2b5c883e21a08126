"""nginx as a proxy with TLS on a free port of 127.0.0.1, in front of several web nodes; see docs/several-machines.md."""

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.servers.certificates import Certificate

_PROGRAM = Path("/usr/sbin/nginx")
_PATIENCE_SECONDS = 10
_SETTINGS = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream deskhand {{
{servers}
  }}
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    location / {{
      proxy_pass http://deskhand;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_read_timeout 60s;
      client_max_body_size 20m;
      add_header X-Served-By $upstream_addr always;
    }}
  }}
}}
"""


@contextmanager
def proxied(folder: Path, ports: Sequence[int], certificate: Certificate) -> Iterator[int]:
    """Serve what listens on these ports through one port with TLS, and give that port; each answer says who gave it."""
    if not _PROGRAM.exists():
        pytest.fail("these tests need nginx: run tools/system-packages")
    port, file = free_port(), folder / "nginx.conf"
    servers = "\n".join(f"    server 127.0.0.1:{one} max_fails=1 fail_timeout=1s;" for one in ports)
    file.write_text(
        _SETTINGS.format(folder=folder, servers=servers, port=port, certificate=certificate.file, key=certificate.key)
    )
    child = subprocess.Popen([str(_PROGRAM), "-c", str(file), "-p", str(folder), "-e", str(folder / "error.log")])
    try:
        _wait_for(port, child, folder / "error.log")
        yield port
    finally:
        child.terminate()
        child.wait(_PATIENCE_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, child: "subprocess.Popen[bytes]", log: Path) -> None:
    over = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < over and child.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    pytest.fail(f"nginx did not start: {log.read_text() if log.exists() else child.poll()}")
