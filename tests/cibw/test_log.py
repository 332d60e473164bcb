"""cibuildwheel's log, as the installed cibuildwheel writes it."""

from __future__ import annotations

import inspect
import re
import tracemalloc

from cibuildwheel.platforms import linux

from cibw_debian.cibw.log import Log

LOG = b"""Starting container image localhost/cibw-debian/debian-11:armv7l...
info: This container will host the build for cp39-manylinux_armv7l, cp310-manylinux_armv7l...
Unpacking zlib1g-dev:armhf (1:1.2.11.dfsg-2+deb11u2) ...\r
Setting up zlib1g-dev:armhf (1:1.2.11.dfsg-2+deb11u2) ...\r
Setting up build environment...
Setting up cmake (3.18.4-2) ...
info: This container will host the build for cp313-manylinux_riscv64...
Setting up libc6-dev:riscv64 (2.41-12) ...
"""


def test_packages_by_platform_tag_however_the_log_is_cut() -> None:
    for size in (1, 7, len(LOG)):
        log = Log()
        for start in range(0, len(LOG), size):
            log.feed(LOG[start : start + size])
        assert log.packages == {
            "manylinux_armv7l": {"zlib1g-dev": "1:1.2.11.dfsg-2+deb11u2", "cmake": "3.18.4-2"},
            "manylinux_riscv64": {"libc6-dev": "2.41-12"},
        }
        assert log.to_json()["manylinux_riscv64"] == [{"name": "libc6-dev", "version": "2.41-12"}]
        assert log.describe()[1] == "manylinux_riscv64: installed libc6-dev 2.41-12"


def test_the_installed_cibuildwheel_announces_its_containers_in_these_words() -> None:
    (template,) = re.findall(r'f"(info: This container will host .+)"', inspect.getsource(linux))
    line = re.sub(r"\{.*?\}", "cp39-manylinux_armv7l, cp310-manylinux_armv7l", template)
    log = Log()
    log.feed(f"{line}\nSetting up cmake (3.18.4-2) ...\n".encode())
    assert log.packages == {"manylinux_armv7l": {"cmake": "3.18.4-2"}}


def test_the_tail_is_the_last_step_without_colours() -> None:
    log = Log()
    log.feed(
        b"Running before_all...\nfoo: not found\n\n\x1b[1mBuilding cp311-manylinux_armv7l wheel\x1b[0m\n"
    )
    log.feed(b"::group::Building wheel...\n 10%\r 90%\r\n")
    log.feed_errors(b"\x1b[31merror: a line ")
    log.feed(b"another line\n")
    log.feed_errors(b"of its own\x1b[0m")
    assert (log.step, log.identifier) == ("Building wheel", "cp311-manylinux_armv7l")
    assert log.tail() == [
        "::group::Building wheel...",
        " 10%",
        " 90%",
        "another line",
        "error: a line of its own",
    ]


def test_the_installed_cibuildwheel_names_its_steps_in_these_words() -> None:
    steps = re.findall(r'log\.step\(f?"(.+?)"\)', inspect.getsource(linux))
    assert len(steps) >= 8
    for step in steps:
        log = Log()
        log.feed(f"of another step\n{step.replace('{build_step.container_image}', 'image')}\n".encode())
        assert log.step + "..." == step.replace("{build_step.container_image}", "image")
        assert len(log.tail()) == 1


def test_a_long_log_takes_little_memory() -> None:
    log = Log()
    tracemalloc.start()
    for number in range(10):
        # Short lines cost more than their text; a line without an end is a log without an end.
        log.feed(b"%d\n" % number + b"x\n" * 50_000)
        log.feed_errors(b"y" * 100_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20
    assert log.tail()[-1] == "y" * 8192
    assert sum(map(len, log.tail())) < 1 << 20
