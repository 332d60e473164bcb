"""Run cibuildwheel with the plan: compute it, make images ready, hand over a generated configuration."""

from __future__ import annotations

import contextlib
import functools
import json
import sys
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cibw_debian.cibw import adapter
from cibw_debian.cibw.log import Log
from cibw_debian.errors import ConfigurationError, DataError
from cibw_debian.host.process import reaper, run_child
from cibw_debian.planning.compute import compute_plan
from cibw_debian.planning.overrides import generate
from cibw_debian.planning.refusal import refusal
from cibw_debian.planning.report import summarize_plan
from cibw_debian.run.prepare import prepare
from cibw_debian.terminal import JSON_VERSION, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cibw_debian.failures.advice import Advice
    from cibw_debian.planning.compute import Planned
    from cibw_debian.run.invocation import Invocation

#: on every container of a run, so that none is left behind
_RUN_LABEL = "cibw-debian.run"
#: exit codes from here on name a signal
_SIGNALS = 128


def run(invocation: Invocation, env: Mapping[str, str], *, report: Path | None = None) -> int:
    """Build wheels, and return cibuildwheel's exit code.

    Args:
        invocation: What is asked for on the command line.
        env: The environment; cibuildwheel gets it, less what moved into the configuration.
        report: Where to write, as JSON, which packages were installed.

    Raises:
        ImageUnavailableError, ImageBuildError, EngineError: An image is not available.
        NativeError: The native compiler is asked for and not available.
        Others: As `compute_plan`, and `planning.refusal`. No container was started.
    """
    if report and (report.is_dir() or not report.parent.is_dir()):
        # Said now, not after hours of building.
        raise ConfigurationError(f"--report {report}: not a file in a directory that exists")
    log = Log()
    code, advice = _run(invocation, env, log)
    for line in log.describe():
        say(line)
    for one in advice:
        for line in one.describe():
            say(line)
    if report:
        failure = {"failure": [one.to_json() for one in advice]} if advice else {}
        _write_report(report, {"exit_code": code, "installed": log.to_json(), **failure})
    return code


def _run(invocation: Invocation, env: Mapping[str, str], log: Log) -> tuple[int, tuple[Advice, ...]]:
    arguments, passed = invocation.arguments, invocation.passed
    if not adapter.plans(arguments, passed, env):
        return run_child(_command(passed, arguments.config_file), env), ()
    planned = compute_plan(arguments, env, switches=invocation.switches, ask_index=True)
    plan = planned.plan
    if refused := refusal(plan):
        raise refused
    for line in summarize_plan(plan):
        say(line)
    if arguments.only and plan.lacking:
        # An empty result is allowed. With --only, cibuildwheel ignores CIBW_SKIP.
        return 0, ()
    label = f"{_RUN_LABEL}={uuid.uuid4().hex}"
    with contextlib.ExitStack() as stack:
        # Before anything is made ready: a container may keep a volume for this run.
        for engine in {build.engine.name for build in plan.builds if build.translated}:
            stack.enter_context(reaper(engine, label))
        prepared = prepare(
            plan,
            planned.catalogue,
            planned.settings,
            env,
            project=arguments.package_dir,
            run_label=label,
            line=invocation.line,
        )
        create_args = [
            (f"--label={label}", *args) if build.translated else args
            for build, args in zip(plan.builds, prepared, strict=True)
        ]
        generated = generate(planned.config, plan, env, create_args=create_args)
        child_env = {name: value for name, value in env.items() if name not in generated.drop}
        if plan.lacking:
            child_env["CIBW_SKIP"] = " ".join((planned.project.skip, *plan.lacking)).strip()
        if not generated.needed:
            return run_child(_command(passed, arguments.config_file), child_env), ()
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="cibw-debian-"))
        file = Path(directory) / "cibuildwheel.toml"
        file.write_text(dump_config(generated.config), encoding="utf-8")
        code = run_child(_command(passed, str(file)), child_env, watch=log.feed, watch_errors=log.feed_errors)
        # An end by a signal was somebody's wish.
        return code, _explain(planned, log) if 0 < code < _SIGNALS else ()


def _explain(planned: Planned, log: Log) -> tuple[Advice, ...]:
    """Say why the build failed, where the log shows it."""
    from cibw_debian.failures.advice import advise  # noqa: PLC0415  (rarely needed)
    from cibw_debian.resolver.resolve import open_resolver  # noqa: PLC0415

    tag = log.identifier.partition("-")[2]
    # The exit code stays cibuildwheel's, whatever our own data files look like.
    with contextlib.suppress(DataError):
        return advise(
            log.tail(),
            log.identifier,
            planned.plan,
            images=planned.catalogue.images,
            names=functools.partial(open_resolver, packages=planned.settings.packages),
            installed=frozenset(log.packages.get(tag, ())),
            project=str(planned.config.get("project", {}).get("name", "")),
        )
    return ()


def _write_report(path: Path, content: Mapping[str, Any]) -> None:
    """Write the report; a build does not fail for want of it."""
    try:
        path.write_text(json.dumps({"version": JSON_VERSION, **content}, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        say(f"the report is not complete: {path}: {error.strerror}")


def _command(passed: Sequence[str], config_file: str) -> list[str]:
    # The configuration file comes first: an argument `--` may end the options.
    option = ["--config-file", config_file] if config_file else []
    return [sys.executable, "-m", "cibuildwheel", *option, *passed]


def dump_config(config: Mapping[str, Any]) -> str:
    import tomlkit  # noqa: PLC0415  (cold start)

    return tomlkit.dumps(config)
