"""The command itself, on a machine that has no engine as far as it can see."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cibw_debian.cli import main
from cibw_debian.doctor import facts as module
from cibw_debian.doctor.checks import Status
from cibw_debian.doctor.project import read_wants
from cibw_debian.doctor.require import require_emulation
from cibw_debian.engine.engine import Engine
from cibw_debian.errors import EngineError, NotReadyError
from tests.command import in_terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cibw_debian.doctor.checks import Check
    from cibw_debian.doctor.facts import Facts


def test_without_an_engine_it_fails_names_the_command_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "cibw_debian.doctor.repairs.fix",
        lambda *_, **__: (_ for _ in ()).throw(AssertionError("ran something")),
    )
    assert main(["doctor"]) == 47
    captured = capsys.readouterr()
    assert "The container engine docker is not installed." in captured.out
    assert "engine docker" in captured.err
    assert "doctor --fix" in captured.err


def test_what_was_found_goes_on_below_the_name(tmp_path: Path) -> None:
    code, shown = in_terminal("doctor", cwd=tmp_path, env={"PATH": "/nowhere", "NO_COLOR": "1"}, columns=50)
    assert code == 47
    assert "fail  engine docker: The container engine docker\n      is not installed.\n" in shown


@pytest.mark.parametrize("system", ["debian", "fedora"])
def test_what_can_be_fixed_is_fixed_on_debian_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, system: str
) -> None:
    def gather(*_: object, **_options: object) -> Facts:
        return replace(facts, systems=frozenset({system}))

    def fix(judge: Callable[[], list[Check]], *, say: Callable[[str], None]) -> list[Check]:
        say("$ a command")
        return [replace(check, status=Status.OK, fix=()) for check in judge()]

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    facts = module.gather(Engine(), read_wants({}), look=lambda image: image)
    monkeypatch.setattr(module, "gather", gather)
    monkeypatch.setattr("cibw_debian.doctor.repairs.fix", fix)
    assert main(["doctor", "--fix"]) == (0 if system == "debian" else 47)
    error = capsys.readouterr().err
    assert ("$ a command\n" in error) is (system == "debian")
    assert ("knows only Debian and Ubuntu" in error) is (system != "debian")


def test_json_has_every_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    main(["doctor", "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    checks = {check["name"]: check for check in document["checks"]}
    assert {"emulation armv7l", "emulation riscv64", "engine docker", "disk", "image tools"} <= set(checks)
    assert checks["engine docker"]["status"] == "fail"
    assert checks["configuration"] == {
        "name": "configuration",
        "status": "ok",
        "found": "readable",
        "fix": [],
    }


def write(directory: Path, text: str) -> None:
    (directory / "pyproject.toml").write_text(f"[tool.cibuildwheel]\n{text}\n")


def test_the_project_says_which_engine_archs_and_images(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, 'archs = "riscv64"\ncontainer-engine = "podman"\nmanylinux-riscv64-image = "debian-13"')
    wants = read_wants({})
    assert (wants.engine, wants.archs, wants.error) == ("podman", ("riscv64",), "")
    assert [(image.name, image.arch) for image in wants.images] == [("debian-13", "riscv64")]
    assert read_wants({"CIBW_ARCHS": "armv7l"}).archs == ("armv7l",)
    assert read_wants({"CIBW_CONTAINER_ENGINE": "docker"}).engine == "docker"
    assert wants.option == ""
    other = read_wants({}, engine="docker")
    assert (other.engine, other.option) == ("docker", " --engine docker")


@pytest.mark.parametrize(("project", "options"), [("podman", []), ("docker", ["--engine", "podman"])])
def test_commands_use_the_engine_of_the_project_unless_an_option_names_another(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    project: str,
    options: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    write(tmp_path, f'container-engine = "{project}"')
    assert main(["doctor", *options]) == 47
    captured = capsys.readouterr()
    assert "The container engine podman is not installed." in captured.out
    assert f"`{' '.join(['cibw-debian doctor --fix', *options])}`" in captured.err
    assert main(["images", "build", "debian-11", "--arch", "armv7l", *options]) == 46
    error = capsys.readouterr().err
    assert "The container engine podman is not installed." in error
    assert "`cibw-debian doctor --fix --engine podman`" in error


def test_podman_with_an_image_for_armv7l_that_is_built_here_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, 'build = "cp39-*"\narchs = "armv7l"\nmanylinux-armv7l-image = "debian-11"')
    assert read_wants({}).error == ""
    assert "podman cannot use" in read_wants({"CIBW_CONTAINER_ENGINE": "podman"}).error


def test_without_a_project_variables_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_wants({}).archs == ("armv7l", "riscv64")
    wants = read_wants({"CIBW_ARCHS": "armv7l", "CIBW_CONTAINER_ENGINE": "podman"})
    assert (wants.engine, wants.archs) == ("podman", ("armv7l",))


def test_wrong_configuration_is_one_result(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, 'nonsense = "x"')
    wants = read_wants({"CIBW_CONTAINER_ENGINE": "podman; create_args: --x"})
    assert "nonsense" in wants.error
    assert wants.engine == "podman"
    (tmp_path / "pyproject.toml").write_text("[tool.cibw-debian]\nstrickt = true\n")
    wants = read_wants({})
    assert "strickt" in wants.error
    assert wants.hint.startswith("Known keys: ")


def test_run_stops_without_emulation_before_images(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("cibw_debian.host.emulation.BINFMT_MISC", tmp_path)
    monkeypatch.setattr("cibw_debian.doctor.facts.BINFMT_MISC", tmp_path)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setenv("DOCKER_HOST", "unix:///none")
    (tmp_path / "register").touch()
    with pytest.raises(EngineError):  # the engine comes first
        require_emulation(Engine(), ["riscv64"])
    monkeypatch.setattr(Engine, "require", lambda _: None)
    with pytest.raises(NotReadyError, match="qemu-riscv64 is not registered") as caught:
        require_emulation(Engine(), ["riscv64"])
    assert "doctor --fix" in caught.value.hint
    monkeypatch.setenv("DOCKER_HOST", "tcp://elsewhere:2375")
    require_emulation(Engine(), ["riscv64"])
