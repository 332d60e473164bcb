"""From a plan to what cibuildwheel reads: a configuration with overrides, and fewer variables. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cibw_debian.cibw.adapter import HOOKS
from cibw_debian.cibw.options import variable_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cibw_debian.cibw.adapter import EngineOption
    from cibw_debian.planning.plan import Plan, PlannedBuild


@dataclass(frozen=True, kw_only=True)
class Generated:
    """What a child cibuildwheel gets."""

    #: the content of the configuration file
    config: dict[str, Any]
    #: variables to take out of its environment, because they would win over the overrides
    drop: tuple[str, ...]
    #: False if the configuration says nothing that the user's own does not say
    needed: bool


def generate(
    config: Mapping[str, Any],
    plan: Plan,
    env: Mapping[str, str],
    *,
    create_args: Sequence[tuple[str, ...]],
) -> Generated:
    """Write the plan down as overrides behind the user's own.

    A variable (`CIBW_BEFORE_ALL`) beats every override, so where an option needs an override, its variables
    are dropped and their effect is written down for all builds of the plan.

    Args:
        config: The user's configuration file, parsed.
        plan: What to build.
        env: The environment cibuildwheel would see.
        create_args: Further arguments for creating the containers of each build of the plan; the user's
            own come after them and so win.
    """
    wanted = [_options(build, args) for build, args in zip(plan.builds, create_args, strict=True)]
    given = [_options(build, (), as_given=True) for build in plan.builds]
    names = list(dict.fromkeys(name for options in given for name in options))
    changed = {
        name for name in names for w, g in zip(wanted, given, strict=True) if w.get(name) != g.get(name)
    }
    dropped = {name: [v for v in _variables(name) if v in env] for name in changed}
    overrides: list[dict[str, Any]] = []
    for build, want, give in zip(plan.builds, wanted, given, strict=True):
        options = {
            name: want[name]
            for name in names
            if name in want and name in changed and (want[name] != give.get(name) or dropped[name])
        }
        if options:
            overrides.append({"select": _select(build, plan), **options})
    tool = {**config.get("tool", {}).get("cibuildwheel", {})}
    if overrides:
        tool["overrides"] = [*tool.get("overrides", ()), *overrides]
    return Generated(
        config={"tool": {"cibuildwheel": tool}},
        drop=tuple(sorted(variable for variables in dropped.values() for variable in variables)),
        needed=bool(overrides),
    )


def _options(
    build: PlannedBuild, create_args: tuple[str, ...], *, as_given: bool = False
) -> dict[str, str | dict[str, Any]]:
    """The options of a build that we may change, as TOML values."""
    options: dict[str, str | dict[str, Any]] = {
        **build.images,
        "container-engine": _engine_table(build.engine, create_args),
    }
    if not as_given:
        options[build.platform_tag.replace("_", "-", 1) + "-image"] = build.reference
    # An unset hook stands here too: a variable may be what unset it.
    options |= dict.fromkeys(HOOKS, "")
    options |= {hook.option: hook.before if as_given else hook.after for hook in build.hooks}
    return options


def _engine_table(engine: EngineOption, create_args: tuple[str, ...]) -> dict[str, Any]:
    # Values of this option replace each other wholesale, so the user's whole table stands here again.
    table: dict[str, Any] = {"name": engine.name}
    if args := [*create_args, *engine.create_args]:
        table["create-args"] = args
    if engine.disable_host_mount:
        table["disable-host-mount"] = True
    return table


def _variables(option: str) -> tuple[str, str]:
    variable = variable_of(option)
    return variable, f"{variable}_LINUX"


def _select(build: PlannedBuild, plan: Plan) -> str:
    alone = all(b is build or b.platform_tag != build.platform_tag for b in plan.builds)
    if alone:
        return f"*-{build.platform_tag}"
    return " ".join(build.selected)
