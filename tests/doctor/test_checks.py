from __future__ import annotations

from dataclasses import replace

import pytest

from cibw_debian.doctor.checks import Check, Status, can_mend, failed, judge
from cibw_debian.doctor.facts import Facts
from cibw_debian.host.emulation import Handler, parse_handler

ARCHS = ("armv7l", "riscv64")
APT_INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "
GOOD_HANDLER = Handler(enabled=True, flags="PF")
READY = Facts(
    systems=frozenset({"debian"}),
    root=True,
    machine="x86_64",
    systemd=False,
    apparmor=False,
    engine="docker",
    engine_version="20.10.24",
    engine_recent=True,
    engine_minimum="API 1.41 (docker 20.10)",
    engine_error="",
    daemon_installed=True,
    free=50 * 1024**3,
    storage="/var/lib/docker",
    binfmt_mounted=True,
    handlers={"armv7l": GOOD_HANDLER, "riscv64": GOOD_HANDLER},
    definitions=frozenset(ARCHS),
    missing_tools=frozenset(),
    debian_keyring=True,
    images={("debian-11", "armv7l"): True},
)


def only_failure(facts: Facts) -> Check:
    (check,) = failed(judge(facts, ARCHS))
    return check


def test_ready_machine_has_nothing_to_mend() -> None:
    checks = judge(READY, ARCHS)
    assert {check.status for check in checks} == {Status.OK}
    assert not any(check.fix for check in checks)


def test_fresh_machine_fails_and_every_failure_names_a_command() -> None:
    fresh = replace(
        READY,
        engine_version="",
        engine_recent=False,
        engine_error="The container engine docker is not installed.",
        daemon_installed=False,
        free=None,
        storage="",
        binfmt_mounted=False,
        handlers={},
        definitions=frozenset(),
        missing_tools=frozenset({"mmdebstrap", "arch-test"}),
        images={},
    )
    failures = failed(judge(fresh, ARCHS))
    assert [check.name for check in failures] == [
        "emulation armv7l",
        "emulation riscv64",
        "engine docker",
        "image tools",
    ]
    assert all(check.fix and check.automatic for check in failures)
    # Packages register handlers when they are installed, if binfmt_misc is there by then.
    assert failures[0].fix == ("mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc",)


@pytest.mark.parametrize(
    ("handler", "definitions", "found", "last_command"),
    [
        (
            None,
            {"armv7l"},
            "not registered",
            "cat /usr/lib/binfmt.d/qemu-arm.conf > /proc/sys/fs/binfmt_misc/register",
        ),
        (
            None,
            set(),
            "not registered",
            APT_INSTALL + "qemu-user-static binfmt-support",
        ),
        (
            Handler(enabled=False, flags="F"),
            {"armv7l"},
            "disabled",
            "echo 1 > /proc/sys/fs/binfmt_misc/qemu-arm",
        ),
        (
            Handler(enabled=True, flags="P"),
            {"armv7l"},
            "no F flag",
            "cat /usr/lib/binfmt.d/qemu-arm.conf > /proc/sys/fs/binfmt_misc/register",
        ),
    ],
)
def test_handler(handler: Handler | None, definitions: set[str], found: str, last_command: str) -> None:
    handlers = {"riscv64": GOOD_HANDLER} | ({"armv7l": handler} if handler else {})
    check = only_failure(replace(READY, handlers=handlers, definitions=frozenset(definitions)))
    assert check.name == "emulation armv7l"
    assert found in check.found
    assert check.fix[-1] == last_command


def test_native_machine_needs_no_handler() -> None:
    assert failed(judge(replace(READY, machine="aarch64", handlers={"riscv64": GOOD_HANDLER}), ARCHS)) == []


@pytest.mark.parametrize(
    ("systemd", "command"),
    [(True, "systemctl start docker"), (False, "setsid dockerd >>/var/log/dockerd.log 2>&1 </dev/null &")],
)
def test_daemon_is_started_with_and_without_systemd(*, systemd: bool, command: str) -> None:
    stopped = replace(
        READY, engine_version="", engine_recent=False, engine_error="does not answer", systemd=systemd
    )
    assert only_failure(stopped).fix == (command,)


def test_others_than_root_go_through_sudo() -> None:
    stopped = replace(
        READY, engine_version="", engine_recent=False, engine_error="no", root=False, systemd=True
    )
    assert only_failure(stopped).fix == ("sudo systemctl start docker",)
    no_handler = replace(READY, root=False, handlers={"armv7l": GOOD_HANDLER})
    assert only_failure(no_handler).fix == (
        "sudo sh -c 'cat /usr/lib/binfmt.d/qemu-riscv64.conf > /proc/sys/fs/binfmt_misc/register'",
    )


def test_user_namespaces_are_asked_for_only_without_root() -> None:
    facts = replace(READY, missing_tools=frozenset({"newuidmap"}))
    assert failed(judge(facts, ARCHS)) == []
    assert only_failure(replace(facts, root=False)).fix[-1].endswith(" uidmap")


@pytest.mark.parametrize(("gib", "status"), [(20, Status.OK), (5, Status.WARN), (1, Status.FAIL)])
def test_disk(gib: int, status: Status) -> None:
    checks = judge(replace(READY, free=gib * 1024**3), ARCHS)
    (disk,) = [check for check in checks if check.name == "disk"]
    assert disk.status is status
    assert not (disk.fix and disk.automatic)


def test_missing_image_is_a_warning_with_its_command() -> None:
    checks = judge(replace(READY, images={("debian-13", "riscv64"): False}), ARCHS)
    (image,) = [check for check in checks if check.status is not Status.OK]
    assert image.status is Status.WARN
    assert image.fix == ("cibw-debian images build debian-13 --arch riscv64",)
    assert not image.automatic


def test_wrong_configuration_fails() -> None:
    check = only_failure(replace(READY, configuration_error="pyproject.toml: no such key 'strct'"))
    assert (check.name, check.fix) == ("configuration", ())


@pytest.mark.parametrize(
    ("systems", "can"),
    [({"ubuntu", "debian"}, True), ({"debian"}, True), ({"fedora"}, False), (set(), False)],
)
def test_systems_that_can_be_mended(systems: set[str], *, can: bool) -> None:
    assert can_mend(replace(READY, systems=frozenset(systems))) is can


def test_handler_file_of_the_kernel() -> None:
    text = "enabled\ninterpreter /usr/libexec/qemu-binfmt/arm-binfmt-P\nflags: POCF\noffset 0\n"
    assert parse_handler(text) == Handler(enabled=True, flags="POCF")
    assert parse_handler("disabled\nflags: \n") == Handler(enabled=False, flags="")
