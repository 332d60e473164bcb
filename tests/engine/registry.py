"""A real registry on this machine's loopback interface."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: put there by `make test`
REGISTRY = Path(__file__).parent.parent.parent / ".cache/registry/usr/bin/docker-registry"
CONFIGURATION = """
version: 0.1
storage:
  filesystem:
    rootdirectory: {directory}
http:
  addr: 127.0.0.1:{port}
"""
#: for a registry that wants the name `user` and the password `secret`
AUTHENTICATION = """
auth:
  htpasswd:
    realm: test
    path: {directory}/htpasswd
"""
HTPASSWD = "user:$2b$04$eiQetZf/QCZIbB/zBW1bzufmunkK6nRP2j1HG0hmiONOp8.gvlr6i"


@contextlib.contextmanager
def serve(directory: Path, configuration: str) -> Iterator[str]:
    """Yield host and port of a registry."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (directory / "htpasswd").write_text(HTPASSWD)
    file = directory / "config.yml"
    file.write_text(configuration.format(directory=directory, port=port))
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen([REGISTRY, "serve", file], stdout=log, stderr=log)
        try:
            _wait_for(port)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < end
        time.sleep(0.1)
