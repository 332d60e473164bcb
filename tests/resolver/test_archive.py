"""Real apt says yes to what the table and the rules answer, for foreign architectures, without a container.

apt's lists stay in .cache, so that a second run fetches what has changed only. `make test` asks with
`--print-uris`: it solves the dependencies as `--simulate` does, and leaves out to order the unpacking of
hundreds of packages, which takes four times as long. `make proof` asks with `--simulate`.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian.errors import DataError
from cibw_debian.hooks.translate import translate
from cibw_debian.host.aptroot import DEBIAN_KEYRING, AptRoot, Archive, default_mirror, open_suite
from cibw_debian.resolver.files import read_data
from cibw_debian.resolver.model import PACKAGE
from tests.hooks.test_corpus import HOOKS
from tests.resolver.test_hooks import INSTALLABLE
from tests.resolver.test_resolve import COMMON

if TYPE_CHECKING:
    from collections.abc import Callable

    from cibw_debian.resolver.resolve import Resolver

pytestmark = [
    pytest.mark.archive,
    pytest.mark.skipif(not shutil.which("apt-get"), reason="needs apt-get"),
]

CACHE = Path(__file__).parents[2] / ".cache" / "apt"
TARGETS = ("bullseye/armhf", "bookworm/armhf", "trixie/armhf", "trixie/riscv64")
#: rows that are asked for together: some conflict with each other, then halves are tried
BATCH = 80
HOW = pytest.mark.parametrize("how", ["--print-uris", pytest.param("--simulate", marks=pytest.mark.proof)])


@pytest.fixture(scope="module", params=TARGETS)
def root(request: pytest.FixtureRequest) -> AptRoot:
    suite, _, deb_arch = str(request.param).partition("/")
    archive = Archive(mirror=default_mirror(), keyring=DEBIAN_KEYRING, components=("main",))
    return open_suite(CACHE / suite / deb_arch, archive, suite, [deb_arch])


def _refused(root: AptRoot, requests: list[tuple[str, ...]], how: str) -> list[tuple[str, ...]]:
    """Return the requests that apt cannot fulfil, each taken alone."""
    if not requests:
        return []
    debs = sorted({deb for request in requests for deb in request})
    try:
        root.apt_get("install", how, "--no-install-recommends", *debs)
    except DataError:
        if len(requests) == 1:
            return requests
        half = len(requests) // 2
        return _refused(root, requests[:half], how) + _refused(root, requests[half:], how)
    return []


@HOW
def test_apt_installs_every_answer(root: AptRoot, on: Callable[[str], Resolver], how: str) -> None:
    resolver = on("/".join(root.directory.parts[-2:]))
    names = [name for name in json.loads(read_data("packages.json")) if not re.search(r"[*?\[$]", name)]
    answers = [resolver.resolve(name) for name in [*names, *COMMON]]
    assert all(answer.verified for answer in answers if answer.status == PACKAGE)
    requests = list(dict.fromkeys(answer.deb for answer in answers if answer.deb))
    assert len(requests) > 500
    refused = [
        request
        for start in range(0, len(requests), BATCH)
        for request in _refused(root, requests[start : start + BATCH], how)
    ]
    assert refused == []


@HOW
def test_apt_installs_what_hooks_ask_for(root: AptRoot, on: Callable[[str], Resolver], how: str) -> None:
    resolver = on("/".join(root.directory.parts[-2:]))
    requests = set()
    for text in [*INSTALLABLE, *(hook["text"] for hook in HOOKS)]:
        for command in translate(text, resolver, strict=False).commands:
            installed = {deb for answer in command.packages for deb in answer.deb}
            if "apt-get install" in command.translated and installed:
                requests.add(tuple(sorted(installed)))
    assert len(requests) > 120
    assert _refused(root, sorted(requests), how) == []


def test_apt_simulates_the_most_used(root: AptRoot, on: Callable[[str], Resolver]) -> None:
    resolver = on("/".join(root.directory.parts[-2:]))
    debs = {deb for rpm in COMMON for deb in resolver.resolve(rpm).deb}
    output = root.apt_get("install", "--simulate", "--no-install-recommends", *sorted(debs))
    assert debs <= set(re.findall(r"^Conf (\S+)", output, re.MULTILINE))


def test_apt_refuses_what_is_not_there(root: AptRoot) -> None:
    requests: list[tuple[str, ...]] = [("zlib1g-dev",), ("no-such-package",)]
    assert _refused(root, requests, "--simulate") == [("no-such-package",)]
