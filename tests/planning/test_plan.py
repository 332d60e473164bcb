"""The plan is pure: effective options, catalogue and names in, decisions out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cibw_debian.cibw.adapter import HOOKS, TEXTS, Build, EngineOption, Project
from cibw_debian.errors import EngineError, MissingInterpreterError, TranslationError, UnknownImageError
from cibw_debian.findings import Level
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.images.local import Here
from cibw_debian.planning.plan import Plan, make_plan
from cibw_debian.planning.refusal import refusal
from cibw_debian.planning.report import render_plan, summarize_plan, to_json
from cibw_debian.resolver.model import PACKAGE, UNKNOWN, Answer, Target
from cibw_debian.terminal import unstyle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.images.catalogue import Image

PINS = {
    "armv7l": {"manylinux_2_31": "quay.io/pypa/manylinux_2_31_armv7l@sha256:" + "a" * 64},
    "riscv64": {"manylinux_2_39": "quay.io/pypa/manylinux_2_39_riscv64@sha256:" + "b" * 64},
}


class FakeNames:
    """Knows one name, on every target."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def resolve(self, spec: str) -> Answer:
        if spec == "openssl-devel":
            return Answer(spec, PACKAGE, ("libssl-dev",), "table", verified=True)
        return Answer(spec, UNKNOWN, suggestions=("openssl-devel",))


def build(identifier: str, image: str, **texts: str) -> Build:
    options = {name.replace("_", "-"): text for name, text in texts.items()}
    libc, _, arch = identifier.partition("-")[2].partition("_")
    return Build(
        identifier=identifier,
        images={f"{libc}-{arch}-image": image},
        hooks={option: options.get(option, "") for option in HOOKS},
        texts={option: options.get(option, "") for option in TEXTS},
        engine=EngineOption(name="docker"),
    )


def plan(
    *builds: Build,
    allow_missing: bool = False,
    allow_empty: bool = False,
    companion: bool | None = None,
    files: dict[str, str] | None = None,
) -> Plan:
    project = Project(config_file=None, builds=builds, skip="", allow_empty=allow_empty, pins=PINS)
    return make_plan(
        project,
        load_catalogue(),
        FakeNames,
        allow_missing=allow_missing,
        companion=companion,
        read=(files or {}).get,
    )


def test_the_interpreters_of_a_local_image_count() -> None:
    builds = tuple(build(f"{tag}-manylinux_armv7l", "debian-12") for tag in ("cp310", "cp311", "cp312"))
    project = Project(config_file=None, builds=builds, skip="", allow_empty=False, pins=PINS)

    def local(image: Image, group: Sequence[Build]) -> Here:
        assert group[0].arch == "armv7l"
        warnings = ("there is no tarball for cp312", "built without bookworm-security")
        return Here(replace(image, pythons=(*image.pythons, "cp310")), ("cp312",), warnings)

    (planned,) = make_plan(project, load_catalogue(), FakeNames, local=local).builds
    assert planned.lacking == ("cp312-manylinux_armv7l",)
    assert planned.image
    assert planned.image.pythons == ("cp311", "cp310")
    whole = Plan(builds=(planned,), allow_missing=False, allow_empty=False)
    for warning in planned.warnings:
        assert f"  warning: {warning}\n" in unstyle(render_plan(whole))
        assert f"manylinux_armv7l: {warning}" in summarize_plan(whole)
        assert warning in to_json(whole)["builds"][0]["notes"]
    refused = refusal(whole)
    assert refused
    # What has no tarball cannot be compiled.
    assert "To compile them" not in refused.hint
    theirs = replace(builds[0], images={"manylinux-armv7l-image": "localhost/cibw-debian/debian-12:mine"})
    project = replace(project, builds=(theirs,))
    (planned,) = make_plan(project, load_catalogue(), FakeNames, local=local).builds
    assert planned.lacking == ("cp310-manylinux_armv7l",)


def test_a_debian_image_gets_its_reference_and_translated_hooks() -> None:
    (planned,) = plan(
        build(
            "cp39-manylinux_armv7l",
            "bullseye",
            before_all="dnf install -y openssl-devel",
            test_command="pytest",
        )
    ).builds
    assert planned.reference == planned.container_image == "localhost/cibw-debian/debian-11:armv7l"
    assert planned.translated
    hooks = {hook.option: hook.after for hook in planned.hooks}
    assert "libssl-dev" in hooks["before-all"]
    assert "DEBIAN_FRONTEND=noninteractive" in hooks["before-all"]
    assert hooks["test-command"] == "pytest"


@pytest.mark.parametrize(
    ("identifier", "image"),
    [
        ("cp311-manylinux_x86_64", "quay.io/pypa/manylinux_2_28_x86_64:1"),
        ("cp311-manylinux_x86_64", "an/image"),
        ("cp311-manylinux_x86_64", "myimage"),
        ("cp311-musllinux_armv7l", "quay.io/pypa/musllinux_1_2_armv7l:1"),
        ("cp311-manylinux_riscv64", PINS["riscv64"]["manylinux_2_39"]),
        ("cp311-manylinux_armv7l", "localhost:5000/unknown:1"),
    ],
)
def test_everything_else_stays_as_it_is(identifier: str, image: str) -> None:
    (planned,) = plan(build(identifier, image, before_all="dnf install -y no-such-thing")).builds
    assert not planned.translated
    assert planned.reference == image
    assert [(hook.before, hook.after) for hook in planned.hooks] == [("dnf install -y no-such-thing",) * 2]


def test_an_image_that_cibuildwheel_pins_goes_through() -> None:
    pin = PINS["armv7l"]["manylinux_2_31"]
    by_pin, by_name = plan(
        build("cp39-manylinux_armv7l", pin), build("cp310-manylinux_armv7l", "ubuntu-20.04")
    ).builds
    assert by_pin.translated
    assert by_pin.reference == by_pin.container_image == pin
    assert by_name.reference == "manylinux_2_31"
    assert by_name.container_image == pin


def test_interpreters_that_the_image_lacks_are_an_error_that_names_images_with_them() -> None:
    builds = [build(f"cp3{v}-manylinux_armv7l", "debian-12") for v in (10, 11, 12)]
    refused = refusal(plan(*builds))
    assert isinstance(refused, MissingInterpreterError)
    assert "manylinux_armv7l: debian-12 has only cp311, not cp310 cp312" in refused.message
    assert "for debian-12: CIBW_DEBIAN_INTERPRETERS=cp310,cp312." in refused.hint
    assert "pypa-manylinux_2_31 or pypa-manylinux_2_35" in refused.hint
    assert "debian-11" not in refused.hint
    assert "--allow-missing" in refused.hint


@pytest.mark.parametrize(
    ("identifier", "image", "engine", "refused"),
    [
        ("cp39-manylinux_armv7l", "debian-11", "podman", True),
        ("cp39-manylinux_armv7l", "debian-11", "docker", False),
        ("cp39-manylinux_armv7l", "manylinux_2_31", "podman", False),
        ("cp313-manylinux_riscv64", "debian-13", "podman", False),
        ("cp39-manylinux_armv7l", "localhost/cibw-debian/debian-11:mine", "podman", False),
    ],
)
def test_podman_cannot_use_an_image_for_armv7l_that_is_built_here(
    identifier: str, image: str, engine: str, *, refused: bool
) -> None:
    error = refusal(plan(replace(build(identifier, image), engine=EngineOption(name=engine))))
    assert isinstance(error, EngineError) is refused
    if error:
        assert "manylinux_armv7l: localhost/cibw-debian/debian-11:armv7l" in error.message
        assert 'container-engine = "docker"' in error.hint


def test_an_option_is_named_as_cibuildwheel_has_it() -> None:
    refused = refusal(plan(build("cp311-manylinux_x86_64", "debian-11")))
    assert refused
    assert "(option manylinux-x86_64-image)" in refused.hint


def test_only_interpreters_of_an_image_that_is_built_here_can_be_compiled() -> None:
    refused = refusal(plan(build("cp315-manylinux_armv7l", "mayeut-manylinux_2_31")))
    assert isinstance(refused, MissingInterpreterError)
    assert "To compile them" not in refused.hint


def test_what_no_image_has_is_said() -> None:
    refused = refusal(plan(build("pp27-manylinux_riscv64", "debian-13")))
    assert isinstance(refused, MissingInterpreterError)
    assert "nothing is left to build" in refused.message
    assert "--allow-missing" not in refused.hint


def test_interpreters_that_the_image_lacks_are_skipped_if_that_is_allowed() -> None:
    planned = plan(
        *(build(f"cp3{v}-manylinux_armv7l", "debian-12") for v in (10, 11, 12)), allow_missing=True
    )
    assert refusal(planned) is None
    assert planned.builds[0].identifiers == ("cp311-manylinux_armv7l",)
    assert planned.lacking == ("cp310-manylinux_armv7l", "cp312-manylinux_armv7l")
    assert any("skipping cp310 cp312: the image has only cp311" in line for line in summarize_plan(planned))


def test_builds_that_differ_are_planned_apart() -> None:
    planned = plan(
        build("cp311-manylinux_armv7l", "debian-12", before_all="a"),
        build("cp313-manylinux_armv7l", "debian-13", before_all="a"),
        build("cp311-manylinux_riscv64", "debian-13", before_all="b"),
    )
    assert len(planned.builds) == 3


def test_every_problem_of_every_hook_is_named_at_once() -> None:
    planned = plan(
        build(
            "cp39-manylinux_armv7l",
            "debian-11",
            before_all="dnf install -y one-devel openssl-devel",
            before_build="yum install -y two-devel",
        ),
        build("cp313-manylinux_riscv64", "debian-13", before_all="dnf install -y one-devel openssl-devel"),
    )
    refused = refusal(planned)
    assert isinstance(refused, TranslationError)
    message = unstyle(refused.message)
    assert "one-devel" in message
    assert "two-devel" in message
    assert "before-all" in message
    assert "before-build" in message
    assert "perhaps openssl-devel?" in message
    assert "dnf install -y one-devel openssl-devel\n                     ^^^^^^^^^\n" in message
    assert "[manylinux_armv7l, manylinux_riscv64]" in message
    assert '"one-devel" = ["libone-dev"]\n  "two-devel" = ["libtwo-dev"]' in refused.hint
    # Nothing is changed half.
    assert all(hook.after == hook.before for b in planned.builds for hook in b.hooks)


@pytest.mark.parametrize(
    ("option", "text", "codes"),
    [
        ("environment", "CC=/opt/rh/devtoolset-11/root/usr/bin/cc", ["software-collection"]),
        ("test-environment", 'PATH="/usr/lib64/openmpi/bin:$PATH"', []),
        ("environment", "A='[[ x ]]'\nB=\"$(cat <<<x)\"\nC={a,b}", []),
        ("environment", 'A="$(alternatives --set x /usr/bin/x || true)"', ["alternatives"]),
        ("audit-command", "yum install -y openssl-devel && abi3audit {wheel}", ["not-translated"]),
        ("audit-command", "dnf install -y no-such-devel; abi3audit {wheel}", ["unknown-package"]),
    ],
)
def test_other_options_are_looked_at_like_hooks(option: str, text: str, codes: list[str]) -> None:
    made = plan(build("cp39-manylinux_armv7l", "debian-11", **{option: text}))
    (planned,) = made.builds
    findings = [found for hook in planned.unchanged for found in hook.findings]
    assert [(found.level, found.code) for found in findings] == [("warning", code) for code in codes]
    # Only the companion has /opt/rh and /usr/lib64.
    assert bool(planned.companion) is ("/opt/rh" in text or "/usr/lib64" in text)
    assert refusal(made) is None
    # Each is shown with its place, in the JSON too.
    assert all(f"{option}:1:" in unstyle(render_plan(made)) for _ in codes)
    shown = [hook for hook in to_json(made)["builds"][0]["hooks"] if hook["option"] == option]
    assert [(hook["before"], hook["after"]) for hook in shown] == [(text, text)] * bool(codes)


def test_only_the_companion_runs_dnf_in_the_environment() -> None:
    one = build("cp39-manylinux_armv7l", "debian-11", environment='A="$(dnf install -y openssl-devel)"')
    (planned,) = plan(one).builds
    assert planned.companion.startswith("environment: environment is not translated")
    assert not any(hook.findings for hook in planned.unchanged)
    refused = refusal(plan(one, companion=False))
    assert isinstance(refused, TranslationError)
    assert "environment:1:" in unstyle(refused.message)


FILES = {
    "ci/deps.sh": "#!/bin/bash\nset -e\n. ci/more.sh\nfor p in $PKGS; do yum install -y $p; done\n",
    "ci/more.sh": "yum install -y no-such-devel\nbash ci/deps.sh; sh ./ci/deps.sh\n",
    "stop.sh": "#!/bin/sh\ncase $ID in rhel) yum install -y openssl-devel;; *) exit 1;; esac\n",
    "fine.sh": "#!/bin/sh\nyum install -y openssl-devel\n",
}


@pytest.mark.parametrize(
    ("hook", "codes", "ok"),
    [
        ("bash {project}/ci/deps.sh", {"before-all: ci/more.sh": ["unknown-package"]}, True),
        ("./stop.sh", {"before-all: stop.sh": ["distribution"]}, False),
        ("sh -c 'sh fine.sh' && ./missing.sh && sh ../../etc/passwd", {}, True),
        ("./missing.sh && ./stop.sh", {"before-all: stop.sh": ["distribution"]}, False),
    ],
)
def test_scripts_of_the_project_are_read(hook: str, codes: dict[str, list[str]], *, ok: bool) -> None:
    made = plan(build("cp39-manylinux_armv7l", "debian-11", before_all=hook), files=FILES)
    (planned,) = made.builds
    assert planned.companion.startswith("before-all:")
    scripts = {h.option: [found.code for found in h.findings] for h in planned.unchanged if h.findings}
    assert scripts == codes
    assert (refusal(made) is None) is ok
    text = unstyle(render_plan(made))
    assert all(f"{option}:" in text for option in codes)
    assert "#!/bin/sh" not in text


@pytest.mark.parametrize(
    ("image", "today", "ended"),
    [
        ("debian-11", "2026-08-31", ""),
        ("debian-11", "2026-09-01", "debian-11 has had no security updates since 2026-08-31;"),
        ("manylinux_2_31", "2026-09-01", "ubuntu-20.04 has had no security updates since 2025-05-29;"),
        ("registry.example/some/image:1", "2099-01-01", ""),
    ],
)
def test_the_end_of_a_suite_is_a_warning_and_no_error(image: str, today: str, ended: str) -> None:
    project = Project(
        config_file=None,
        builds=(build("cp39-manylinux_armv7l", image),),
        skip="",
        allow_empty=False,
        pins=PINS,
    )
    made = make_plan(project, load_catalogue(), FakeNames, today=today)
    said = [line for line in unstyle(render_plan(made)).splitlines() if "warning:" in line]
    logged = [line for line in summarize_plan(made) if "security updates" in line]
    assert [ended in line for line in (*said, *logged)] == ([True, True] if ended else [])
    document = to_json(made)
    assert document["ok"]
    assert document["builds"][0]["ended"] is bool(ended)


@pytest.mark.parametrize(
    ("spec", "code"),
    [("openssl-devel >= 3", ""), ("no-such-devel", "unknown-package"), (None, "spec-file")],
)
def test_a_spec_file_of_the_project_is_read(spec: str | None, code: str) -> None:
    files = {} if spec is None else {"rpm/x.spec": f"BuildRequires: {spec}"}
    hook = "yes | dnf -y builddep rpm/x.spec"
    one = build("cp39-manylinux_armv7l", "debian-11", before_all=hook)
    made = plan(one, files=files, companion=False)
    ((planned,),) = (made.builds[0].hooks,)
    assert [found.code for found in planned.findings] == [code] * bool(code)
    assert planned.after.endswith(" libssl-dev </dev/null; }") is not bool(code)
    # The companion reads the file at run time; a name that nobody knows stays an error.
    assert (refusal(plan(one, files=files, companion=True)) is None) is (code != "unknown-package")
    assert bool(plan(one, files=files).builds[0].companion) is (code == "spec-file")


def test_a_hook_that_only_other_archs_have_is_said() -> None:
    project = Project(
        config_file=None,
        builds=(build("cp39-manylinux_armv7l", "debian-11", before_build="make"),),
        skip="",
        allow_empty=False,
        pins=PINS,
        elsewhere={
            "before-all": ("x86_64", "aarch64"),
            "before-build": ("x86_64",),
            "test-command": ("x86_64",),
        },
    )
    (planned,) = make_plan(project, load_catalogue(), FakeNames).builds
    (note,) = planned.notes
    assert note.startswith(
        "before-all: builds for x86_64 and aarch64 have this hook, and those for armv7l have none;"
    )
    assert "*-manylinux_armv7l" in note


def test_an_unknown_image_name_is_an_error() -> None:
    with pytest.raises(UnknownImageError, match="debain-11"):
        plan(build("cp39-manylinux_armv7l", "debain-11"))


def test_text_and_json_say_the_same() -> None:
    planned = plan(
        build("cp39-manylinux_armv7l", "debian-11", before_all="dnf install -y openssl-devel"),
        build("cp39-manylinux_x86_64", "an/image", before_all="dnf install -y openssl-devel"),
    )
    text = unstyle(render_plan(planned))
    debian, other = to_json(planned)["builds"]
    assert debian["hooks"][0]["packages"][0]["deb"] == ["libssl-dev"]
    assert "+ apt-get update && apt-get install -y libssl-dev" in text
    assert f"+ {debian['hooks'][0]['after']}" in unstyle(render_plan(planned, exact=True))
    assert not other["hooks"][0]["changed"]
    assert "untouched" in text
    assert other["image"] == {
        "requested": "an/image",
        "reference": "an/image",
        "name": None,
        "policy": None,
        "suite": None,
        "package_manager": None,
    }


def test_a_hook_is_changed_if_its_text_differs() -> None:
    texts = {
        "before_all": "dnf -y update",
        "before_build": "echo",
        "before_test": "yum -y install openssl-devel",
    }
    (shown,) = to_json(plan(build("cp39-manylinux_armv7l", "debian-11", **texts)))["builds"]
    changed = {hook["option"]: hook["changed"] for hook in shown["hooks"]}
    assert changed == {"before-all": True, "before-build": False, "before-test": True}
    assert all((hook["before"] != hook["after"]) is hook["changed"] for hook in shown["hooks"])


@pytest.mark.parametrize(("width", "longest"), [(80, 80), (None, 108)])
def test_the_place_in_a_long_hook_fits_the_width(width: int | None, longest: int) -> None:
    hook = f"dnf install -y {'openssl-devel ' * 30} one-devel {'openssl-devel ' * 30}"
    text = unstyle(
        render_plan(plan(build("cp39-manylinux_armv7l", "debian-11", before_all=hook)), width=width)
    )
    before, mark = text.splitlines()[-2:]
    assert mark.strip() == "^" * len("one-devel")
    assert before[mark.index("^") :].startswith("one-devel")
    assert longest - 8 < len(before) <= longest


def test_a_script_is_left_to_the_companion() -> None:
    texts = {
        "before_all": "bash deps.sh",
        "before_build": "yum -y install $X",
        "before_test": "yum -y install openssl-devel",
    }
    (planned,) = plan(build("cp39-manylinux_armv7l", "debian-11", **texts)).builds
    assert planned.companion == "before-all: deps.sh is a script of the project"
    assert [hook.after for hook in planned.hooks] == list(texts.values())
    assert [hook.summary for hook in planned.hooks] == list(texts.values())
    assert not any(hook.findings for hook in planned.hooks)


def test_a_name_that_nobody_knows_is_an_error_with_the_companion_too() -> None:
    planned = plan(
        build("cp39-manylinux_armv7l", "debian-11", before_all="bash deps.sh; yum -y install one-devel")
    )
    assert planned.builds[0].companion
    assert isinstance(refusal(planned), TranslationError)


def test_an_own_branch_for_apt_calls_no_companion() -> None:
    own = (
        "if command -v dnf; then dnf install -y our-own-thing-devel;"
        " else apt-get update && apt-get install -y libz-dev; fi"
    )
    (planned,) = plan(build("cp39-manylinux_armv7l", "bullseye", before_all=own)).builds
    assert planned.companion == ""
    assert [hook.after for hook in planned.hooks] == [own]
    with_script = build("cp39-manylinux_armv7l", "bullseye", before_all=own, before_build="sh deps.sh")
    for refused in (
        plan(build("cp39-manylinux_armv7l", "bullseye", before_all=own), companion=True),
        plan(with_script),
    ):
        assert [hook.option for _, hook, _ in refused.errors()] == ["before-all"]
        assert isinstance(refusal(refused), TranslationError)
    answered = own.replace("our-own-thing-devel", "openssl-devel")
    assert refusal(plan(replace(with_script, hooks={**with_script.hooks, "before-all": answered}))) is None


def test_running_a_test_file_needs_no_companion() -> None:
    (planned,) = plan(
        build(
            "cp39-manylinux_armv7l",
            "debian-11",
            before_all="dnf install -y openssl-devel",
            test_command="python {package}/test.py",
        )
    ).builds
    assert planned.companion == ""
    assert planned.hooks[0].after != planned.hooks[0].before


@pytest.mark.parametrize("arch", ["x86_64", "aarch64", "ppc64le", "s390x", "armv7l", "riscv64"])
def test_whether_a_build_is_ours_depends_on_its_image_alone(arch: str) -> None:
    for image in ("ghcr.io/mayeut/manylinux_2_35:1", "jammy"):
        (planned,) = plan(
            build(f"cp311-manylinux_{arch}", image, before_all="yum -y install openssl-devel")
        ).builds
        if image == "jammy" and arch == "armv7l":
            assert (
                planned.container_image.startswith("quay.io/pypa/manylinux_2_35_armv7l@")
                or planned.translated
            )
        assert planned.translated
        assert "libssl-dev" in planned.hooks[0].after


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("dnf install -y openssl-devel", True),
        ("sudo yum -y install a", True),
        ("echo yum install", False),
        ("apk add openssl-dev", False),
        ("yum install -y a || apk add b", False),
        ("make deps", False),
    ],
)
def test_a_hook_for_dnf_on_alpine_is_a_warning_and_an_error_if_nothing_else_is_built(
    text: str, foreign: bool
) -> None:
    alpine = build("cp311-musllinux_armv7l", "quay.io/pypa/musllinux_1_2_armv7l:1", before_all=text)
    debian = build("cp39-manylinux_armv7l", "debian-11")
    both = plan(debian, alpine)
    assert refusal(both) is None
    for shown in (render_plan(both), "\n".join(summarize_plan(both))):
        assert ("musllinux images are Alpine" in shown) is foreign
        assert ('select = "*-musllinux*"' in shown) is foreign
    assert isinstance(refusal(plan(alpine)), TranslationError) is foreign


def test_lines_to_be_pasted_are_not_wrapped() -> None:
    alpine = build("cp311-musllinux_armv7l", "musllinux_1_2", before_all="dnf install -y openssl-devel")
    lines = unstyle(render_plan(plan(alpine), width=30)).splitlines()
    pasted = {"      [[tool.cibuildwheel.overrides]]", '      before-all = "apk add ..."'}
    start = lines.index("    Give these builds hooks of")
    assert pasted <= {*lines[start:]}


def test_the_hooks_of_all_builds_on_alpine_are_in_the_advice() -> None:
    hook = "dnf install -y openssl-devel"
    builds = (
        build("cp311-musllinux_armv7l", "musllinux_1_2", before_all=hook),
        build("cp311-musllinux_riscv64", "musllinux_1_2", before_build=hook),
    )
    refused = refusal(plan(*builds))
    assert refused
    assert refused.hint.splitlines()[3:] == ['  before-all = "apk add ..."', '  before-build = "apk add ..."']


def test_another_tag_of_an_image_that_is_built_here_is_the_users_own() -> None:
    (ours,) = plan(build("cp311-manylinux_armv7l", "debian-12")).builds
    (theirs,) = plan(build("cp311-manylinux_armv7l", "localhost/cibw-debian/debian-12:mine")).builds
    assert ours.is_built_here
    assert theirs.container_image == "localhost/cibw-debian/debian-12:mine"
    assert theirs.translated
    assert not theirs.is_built_here


def test_a_local_image_without_a_registry_in_its_name_is_cibuildwheels_to_find() -> None:
    (planned,) = plan(
        build("cp311-manylinux_armv7l", "myimage", before_all="dnf -y install openssl-devel")
    ).builds
    assert planned.container_image == "myimage"
    assert planned.hooks[0].after == planned.hooks[0].before
    assert any("the catalogue does not know myimage" in note for note in planned.notes)


def test_release_files_are_brought_where_nothing_is_for_apt() -> None:
    asks = "if [ -f /etc/redhat-release ]; then yum install -y openssl-devel; fi"
    own = asks.replace("fi", "else apt-get install -y libssl-dev; fi")
    for hook, companion, releases in (
        (asks, True, True),
        (own, False, False),
        (f"{own}; bash ci/deps.sh", True, False),
        ("bash ci/deps.sh", True, False),
    ):
        (planned,) = plan(build("cp39-manylinux_armv7l", "debian-11", **{"before-all": hook})).builds
        assert (bool(planned.companion), planned.releases) == (companion, releases)


def test_release_files_are_brought_for_called_scripts() -> None:
    script = "#!/bin/bash\n[ -e /etc/centos-release ] && yum install -y openssl-devel\n"
    made = plan(
        build("cp39-manylinux_armv7l", "debian-11", **{"before-all": "bash ci/deps.sh"}),
        files={"ci/deps.sh": script},
    )
    assert made.builds[0].releases


def test_without_the_companion_scripts_are_read_too() -> None:
    for script, code in (
        ("set -e\nyum install -y openssl-devel\nmake\n", "not-translated"),
        (
            ". /etc/os-release\ncase $ID in rhel) yum install -y openssl-devel;; *) exit 1;; esac\n",
            "distribution",
        ),
    ):
        made = plan(
            build("cp39-manylinux_armv7l", "debian-11", **{"before-all": "sh ci/deps.sh"}),
            companion=False,
            files={"ci/deps.sh": script},
        )
        found = [(f.code, f.level) for hook in made.builds[0].unchanged for f in hook.findings]
        assert found == [(code, Level.WARNING)]
        assert refusal(made) is None


@pytest.mark.parametrize(
    ("hook", "script", "foreign"),
    [
        ("sh ci/deps.sh", "yum install -y one\n", ("before-all",)),
        ("sh ci/deps.sh", "command -v yum && yum install -y one\n", ()),
        ("sh ci/deps.sh", "if command -v yum; then yum install -y one; fi\n", ()),
        ("sh ci/deps.sh", "yum install -y one || apk add one\n", ()),
        ("sh ci/deps.sh", "yum install -y one || true\n", ()),
        ("sh ci/deps.sh", "make\n", ()),
        ("if [ -f /etc/redhat-release ]; then sh ci/deps.sh; fi", "yum install -y one\n", ()),
        ("command -v yum && sh ci/deps.sh", "yum install -y one\n", ()),
        ("if command -v apk; then sh ci/musl.sh; else sh ci/deps.sh; fi", "yum install -y one\n", ()),
    ],
)
def test_a_script_with_dnf_is_foreign_to_alpine(hook: str, script: str, foreign: tuple[str, ...]) -> None:
    made = plan(
        build("cp39-musllinux_armv7l", "musl", **{"before-all": hook}),
        files={"ci/deps.sh": script},
    )
    assert made.builds[0].foreign_hooks == foreign


@pytest.mark.parametrize(
    ("hook", "script", "level"),
    [
        ("bash ci/deps.sh", "if command -v yum; then yum install -y {}; fi\n", Level.ERROR),
        ("{project}/ci/deps.sh && make", "set -e\nyum install -y {}\nmake\n", Level.ERROR),
        ("bash ci/deps.sh", "#!/bin/sh -e\nyum install -y {}\nmake\n", Level.WARNING),
        ("bash ci/deps.sh", "set -e\nyum install -y {} && yum clean all\nmake\n", Level.WARNING),
        ("bash ci/deps.sh &", "yum install -y {}\n", Level.WARNING),
        ("chmod +x ci/deps.sh && if [ -n x ]; then ci/deps.sh; fi", "yum install -y {}\n", Level.WARNING),
        ("bash ci/deps.sh || true; ls ci/deps.sh", "yum install -y {}\n", Level.WARNING),
        ("bash ci/outer.sh", "set -e\nyum install -y {}\nmake\n", Level.ERROR),
        ("bash ci/deps.sh", "yum install -y {}\nmake\n", Level.WARNING),
        ("bash ci/deps.sh; make", "yum install -y {}\n", Level.WARNING),
        ("bash ci/deps.sh || true", "yum install -y {}\n", Level.WARNING),
        ("[ -f x ] && bash ci/deps.sh", "yum install -y {}\n", Level.WARNING),
        ("bash ci/deps.sh", "[ -f x ] && yum install -y {}\n", Level.WARNING),
        ("bash ci/deps.sh", "yum install -y {} || true\n", Level.WARNING),
    ],
)
def test_what_surely_fails_in_a_called_script_is_an_error(hook: str, script: str, level: Level) -> None:
    files = {"ci/deps.sh": script.format("one-devel"), "ci/outer.sh": "set -e\nbash ci/deps.sh\nmake\n"}
    made = plan(build("cp39-manylinux_armv7l", "debian-11", **{"before-all": hook}), files=files)
    found = [f for h in made.builds[0].unchanged for f in h.findings if f.code == "unknown-package"]
    assert [finding.level for finding in found] == [level]
    assert bool(refusal(made)) is (level is Level.ERROR)


def test_release_files_do_not_send_another_hook_past_its_branch_for_apt() -> None:
    asks = "if [ -f /etc/redhat-release ]; then yum install -y openssl-devel; fi"
    own = "if [ -f /etc/redhat-release ]; then yum install -y our-own-thing; else apt-get install -y x; fi"
    made = plan(build("cp39-manylinux_armv7l", "debian-11", **{"before-all": own, "before-build": asks}))
    (planned,) = made.builds
    assert planned.companion
    assert not planned.releases
    errors = {
        hook.option: [f.code for f in hook.findings if f.level is Level.ERROR] for hook in planned.hooks
    }
    assert errors == {"before-all": [], "before-build": ["distribution"]}
