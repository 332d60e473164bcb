from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cibw_debian.doctor.checks import Check, Status, advise, can_fix, failed, judge
from cibw_debian.doctor.facts import Emulation, Facts, WantedImage, Wants, remote_address
from cibw_debian.host.emulation import Handler, emulator_version, parse_handler

if TYPE_CHECKING:
    from pathlib import Path

ARCHS = ("armv7l", "riscv64")
APT_INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "
GOOD_HANDLER = Handler(enabled=True, flags="PF")
EMULATION = Emulation(
    root=True,
    architecture="amd64",
    remote="",
    binfmt_mounted=True,
    handlers={"armv7l": GOOD_HANDLER, "riscv64": GOOD_HANDLER},
    definitions=frozenset(ARCHS),
)
BUILT_HERE = WantedImage(
    name="debian-13", arch="riscv64", reference="localhost/x:riscv64", built_here=True, present=True
)
READY = Facts(
    emulation=EMULATION,
    wants=Wants(images=(BUILT_HERE,)),
    systems=frozenset({"debian"}),
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
    missing_tools=frozenset(),
    debian_keyring=True,
)
REMOTE = replace(
    READY,
    emulation=replace(EMULATION, remote="ssh://builder", handlers={}, definitions=frozenset()),
    free=None,
)


def only_failure(facts: Facts) -> Check:
    (check,) = failed(judge(facts))
    return check


def test_ready_machine_has_nothing_to_fix() -> None:
    checks = judge(READY)
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
        emulation=replace(EMULATION, binfmt_mounted=False, handlers={}, definitions=frozenset()),
        missing_tools=frozenset({"mmdebstrap", "arch-test"}),
        wants=Wants(),
    )
    failures = failed(judge(fresh))
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
    check = only_failure(
        replace(READY, emulation=replace(EMULATION, handlers=handlers, definitions=frozenset(definitions)))
    )
    assert check.name == "emulation armv7l"
    assert found in check.found
    assert check.fix[-1] == last_command


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        ({}, "flags PF"),
        ({"riscv64": (7, 2, 22)}, "flags PF, QEMU 7.2.22"),
        (
            {"riscv64": (10, 0, 2)},
            "flags PF, QEMU 10.0.2, whose default is slow: `run` sets QEMU_CPU=rv64",
        ),
    ],
)
def test_the_version_of_the_emulator_is_told(versions: dict[str, tuple[int, ...]], found: str) -> None:
    facts = replace(READY, emulation=replace(EMULATION, versions=versions))
    (check,) = [check for check in judge(facts) if check.name == "emulation riscv64"]
    assert (check.status, check.found) == (Status.OK, f"/proc/sys/fs/binfmt_misc/qemu-riscv64, {found}")


def test_an_emulator_that_is_not_on_this_machine_has_no_version(tmp_path: Path) -> None:
    assert emulator_version(Handler(enabled=True, flags="F", interpreter=str(tmp_path / "qemu"))) == ()
    assert emulator_version(Handler(enabled=True, flags="F")) == ()
    program = tmp_path / "qemu-arm"
    program.write_text('#!/bin/sh\necho "qemu-arm version 9.1.$QEMU_VERSION (Debian)"\n')
    program.chmod(0o755)
    assert emulator_version(Handler(enabled=True, flags="F", interpreter=str(program))) == (9, 1, 1)


def test_native_machine_needs_no_handler() -> None:
    emulation = replace(EMULATION, architecture="arm64", handlers={"riscv64": GOOD_HANDLER})
    assert failed(judge(replace(READY, emulation=emulation))) == []


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
        READY,
        engine_version="",
        engine_recent=False,
        engine_error="no",
        emulation=replace(EMULATION, root=False),
        systemd=True,
    )
    assert only_failure(stopped).fix == ("sudo systemctl start docker",)
    no_handler = replace(READY, emulation=replace(EMULATION, root=False, handlers={"armv7l": GOOD_HANDLER}))
    assert only_failure(no_handler).fix == (
        "sudo sh -c 'cat /usr/lib/binfmt.d/qemu-riscv64.conf > /proc/sys/fs/binfmt_misc/register'",
    )


def test_user_namespaces_are_asked_for_only_without_root() -> None:
    facts = replace(READY, missing_tools=frozenset({"newuidmap"}))
    assert failed(judge(facts)) == []
    assert only_failure(replace(facts, emulation=replace(EMULATION, root=False))).fix[-1].endswith(" uidmap")


@pytest.mark.parametrize(("gib", "status"), [(20, Status.OK), (5, Status.WARN), (1, Status.FAIL)])
def test_disk(gib: int, status: Status) -> None:
    checks = judge(replace(READY, free=gib * 1024**3))
    (disk,) = [check for check in checks if check.name == "disk"]
    assert disk.status is status
    assert not (disk.fix and disk.automatic)


def test_missing_image_is_a_warning_with_its_command() -> None:
    checks = judge(replace(READY, wants=Wants(images=(replace(BUILT_HERE, present=False),))))
    (image,) = [check for check in checks if check.status is not Status.OK]
    assert image.status is Status.WARN
    assert image.fix == ("cibw-debian images build debian-13 --arch riscv64",)
    assert not image.automatic
    wants = Wants(engine="podman", option=" --engine podman", images=(replace(BUILT_HERE, present=False),))
    check = by_name(replace(READY, engine="podman", wants=wants))["image debian-13 riscv64"]
    assert check.fix == ("cibw-debian images build debian-13 --arch riscv64 --engine podman",)


def test_the_last_hint_names_what_fix_repairs() -> None:
    disk = replace(READY, free=1024**3)
    stopped = replace(READY, engine_version="", engine_recent=False, engine_error="does not answer")
    assert advise(judge(READY), "") == ""
    assert advise(judge(disk), "") == ""
    assert advise(judge(replace(READY, wants=Wants(error="no"))), "") == ""
    alone = "`cibw-debian doctor --fix --engine podman` runs the commands above."
    assert advise(judge(stopped), " --engine podman") == alone
    both = replace(disk, missing_tools=frozenset({"mmdebstrap"}))
    assert advise(judge(both), "") == "`cibw-debian doctor --fix` runs the commands above for image tools."


def test_wrong_configuration_fails() -> None:
    check = only_failure(replace(READY, wants=Wants(error="pyproject.toml: no such key 'strct'")))
    assert (check.name, check.fix) == ("configuration", ())
    check = only_failure(replace(READY, wants=Wants(error="no", hint="Write one of\n  a = 1")))
    assert (check.fix, check.automatic) == (("# Write one of", "#   a = 1"), False)


@pytest.mark.parametrize(
    ("systems", "can"),
    [({"ubuntu", "debian"}, True), ({"debian"}, True), ({"fedora"}, False), (set(), False)],
)
def test_systems_that_can_be_fixed(systems: set[str], *, can: bool) -> None:
    assert can_fix(replace(READY, systems=frozenset(systems))) is can


def test_handler_file_of_the_kernel() -> None:
    text = "enabled\ninterpreter /usr/libexec/qemu-binfmt/arm-binfmt-P\nflags: POCF\noffset 0\n"
    emulator = "/usr/libexec/qemu-binfmt/arm-binfmt-P"
    assert parse_handler(text) == Handler(enabled=True, flags="POCF", interpreter=emulator)
    assert parse_handler("disabled\nflags: \n") == Handler(enabled=False, flags="")


def by_name(facts: Facts) -> dict[str, Check]:
    return {check.name: check for check in judge(facts)}


def test_only_what_the_project_wants_is_looked_at() -> None:
    names = by_name(replace(READY, wants=Wants(archs=("armv7l",))))
    assert not any("riscv64" in name for name in names)


def test_machine_of_a_remote_engine_is_not_judged_by_this_one() -> None:
    checks = by_name(REMOTE)
    for name in ("emulation armv7l", "emulation riscv64", "disk"):
        assert checks[name].status is Status.OK
        assert checks[name].found.startswith("not looked at")
        assert "ssh://builder" in checks[name].found
    native = replace(REMOTE, emulation=replace(REMOTE.emulation, architecture="riscv64"))
    assert by_name(native)["emulation riscv64"].found.startswith("not needed")


def test_remote_engine_that_does_not_answer_is_not_started_here() -> None:
    silent = replace(REMOTE, engine_version="", engine_recent=False, engine_error="does not answer")
    check = by_name(silent)["engine docker"]
    assert check.found == "the remote engine at ssh://builder does not answer"
    assert not check.automatic
    assert "DOCKER_HOST" in check.fix[0]


def test_what_an_image_lacks_is_a_warning() -> None:
    for present, found in ((True, "built; no updates"), (False, "not built yet; no updates")):
        image = replace(BUILT_HERE, present=present, warnings=("no updates",))
        check = by_name(replace(READY, wants=Wants(images=(image,))))["image debian-13 riscv64"]
        assert (check.status, check.found, bool(check.fix)) == (Status.WARN, found, not present)


def test_registry_that_does_not_answer_names_the_images_that_are_built_here() -> None:
    image = WantedImage(
        name="pypa", arch="armv7l", reference="registry.example/x", built_here=False, present=False
    )
    silent = replace(image, registry_error="registry.example: refused", alternatives=("debian-11",))
    check = by_name(replace(READY, wants=Wants(images=(silent,))))["image pypa armv7l"]
    assert check.status is Status.WARN
    assert check.fix == ("export CIBW_MANYLINUX_ARMV7L_IMAGE=debian-11",)
    answers = by_name(replace(READY, wants=Wants(images=(replace(image, registry_error=""),))))
    assert answers["image pypa armv7l"].status is Status.OK


@pytest.mark.parametrize(
    ("name", "env", "address"),
    [
        ("docker", {"DOCKER_HOST": "tcp://10.0.0.1:2375"}, "tcp://10.0.0.1:2375"),
        ("docker", {"DOCKER_HOST": "unix:///run/user/1000/docker.sock"}, ""),
        ("podman", {"CONTAINER_HOST": "ssh://root@builder"}, "ssh://root@builder"),
        ("podman", {"DOCKER_HOST": "tcp://10.0.0.1:2375"}, ""),
    ],
)
def test_address_of_an_engine_on_another_machine(name: str, env: dict[str, str], address: str) -> None:
    assert remote_address(name, env) == address
