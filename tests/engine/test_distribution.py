"""Answers of registries that are wrong, malicious or none: a server on the loopback interface gives them."""

from __future__ import annotations

import hashlib
import http.server
import json
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest

from cibw_debian.engine.distribution import INDEX, MANIFEST, Manifest, Repository, is_loopback
from tests.command import cibw_debian

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TAG = "2026.11.26-1"
#: path below the repository -> status, headers, body
Answers = dict[str, tuple[int, dict[str, str], bytes]]


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def encode(document: object) -> bytes:
    return json.dumps(document).encode()


CONFIG = encode({"os": "linux", "architecture": "arm", "variant": "v7"})
IMAGE = encode(
    {"schemaVersion": 2, "mediaType": MANIFEST, "config": {"digest": digest(CONFIG)}, "layers": []}
)


def index(image: str = digest(IMAGE), platform: object = None) -> bytes:
    platform = platform or {"os": "linux", "architecture": "arm", "variant": "v7"}
    attestation = {"digest": digest(b"x"), "platform": {"os": "unknown", "architecture": "unknown"}}
    manifests = [{"digest": image, "platform": platform}, attestation]
    return encode({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})


def good() -> Answers:
    return {
        "tags/list?n=1000": (200, {}, encode({"tags": ["latest", "2026.01.02-3", TAG]})),
        f"manifests/{TAG}": (200, {}, index()),
        f"manifests/{digest(index())}": (200, {}, index()),
        f"manifests/{digest(IMAGE)}": (200, {}, IMAGE),
        f"blobs/{digest(CONFIG)}": (200, {}, CONFIG),
    }


class Server:
    """A registry with the repository `image`."""

    def __init__(self) -> None:
        self.answers = good()
        self.asked: list[tuple[str, str | None]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers.get("Authorization")))
                path = self.path.removeprefix("/v2/image/")
                code, headers, body = outer.answers.get(path, (404, {}, b"{}"))
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name, value.replace("HOST", outer.host))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.repository = Repository(f"{self.host}/image")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    # A proxy that does not exist must not be asked for this machine's own interface.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    found = Server()
    thread = threading.Thread(target=found.server.serve_forever)
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


CATALOGUE = """\
# Our images.
[images.ours]
description = "an image"   # for wheels
archs = ["armv7l"]
policy = "manylinux_2_36"
distribution = "debian-12"
suite = "bookworm"
glibc = "2.36"
gcc = "12"
package-manager = "apt"
repository = "HOST/image"
registry = { tag = "2026.01.02-3" } # the pin
pythons = ["cp311"]
"""


def test_good_answers(server: Server) -> None:
    assert server.repository.tags() == ["latest", "2026.01.02-3", TAG]
    expected = Manifest(digest(index()), len(index()), {"linux/arm/v7": digest(IMAGE)})
    assert server.repository.manifest(TAG) == expected
    single = Manifest(digest(IMAGE), len(IMAGE), {"linux/arm/v7": digest(IMAGE)})
    assert server.repository.manifest(digest(IMAGE)) == single
    assert server.repository.has(TAG)
    assert not server.repository.has("2026.01.01-1")


def with_tags(code: int, body: bytes, **headers: str) -> Answers:
    return {"tags/list?n=1000": (code, {k.replace("_", "-"): v for k, v in headers.items()}, body)}


def with_manifest(body: bytes, code: int = 200, **headers: str) -> Answers:
    return {f"manifests/{TAG}": (code, {k.replace("_", "-"): v for k, v in headers.items()}, body)}


HTML = b"<!doctype html><title>Please log in</title>"
BAD: dict[str, tuple[Answers, str]] = {
    "HTML": (with_tags(200, HTML, Content_Type="text/html"), "no JSON"),
    "HTML for a manifest": (with_manifest(HTML), "no JSON"),
    "a list": (with_tags(200, b"[]"), "no JSON object"),
    "tags that are no list": (with_tags(200, b'{"tags": {"a": 1}}'), "list of tags is none"),
    "tags that are no words": (with_tags(200, b'{"tags": [1]}'), "list of tags is none"),
    "a deep document": (with_tags(200, b"[" * 200_000), "no JSON"),
    "no UTF-8": (with_tags(200, b"\xff\xfe{"), "no JSON"),
    "rate limit": (with_tags(429, b"{}", Retry_After="30"), "limits the rate.*try again in 30 seconds"),
    "rate limit at a manifest": (with_manifest(b"{}", 429), "limits the rate"),
    "not found": (with_tags(404, b"{}"), "no such image"),
    "denied": (with_tags(403, b"{}"), "denies access"),
    "denied without a way in": (with_tags(401, b"{}"), "denies access"),
    "a fault": (with_tags(500, b"oops"), "HTTP 500"),
    "redirection": (with_tags(302, b"", Location="http://127.0.0.1:1/x"), "HTTP 302"),
    "huge": (with_tags(200, b" " * (5 << 20)), "too large"),
    "huge manifest": (with_manifest(b" " * (5 << 20)), "too large"),
    "more elsewhere": (
        with_tags(200, b'{"tags": []}', Link='<http://127.0.0.1:1/v2/image/tags/list>; rel="next"'),
        "leads to 127.0.0.1:1",
    ),
    "more without end": (
        with_tags(200, b'{"tags": []}', Link='</v2/image/tags/list?n=1000>; rel="next"'),
        "does not end",
    ),
    "another digest": (
        with_manifest(index(), Docker_Content_Digest=digest(b"other")),
        "what it calls sha256:",
    ),
    "another image behind a digest": (
        {f"manifests/{digest(IMAGE)}": (200, {}, IMAGE + b" ")},
        f"what it calls {digest(IMAGE)} is",
    ),
    "a digest that is none": (with_manifest(index(image="../../other")), "names no digest"),
    "no manifest": (with_manifest(b'{"a": 1}'), "no manifest of an image"),
    "another platform": (
        with_manifest(index(platform={"os": "linux", "architecture": "riscv64"})),
        "has no image for armv7l, only for linux/riscv64",
    ),
    "a platform that is none": (
        with_manifest(index(platform=7)),
        "has no image for armv7l, only for nothing",
    ),
    "an empty index": (
        with_manifest(encode({"mediaType": INDEX, "manifests": 5})),
        "has no image for armv7l",
    ),
    "a token without TLS": (
        with_tags(401, b"", WWW_Authenticate='Bearer realm="http://registry.example/token"'),
        "token without TLS",
    ),
    "a token that is none": (
        with_tags(401, b"", WWW_Authenticate='Bearer realm="http://HOST/v2/image/token"')
        | {"token?service=&scope=repository%3Aimage%3Apull": (200, {}, b'{"token": 5}')},
        "gives no token",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_the_file_stays_as_it_is(server: Server, tmp_path: Path, case: str) -> None:
    answers, reason = BAD[case]
    server.answers |= answers
    file = tmp_path / "images.toml"
    file.write_text(CATALOGUE.replace("HOST", server.host))
    before = (file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino)
    ended = cibw_debian("images", "update", "--file", str(file))
    assert ended.code == 44

    assert re.search(reason, " ".join(ended.err.split()))
    assert before == (file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino)
    assert [path.name for path in tmp_path.iterdir()] == ["images.toml"]


def test_offline(tmp_path: Path) -> None:
    file = tmp_path / "images.toml"
    file.write_text(CATALOGUE.replace("HOST", "127.0.0.1:1"))
    ended = cibw_debian("images", "update", "--file", str(file))
    assert (ended.code, "cannot be reached" in ended.err) == (44, True)
    assert file.read_text() == CATALOGUE.replace("HOST", "127.0.0.1:1")
    document = json.loads(cibw_debian("images", "verify", "--file", str(file), "--format", "json").out)
    assert document["pins"][0]["status"] == "unknown"


def test_one_bad_answer_keeps_all_pins(server: Server, tmp_path: Path) -> None:
    other = CATALOGUE.replace("images.ours", "images.other").replace("HOST/image", "127.0.0.1:1/x")
    file = tmp_path / "images.toml"
    text = (CATALOGUE + other).replace("HOST", server.host)
    file.write_text(text)
    assert cibw_debian("images", "update", "--file", str(file)).code == 44
    assert file.read_text() == text
    assert cibw_debian("images", "update", "ours", "--file", str(file)).code == 0
    assert file.read_text() != text


def test_update_and_verify(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "images.toml"
    file.write_text(CATALOGUE.replace("HOST", server.host))
    verify = ("images", "verify", "--file", str(file), "--format", "json")
    update = ("images", "update", "--file", str(file), "--format", "json")
    assert cibw_debian(*verify).code == 53  # the old tag is gone
    assert json.loads(cibw_debian(*update, "--dry-run").out)["changed"] is True
    assert file.read_text() == CATALOGUE.replace("HOST", server.host)
    assert cibw_debian(*update).code == 0
    pinned = CATALOGUE.replace("HOST", server.host).replace(
        'tag = "2026.01.02-3"', f'tag = "{TAG}", digest = "{digest(index())}"'
    )
    assert file.read_text() == pinned
    assert json.loads(cibw_debian(*update).out)["changed"] is False
    assert cibw_debian(*verify).code == 0
    assert cibw_debian(*update, "--per-arch").code == 0
    assert f'digests = {{armv7l = "{digest(IMAGE)}"}} }} # the pin' in file.read_text()
    assert cibw_debian(*verify).code == 0
    moved = index() + b" "
    server.answers |= {f"manifests/{TAG}": (200, {}, moved)}
    ended = cibw_debian(*verify)
    assert (ended.code, json.loads(ended.out)["pins"][0]["status"]) == (53, "moved")
    assert digest(moved) in ended.out
    del server.answers[f"manifests/{digest(index())}"]
    assert json.loads(cibw_debian(*verify).out)["pins"][0]["status"] == "vanished"


def test_a_password_is_only_for_the_registry(server: Server, tmp_path: Path) -> None:
    """Another host's token server gets none; a token is asked for and used."""
    (tmp_path / "config.json").write_text(
        encode({"auths": {server.host: {"auth": "dXNlcjpzZWNyZXQ="}}}).decode()
    )
    challenge = 'Bearer realm="http://HOST/v2/image/token",service="s"'

    class Asks(dict[str, Any]):
        def get(self, path: str, default: Any = None) -> Any:
            if path == "token?service=s&scope=repository%3Aimage%3Apull":
                return 200, {}, b'{"token": "t"}'
            if server.asked[-1][1] != "Bearer t":
                return 401, {"WWW-Authenticate": challenge}, b""
            return super().get(path, default)

    server.answers = Asks(good())
    assert TAG in server.repository.tags()
    assert [word for _, word in server.asked] == [None, "Basic dXNlcjpzZWNyZXQ=", "Bearer t"]
    server.asked.clear()
    challenge = challenge.replace("HOST", f"localhost:{server.server.server_port}")
    assert TAG in Repository(f"{server.host}/image").tags()
    assert [word for _, word in server.asked] == [None, None, "Bearer t"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1:5000", True),
        ("[::1]:5000", True),
        ("localhost", True),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("ghcr.io", False),
        ("10.0.0.1", False),
    ],
)
def test_only_this_machine_needs_no_tls(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
    assert Repository(f"{host}/a")._url("x").startswith("http:" if expected else "https:")
