"""The SDK talks to the daemon that docker's command line talks to."""

from __future__ import annotations

import ssl
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import certifi
import pytest

from cibw_debian.engine.client import Endpoint, connect, find_endpoint
from cibw_debian.engine.engine import Engine
from cibw_debian.errors import EngineError
from tests.relay import engine_over_tcp

from .conftest import ENGINE

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = ["ca.pem", "cert.pem", "key.pem"]


def context(host: str, *files: str, name: str = "default", skip: bool = False) -> dict[str, Any]:
    """As `docker context inspect` describes it."""
    return {
        "Name": name,
        "Metadata": {},
        "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": skip}},
        "TLSMaterial": {"docker": list(files)} if files else {},
        "Storage": {"MetadataPath": "<IN MEMORY>", "TLSPath": "/tls" if name != "default" else "<IN MEMORY>"},
    }


@pytest.mark.parametrize(
    ("answer", "env", "endpoint"),
    [
        (context("unix:///x"), {}, Endpoint("unix:///x")),
        (context("tcp://h:1"), {"DOCKER_CERT_PATH": "/c"}, Endpoint("tcp://h:1")),
        (context("tcp://h:1", *FILES), {"HOME": "/h"}, Endpoint("tcp://h:1", Path("/h/.docker"))),
        (context("tcp://h:1", *FILES), {"DOCKER_CONFIG": "/c"}, Endpoint("tcp://h:1", Path("/c"))),
        (
            context("tcp://h:1", *FILES, skip=True),
            {"DOCKER_CONFIG": "/c", "DOCKER_CERT_PATH": "/d"},
            Endpoint("tcp://h:1", Path("/d"), verify=False),
        ),
        (
            context("tcp://h:1", *FILES, name="mine"),
            {"DOCKER_CERT_PATH": "/d"},
            Endpoint("tcp://h:1", Path("/tls/docker")),
        ),
        (
            context("tcp://h:1", name="mine", skip=True),
            {},
            Endpoint("tcp://h:1", Path("/tls/docker"), verify=False),
        ),
    ],
)
def test_endpoint(answer: dict[str, Any], env: dict[str, str], endpoint: Endpoint) -> None:
    assert find_endpoint(answer, env) == endpoint


def test_podman_has_no_such_api() -> None:
    assert connect(Engine("podman")) is None


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A directory with a certificate for this machine, as a client and as a server."""
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *made]
    subprocess.run(command, check=True, capture_output=True)
    (tmp_path / "ca.pem").write_bytes((tmp_path / "cert.pem").read_bytes())
    return tmp_path


@pytest.fixture
def with_tls(certificate: Path) -> Iterator[int]:
    """The port of an engine that wants TLS and a certificate of its clients."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificate / "ca.pem"))
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with engine_over_tcp(server) as port:
        yield port


@pytest.fixture
def docker_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's configuration of docker of its own."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "config"))
    return tmp_path / "config"


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def assert_same(address: str) -> None:
    """Both talk to the same daemon, at one address."""
    client = connect(ENGINE)
    assert client
    with closing(client):
        assert client.info()["ID"] == docker("info", "--format", "{{.ID}}")
        assert client.api.base_url.removesuffix("/") == address


@pytest.mark.engine
@pytest.mark.usefixtures("docker_config")
def test_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same("http+docker://localhost")
    with engine_over_tcp() as port:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
        assert_same(f"http://127.0.0.1:{port}")


@pytest.mark.engine
@pytest.mark.usefixtures("docker_config")
def test_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    with engine_over_tcp() as port:
        docker("context", "create", "mine", "--docker", f"host=tcp://127.0.0.1:{port}")
        assert_same("http+docker://localhost")
        monkeypatch.setenv("DOCKER_CONTEXT", "mine")
        assert_same(f"http://127.0.0.1:{port}")
        monkeypatch.delenv("DOCKER_CONTEXT")
        docker("context", "use", "mine")
        assert_same(f"http://127.0.0.1:{port}")
        # This variable wins over the context.
        monkeypatch.setenv("DOCKER_HOST", "unix:///var/run/docker.sock")
        assert_same("http+docker://localhost")


@pytest.mark.engine
@pytest.mark.usefixtures("docker_config")
def test_tls(with_tls: int, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of somebody else; docker's command line does not know this variable.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    files = ",".join(f"{name}={certificate / name}.pem" for name in ("ca", "cert", "key"))
    docker("context", "create", "mine", "--docker", f"host=tcp://127.0.0.1:{with_tls},{files}")
    monkeypatch.setenv("DOCKER_CONTEXT", "mine")
    assert_same(f"https://127.0.0.1:{with_tls}")
    monkeypatch.delenv("DOCKER_CONTEXT")
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{with_tls}")
    with pytest.raises(EngineError):
        connect(ENGINE)
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(certificate))
    assert_same(f"https://127.0.0.1:{with_tls}")


@pytest.mark.engine
@pytest.mark.usefixtures("docker_config")
def test_a_daemon_that_only_the_command_line_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    with engine_over_tcp() as port:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
        # A proxy that does not answer; docker's command line uses no proxy for the loopback interface.
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        assert connect(ENGINE) is None
        assert ENGINE.version()


@pytest.mark.engine
@pytest.mark.usefixtures("docker_config")
def test_over_ssh_the_command_line_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "ssh://somebody@builder")
    assert connect(ENGINE) is None
