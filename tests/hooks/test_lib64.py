"""Search paths with a directory lib64, and the lib that is put beside it."""

from __future__ import annotations

import time

import pytest

from cibw_debian.findings import Level
from cibw_debian.hooks.lib64 import also_lib
from cibw_debian.hooks.shell import splice
from tests.planning.test_plan import build, plan


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (
            "LD_LIBRARY_PATH=/project/ci/lib64 auditwheel repair {wheel}",
            "LD_LIBRARY_PATH=/project/ci/lib64:/project/ci/lib auditwheel repair {wheel}",
        ),
        (
            'export PKG_CONFIG_PATH="$HOME/x/lib64/pkgconfig:$PKG_CONFIG_PATH" && make',
            'export PKG_CONFIG_PATH="$HOME/x/lib64/pkgconfig:$HOME/x/lib/pkgconfig:$PKG_CONFIG_PATH" && make',
        ),
        ("é; LD_LIBRARY_PATH='/a:${P}/lib64' x", "é; LD_LIBRARY_PATH='/a:${P}/lib64:${P}/lib' x"),
        (
            "LIBRARY_PATH=/a/lib64:/b/lib64 x",
            "LIBRARY_PATH=/a/lib64:/a/lib:/b/lib64:/b/lib x",
        ),
    ],
)
def test_lib_is_searched_behind_lib64(text: str, changed: str) -> None:
    assert splice(text, also_lib(text)) == changed
    assert also_lib(changed) == ()


@pytest.mark.parametrize(
    "text",
    [
        "LD_LIBRARY_PATH=/usr/lib64:/usr/local/lib64 x",
        "LD_LIBRARY_PATH=/opt/rh/gcc-toolset-12/root/usr/lib64 x",
        "LD_LIBRARY_PATH=/p/lib64/plugins x",
        "LD_LIBRARY_PATH=$(pwd)/lib64 x",
        "LD_LIBRARY_PATH=/p/lib64",
        "OTHER=/p/lib64 x",
        "echo 'LD_LIBRARY_PATH=/p/lib64 x'",
        "# LD_LIBRARY_PATH=/p/lib64 x",
        "cat <<E\nLD_LIBRARY_PATH=/p/lib64 x\nE",
        "LD_LIBRARY_PATH=/p/lib64 x | ((",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert also_lib(text) == ()


@pytest.mark.parametrize("before_all", ["", "bash ci/deps.sh"])
def test_a_plan_changes_the_command_with_and_without_the_companion(before_all: str) -> None:
    repair = "LD_LIBRARY_PATH=/project/ci/lib64 auditwheel repair {wheel}"
    made = plan(
        build("cp311-manylinux_armv7l", "debian-12", before_all=before_all, repair_wheel_command=repair),
        build("cp311-manylinux_x86_64", "an/image:1", repair_wheel_command=repair),
    )
    hooks = [next(h for h in one.hooks if h.option == "repair-wheel-command") for one in made.builds]
    assert bool(made.builds[0].companion) is bool(before_all)
    assert hooks[0].after == hooks[0].summary == repair.replace("lib64", "lib64:/project/ci/lib")
    assert [(f.code, f.level) for f in hooks[0].findings] == [("lib64", Level.NOTE)]
    assert hooks[1].after == repair


def test_what_is_not_in_a_search_path_stays_a_warning() -> None:
    repair = "cp x.so /p/lib64; LD_LIBRARY_PATH=/p/lib64 auditwheel repair {wheel}; ls /p/lib64"
    made = plan(build("cp311-manylinux_armv7l", "debian-12", repair_wheel_command=repair))
    found = [f.level for hook in made.builds[0].hooks for f in hook.findings if f.code == "lib64"]
    assert found == [Level.WARNING, Level.NOTE, Level.WARNING]


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("environment", "LD_LIBRARY_PATH=/p/lib64"),
        ("audit_command", "LD_LIBRARY_PATH=/p/lib64 abi3audit {wheel}"),
    ],
)
def test_what_is_no_hook_stays_as_it_is_and_is_a_warning(option: str, text: str) -> None:
    made = plan(build("cp311-manylinux_armv7l", "debian-12", **{option: text}))
    (unchanged,) = made.builds[0].unchanged
    assert unchanged.after == unchanged.before == text
    assert [(f.code, f.level) for f in unchanged.findings] == [("lib64", Level.WARNING)]


def test_a_hostile_path_takes_little_time() -> None:
    start = time.process_time()
    many = ":".join(f"/x{n}/lib64" for n in range(30_000))
    assert also_lib(f"LD_LIBRARY_PATH={many} x") == ()
    assert also_lib(f"LD_LIBRARY_PATH={'/a' * 500_000}/lib64 x") == ()
    assert time.process_time() - start < 10
